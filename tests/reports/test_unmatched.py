"""The data-trust section: every booking of no conversation, and whose it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports import review
from reports.blocks import Table
from reports.queries.window import find_window
from reports.sections.common import Review
from reports.sections.unmatched import _called, unmatched
from tests.conftest import Sample
from tests.reports.test_review import blocks_of
from tests.reports.test_review_statistics import said, said_row


def said_all(shown: Review) -> str:
    return " ".join(said(block) for block in blocks_of(review.trust(shown)))


def test_a_person_is_one_row_with_what_they_made_and_whose_it_may_be(a_review: Review) -> None:
    table, how = unmatched(a_review)
    assert isinstance(table, Table)
    first, second = (said_row(row) for row in table.rows)
    names = a_review.people.set_index("journey_id")["name"]
    assert "Sarah Uttley" in first and "1 booking and 1 deal" in first and "Fri 20 Nov" in first
    assert "(0.80): one name agrees; booked 30 minutes after the link." in first
    assert " Or " in first and first.index("(0.80)") < first.index("(0.75)")
    assert any(str(name).split(" ")[0] in first for name in names)
    assert "Bertram Quill" in second and "nobody near" in second
    assert "queue import" in said(how)


def test_a_bare_contact_without_a_candidate_is_counted_and_not_listed(a_review: Review) -> None:
    assert "Cleo Fenn" not in said_all(a_review)
    assert "Bertram Quill" in said_all(a_review)


def test_leads_of_one_name_are_told_apart_by_their_conversation() -> None:
    names = {"sarah_1": "Sarah", "sarah_2": "Sarah", "ada_3": "Ada"}
    assert _called(["sarah_1", "sarah_2", "ada_3", "x_4"], names) == {
        "sarah_1": "Sarah, sarah_1",
        "sarah_2": "Sarah, sarah_2",
        "ada_3": "Ada",
        "x_4": "x_4",
    }


def test_where_everything_has_its_conversation_nothing_is_said(empty_warehouse: Path) -> None:
    assert unmatched(Review(find_window(warehouse=empty_warehouse))) == ()


@pytest.mark.warehouse
def test_the_sample_lists_each_booking_of_no_conversation(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAKREVIEW_HOME", str(sample.home))
    told = Review(find_window())
    rows = told.window.frame(
        "select display_name from reporting.rpt_unmatched where account_id = $account and record_kind = 'booking'"
    )
    shown = " ".join(said(block) for block in unmatched(told))
    assert len(rows) > 3
    assert all(name in shown for name in rows["display_name"])
