"""The team's messages: who speaks, which links go out, tied to the lead's words or not, promises and reminders."""

from __future__ import annotations

import pytest

from ingest.judge import Judgement
from tests.ingest.judge_talk import judge, shown

STORY = "L: i froze in front of the choir in Leeds and lost my voice"
LINK = "https://calendly.com/ingrid-falk/voice"


def speaker(rows: list[Judgement], message: int) -> str | None:
    return next(r.value for r in rows if r.message_id == f"m{message}" and r.signal == "speaker")


@pytest.mark.parametrize(
    ("said", "role"),
    [
        pytest.param("Hi Petra, Dario here, I look after new people", "setter", id="here"),
        pytest.param("Hey Petra! Wilma from Ingrid's team", "va", id="from the team"),
        pytest.param("It's Ingrid, I read it twice", "coach", id="it's"),
        pytest.param("Hola Petra, soy Dario del equipo", "setter", id="Spanish"),
        pytest.param("Oi Petra, Dario aqui!", "setter", id="Portuguese"),
        pytest.param("Bonjour Petra, c'est Wilma", "va", id="French"),
        pytest.param("Hallo Petra, hier ist Wilma", "va", id="German"),
        pytest.param("Ciao Petra, sono Dario!", "setter", id="Italian"),
        pytest.param("Hej Petra, Wilma här", "va", id="Swedish"),
        pytest.param("Hi Petra, Dario. What are you after?", "setter", id="after the greeting"),
        pytest.param("Dario, I help Ingrid with new students", "setter", id="helps the coach"),
        pytest.param("I'm an automated assistant", "ai", id="an assistant"),
        pytest.param("Hi Petra, Jolanda here", "setter", id="a name that is not in the settings"),
        pytest.param("Hi Petra, welcome!", "unknown", id="no name"),
    ],
)
def test_an_introduction_names_the_role(said: str, role: str) -> None:
    assert speaker(judge("L: hello", f"T: {said}"), 1) == role


def test_the_lead_addressed_is_not_the_speaker() -> None:
    assert speaker(judge("L: hello", "T: Hi Wilma, Dario here", name="Wilma Brandt"), 1) == "setter"


def test_a_speaker_stays_until_another_is_introduced() -> None:
    rows = judge("L: hello", "T: Dario here!", "L: hi", "T: what brings you?", "L: sleep", "T: Wilma here, sent it")
    assert [speaker(rows, n) for n in (1, 3, 5)] == ["setter", "setter", "va"]


def test_the_export_says_it_first() -> None:
    assert speaker(judge("L: hello", "T[va]: Dario here"), 1) == "va"


def test_a_message_right_after_a_trigger_is_automation() -> None:
    rows = judge(
        "L: TIPS",
        "T:+4 Here you go https://falk.example/tips",
        "T: and what made you write?",
        keywords={"tips": "Tips"},
    )
    assert [speaker(rows, n) for n in (1, 2)] == ["automation", "unknown"]


def test_a_message_minutes_after_a_trigger_is_a_person() -> None:
    assert speaker(judge("L: TIPS", "T:+60 Here you go", keywords={"tips": "Tips"}), 1) == "unknown"


def test_a_message_that_a_comment_set_off_is_automation() -> None:
    assert speaker(judge("T[commented]: Here are the drills https://falk.example/drills"), 0) == "automation"


def test_a_name_the_lead_uses_tells_who_was_speaking() -> None:
    rows = judge("T: Hey, saw you followed. Do you sing?", "L: Hi Dario, i do, badly", "T: Haha where?")
    assert speaker(rows, 2) == "setter"


def test_who_speaks_of_the_coach_is_not_the_coach() -> None:
    assert speaker(judge(STORY, f"T: Ingrid can listen to it with you: {LINK}"), 1) == "setter"


@pytest.mark.parametrize(
    ("url", "signal"),
    [
        pytest.param("https://calendly.com/ingrid-falk/voice", "booking_link", id="known host"),
        pytest.param("https://ingridfalk.example/call", "booking_link", id="own page with a booking word"),
        pytest.param("falkstudio.com/start", "booking_link", id="own page of the settings"),
        pytest.param("https://meetings.hubspot.com/ingrid", "booking_link", id="HubSpot"),
        pytest.param("https://calendar.app.google/ingrid30", "booking_link", id="Google"),
        pytest.param("https://buy.stripe.com/test", "payment_link", id="Stripe"),
        pytest.param("https://ingridfalk.example/checkout", "payment_link", id="own checkout"),
        pytest.param("https://ingridfalk.example/warmup", "freebie_link", id="own page"),
        pytest.param("https://youtu.be/abc", "freebie_link", id="a video"),
        pytest.param("https://wa.me/4915112345", "other_link", id="another channel"),
    ],
)
def test_links_are_told_apart(url: str, signal: str) -> None:
    rows = judge(STORY, f"T: here {url} .", links=("falkstudio.com/start",))
    assert {s for s in shown(rows, 1) if s.endswith("_link")} == {signal}


def test_the_other_party_s_own_link_is_no_booking_link_of_ours() -> None:
    own = "https://calendly.com/leadsmith/intro"
    rows = judge(f"L: book here {own}", f"T: I can't open {own}")
    assert shown(rows, 1) & {"booking_link", "other_link"} == {"other_link"}


def test_an_email_address_or_an_abbreviation_is_no_link() -> None:
    assert not {s for s in shown(judge(STORY, "T: write to ingrid@falk.example e.g. today"), 1) if s.endswith("_link")}


@pytest.mark.parametrize(
    ("said", "tied"),
    [
        pytest.param(f"After that choir in Leeds, let's talk: {LINK}", True, id="her own words"),
        pytest.param(f"Here's my calendar: {LINK}", False, id="nothing of hers"),
        pytest.param(f"Based on what you said a call makes sense: {LINK}", False, id="a generic paraphrase"),
        pytest.param(f"It takes 30 minutes: {LINK}", False, id="the length of the call"),
    ],
)
def test_a_link_is_tied_by_specific_words_of_the_lead(said: str, tied: bool) -> None:
    assert ("tied_to_words" in shown(judge(STORY, f"T: {said}"), 1)) is tied


def test_the_message_before_the_link_ties_it_too() -> None:
    rows = judge(STORY, "T: Leeds again, poor choir.", f"T: grab a time {LINK}")
    assert "tied_to_words" in shown(rows, 2)


def test_words_that_the_team_said_first_tie_nothing() -> None:
    rows = judge("L: hi", "T: Is it your breathing or your pitch?", "L: pitch", f"T: grab a time {LINK}")
    assert "tied_to_words" not in shown(rows, 3)


def test_numbers_and_other_forms_of_a_word_tie() -> None:
    rows = judge("L: two auditions on 14 October and my register breaks", f"T: Before the 14th: {LINK}")
    assert "tied_to_words" in shown(rows, 1)


@pytest.mark.parametrize(
    ("said", "signal"),
    [
        pytest.param("I'll write to you on 5 October", "follow_up_on:2026-10-05", id="follow-up"),
        pytest.param("te escribo en noviembre", "follow_up_on:2026-11-01", id="follow-up in Spanish"),
        pytest.param("I'll send you the warm-up tonight", "promise", id="promise"),
        pytest.param("Reminder for tomorrow 10am!", "reminder", id="reminder"),
        pytest.param("We had you down for 10, did something come up?", "says_no_show", id="no-show"),
        pytest.param("I'll close your file for now", "closes_file", id="closes"),
        pytest.param("Sorry, I only work with adults", "closes_file:not_a_fit", id="not a fit"),
        pytest.param("Would you like a call with Ingrid?", "proposes_coaching", id="offers"),
        pytest.param("How about Thursday at 5?", "proposes_time", id="a time"),
        pytest.param("What would you sing?", "question", id="question"),
        pytest.param("You're booked in for Thursday", "says_booked", id="booked"),
    ],
)
def test_team_words_show_their_signal(said: str, signal: str) -> None:
    assert signal in shown(judge(STORY, f"T: {said}"), 1)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Maren can phone you about that herself, Friday at 11:30am?", id="English"),
        pytest.param("Wollen wir am Donnerstag um 17 Uhr sprechen?", id="German"),
        pytest.param("te llamo el viernes a las 17:30?", id="Spanish"),
        pytest.param("on s'appelle mardi à 18h ?", id="French"),
    ],
)
def test_a_day_and_an_hour_in_a_question_propose_a_time(said: str) -> None:
    assert "proposes_time" in shown(judge(STORY, f"T: {said}"), 1)


@pytest.mark.parametrize("said", ["Doors open Friday at 5pm", "Was it 5pm?", "How was last friday at 5pm?"])
def test_an_hour_alone_or_no_question_or_a_day_gone_by_propose_nothing(said: str) -> None:
    assert "proposes_time" not in shown(judge(STORY, f"T: {said}"), 1)


WELCOME = "T: Welcome aboard Petra!"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(["L: I have paid"], id="paid"),
        pytest.param(["T: oh no", "T: here you can pay", "L: gone through the computer"], id="after some talk"),
        pytest.param(["L: how much is it?"], id="asked the price"),
    ],
)
def test_a_welcome_is_of_a_client_once_something_was_wanted_or_talked_over(before: list[str]) -> None:
    lines = [STORY, *(["T: oh no"] if before[0].startswith("L") else []), *before, WELCOME]
    assert "confirms_client" in shown(judge(*lines), len(lines) - 1)


@pytest.mark.parametrize(
    "said", [WELCOME, f"T: You're in the right place, welcome to the family! {LINK}"], ids=["first words", "an offer"]
)
def test_a_welcome_in_the_first_words_or_with_an_offer_is_a_greeting(said: str) -> None:
    assert "confirms_client" not in shown(judge(STORY, said), 1)


def test_closing_a_file_after_silence_or_with_a_question_is_no_answer_to_a_no() -> None:
    silent = judge(STORY, "T: what would you like?", "T: I'll close your file for now")
    asking = judge(STORY, "T: last nudge from me, still interested?")
    assert "closes_file" not in shown(silent, 2) | shown(asking, 1)


def test_why_a_link_was_sent_is_kept() -> None:
    assert "link_reason" in shown(judge(STORY, f"T: Since Leeds is still in your neck, talk to Ingrid {LINK}"), 1)


def test_every_team_message_has_one_speaker() -> None:
    rows = judge(STORY, "T: oh no", "T: 😮", "L: yes", "T[va]: sent")
    assert [r.message_id for r in rows if r.signal == "speaker"] == ["m1", "m2", "m4"]
