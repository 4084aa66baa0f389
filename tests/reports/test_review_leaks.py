"""The smaller leaks, what buyers share, the five questions of every lead, and the leads behind each number."""

from __future__ import annotations

import pandas as pd
import pytest

from reports import queries, review
from reports.blocks import Fold, Leads, More, Table, plain
from reports.frame import as_date
from reports.sections.buyers import path_words
from reports.sections.common import Review
from reports.sections.nine_no_shows import _got_back
from tests.reports.test_review import blocks_of, first_table, numbers_of, total_row, words_of
from tests.reports.test_review_statistics import said


def test_first_replies_fall_into_buckets_that_add_up(a_review: Review) -> None:
    table = first_table(review.first_replies(a_review))
    for row in table.rows:
        leads, *buckets = (int(n) for n in numbers_of(row)[:5])
        assert sum(buckets) == leads
    sums = [sum(int(numbers_of(r)[i]) for r in table.rows[:-1]) for i in range(5)]
    assert [str(n) for n in sums] == numbers_of(total_row(table))[:5]
    assert "Tom, setter" in said(table)


def test_faults_between_engaged_and_qualified_are_counted_with_what_to_do_instead(a_review: Review) -> None:
    section = review.engaged_to_qualified(a_review)
    rows = first_table(section).rows
    found = a_review.recent_leaks
    found = found[found["leak"] == "engaged_to_qualified"]
    assert sum(int(numbers_of(r)[0]) for r in rows) == len(found)
    assert "Ask what they want and why now before the link." in said(section)


def test_links_nobody_followed_up_and_who_asked_and_went(a_review: Review) -> None:
    section = review.unfollowed_links(a_review)
    number = len(a_review.leak("link_without_follow_up"))
    assert "".join(s.text for s in section.head.answer).startswith(f"{number} open links nobody wrote a word after.")
    assert "They asked for the link before they said what for" in said(section)
    lists = [b.caption for b in blocks_of(section) if isinstance(b, Leads)]
    assert lists[0].startswith("Link sent, never followed up")
    assert lists[1].startswith("Asked for the link, then gone")


def test_nurture_past_its_date_and_lost_worth_reopening_are_lists(a_review: Review) -> None:
    captions = [b.caption.partition(":")[0] for b in blocks_of(review.parked(a_review)) if isinstance(b, Leads)]
    assert captions == ["Nurture, past the date", "Nurture, without a date", "Worth a second message, the latest first"]


def test_lost_without_a_reason_counts_all_lost_leads(a_review: Review) -> None:
    people = a_review.people
    lost = int(((people["stage"] == "lost") & people["is_prospect"]).sum())
    number = len(a_review.leak("lost_without_reason"))
    answer = "".join(s.text for s in review.lost_without_reason(a_review).head.answer)
    assert answer.startswith(f"{number} of {lost} lost leads have no reason")


def test_labels_are_listed_with_what_is_wrong_and_what_to_do(a_review: Review) -> None:
    section = review.labels(a_review)
    assert [words_of(plain(r.cells[2])).strip() for r in first_table(section).rows] == [
        "Means something to one person", "Says nothing", "Says nothing", "Not known to us"]  # fmt: skip
    assert "1 means something to one person only" in said(section)


def test_buyers_are_held_against_all_leads_and_listed(a_review: Review) -> None:
    section = review.buyers(a_review)
    found = queries.buyers(a_review.window)
    assert found is not None
    titles = [words_of(plain(r.cells[0])).strip() for b in blocks_of(section) if isinstance(b, Table)
              for r in b.rows if r.tone == "group"]  # fmt: skip
    assert titles == ["Source", "What began it", "What held them back", "Path", "Who moved the key moment",
                      "Stage that almost stalled it"]  # fmt: skip
    fold = next(b for b in blocks_of(section) if isinstance(b, Fold))
    assert len(fold.table.rows) == len(found)
    assert "my back goes every time I lift" in said(fold)
    assert "First message to booking" in said(section)


@pytest.mark.parametrize(
    ("path", "told"),
    [("new_dm > engaged > qualified > booking_link_sent > booked_call > call_completed > won", "Every step"),
     ("new_dm > engaged > qualified > won", "Without a link and without a call"),
     ("new_dm > engaged > booking_link_sent > booked_call > call_completed > won", "Without being qualified first"),
     ("new_dm > engaged > qualified > booking_link_sent > booked_call > won", "With a call that nobody marked")],
)  # fmt: skip
def test_a_path_is_said_by_what_it_left_out(path: str, told: str) -> None:
    assert path_words(path) == told


def test_every_lead_in_play_answers_the_five_questions(a_review: Review) -> None:
    section = review.five_questions(a_review)
    rows = [r for b in blocks_of(section) if isinstance(b, Fold) for r in b.table.rows]
    assert len(rows) == len(a_review.in_play)
    for row in rows:
        assert all(words_of(plain(cell)).strip() for cell in row.cells)
    asked = [words_of(plain(r.cells[0])).strip() for r in first_table(section).rows]
    assert asked[:5] == ["What stage is this lead in?", "Who owns the next action?",
                         "What context has been captured?", "What is the next move?",
                         "What would move it forward or close it out?"]  # fmt: skip
    assert "a week before" in said(section)


def test_coverage_is_the_same_number_at_the_top_and_in_its_section(a_review: Review) -> None:
    complete = numbers_of(total_row(first_table(review.five_questions(a_review))))[0]
    assert f"{complete} leads in play" in said(review.numbers(a_review))


def test_every_count_of_the_week_leads_to_its_leads(a_review: Review) -> None:
    folded = {b.summary.partition(" ")[2]: b for b in blocks_of(review.numbers(a_review)) if isinstance(b, More)}
    now = a_review.weekly.iloc[-1]
    for words, column in (
        ("new leads last week", "new_leads"),
        ("links last week", "links"),
        ("calls due last week", "calls_due"),
        ("new clients last week", "clients"),
    ):
        if int(now[column]):
            assert len(folded[words if int(now[column]) > 1 else words.replace("s last", " last")].items) == now[column]


def test_who_entered_a_stage_is_listed_as_often_as_the_table_says(a_review: Review) -> None:
    section = review.movement(a_review)
    stock = queries.movement(a_review.window)
    week = stock[stock["week_start_on"].map(as_date) == a_review.window.week]
    entered = {str(r.label): int(r.entered) for r in week.itertuples() if r.entered}
    listed = {b.summary.removeprefix("Entered ").partition(":")[0]: len(b.items)
              for b in blocks_of(section) if isinstance(b, More)}  # fmt: skip
    assert listed == entered


def test_source_to_won_adds_up_and_says_the_best(a_review: Review) -> None:
    section = review.source_to_won(a_review)
    table = first_table(section)
    sums = [sum(int(numbers_of(r)[i]) for r in table.rows[:-1]) for i in range(7)]
    assert [str(n) for n in sums] == numbers_of(total_row(table))[:7]
    assert section.top is not None
    assert "brought the most" in "".join(s.text for s in section.top.standfirst)
    assert "guide" in said(review.content_to_won(a_review))


def test_an_assistant_is_named_with_what_it_is(a_review: Review) -> None:
    a_review.__dict__["team"] = {"ai": "Desky", "setter": "Priya and Tom", "coach": "Maren"}
    assert a_review.person("ai") == "Desky (AI)"
    assert a_review.person("setter") == "Priya and Tom, setters"
    assert a_review.person("coach") == "Maren, coach"
    assert a_review.person("va") == "VA"
    assert a_review.person("unknown") == "Not known"


@pytest.mark.parametrize(
    ("alone", "again", "number", "told"),
    [
        (1, 0, 3, "Of 3 no-shows none booked again; to one of them nobody got back."),
        (0, 2, 3, "Of 3 no-shows two booked again; somebody got back to all of them."),
        (1, 0, 1, "It was not booked again; nobody got back to the lead."),
        (0, 1, 1, "It was booked again; somebody got back to the lead."),
        (0, 0, 0, ""),
    ],
)
def test_no_shows_say_how_many_nobody_got_back_to_and_who_booked_again(
    a_review: Review, alone: int, again: int, number: int, told: str
) -> None:
    frame = a_review.calls.drop_duplicates("journey_id").head(number)
    missed = frame.assign(starts_at=frame["created_at"] + pd.Timedelta(days=1 if again == 0 else 0))
    missed.loc[missed.index[:again], "starts_at"] -= pd.Timedelta(hours=1)
    silent = frozenset((str(c.journey_id), c.starts_at) for c in missed.head(alone).itertuples())
    assert _got_back(a_review, missed, silent).strip() == told


def test_a_no_show_that_nobody_got_back_to_says_so_in_the_list(a_review: Review) -> None:
    found = a_review.leaks[a_review.leaks["leak"] == "no_show_left_alone"]
    missed = a_review.calls[a_review.calls["is_recent"] & (a_review.calls["status"] == "no_show")]
    assert set(found["journey_id"]) & set(missed["journey_id"])
    assert "Nobody got back to them." in said(review.no_show(a_review))
