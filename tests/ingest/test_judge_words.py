"""Words, phrases and dates: the ground the judge stands on."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.judge.dates import moments, time_words
from ingest.judge.links import links_in
from ingest.judge.phrases import alternatives, compiled, find, lexicon
from ingest.judge.words import fold, quote, read
from ingest.seeds import read_seed

KNOWN = time_words(read_seed("time_words"))
SAID_ON = dt.date(2026, 9, 7)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("I’m STUCK!!", " im stuck .. ", id="apostrophe and marks"),
        pytest.param("J'aimerais l'été", " j aimerais l ete ", id="elision"),
        pytest.param("Überforderung, ß", " uberforderung ss ", id="umlauts"),
        pytest.param("4.5 kg, £300", " 4.5 kg £ 300 ", id="numbers"),
        pytest.param("🔥", "  ", id="emoji only"),
    ],
)
def test_a_text_is_read_in_one_form(text: str, line: str) -> None:
    assert read(text).line == line


def test_a_quote_is_what_was_typed() -> None:
    words = read("well… J’ai MAL au dos !!")
    start = words.line.index(" mal au dos")
    assert quote(words, start, start + len(" mal au dos")) == "MAL au dos"


def test_letters_that_grow_when_made_small_keep_the_quote() -> None:
    words = read("İİ i need help now")
    start = words.line.index(" need help")
    assert quote(words, start, start + len(" need help")) == "need help"


def row(pattern: str) -> dict[str, str]:
    return {"signal": "s", "value": "", "side": "lead", "language": "en", "pattern": pattern, "confidence": "0.9"}


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        pytest.param("need (help|a hand)", "i need a hand", "need a hand", id="choice of several words"),
        pytest.param("struggl*", "Struggling again", "Struggling", id="any ending"),
        pytest.param("lost .. job", "lost my whole office job", "lost my whole office job", id="gap"),
        pytest.param("lost .. job", "lost it. new job", None, id="a gap ends with the sentence"),
        pytest.param("(really)? tired", "tired", "tired", id="optional"),
        pytest.param("# weeks", "in 6 weeks", "6 weeks", id="number"),
        pytest.param("^ stop", "please stop", None, id="start"),
        pytest.param("^ stop", "no. stop", "stop", id="start of a sentence"),
        pytest.param("tired $", "so tired of it", None, id="end"),
        pytest.param("im sad", "i'm sad", "i'm sad", id="apostrophe"),
        pytest.param("hat", "that hats", None, id="whole words only"),
    ],
)
def test_the_phrase_language(pattern: str, text: str, hit: str | None) -> None:
    words = read(text)
    found = find(lexicon([row(pattern)], "lead", frozenset()), words)
    assert [quote(words, h.start, h.end) for h in found] == ([hit] if hit else [])


def test_a_choice_is_split_into_its_parts() -> None:
    assert alternatives("(a b|(c|d e)|f (g|h))") == ["a b", "c", "d e", "f (g|h)"]


@pytest.mark.parametrize("pattern", ["(a b", "a) b", "..", "(x)?"])
def test_a_pattern_that_cannot_be_found_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern|brackets"):
        compiled(pattern, frozenset())


def test_every_seed_phrase_compiles_and_names_a_known_side() -> None:
    rows = read_seed("signal_phrases")
    assert {r["side"] for r in rows} == {"lead", "team"}
    for entry in rows:
        for part in alternatives(entry["pattern"]):
            compiled(part, frozenset())
        assert 0 < float(entry["confidence"]) <= 1


def test_the_seed_knows_the_booking_hosts_people_use() -> None:
    booking = {r["host"] for r in read_seed("booking_hosts") if r["kind"] == "booking"}
    assert len(booking) >= 25
    assert {"calendly.com", "cal.com", "tidycal.com", "acuityscheduling.com", "calendar.app.google"} <= booking


@pytest.mark.parametrize(
    ("text", "kind", "date"),
    [
        pytest.param("on 5 October", "date", "2026-10-05", id="day and month"),
        pytest.param("13th Oct", "date", "2026-10-13", id="ordinal"),
        pytest.param("October 3", "date", "2026-10-03", id="month and day"),
        pytest.param("zum 1. September", "date", "2027-09-01", id="German day"),
        pytest.param("el 28 de noviembre", "date", "2026-11-28", id="Spanish day"),
        pytest.param("mid October", "month", "2026-10-15", id="middle of a month"),
        pytest.param("end of Oct", "month", "2026-10-25", id="end of a month"),
        pytest.param("début octobre", "month", "2026-10-01", id="start of a month"),
        pytest.param("in 2 weeks", "span", "2026-09-21", id="in two weeks"),
        pytest.param("em 3 meses", "span", "2026-12-07", id="Portuguese span"),
        pytest.param("next week", "span", "2026-09-14", id="next week"),
        pytest.param("la semaine prochaine", "span", "2026-09-14", id="French next week"),
        pytest.param("nach dem Sommer", "season", "2026-09-14", id="after summer"),
        pytest.param("before christmas", "holiday", "2026-12-25", id="feast"),
        pytest.param("by friday", "weekday", "2026-09-11", id="weekday"),
    ],
)
def test_times_in_words_become_dates(text: str, kind: str, date: str) -> None:
    found = [m for m in moments(read(text), SAID_ON, KNOWN) if not m.is_past]
    assert [(m.kind, m.date.isoformat() if m.date else None) for m in found] == [(kind, date)]


def test_a_day_that_no_month_has_is_no_date() -> None:
    assert [m.date for m in moments(read("on 31 November"), SAID_ON, KNOWN)] == [None]


@pytest.mark.parametrize(
    "text", ["e.g. this", "it was good.in fact yes", "a.b@example.com", "no.me neither", "3.5 hours"]
)
def test_no_address_is_seen_where_there_is_none(text: str) -> None:
    assert links_in(text) == ()


def test_folding_is_the_same_for_names_and_words() -> None:
    assert fold("Zoë O’Neill") == "zoe oneill"
