"""What the page makes of prices, of the quality of sources and people, of the last change and of notes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reports import queries, review, text
from reports.blocks import Block, Card, Empty, Prose, Table, Verdict, plain
from reports.cells import Interval
from reports.queries.window import find_window
from reports.sections.change import worst_leak
from reports.sections.common import Review
from tests.reports.fake_statistics import CHANGE
from tests.reports.test_review import blocks_of, first_table, numbers_of, total_row, words_of


def said(block: Block) -> str:
    """The words of a block in a row, with single blanks."""
    return " ".join(words_of(plain(block)).split()).replace(" ,", ",").replace(" .", ".").replace(" :", ":")


def changed(priced: Review, monkeypatch: pytest.MonkeyPatch, table: str, **values: Any) -> Review:
    """The review as if one table of the statistics held other values in all its rows."""
    rows = queries.optional(priced.window, table)
    assert rows is not None
    for name, value in values.items():
        rows[name] = value
    real = queries.optional
    monkeypatch.setattr(queries, "optional", lambda window, name: rows.copy() if name == table else real(window, name))
    return priced


def card_of(shown: Review) -> Block:
    """What stands where the one change stands."""
    pair = [b for b in blocks_of(review.headline(shown)) if isinstance(b, Card | Empty)]
    return pair[0]


def verdict_of(shown: Review) -> Verdict:
    return next(b for b in blocks_of(review.headline(shown)) if isinstance(b, Verdict))


def test_the_suggested_change_has_its_six_lines_with_measure_date_and_price(priced: Review) -> None:
    card = card_of(priced)
    assert isinstance(card, Card)
    assert card.title.startswith("No booking link until")
    lines = {name: " ".join("".join(s.text for s in words).split()) for name, words in card.lines}
    assert list(lines) == ["Do this", "Who", "Which leads", "Measured by", "Judged on", "Worth"]
    assert lines["Measured by"].endswith("Now 41 % (36 of 96 so far, 16 still open; range 33–50 %).")
    assert lines["Judged on"] == "Monday 4 January 2027, on links of 23 Nov to 20 Dec, if there are at least 40."
    assert lines["Worth"].startswith("About 3 clients in 8 weeks, likely 2 to 5. A ceiling:")
    assert card.price is not None
    assert (card.price.low, card.price.at, card.price.high) == (1.9, 3.3, 5.2)


def test_few_cases_of_the_measure_are_counts_without_a_percentage(
    priced: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = changed(priced, monkeypatch, "rpt_leak_ranking", current_n=7, current_k=3, current_open=0)
    assert "Now 3 of 7." in said(card_of(shown))


def test_the_headline_names_the_costliest_leak_in_few_words(priced: Review) -> None:
    top = review.headline(priced).top
    assert top is not None
    assert "The costliest leak is booking links that go out before" in top.headline
    assert len(top.headline.split()) <= 25


@pytest.mark.parametrize(
    ("why_not", "told"),
    [("running", "Its change has begun"), ("would_mix", "One at a time."), ("made_it_worse", "the verdict was worse"),
     ("costs_little", "not worth a change"), ("new_code", "Nothing safe can be done")],
)  # fmt: skip
def test_without_a_suggestion_the_card_says_why(
    priced: Review, monkeypatch: pytest.MonkeyPatch, why_not: str, told: str
) -> None:
    shown = changed(priced, monkeypatch, "rpt_leak_ranking", is_suggested=False, why_not=why_not)
    card = card_of(shown)
    assert isinstance(card, Empty)
    assert card.title == "No change suggested this week"
    assert told in said(card)


def test_no_leak_is_named_when_none_is_surely_real(priced: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = changed(priced, monkeypatch, "rpt_leak_ranking", is_suggested=False, p_real=0.7)
    assert worst_leak(shown) is None
    assert "Leave things as they are." in said(card_of(shown))


def test_costs_are_ranked_with_ranges_and_the_rest_is_counted(priced: Review) -> None:
    section = review.leak_costs(priced)
    ranked, rest = (b for b in blocks_of(section) if isinstance(b, Table))
    assert [numbers_of(r) for r in ranked.rows] == [
        ["34", "3.3", "1.6", text.percent(0.62)],
        ["6", "0.8", "0.4", text.percent(0.05)],
    ]
    assert [c.high for r in ranked.rows for c in r.cells if isinstance(c, Interval)] == [5.2, 1.8]
    assert "This week’s change" in said(ranked)
    assert "Link sent too early" not in said(rest)
    assert "Sitting still" in said(rest)
    assert "too few to say, 2 more cases" in said(rest)


def test_sources_are_compared_by_their_calls_and_the_best_is_named_when_it_is_sure(priced: Review) -> None:
    section = review.source_call_quality(priced)
    assert "".join(s.text for s in section.head.answer).startswith("Referral. 6 of 9 calls became clients.")
    table = first_table(section)
    assert [c.title for c in table.columns][-1] == "Best?"
    assert numbers_of(table.rows[0])[-1] == text.percent(0.93)
    ad = next(r for r in table.rows if "DM ad" in said_row(r))
    assert "too few to say" in said_row(ad)
    assert numbers_of(total_row(table))[2:5] == ["24", "20", "12"]


def said_row(row: Any) -> str:
    return words_of(plain(row))


@pytest.mark.parametrize(
    ("best", "told"), [(0.93, "Referral. "), (0.6, "Referral, so far."), (0.4, "Too close to call. Referral looks")]
)
def test_a_winner_is_said_only_as_far_as_it_is_sure(
    priced: Review, monkeypatch: pytest.MonkeyPatch, best: float, told: str
) -> None:
    shown = changed(priced, monkeypatch, "rpt_source_quality", p_best=best)
    assert "".join(s.text for s in review.source_call_quality(shown).head.answer).startswith(told)


def test_people_are_compared_by_links_and_by_the_calls_of_the_crms_owner(priced: Review) -> None:
    section = review.team(priced)
    by_role, by_name = (b for b in blocks_of(section) if isinstance(b, Table))
    assert "Tom, setter" in said(by_role)
    assert "Clients per 100 links" in said(by_role)
    assert [said_row(r).split("  ")[0].strip() for r in by_name.rows] == ["Ines Lopes", "Tom Ashdown"]
    assert "not who is better" in said(section)


def test_the_verdict_shows_both_sides_on_one_scale_and_what_was_agreed(priced: Review) -> None:
    card = verdict_of(priced)
    assert card.kicker == "Last change, made 5 October"
    assert card.title == "Cannot tell yet. Three more weeks."
    assert card.table is not None
    drawn = [c for r in card.table.rows for c in r.cells if isinstance(c, Interval)]
    assert {c.scale for c in drawn} == {0.7}
    words = said(card)
    assert "31 % 18 of 58" in words
    assert "14 engaged leads are old enough to count; we agreed on 30." in words
    assert "It looks better so far, 8 chances in 10. We say so only from 9 in 10." in words
    assert "The offer changed on Fri 20 Nov and could touch the same number." in words


@pytest.mark.parametrize(
    ("values", "title", "told"),
    [
        ({"verdict": "not_due"}, "Not due until Monday 16 November.", "To be judged on Monday 16 November 2026."),
        ({"verdict": "better", "p_better": 0.93, "judged_on": date(2026, 11, 16)}, "Better.",
         "93 chances in 100 that it is better."),
        ({"verdict": "worse", "p_better": 0.04, "judged_on": date(2026, 11, 16)}, "Worse.",
         "96 chances in 100 that it is worse."),
        ({"verdict": "confounded", "confounded_by": "New offer"}, "Mixed up with another change.",
         "It touches the same number as: New offer."),
        ({"verdict": "cannot_tell", "weeks_more": None}, "Cannot tell: the difference is too small to see.",
         "and twice more since"),
    ],
    ids=["not-due", "better", "worse", "confounded", "too-small"],
)  # fmt: skip
def test_each_verdict_has_its_words(
    priced: Review, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], title: str, told: str
) -> None:
    card = verdict_of(changed(priced, monkeypatch, "rpt_change_log", **values))
    assert card.title == title
    assert told in said(card)


def test_a_change_that_is_not_due_never_looks_better_or_worse(priced: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    words = said(verdict_of(changed(priced, monkeypatch, "rpt_change_log", verdict="not_due")))
    assert "better" not in words
    assert "worse" not in words


def test_before_the_first_lead_had_its_days_the_verdict_says_so(
    priced: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = dict.fromkeys(("since_rate", "since_low", "since_high", "p_better"), None)
    shown = changed(priced, monkeypatch, "rpt_change_log", verdict="not_due", since_n=0, since_k=0, **gone)
    assert "nobody has had their days yet" in said(verdict_of(shown))


def test_a_fresh_note_calls_for_an_earlier_review_on_top(priced: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    first = review.headline(priced).blocks[0]
    assert isinstance(first, Prose)
    assert first.tone == "notice"
    assert "The offer changed on Fri 20 Nov: Six weeks instead of twelve." in said(first)
    old = changed(priced, monkeypatch, "rpt_change_notes", is_review_sooner=False)
    assert not isinstance(review.headline(old).blocks[0], Prose)


def test_a_changed_offer_names_the_leads_worth_reopening(priced: Review, a_review: Review) -> None:
    assert "The offer changed on Fri 20 Nov" in said(review.parked(priced))
    assert "The offer changed" not in said(review.parked(a_review))


def test_without_a_change_the_page_says_how_to_write_one_down(a_review: Review) -> None:
    empty = [b for b in blocks_of(review.headline(a_review)) if isinstance(b, Empty)]
    assert empty[-1].title == "No change on record"
    assert CHANGE["title"] not in said(empty[-1])


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.8, "8 chances in 10"), (0.93, "93 chances in 100"), (0.999, "over 99 chances in 100")],
)
def test_probabilities_are_said_as_chances(share: float, told: str) -> None:
    assert text.chances(share) == told


def test_a_plain_build_without_statistics_still_has_every_section(warehouse: Path, tmp_path: Path) -> None:
    import shutil

    import duckdb

    from reports.statistics.tables import COLUMNS

    bare = Path(shutil.copy(warehouse, tmp_path / "plain.duckdb"))
    with duckdb.connect(str(bare)) as con:
        for table in (*COLUMNS, "rpt_buyers", "rpt_five_questions", "rpt_coverage"):
            con.execute(f"drop table reporting.{table}")
    shown = Review(find_window(warehouse=bare))
    for name in ("headline", "leak_costs", "team", "source_call_quality", "buyers", "five_questions", "numbers"):
        assert getattr(review, name)(shown).anchor
    assert "Not priced yet." in said(review.leak_costs(shown))
