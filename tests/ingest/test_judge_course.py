"""How it goes on: later, no, waiting for another offer, booked, cancelled, paid, thanks, coming back."""

from __future__ import annotations

import pytest

from ingest.judge import Judgement
from tests.ingest.judge_talk import judge, shown

STORY = "L: i can't sleep through a single night anymore"
OFFER = "T: Would you like a call with Ingrid about it?"
LINK = "T: Pick a time here https://calendly.com/ingrid-falk/sleep"


def value(rows: list[Judgement], signal: str) -> str | None:
    return next((r.value for r in rows if r.signal == signal), None)


@pytest.mark.parametrize(
    ("said", "until"),
    [
        pytest.param("not right now, maybe in january", "2027-01-01", id="a month"),
        pytest.param("i can't start before 20 October, exams", "2026-10-20", id="a date"),
        pytest.param("after the move i'll message you", "the move ill message you", id="an event"),
        pytest.param("ahora no puedo, en noviembre te escribo", "2026-11-01", id="Spanish"),
        pytest.param("Gerade nicht, ich melde mich im Dezember", "2026-12-01", id="German"),
        pytest.param("pas maintenant, je reviens vers toi en novembre", "2026-11-01", id="French"),
    ],
)
def test_a_date_before_which_they_cannot_start_is_not_now(said: str, until: str) -> None:
    rows = judge(STORY, OFFER, f"L: {said}")
    assert value(rows, "not_now") == until
    assert "timing" not in shown(rows, 2)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param("not for me, thanks", None, id="no"),
        pytest.param("i've decided not to go ahead", None, id="decided"),
        pytest.param("I went with another coach in the end", "chose_another_option", id="another coach"),
        pytest.param("thanks but it's way too expensive", "price_mismatch", id="too expensive"),
        pytest.param("no me interesa, gracias", None, id="Spanish"),
        pytest.param("Kein Interesse, danke", None, id="German"),
    ],
)
def test_a_clear_no_keeps_its_reason(said: str, reason: str | None) -> None:
    rows = judge(STORY, OFFER, f"L: {said}")
    assert "clear_no" in shown(rows, 2)
    assert value(rows, "clear_no") == reason


def test_no_thanks_to_a_freebie_is_no_clear_no() -> None:
    rows = judge(STORY, "T: Want me to send you the sleep guide?", "L: no thanks")
    assert "clear_no" not in shown(rows, 2)


def test_waiting_for_a_group_is_neither_no_nor_later() -> None:
    rows = judge(STORY, OFFER, "L: if you ever open a group let me know, not the 1:1")
    assert "wants_other_offer" in shown(rows, 2)
    assert not shown(rows, 2) & {"clear_no", "not_now"}


def test_keeping_to_the_content_is_its_own_lane() -> None:
    rows = judge(STORY, OFFER, "L: i'd rather keep listening to the podcast for now")
    assert "wants_nothing_yet" in shown(rows, 2)


@pytest.mark.parametrize(
    "said", ["let me think about it", "will do tonight", "i'll ask my wife", "ich überlege es mir", "je vais réfléchir"]
)
def test_a_put_off_is_one(said: str) -> None:
    assert "put_off" in shown(judge(STORY, LINK, f"L: {said}"), 2)


def test_a_put_off_with_a_day_says_when_they_decide() -> None:
    rows = judge(STORY, LINK, "L: let me think about it until 14 September")
    assert value(rows, "decides_on") == "2026-09-14"


@pytest.mark.parametrize("said", ["booked!", "done, got the 3pm slot", "ya reservé", "gebucht", "agendei"])
def test_booked_is_heard_after_a_link(said: str) -> None:
    assert {"says_booked", "intent"} <= shown(judge(STORY, LINK, f"L: {said}"), 2)


def test_booked_without_a_link_is_something_else() -> None:
    assert "says_booked" not in shown(judge("L: i'm booked out until june and exhausted"), 0)


@pytest.mark.parametrize(
    "said", ["sorry i have to cancel tomorrow", "can we move it to friday", "tengo que cancelar", "muss leider absagen"]
)
def test_a_cancellation_is_heard_after_a_link(said: str) -> None:
    assert "says_cancelled" in shown(judge(STORY, LINK, "L: booked", f"L: {said}"), 3)


def test_paid_is_heard() -> None:
    assert "paid" in shown(judge(STORY, LINK, "L: just paid the deposit"), 2)


@pytest.mark.parametrize(
    "said", ["thank you!!", "👍", "ok great", "gracias", "danke dir", "obrigada", "merci", "grazie"]
)
def test_thanks_need_no_reply(said: str) -> None:
    assert "thanks_only" in shown(judge(STORY, "T: I'll send it over tonight", f"L: {said}"), 2)


def test_a_question_after_thanks_needs_one() -> None:
    rows = judge(STORY, "T: Sent!", "L: thanks! does it work for shift workers too?")
    assert "question" in shown(rows, 2)
    assert "thanks_only" not in shown(rows, 2)


@pytest.mark.parametrize(
    "said", ["hi, remember me? we spoke last year", "¿te acuerdas de mí?", "hallo, ich bins wieder"]
)
def test_an_old_lead_opens_as_one(said: str) -> None:
    assert "returning" in shown(judge(f"L: {said}"), 0)


@pytest.mark.parametrize(
    ("said", "who"),
    [
        pytest.param("My sister Odile told me to message you", "Odile", id="a sister"),
        pytest.param("Hi, Marek recommended you", "Marek", id="a first name"),
        pytest.param("Me recomendó mi amiga Lourdes", "Lourdes", id="Spanish"),
    ],
)
def test_an_introducer_is_named(said: str, who: str) -> None:
    assert value(judge(f"L: {said}"), "referred") == who


def test_what_a_doctor_said_is_no_referral() -> None:
    assert "referred" not in shown(judge("L: my doctor told me to lose weight"), 0)


def test_contacts_are_kept_in_normal_form() -> None:
    rows = judge("L: Petra.L@Example.com or +44 7700 900123, insta @petra.lq")
    assert {"email:petra.l@example.com", "phone:+447700900123", "handle:petra.lq"} <= shown(rows, 0)
