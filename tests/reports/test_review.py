"""What the sections say of the invented coach; counts agree across the page, and nothing breaks without data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reports import queries, review
from reports.blocks import Block, Card, Chart, Columns, Empty, Leads, Owner, Row, Section, Table, plain
from reports.cells import Number, Quote
from reports.outputs import charts_in
from reports.queries.window import find_window
from reports.sections.change import metric_words, worst_leak
from reports.sections.common import Review, detail_words

SECTIONS = [n for n in review.__all__ if n not in ("Review", "open_review", "five_minutes", "audit")]


def blocks_of(section: Section) -> Iterator[Block]:
    def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
        for block in blocks:
            yield block
            if isinstance(block, Columns):
                for column in block.columns:
                    yield from walk(column)

    yield from walk(section.blocks)


def words_of(value: Any) -> str:
    """Every text of a block in a row."""
    if isinstance(value, dict):
        return " ".join(words_of(v) for k, v in value.items() if k not in ("spec", "kind", "tone", "href"))
    if isinstance(value, list):
        return " ".join(words_of(v) for v in value)
    return str(value) if isinstance(value, str) else ""


def first_table(section: Section) -> Table:
    return next(b for b in blocks_of(section) if isinstance(b, Table))


def total_row(table: Table) -> Row:
    return next(r for r in table.rows if r.tone == "total")


def numbers_of(row: Row) -> list[str]:
    return [c.text for c in row.cells if isinstance(c, Number)]


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_stands_with_data_and_without(name: str, a_review: Review, empty_warehouse: Path) -> None:
    full = getattr(review, name)(a_review)
    bare = getattr(review, name)(Review(find_window(warehouse=empty_warehouse)))
    assert full.anchor == bare.anchor
    assert full._repr_mimebundle_()["text/html"]
    assert bare._repr_mimebundle_()["text/html"]
    assert "nan" not in words_of(plain(full)).lower().split()
    assert not list(charts_in(bare))


def test_nine_questions_stand_in_the_owners_order_with_a_numeral(a_review: Review) -> None:
    weekly = a_review.questions[a_review.questions["kind"] == "weekly"]
    found = [getattr(review, q)(a_review).head.number for q in weekly["question"]]
    assert found == [str(n) for n in range(1, 10)]


def test_sums_agree_across_the_page(a_review: Review) -> None:
    in_play = str(len(a_review.in_play))
    for name in ("stage_confusion", "unclear_ownership"):
        assert numbers_of(total_row(first_table(getattr(review, name)(a_review))))[0].endswith(f"of {in_play}")
    stock = queries.movement(a_review.window)
    for _, row in stock.iterrows():
        out = row["advanced"] + row["moved_back"] + row["lost"] + row["nurtured"] + row["returned"]
        assert row["opening"] + row["entered"] - out == row["closing"]
    links = a_review.links[a_review.links["is_recent"]]
    drawn = next(iter(charts_in(review.link_not_booked(a_review))))
    printed = [a["text"] for a in drawn.spec["layout"]["annotations"]]
    assert sum(int(t) for t in printed if t.isdigit()) == len(links)
    assert numbers_of(total_row(first_table(review.team(a_review))))[0] == str(len(links))


def test_a_dot_stands_for_every_lead_in_play(a_review: Review) -> None:
    chart = next(iter(charts_in(review.sitting_still(a_review))))
    assert sum(len(t["x"]) for t in chart.spec["data"]) == len(a_review.in_play)


def test_todays_list_holds_everyone_who_waits_once(a_review: Review) -> None:
    section = review.todays_list(a_review)
    owners = [b for b in section.blocks if isinstance(b, Owner)]
    told = sum(len(o.leads) + (len(o.more.items) if o.more else 0) for o in owners)
    people = a_review.people
    assert told == int((people["needs_follow_up"] & people["is_latest"]).sum())
    assert owners[-1].name == "No owner yet"
    assert [o.name for o in owners[:2]] == ["Ines, coach", "Tom, setter"]


def test_sensitive_words_head_the_coachs_list_and_are_not_shown(a_review: Review) -> None:
    coach = next(b for b in review.todays_list(a_review).blocks if isinstance(b, Owner))
    assert coach.leads[0].quote == Quote(None, "Words not shown here: sensitive. Open the conversation.")
    assert "never the AI" in "".join(s.text for s in coach.leads[0].why)


def test_every_lead_of_the_list_answers_the_five_questions(a_review: Review) -> None:
    for owner in (b for b in review.todays_list(a_review).blocks if isinstance(b, Owner)):
        for lead in owner.leads:
            assert lead.stage.label
            assert owner.name
            assert lead.quote.text or lead.quote.instead
            assert lead.do
            assert lead.then


def test_seven_questions_have_an_answer_and_a_way_to_its_list(a_review: Review) -> None:
    rows = first_table(review.seven_questions(a_review)).rows
    assert len(rows) == 7
    assert all(words_of(plain(row.cells[1])) for row in rows)


def test_without_prices_the_most_frequent_leak_is_put_first_and_said_to_be_that(a_review: Review) -> None:
    worst = worst_leak(a_review)
    assert worst is not None
    assert worst.price is None
    section = review.headline(a_review)
    card = next(b for b in blocks_of(section) if isinstance(b, Card))
    assert [name for name, _ in card.lines] == ["Do this", "Who", "Which leads", "Measured by", "Judged on", "Worth"]
    assert "Not priced yet." in words_of(plain(card))
    assert section.top is not None
    assert worst.words in section.top.headline
    assert len(section.top.headline.split()) <= 25


def test_without_a_calendar_calls_say_what_to_export(a_review: Review) -> None:
    blind = Review(replace(a_review.window, has_calendar=False))
    for name in ("weak_handoff", "no_show", "source_call_quality", "handover"):
        empty = getattr(review, name)(blind).blocks[0]
        assert isinstance(empty, Empty)
        assert empty.title == "No calendar export yet"
        assert len(empty.steps) == 3


def test_without_a_calendar_no_number_pretends_to_know_who_booked(a_review: Review) -> None:
    blind = Review(replace(a_review.window, has_calendar=False))
    top = review.headline(blind).top
    assert top is not None and "only your calendar can tell" in "".join(s.text for s in top.standfirst)
    numbers = words_of(plain(review.numbers(blind)))
    assert (
        "needs your calendar" in numbers
        and "Links turn into calls" not in numbers
        and "Came to the call" not in numbers
    )
    assert "it needs your calendar" in words_of(plain(review.seven_questions(blind)))
    assert not list(charts_in(review.link_not_booked(blind))) and not list(charts_in(review.links(blind)))
    assert "100 links" not in words_of(plain(review.team(blind)))
    assert "Path" not in words_of(plain(first_table(review.buyers(blind))))
    assert "Won" not in words_of(plain(first_table(review.rules_kept(blind))))
    assert "without a call" not in str(plain(review.eight_weeks(blind)))
    assert "No calendar was exported: what only it knows is not here." in words_of(plain(review.trust(blind)))


def test_lists_show_a_few_and_fold_the_rest(a_review: Review) -> None:
    leads = next(b for b in review.close_out(a_review).blocks if isinstance(b, Leads))
    assert len(leads.table.rows) == 4
    assert leads.more is not None
    assert leads.caption == f"To close: 4 of {4 + len(leads.more.items)}"


def test_an_older_week_counts_only_what_was_there(warehouse: Path) -> None:
    old = Review(find_window("2026-W43", warehouse=warehouse))
    assert len(old.weekly) == 9
    assert old.links["sent_at"].max() < old.window.instant(old.window.week + timedelta(days=7))


@pytest.mark.parametrize(
    ("detail", "told"),
    [("unanswered", "Their last message has no answer"),
     ("review, crm", "A person has to decide. The CRM says another stage"),
     ("CRM names Lou", "CRM names Lou"), ("some_code", "some code"), ("", "")],
)  # fmt: skip
def test_codes_of_leaks_are_said_in_words(detail: str, told: str) -> None:
    assert detail_words(detail) == told


@pytest.mark.parametrize(
    ("metric", "told"),
    [("link_to_booked_14d", "share that goes from link to booked within 14 days"), ("show_rate", "show rate"),
     ("rebooked_14d", "share rebooked within 14 days")],
)  # fmt: skip
def test_metrics_are_said_in_words(metric: str, told: str) -> None:
    assert metric_words(metric) == told


def test_the_audit_names_the_evidence_of_each_stage(a_review: Review) -> None:
    section = review.audit(a_review, 5)
    rows = first_table(section).rows
    assert len(rows) == 5
    assert "sure" in words_of(plain(rows[0]))


def test_charts_stand_in_the_page_in_a_fixed_number(a_review: Review) -> None:
    found = [c for n in SECTIONS for c in charts_in(getattr(review, n)(a_review))]
    assert len(found) == 6
    assert all(isinstance(c, Chart) for c in found)


def test_unclear_and_finished_leads_are_set_against_a_week_before(a_review: Review) -> None:
    people = a_review.people
    closing = people.loc[list(a_review.leak("close_out")["journey_id"])]
    limits = closing["stage"].map(a_review.stages["stale_after_days"])
    late = int((closing["days_in_stage"] - 7 > limits).sum())
    told = words_of(plain(review.close_out(a_review)))
    assert f"A week before, {late} of these were past their stage’s limit already." in told
    unclear = words_of(plain(review.stage_confusion(a_review)))
    ((old, total),) = re.findall(r"(\d+) of (\d+) have stood there for over a week\.", unclear)
    assert 0 <= int(old) <= int(total) and f"for {total} of" in unclear
