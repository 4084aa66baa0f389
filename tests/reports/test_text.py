"""Numbers, dates, ranges and foreign words as the design wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import text


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(3, 8, "3 of 8"), (0, 9, "0 of 9"), (41, 100, "41\u00a0%"), (5, 10, "50\u00a0%"), (1, 40, "2.5\u00a0%"),
     (0, 40, "0\u00a0%"), (0, 0, "none yet"), (10, 10, "100\u00a0%")],
)  # fmt: skip
def test_a_rate_is_a_count_under_ten_and_a_percentage_from_ten_on(part: int, whole: int, told: str) -> None:
    assert text.rate(part, whole) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.33, 0.50, "33–50\u00a0%"), (0.033, 0.082, "3.3–8.2\u00a0%"), (0.096, 0.49, "10–49\u00a0%"),
     (0, 1, "0–100\u00a0%"), (0, 0.02, "0.0–2.0\u00a0%")],
)  # fmt: skip
def test_a_range_has_decimals_only_where_all_of_it_is_small(low: float, high: float, told: str) -> None:
    assert text.percent_range(low, high) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.2, "today"),
        (0.99, "today"),
        (1.0, "1 day"),
        (4.9, "4 days"),
        (float("nan"), "–"),
        (None, "–"),
        (-0.4, "today"),
    ],
)
def test_days_are_whole_and_the_first_one_is_today(value: float | None, told: str) -> None:
    assert text.days(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(4, "4 min"), (59.4, "59 min"), (60, "1 h"), (110, "1 h 50"), (370, "6 h 10"), (4320, "3 days"), (None, "–")],
)
def test_waiting_times_grow_from_minutes_to_days(value: float | None, told: str) -> None:
    assert text.minutes(value) == told


def test_dates_and_the_clock() -> None:
    moment = datetime(2027, 1, 4, 8, 30, tzinfo=UTC)
    assert text.day(moment) == "Mon 4 Jan"
    assert text.long_day(moment) == "Monday 4 January 2027"
    assert text.short_day(moment) == "4 Jan"
    assert text.clock(moment) == "08:30"


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [(date(2026, 11, 16), date(2026, 11, 22), "16–22 November 2026"),
     (date(2026, 9, 28), date(2026, 10, 4), "28 September – 4 October 2026"),
     (date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 – 3 January 2027")],
)  # fmt: skip
def test_the_days_of_a_week_say_no_month_twice(first: date, last: date, told: str) -> None:
    assert text.day_range(first, last) == told


@pytest.mark.parametrize(
    ("as_of", "monday"),
    [(datetime(2026, 11, 23, 6, 0), date(2026, 11, 16)),
     (datetime(2026, 11, 22, 23, 59, 59, 999999), date(2026, 11, 16)),
     (datetime(2026, 11, 22, 12, 0), date(2026, 11, 9)), (datetime(2026, 11, 18), date(2026, 11, 9))],
    ids=["monday morning", "sunday's last second", "sunday noon", "midweek"],
)  # fmt: skip
def test_the_default_week_is_the_last_one_that_is_over(as_of: datetime, monday: date) -> None:
    assert text.last_whole_week(as_of) == monday


def test_weeks_have_their_iso_name_and_back() -> None:
    assert text.week_name(date(2026, 11, 16)) == "2026-W47"
    assert text.week_start("2026-W47") == date(2026, 11, 16)
    for wrong in ("2026-47", "26-W47", "2026-W7", "2026-W99", "last"):
        with pytest.raises(ValueError, match=r"week|Invalid|invalid"):
            text.week_start(wrong)


def test_money_has_its_sign_and_no_cents() -> None:
    assert text.money(4200, "GBP") == "£4,200"
    assert text.money(4200.4, "SEK") == "SEK 4,200"
    assert text.money(-50, "EUR") == "−€50"
    assert text.money(50, None) == "50"


def test_counts_in_prose_are_words_until_nine() -> None:
    assert [text.words(n) for n in (0, 3, 9, 10)] == ["no", "three", "nine", "10"]
    assert text.plural(1, "lead") == "1 lead"
    assert text.plural(1200, "reply", "replies") == "1,200 replies"
    assert text.signed(-3) == "−3"
    assert text.signed(0) == "0"
    assert text.signed(9) == "+9"


def test_names_in_a_row_are_cut_with_how_many_more() -> None:
    assert text.listed(["A"]) == "A"
    assert text.listed(["A", "B", "C"]) == "A, B and C"
    assert text.listed([str(n) for n in range(7)], 5) == "0, 1, 2, 3, 4 and 2 more"
    assert text.listed([]) == ""
    assert text.stop("Nadia R.") == "Nadia R."
    assert text.stop("Nadia") == "Nadia."


def test_short_names_are_told_in_full_where_two_would_look_alike() -> None:
    people = {
        "1": ("Anna Smith", None), "2": ("Anna Stone", None), "3": ("Ben King", None), "4": (None, "kit.99"),
        "5": (None, None), "6": ("Zo\u202ee", None),
    }  # fmt: skip
    names = text.short_names(people)
    assert names == {"1": "Anna Smith", "2": "Anna Stone", "3": "Ben K.", "4": "@kit.99", "5": "no name", "6": "Zoe"}


def test_names_lose_what_is_no_letter_before_they_are_shortened() -> None:
    assert text.short_names({"1": ("Lindsay Dewhirst 🌿", None), "2": ("🌿", None)}) == {"1": "Lindsay D.", "2": "🌿"}


def test_a_team_member_is_called_by_the_shortest_name_without_aliases() -> None:
    names = ["Priya", "Priya Raman", "Tom Ashdown", "Tom", "priya@desk.example", ""]
    assert text.first_names(names) == ["Priya", "Tom"]


def test_a_description_is_no_name_beside_a_name() -> None:
    assert text.first_names(["automated assistant", "Desky"]) == ["Desky"]
    assert text.first_names(["automated assistant"]) == ["automated assistant"]


def test_words_that_are_too_long_are_cut_between_words() -> None:
    assert text.shorten("one two three", 8) == "one two…"
    assert text.shorten("short", 10) == "short"
    assert text.shorten("x" * 30, 10) == "x" * 10 + "…"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a\u202eb", "ab"), ("\u2066x\u2069", "x"), ("a\x00b\x1b[31m", "ab[31m"), ("line\nbreak\ttab", "line break tab"),
     ("\ufeffzero\u200bwidth", "zerowidth"), (None, ""), (float("nan"), ""), ("👩‍👧 ok", "👩‍👧 ok"),
     ("  a   b ", "a b")],
    ids=["override", "isolate", "control", "blanks", "zero width", "none", "nan", "emoji kept", "trimmed"],
)  # fmt: skip
def test_foreign_text_loses_what_cannot_be_seen(given: object, shown: str) -> None:
    assert text.clean(given) == shown


def test_labels_of_charts_hold_no_markup_and_no_formula() -> None:
    assert text.label("<b>$x$</b> & 'q'") == "&lt;b&gt;&#36;x&#36;&lt;/b&gt; &amp; 'q'"


@pytest.mark.parametrize(
    "given",
    [
        "=1+1",
        "+44 7700 900123",
        "-1",
        "@x",
        "\t=1",
        " =1",
        "\u00a0=1",
        "|x",
        "%x",
        "＝1",
        "'quoted",
        "plain",
        "",
        "a=b",
    ],
)
def test_cells_for_spreadsheets_are_neutral_and_come_back(given: str) -> None:
    cell = text.neutral_cell(given)
    assert text.plain_cell(cell) == given
    assert not cell or cell[0] not in "=+-@\t\r\n|%＝＋－＠"


@given(st.text(max_size=40))
def test_any_text_survives_the_neutral_cell(given_text: str) -> None:
    assert text.plain_cell(text.neutral_cell(given_text)) == given_text
