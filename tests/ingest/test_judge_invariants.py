"""What holds for every conversation: no look ahead, verbatim quotes, the same answer twice."""

from __future__ import annotations

from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from ingest.judge import Conversation, Message, judge_conversation, rulebook
from ingest.seeds import read_seed
from tests.ingest.judge_talk import BEGIN, MINUTE, settings

RULES = rulebook(settings(keywords={"guide": "Guide"}))
BITS = [
    *(
        "guide",
        "info",
        "yes please",
        "no thanks",
        "i'm stuck",
        "how do i start?",
        "in 2 weeks",
        "5 October",
        "Dario here",
    ),
    *(
        "https://calendly.com/ingrid-falk/x",
        "refund",
        "what are you after?",
        "👍",
        "hola",
        "merci",
        "danke",
        "booked",
        "İi",
    ),
    *(
        "after summer",
        "too expensive",
        "would you like a call?",
        "my husband",
        "Hi Petra,",
        "im 15",
        "…",
        "\n",
        "200 kcal",
    ),
]
TEXT = st.one_of(st.lists(st.sampled_from(BITS), max_size=5).map(" ".join), st.text(max_size=40))
KIND = st.sampled_from(
    ["text", "text", "text", "story_reply", "voice", "reaction", "photo", "unsent", "ad_reply", "system"]
)
LINE = st.tuples(st.booleans(), KIND, TEXT, st.integers(1, 20_000))


def thread(lines: list[tuple[bool, str, str, int]]) -> Conversation:
    messages, at = [], BEGIN
    for number, (is_lead, kind, text, seconds) in enumerate(lines):
        at += seconds * (MINUTE // 60)
        messages.append(Message(f"m{number}", at, is_lead, "", kind, text, "", ""))
    return Conversation("a", "t", "Petra", "petra", "h", messages)


@limits(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINE, max_size=8))
def test_what_was_judged_stays_when_messages_follow(lines: list[tuple[bool, str, str, int]]) -> None:
    whole = judge_conversation(thread(lines), RULES)
    for size in range(len(lines)):
        cut = thread(lines[:size])
        known = cut.messages[-1].at if cut.messages else 0
        assert (
            judge_conversation(cut, RULES)
            == [row for row in whole if row.at <= known][: len(judge_conversation(cut, RULES))]
        )


@limits(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINE, max_size=8))
def test_quotes_stand_in_their_message_and_values_in_bounds(lines: list[tuple[bool, str, str, int]]) -> None:
    conversation = thread(lines)
    texts = {m.message_id: m.text for m in conversation.messages}
    vocabulary = {row["signal"] for row in read_seed("signals")} | {"excluded"}
    for row in judge_conversation(conversation, RULES):
        assert row.signal in vocabulary
        assert 0 < row.confidence <= 1
        assert row.quote is None or (row.message_id and row.quote in texts[row.message_id])


@limits(max_examples=60, deadline=None)
@given(st.lists(LINE, max_size=8))
def test_the_same_conversation_is_judged_the_same(lines: list[tuple[bool, str, str, int]]) -> None:
    assert judge_conversation(thread(lines), RULES) == judge_conversation(thread(lines), RULES)
