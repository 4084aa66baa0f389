"""The list of unit tests is complete: whatever a rule, reason, fault, status or link case is called, a test says it.

A member is told where it stands in what a unit test of the deciding model expects, column by column.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from ingest.seeds import read_seed

ROOT = Path(__file__).resolve().parents[2]

# what the queue asks about rows that no conversation could be found for: matching is Python's, not a model's
MATCHED_IN_PYTHON = frozenset(["unmatched_booking", "unmatched_crm"])
# hand on what others decided, or count it (tests/suites and tests/reports hold the counts)
DECIDE_NOTHING = frozenset(["fct_booking_links", "fct_leaks", "int_conversion_steps"])
LINKS = ("booking_link", "freebie_link", "payment_link", "other_link", "proposes_time", "asked_for_link")


@cache
def documents() -> tuple[dict[str, Any], ...]:
    """Every yml of the models."""
    return tuple(yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "models").rglob("*.yml")))


@cache
def unit_tests() -> tuple[dict[str, Any], ...]:
    return tuple(test for document in documents() for test in document.get("unit_tests", ()))


def rows(table: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Rows of a fixture written as csv; none for one that takes a whole seed."""
    if isinstance(table.get("rows"), str):
        yield from csv.DictReader(io.StringIO(table["rows"]))


@cache
def told(model: str, column: str) -> frozenset[str]:
    """Values that the unit tests of a model expect in a column."""
    expected = (row for test in unit_tests() if test["model"] == model for row in rows(test["expect"]))
    return frozenset(row[column] for row in expected if row.get(column))


@cache
def given(model: str, column: str) -> frozenset[str]:
    """Values that the unit tests of a model start from in a column."""
    tables = (table for test in unit_tests() if test["model"] == model for table in test["given"])
    return frozenset(row[column] for table in tables for row in rows(table) if row.get(column))


@cache
def allowed(model: str, column: str) -> frozenset[str]:
    """The values that a column may take, as its data test lists them."""
    models = (m for document in documents() for m in document.get("models", ()) if m["name"] == model)
    columns = (c for m in models for c in m["columns"] if c["name"] == column)
    lists = [
        test["accepted_values"]["arguments"]["values"]
        for c in columns
        for test in c.get("data_tests", ())
        if isinstance(test, dict) and "accepted_values" in test
    ]
    return frozenset(str(value) for values in lists for value in values)


def seed(name: str, column: str) -> frozenset[str]:
    return frozenset(row[column] for row in read_seed(name) if row[column])


def test_every_rule_of_the_movement_table_has_a_unit_test() -> None:
    assert seed("movement_rules", "rule") - told("fct_stage_stays", "rule") == set()
    assert seed("movement_rules", "violation") - told("fct_stage_stays", "violation") == set()


def test_a_rule_is_told_with_the_verdict_of_its_row() -> None:
    verdicts = {row["rule"]: (row["is_allowed"], row["violation"]) for row in read_seed("movement_rules")}
    expected = [r for t in unit_tests() if t["model"] == "fct_stage_stays" for r in rows(t["expect"]) if r.get("rule")]
    assert expected
    assert [r for r in expected if verdicts[r["rule"]] != (r["is_allowed"], r["violation"])] == []


def test_every_reason_of_lost_and_nurture_has_a_unit_test_also_by_its_own_name() -> None:
    assert seed("outcome_reasons", "reason") - told("int_crm_outcomes", "outcome_reason") == set()
    assert seed("outcome_reasons", "reason") - given("int_crm_outcomes", "lost_reason") == set()


@pytest.mark.parametrize("stage", ["lost", "nurture"])
def test_every_reason_that_words_alone_can_give_goes_with_its_stage(stage: str) -> None:
    known = {row["reason"] for row in read_seed("outcome_reasons") if row[f"is_{stage}"] == "true"}
    expected = [r for t in unit_tests() if t["model"] == "int_said_closings" for r in rows(t["expect"])]
    said = {row["reason"] for row in expected if row["stage"] == stage and row["reason"]}
    assert said
    assert said <= known


@pytest.mark.parametrize(
    ("mart", "member", "model", "column"),
    [
        ("fct_label_faults", "problem", "fct_label_faults", "problem"),
        ("fct_label_faults", "field", "fct_label_faults", "field"),
        ("fct_calls", "status", "int_journey_bookings", "call_status"),
        ("fct_calls", "status", "fct_calls", "status"),
        ("fct_calls", "call_outcome", "int_crm_outcomes", "call_outcome"),
        ("fct_calls", "offer_made", "int_crm_outcomes", "offer_made"),
        ("fct_booking_links", "outcome", "int_booking_links", "outcome"),
        ("fct_stage_stays", "exit_kind", "int_stays", "exit_kind"),
        ("fct_journeys", "exclusion_reason", "int_people", "exclusion_reason"),
        ("fct_next_actions", "next_owner", "fct_next_actions", "next_owner"),
        ("fct_next_actions", "follow_up_rule", "int_follow_ups", "follow_up_rule"),
        ("int_contradictions", "contradiction", "int_contradictions", "contradiction"),
    ],
    ids=str,
)
def test_every_value_a_column_may_take_is_told_by_the_model_that_decides_it(
    mart: str, member: str, model: str, column: str
) -> None:
    assert allowed(mart, member), "its data test lists the values"
    assert allowed(mart, member) - told(model, column) == set()


@pytest.mark.parametrize(
    ("name", "member", "model", "column"),
    [
        ("review_reasons", "reason", "int_reviews", "review_reason"),
        ("sources", "source", "int_sources", "source"),
        ("person_kinds", "person_kind", "int_people", "person_kind"),
        ("next_actions", "situation", "int_situations", "situation"),
        ("stages", "stage", "int_stays", "stage"),
    ],
    ids=str,
)
def test_every_member_of_a_seed_is_told_by_the_model_that_decides_it(
    name: str, member: str, model: str, column: str
) -> None:
    assert seed(name, member) - told(model, column) - MATCHED_IN_PYTHON == set()


@pytest.mark.parametrize("column", ["is_too_early", "is_tied_to_words", "has_later_link"])
def test_a_link_is_told_both_ways(column: str) -> None:
    assert told("int_booking_links", column) == {"true", "false"}


@pytest.mark.parametrize("signal", LINKS)
def test_every_kind_of_link_is_tried_as_evidence_of_a_stage(signal: str) -> None:
    assert signal in given("int_stage_evidence", "signal")


@pytest.mark.parametrize("column", ["reason_words", "follow_up_at", "booked_at", "hours_to_booking"])
def test_a_link_is_told_with_and_without_what_may_be_missing(column: str) -> None:
    expected = [r for t in unit_tests() if t["model"] == "int_booking_links" for r in rows(t["expect"]) if column in r]
    assert {bool(row[column]) for row in expected} == {True, False}


def test_every_reason_of_a_no_show_risk_is_told() -> None:
    sql = (ROOT / "models" / "marts" / "fct_calls.sql").read_text(encoding="utf-8")
    reasons = set(re.findall(r"then '([a-z -]+)' end", sql))
    assert len(reasons) == 4
    assert reasons <= told("fct_calls", "no_show_risk_reasons")


def test_a_unit_test_is_named_as_a_sentence_and_no_name_stands_twice() -> None:
    names = Counter(test["name"] for test in unit_tests())
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+){3,}", name)] == []


def test_every_model_that_decides_something_about_a_lead_has_a_unit_test() -> None:
    folders = ("intermediate", "marts", "leaks")
    models = {path.stem for folder in folders for path in (ROOT / "models" / folder).glob("*.sql")}
    assert models - {test["model"] for test in unit_tests()} - DECIDE_NOTHING == set()


def test_every_unit_test_expects_something_and_starts_from_something() -> None:
    empty = [t["name"] for t in unit_tests() if not t["given"] or "rows" not in t["expect"]]
    assert empty == []
