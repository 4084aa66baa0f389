"""Who is no prospect, what a person must look at, and who may not be sold to."""

from __future__ import annotations

import pytest

from tests.ingest.judge_talk import excluded, judge, shown

STORY = "L: my sleep is a mess and i can't focus at work"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["L: hi! module 3 won't open in the portal, login error again"], id="a module that will not open"),
        pytest.param(["L: im already in the programme, i paid in March, just a quick question"], id="says so"),
        pytest.param(
            [
                "L: form sent! the second question was new?",
                "T: Thanks, your week 4 check-in form is in. I'll adjust your plan",
            ],
            id="a check-in form",
        ),
        pytest.param(
            ["L: Can we move my session on Thursday? The zoom link in the portal is last week's"],
            id="a session to move",
        ),
        pytest.param(
            ["L: Hallo, im Modul 2 fehlt die Aufzeichnung, ich komme nicht in den Mitgliederbereich"], id="German"
        ),
    ],
)
def test_clients_with_support_questions_are_excluded(lines: list[str]) -> None:
    assert excluded(judge(*lines)) == "current_client_support"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ["L: We help coaches get 20 qualified leads a month, want a free audit of your funnel?"], id="lead agency"
        ),
        pytest.param(
            ["L: Hey! Great page.", "L: grab a time on my calendar https://calendly.com/leadsmith/intro"],
            id="own booking link",
        ),
        pytest.param(["L: I'm a video editor and I'd love to edit your reels, here is my portfolio"], id="editor"),
        pytest.param(["L: Would love to have you as a brand ambassador, we send our products for free"], id="brand"),
        pytest.param(
            ["L: Congratulations, your account has been selected, verify your page to claim the prize"], id="spam"
        ),
        pytest.param(
            ["L: hi is Thursday 3 ok for the dog?", "T: I think you have the wrong person 😄"], id="wrong person"
        ),
        pytest.param(["L: sorry wrong chat!!"], id="says wrong chat"),
        pytest.param(["L: u coming sunday? bring the ladder back"], id="family"),
        pytest.param(
            ["L: Wir helfen Coaches mit mehr Kunden, unsere Agentur macht eine kostenlose Analyse"], id="German pitch"
        ),
    ],
)
def test_pitches_spam_family_and_strays_are_excluded(lines: list[str]) -> None:
    assert excluded(judge(*lines)) == "not_a_prospect"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([STORY, "T: How long?", "L: since march"], id="a lead"),
        pytest.param(
            ["L: i run a small agency and i can't get clients, i undercharge everyone"],
            id="an agency owner who needs help",
        ),
        pytest.param(["L: my husband says i should stop, but i want my goal back"], id="a lead who speaks of family"),
        pytest.param(
            ["L: i did your programme last year and the pain is back, how do i start again"], id="a former client"
        ),
        pytest.param(
            [STORY, "L: just paid the deposit!", "T: welcome aboard!", "L: where is the login for the portal?"],
            id="a client won here",
        ),
    ],
)
def test_prospects_are_not_excluded(lines: list[str]) -> None:
    assert excluded(judge(*lines)) is None


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        pytest.param("some nights i think about ending it all", "crisis", id="crisis"),
        pytest.param("i've written goodbye letters to my kids", "crisis", id="goodbye letters"),
        pytest.param("everyone would be better off without me", "crisis", id="better off"),
        pytest.param("i throw up after every meal", "eating_disorder", id="purging"),
        pytest.param("i only eat 600 kcal a day and still feel fat", "eating_disorder", id="starving"),
        pytest.param("he hit me again on friday", "abuse", id="violence"),
        pytest.param("my boyfriend checks my phone and wont let me see my friends", "abuse", id="control"),
        pytest.param("i want a refund or i'm calling my bank", "legal_threat", id="refund"),
        pytest.param("you will hear from my lawyer", "legal_threat", id="law"),
        pytest.param("a veces no quiero vivir", "crisis", id="Spanish crisis"),
        pytest.param("vomito tudo o que como", "eating_disorder", id="Portuguese eating disorder"),
        pytest.param("il me frappe quand il boit", "abuse", id="French abuse"),
        pytest.param("ich will mein Geld zurück, sonst gehe ich zum Anwalt", "legal_threat", id="German law"),
        pytest.param("non voglio più vivere", "crisis", id="Italian crisis"),
        pytest.param("ik wil niet meer leven", "crisis", id="Dutch crisis"),
        pytest.param("han slår mig", "abuse", id="Swedish abuse"),
    ],
)
def test_sensitive_words_go_to_a_person(said: str, kind: str) -> None:
    assert f"sensitive:{kind}" in shown(judge(STORY, f"L: {said}"), 1)


@pytest.mark.parametrize(
    "said",
    [
        "i'd rather not be sold to today",
        "that workout killed me lol",
        "my deadline is killing my mood",
        "i want to die of embarrassment",
        "is there a refund policy?",
    ],
)
def test_figures_of_speech_are_not_sensitive(said: str) -> None:
    assert "sensitive" not in shown(judge(STORY, f"L: {said}"), 1)


def test_a_threat_stops_no_sale_but_a_crisis_does() -> None:
    assert "red_flag" not in shown(judge(STORY, "L: i want my money back"), 1)
    assert "red_flag:crisis" in shown(judge(STORY, "L: i want to die"), 1)


@pytest.mark.parametrize(
    "said",
    ["btw im 15", "i'm 16 and in year 11", "tengo 15 años", "j'ai 16 ans", "ich bin 15", "tenho 14 anos", "ho 16 anni"],
)
def test_a_minor_is_a_red_flag_and_no_case_for_review(said: str) -> None:
    signals = shown(judge(STORY, f"L: {said}"), 1)
    assert "red_flag:minor" in signals
    assert "sensitive" not in signals


@pytest.mark.parametrize("said", ["i'm 16 weeks pregnant", "im 15 kg heavier than last year", "my son is 15"])
def test_other_numbers_are_no_age(said: str) -> None:
    assert "red_flag" not in shown(judge(STORY, f"L: {said}"), 1)


def test_an_age_answers_how_old() -> None:
    assert "red_flag:minor" in shown(judge(STORY, "T: Can I ask how old you are?", "L: 15"), 2)


def test_a_helpline_named_by_the_team_sends_it_to_a_person() -> None:
    rows = judge("L: nothing matters and i gave my dog away", "T: Please call 116 123, any hour. Is someone with you?")
    assert "sensitive:crisis" in shown(rows, 1)
