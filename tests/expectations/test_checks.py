"""What must be known about the data: each check on the smallest data that breaks it, and on data that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd
import pytest

from expectations import landing, review, run
from expectations.checks import LANDING, REVIEW, Check, Severity
from ingest.landed import table
from ingest.shapes import RAW_TABLES

AS_OF = datetime(2026, 9, 30, 12, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]
ACCOUNT = {"account_id": "default"}
SYSTEMS = {"has_calendar": True, "has_crm": True}


def ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


def message(days: float, thread: int = 0, **more: Any) -> dict[str, Any]:
    plain = {"conversation_id": f"c{thread}", "sent_at": ago(days), "direction": "in", "kind": "text", "ordinal": 0}
    return {**ACCOUNT, **plain, "message_id": f"m{thread}-{days}-{len(more)}", **more}


def healthy() -> Rows:
    """An account with nothing to say about it."""
    talk = [message(day + 0.1, thread) for thread in range(6) for day in range(36)]
    answers = [message(day + 0.05, thread, direction="out") for thread in range(6) for day in range(36)]
    return {
        "settings": [{**ACCOUNT, **SYSTEMS, "as_of": AS_OF, "calendar_exported_at": ago(1)}],
        "messages": [*talk, *answers],
        "conversations": [{**ACCOUNT, "conversation_id": f"c{n}", "dm_format": "instagram"} for n in range(6)],
        "files": [{**ACCOUNT, "file": "a.zip", "rows_read": 1000, "rows_refused": 0}],
        "judgements": [{**ACCOUNT, "judged_by": "rule", "signal": "meaningful"}],
    }


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'; create schema raw; create schema marts")
        yield opened


def found(con: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, run.Finding]:
    """Findings on raw tables of these rows, by check."""
    for name in RAW_TABLES:
        con.register("arrow_rows", table(name, rows.get(name, [])))
        con.execute(f"create or replace table raw.{name} as select * from arrow_rows")
        con.unregister("arrow_rows")
    findings = run.run(run.measure(con, landing.ACCOUNTS), LANDING, "landing")
    return {finding.finding: finding for finding in findings}


def set_setting(name: str, value: Any) -> Callable[[Rows], None]:
    return lambda rows: rows["settings"][0].__setitem__(name, value)


def drop_newest(rows: Rows) -> None:
    rows["messages"] = [m for m in rows["messages"] if m["sent_at"] < ago(9)]


def all_from_leads(rows: Rows) -> None:
    rows["messages"] = [message(day, thread) for thread in range(20) for day in range(3)]


def no_directions(rows: Rows) -> None:
    for row in rows["messages"][::5]:
        row["direction"] = None


def chat_tool(rows: Rows) -> None:
    rows["conversations"] = [
        {**ACCOUNT, "conversation_id": f"x{n}", "dm_format": "csv", "participant_handle": "a" if n < 3 else None}
        for n in range(20)
    ]


def quiet_week(rows: Rows) -> None:
    rows["messages"] = [m for m in rows["messages"] if m["sent_at"] < ago(7) or m["sent_at"] > ago(0.2)]


def add(name: str, row: dict[str, Any], times: int = 1) -> Callable[[Rows], None]:
    return lambda rows: rows.setdefault(name, []).extend([{**ACCOUNT, **row}] * times)


BROKEN: list[tuple[str, Callable[[Rows], None]]] = [
    ("messages_are_recent", drop_newest),
    ("calendar_is_there", set_setting("has_calendar", False)),
    ("calendar_is_as_fresh_as_the_messages", set_setting("calendar_exported_at", ago(30))),
    ("crm_is_there", set_setting("has_crm", False)),
    ("no_file_is_refused", add("rejects", {"file": "b.csv", "outcome": "refused"})),
    ("few_rows_are_refused", lambda rows: rows["files"][0].__setitem__("rows_refused", 11)),
    ("messages_have_a_direction", no_directions),
    ("the_team_answers", all_from_leads),
    ("conversations_have_handles", chat_tool),
    ("volume_has_not_collapsed", quiet_week),
    ("messages_are_not_repeated", add("messages", {**message(1), "ordinal": 1}, 40)),
    ("no_date_lies_ahead", add("crm_leads", {"created_at": AS_OF + timedelta(days=40)})),
    ("messages_are_judged", lambda rows: rows.__setitem__("judgements", [])),
]


def test_healthy_exports_say_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert found(con, healthy()) == {}


@pytest.mark.parametrize(("name", "spoil"), BROKEN, ids=[name for name, _ in BROKEN])
def test_each_check_is_told_when_it_is_broken(
    con: duckdb.DuckDBPyConnection, name: str, spoil: Callable[[Rows], None]
) -> None:
    rows = healthy()
    spoil(rows)
    finding = found(con, rows)[name]
    assert finding.account_id == "default"
    assert "{" not in finding.detail and finding.detail.endswith(".")
    severity = next(check.severity for check in LANDING if check.name == name)
    assert finding.severity == severity.value


def test_every_raw_check_has_a_case() -> None:
    assert {name for name, _ in BROKEN} == {check.name for check in LANDING}


def test_an_account_without_anything_is_no_error(con: duckdb.DuckDBPyConnection) -> None:
    only = {"settings": [{**ACCOUNT, "as_of": AS_OF, "has_calendar": False, "has_crm": False}]}
    assert set(found(con, only)) == {"calendar_is_there", "crm_is_there"}


def test_accounts_are_judged_apart(con: duckdb.DuckDBPyConnection) -> None:
    rows = healthy()
    rows["settings"].append({"account_id": "other", "as_of": AS_OF, "has_calendar": False, "has_crm": True})
    assert found(con, rows)["calendar_is_there"].account_id == "other"


def test_messages_after_as_of_do_not_count(con: duckdb.DuckDBPyConnection) -> None:
    rows = healthy()
    drop_newest(rows)
    rows["messages"].append(message(-3))
    assert "messages_are_recent" in found(con, rows)


# --- the marts ---

MARTS = """
create or replace table marts.fct_journeys as select * from (values
    ('default', 'j0', 'c0', true, 'engaged', 'story_reply', false, 5.0, 'setter')
) as t (account_id, journey_id, conversation_id, is_prospect, stage, source, needs_human_review, first_reply_minutes,
        first_reply_role) where false;
create or replace table marts.fct_next_actions as
    select 'default' as account_id, 'j0' as journey_id, 'setter' as next_owner where false;
create or replace table marts.fct_calls as
    select 'default' as account_id, 'email' as match_method, 'completed' as status where false;
"""


def marts(con: duckdb.DuckDBPyConnection, **changes: str) -> dict[str, run.Finding]:
    """Findings on ten prospects and ten calls, one column changed for the first six of them."""
    con.execute(MARTS)
    for name in RAW_TABLES:
        rows: Rows = {"settings": [{**ACCOUNT, "as_of": AS_OF}]}
        rows["conversations"] = [{**ACCOUNT, "conversation_id": f"c{n}", "first_message_at": ago(9)} for n in range(20)]
        con.register("arrow_rows", table(name, rows.get(name, [])))
        con.execute(f"create or replace table raw.{name} as select * from arrow_rows")
    value = {
        **{"conversation": "'c' || n", "prospect": "true", "stage": "'engaged'", "source": "'story_reply'"},
        **{"review": "false", "role": "'setter'", "owner": "'lead'", "match": "'email'", "status": "'completed'"},
    }
    of = {k: f"case when n < 6 then {changes[k]} else {v} end" if k in changes else v for k, v in value.items()}
    con.execute(
        f"""insert into marts.fct_journeys select 'default', 'j' || n, {of["conversation"]}, {of["prospect"]},
        {of["stage"]}, {of["source"]}, {of["review"]}, 5.0, {of["role"]} from range(10) as r (n)"""
    )
    con.execute(f"insert into marts.fct_next_actions select 'default', 'j' || n, {of['owner']} from range(10) as r (n)")
    con.execute(f"insert into marts.fct_calls select 'default', {of['match']}, {of['status']} from range(10) as r (n)")
    findings = run.run(run.measure(con, review.ACCOUNTS), REVIEW, "review")
    return {finding.finding: finding for finding in findings}


MISLEADING: dict[str, dict[str, str]] = {
    "open_prospects_have_an_owner": {"owner": "'unknown'"},
    "sources_are_known": {"source": "'unknown'"},
    "few_conversations_need_a_person": {"review": "true"},
    "speakers_are_known": {"role": "'unknown'"},
    "bookings_are_matched": {"match": "null"},
    "past_calls_are_marked": {"status": "'unmarked'"},
    "wins_have_a_conversation": {"stage": "'won'", "conversation": "null"},
}


def test_sound_marts_say_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert marts(con) == {}


@pytest.mark.parametrize("name", MISLEADING)
def test_each_misleading_mart_is_told(con: duckdb.DuckDBPyConnection, name: str) -> None:
    finding = marts(con, **MISLEADING[name])[name]
    assert finding.rows == 6
    assert ("60 %" in finding.detail) or name == "wins_have_a_conversation"


def test_no_prospect_at_all_blocks(con: duckdb.DuckDBPyConnection) -> None:
    marts(con)
    con.execute("update marts.fct_journeys set is_prospect = false")
    findings = run.run(run.measure(con, review.ACCOUNTS), REVIEW, "review")
    assert [(f.finding, f.severity, f.rows) for f in findings] == [("somebody_is_a_prospect", "block", 20)]


def test_every_mart_check_has_a_case() -> None:
    assert {*MISLEADING, "somebody_is_a_prospect"} == {check.name for check in REVIEW}


# --- running them ---


def test_a_check_that_raises_is_our_fault_and_not_the_datas() -> None:
    frame = pd.DataFrame({"account_id": ["default"], "a": [1.0]})
    with pytest.raises(run.CheckBroken, match="b_is_small"):
        run.run(frame, [Check("b_is_small", "b", Severity.WARN, "{value}", high=1)], "broken")


def test_a_check_that_is_dropped_is_noticed() -> None:
    frame = pd.DataFrame({"account_id": ["default"], "a": [1.0]})
    twice = Check("a_is_small", "a", Severity.WARN, "{value}", high=0)
    with pytest.raises(run.CheckBroken, match="2 checks were asked, 1 answered"):
        run.run(frame, [twice, twice], "twice")


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"raised_exception": False}, False),
        ({"raised_exception": True, "exception_message": "x"}, True),
        ({"('column.max', 'x')": {"raised_exception": True}}, True),
        ({}, False),
        (None, False),
    ],
)
def test_raised_is_seen_in_either_shape(info: Any, expected: bool) -> None:
    assert run.raised(info) is expected


def test_results_hold_ids_and_the_measured_number_alone() -> None:
    frame = pd.DataFrame({"account_id": ["default"], "a": [7.0], "secret": ["a person's words"]})
    check = Check("a_is_small", "a", Severity.WARN, "{value}", high=1)
    result = run._validate(frame, [check], "private")["a_is_small"]
    assert "a person's words" not in str(result.to_json_dict())
    assert result.result["unexpected_index_list"] == [{"account_id": "default", "a": 7.0}]


def test_names_are_unique_and_every_sentence_ends() -> None:
    checks = [*LANDING, *REVIEW]
    assert len({check.name for check in checks}) == len(checks)
    assert all(check.says.endswith(".") for check in checks)
    assert all((check.low is None) != (check.high is None) for check in checks)
