"""What the lead wants and why now: problem, goal, timing, intent, price, objections."""

from __future__ import annotations

import pytest

from tests.ingest.judge_talk import judge, shown

STORY = "L: i freeze every time i have to speak in the monday meeting"


@pytest.mark.parametrize(
    ("said", "signal"),
    [
        pytest.param("i'm stuck at the same weight since spring", "problem", id="problem"),
        pytest.param("my goal is to run a half marathon", "goal", id="goal"),
        pytest.param("quiero aprender a hablar sin miedo", "goal", id="goal in Spanish"),
        pytest.param("je voudrais retrouver confiance", "goal", id="goal in French"),
        pytest.param("my exam is on 14 November", "timing", id="a date"),
        pytest.param("the wedding is in June and i still can't dance", "timing", id="a month with an event"),
        pytest.param("i want it sorted before christmas", "timing", id="a feast"),
        pytest.param("im turning 50 soon", "timing", id="a birthday"),
        pytest.param("the lease ends in 6 weeks", "timing", id="a span"),
        pytest.param("Die Prüfung ist am 3. Dezember", "timing", id="a date in German"),
        pytest.param("il mio esame è il 12 ottobre", "timing", id="a date in Italian"),
        pytest.param("how do i start with you", "intent", id="asks how to start"),
        pytest.param("can we have a call this week", "intent", id="wants a call"),
        pytest.param("sign me up", "intent", id="sign me up"),
        pytest.param("¿cómo empiezo?", "intent", id="intent in Spanish"),
        pytest.param("quero começar com você", "intent", id="intent in Portuguese"),
        pytest.param("Ich möchte gern einen Termin", "intent", id="intent in German"),
        pytest.param("can you send me the link again", "asked_for_link", id="asks for the link"),
        pytest.param("and what would it cost?", "asks_price", id="asks the price"),
        pytest.param("do you take beginners?", "fit", id="asks whether it fits"),
    ],
)
def test_words_show_their_signal(said: str, signal: str) -> None:
    assert signal in shown(judge(STORY, f"L: {said}"), 1)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("i lost my job in april", id="a month gone by"),
        pytest.param("i've had this since March", id="since"),
        pytest.param("my dad used to tell me about the winter of 1963", id="a year long gone"),
        pytest.param("it happened two weeks ago", id="ago"),
        pytest.param("may i ask something", id="may is no month"),
        pytest.param("quite a lot for a saturday", id="a weekday in passing"),
    ],
)
def test_times_gone_by_are_no_timing(said: str) -> None:
    assert "timing" not in shown(judge(STORY, f"L: {said}"), 1)


def test_a_month_that_answers_how_long_ago_is_no_timing() -> None:
    assert "timing" not in shown(judge(STORY, "T: Ouch. How long ago was that?", "L: February i think"), 2)


def test_a_yes_to_a_call_is_intent() -> None:
    assert "intent" in shown(judge(STORY, "T: Would you like a call with Ingrid about it?", "L: yes please"), 2)


def test_a_yes_to_a_call_counts_after_a_question_in_between() -> None:
    rows = judge(
        STORY,
        "T: Would you be open to a free call with Ingrid?",
        "L: what happens on it?",
        "T: She listens and tells you what she would try first",
        "L: ok sure",
    )
    assert "intent" in shown(rows, 4)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param("Want me to send you the guide?", "yes please", id="yes to a freebie"),
        pytest.param("Would you like a call with Ingrid?", "no not really", id="no to a call"),
        pytest.param("Would you like a call with Ingrid?", "maybe one day", id="some day"),
        pytest.param("Does it happen in other meetings too?", "yes", id="yes to a question about them"),
    ],
)
def test_other_answers_are_no_intent(asked: str, said: str) -> None:
    assert "intent" not in shown(judge(STORY, f"T: {asked}", f"L: {said}"), 2)


def test_the_price_asked_after_the_problem_is_no_intent() -> None:
    assert "intent" not in shown(judge(STORY, "L: how much is it with you?"), 1)


def test_a_denied_wish_is_no_intent() -> None:
    assert "intent" not in shown(judge(STORY, "L: i'm not ready to start anything"), 1)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        pytest.param("that's a lot of money for me", "price", id="price"),
        pytest.param("i just don't have the time with two jobs", "time", id="time"),
        pytest.param("been burned by a coach before tbh", "trust", id="trust"),
        pytest.param("i need to ask my husband first", "partner", id="partner"),
        pytest.param("is it only one to one? i hate zoom", "fit", id="fit"),
        pytest.param("i have no energy for one more thing", "energy", id="energy"),
        pytest.param("es muy caro para mí", "price", id="price in Spanish"),
        pytest.param("Ich habe gerade keine Zeit dafür", "time", id="time in German"),
        pytest.param("je dois en parler à mon mari", "partner", id="partner in French"),
    ],
)
def test_objections_keep_their_kind(said: str, kind: str) -> None:
    rows = judge(STORY, "T: It is 300 a month, would you want a call with Ingrid?", f"L: {said}")
    assert f"objection:{kind}" in shown(rows, 2)


def test_an_answer_about_the_own_situation_is_what_they_want_help_with() -> None:
    rows = judge("T: What are you charging for a portrait session?", "L: forty quid and the frame")
    assert "problem:situation" in shown(rows, 1)
