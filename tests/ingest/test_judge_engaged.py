"""Engaged: the lead's first words with meaning beyond the trigger (RULES, Stages)."""

from __future__ import annotations

import pytest

from tests.ingest.judge_talk import judge, shown

ASKED = "T: What are you struggling with most right now?"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["L: i keep quitting every programme after two weeks"], id="a need"),
        pytest.param(["L: My lower back hurts whenever I sit for an hour"], id="a pain"),
        pytest.param(["L: do you work with people over 60?"], id="a question about the coaching"),
        pytest.param(["L: how much is the twelve week coaching?"], id="a whole question about the price"),
        pytest.param(
            ["L[ad_reply]: I have tried four apps and still eat at midnight"], id="an ad answered with an experience"
        ),
        pytest.param([ASKED, "L: evenings"], id="a terse answer"),
        pytest.param(["T: How long have you been training?", "L: 9mo"], id="a terse number"),
        pytest.param(["T: Are you more after sleep or energy?", "L: sleep"], id="one of two options"),
        pytest.param(
            ["T: What part of it spoke to you?", "L: idk the whole thing"], id="a vague answer that still answers"
        ),
        pytest.param(["T: Do you get pain in the hips?", "L: yes all the time"], id="a yes with something in it"),
        pytest.param(["L: me cuesta dormir desde que cambié de trabajo"], id="Spanish"),
        pytest.param(["L: não consigo vender minhas peças online"], id="Portuguese"),
        pytest.param(["L: j'arrive pas à parler en réunion, je bloque"], id="French"),
        pytest.param(["L: Ich schaffe es nicht, abends nein zur Schokolade zu sagen"], id="German"),
        pytest.param(["L: non riesco a concentrarmi sugli esami"], id="Italian"),
        pytest.param(["L: ik heb last van mijn knie sinds de vierdaagse"], id="Dutch"),
        pytest.param(["L: jag är utmattad och sover dåligt"], id="Swedish"),
    ],
)
def test_words_about_the_own_situation_are_meaningful(lines: list[str]) -> None:
    assert "meaningful" in shown(judge(*lines), len(lines) - 1)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["L: GUIDE"], id="the keyword"),
        pytest.param(["L: info please"], id="a first word"),
        pytest.param(["L: price?"], id="the single word price"),
        pytest.param(["L[story_reply]: love this so much"], id="a compliment"),
        pytest.param(["L[story_reply]: 🔥🔥"], id="emoji"),
        pytest.param(["L[reaction]: ❤️"], id="a reaction"),
        pytest.param(["L[voice]:"], id="a voice note"),
        pytest.param(["L[unsent]:"], id="an unsent message"),
        pytest.param(
            ["T: What's the best email for the guide?", "L: petra@example.com"], id="an e-mail for the freebie"
        ),
        pytest.param(["T: Did the link open ok?", "L: yes thank you"], id="whether a link opened"),
        pytest.param([ASKED, "L: thanks"], id="thanks"),
        pytest.param([ASKED, "L: haha"], id="laughter"),
        pytest.param([ASKED, "L: not me"], id="only denying"),
        pytest.param(["L: who is this?"], id="who is this"),
        pytest.param(["L[story_reply]: is that rain or a filter lol"], id="banter"),
    ],
)
def test_triggers_friendliness_and_banter_are_not_meaningful(lines: list[str]) -> None:
    rows = judge(*lines, keywords={"guide": "Sleep guide"})
    assert "meaningful" not in shown(rows, len(lines) - 1)


def test_a_keyword_of_the_settings_is_a_trigger_with_its_own_spelling() -> None:
    assert "trigger:Guide" in shown(judge("L: guide pls", keywords={"Guide": "Sleep guide"}), 0)


def test_an_emoji_can_be_the_keyword() -> None:
    assert "trigger:🌙" in shown(judge("L: 🌙", keywords={"🌙": "Moon list"}), 0)


def test_a_first_word_answered_at_once_with_a_page_is_a_trigger() -> None:
    rows = judge("L: deepwork", "T:+5 Here you go https://falk.example/deepwork")
    told = [r for r in rows if r.signal == "trigger"]
    assert [(r.message_id, r.quote) for r in told] == [("m0", "deepwork")]
    assert told[0].at == next(r.at for r in rows if r.message_id == "m1")  # known only once it was answered


def test_a_reply_to_a_new_story_answers_no_question() -> None:
    assert "meaningful" not in shown(judge(ASKED, "L[story_reply]: nice hat"), 1)


def test_an_unheard_voice_note_is_said_to_be_one() -> None:
    assert shown(judge("L[voice]:"), 0) == {"unheard"}
