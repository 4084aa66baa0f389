"""The two readings of the leads: by the week they wrote in, and by what they did in the week."""

from __future__ import annotations

import pytest

from reports import queries, review
from reports.blocks import More, Prose, Row, Section, Table
from reports.cells import Number, Stage, Text
from reports.frame import as_date
from reports.sections.common import Review


@pytest.fixture
def section(a_review: Review) -> Section:
    return review.cohorts(a_review)


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def numbers(row: Row) -> list[int]:
    return [int(c.text.rstrip("+").replace(",", "")) for c in row.cells if isinstance(c, Number)]


def name_of(row: Row) -> str:
    first = row.cells[0]
    return (
        first.label
        if isinstance(first, Stage)
        else "".join(s.text for s in first.spans)
        if isinstance(first, Text)
        else ""
    )


def test_both_readings_are_named_and_told_apart(section: Section) -> None:
    titles = ["".join(s.text for s in b.spans) for b in section.blocks if isinstance(b, Prose) and b.tone == "title"]
    assert titles == ["By the week they wrote in", "By what they did last week, whenever they wrote in"]
    note = "".join(span.text for span in section.head.note)
    assert "by the week they wrote in" in note and "in play last week, whenever they wrote in" in note


def test_everybody_in_play_is_counted_once_and_rows_add_up(section: Section, a_review: Review) -> None:
    rows = tables(section)[1].rows
    for row in rows:
        leads, *did = numbers(row)
        assert leads == sum(did), name_of(row)
    parts, total = rows[:-1], rows[-1]
    assert [sum(column) for column in zip(*(numbers(row) for row in parts), strict=True)] == numbers(total)
    flow = queries.movement(a_review.window)
    week = flow[(flow["week_start_on"].map(as_date) == a_review.window.week) & flow["is_open"]]
    assert {name_of(r): numbers(r)[0] for r in parts[:-1]} == dict(zip(week["label"], week["opening"], strict=True))
    assert name_of(parts[-1]) == "Came in that week"


def test_every_number_of_the_active_reading_leads_to_its_leads(section: Section) -> None:
    total = dict(
        zip((c.title for c in tables(section)[1].columns[2:]), numbers(tables(section)[1].rows[-1])[1:], strict=True)
    )
    lists = {b.summary.partition(":")[0]: len(b.items) for b in section.blocks if isinstance(b, More)}
    assert lists == {head: number for head, number in total.items() if number}


def test_a_total_with_a_figure_that_still_grows_grows_too(section: Section) -> None:
    *weeks, total = tables(section)[0].rows
    for index in range(2, 6):
        young = any(isinstance(c, Number) and c.tone == "young" for c in (row.cells[index] for row in weeks))
        cell = total.cells[index]
        assert isinstance(cell, Number)
        assert (cell.tone == "young") is young is cell.text.endswith("+")
    assert isinstance(total.cells[5], Number) and total.cells[5].text.endswith("+")  # sixty days of eight weeks


def test_without_the_table_the_first_reading_stands_alone(a_review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "active_leads", lambda window: None)
    assert len(tables(review.cohorts(a_review))) == 1
