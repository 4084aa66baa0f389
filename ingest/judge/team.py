"""What a team message shows: who speaks, which links it sends, what it asks and promises."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.judge import exclusions, roles, ties, values
from ingest.judge.dates import moments
from ingest.judge.links import Link, kind_of, links_in, without_links
from ingest.judge.messages import Message, day_of
from ingest.judge.phrases import Hit
from ingest.judge.roles import Speaker
from ingest.judge.rules import Rulebook
from ingest.judge.said import Shown
from ingest.judge.state import State, Turn, question_kind
from ingest.judge.words import REMEMBERED, Words, fold, quote

SECOND = 1_000_000
DAYS = ("date", "weekday")
# an hour of the day: "at 5", "5pm", "17.30", "17h", "17 uhr"
CLOCK = re.compile(
    r" (?:at|um|a las|as|alle|om|kl) \d{1,2}(?:[.:]\d\d)?(?=[ h])"
    r"| \d{1,2}(?:[.:]\d\d)? ?(?:am|pm|h|uhr)(?= )| \d{1,2}[:h]\d\d "
)
GREETINGS = 2  # first messages of the team in which a welcome is but a greeting, unless any of these was shown:
WANTED = (
    "intent", "paid", "says_booked", "asked_for_link", "asks_price", "booking_link", "payment_link", "proposes_time",
)  # fmt: skip
PASSED_ON = (
    "promise", "reminder", "confirms_client", "says_no_show", "closes_file", "says_booked", "proposes_coaching",
)  # fmt: skip


class Told(NamedTuple):
    """What a team message is by itself, whoever it was sent to and whenever."""

    links: tuple[Link, ...]
    text: str  # its addresses blanked out
    words: Words
    hits: Mapping[str, Hit]  # first per signal
    signals: frozenset[str]
    shown: tuple[Shown, ...]
    whole: Words  # all of it
    may_introduce: bool  # holds a word that people introduce themselves with
    question: str  # kind of question it asks (state.QUESTION_KINDS)
    options: frozenset[str]


@lru_cache(maxsize=REMEMBERED)
def read_team(typed: str, rules: Rulebook) -> Told:
    """Read a text of the team; templates are read once per process."""
    links = links_in(typed)
    text = without_links(typed, links) if links else typed
    words, kinds = rules.seeds.team(text)
    hits: dict[str, Hit] = {}
    for hit in kinds:
        hits.setdefault(hit.signal, hit)
    shown = tuple(_hit(words, h) for h in kinds if h.signal in PASSED_ON)
    question = question_kind(words, kinds, rules)
    whole = rules.seeds.team(typed)[0] if links else words
    introduces = rules.seeds.classes.introduces | rules.people.roles.keys()
    may_introduce = not introduces.isdisjoint(words.tokens)
    options = frozenset(words.tokens)
    return Told(links, text, words, hits, frozenset(hits), shown, whole, may_introduce, question, options)


def shown_by_team(message: Message, told: Told, state: State) -> list[Shown]:
    """Every signal of a team message; the state's turn is opened or continued."""
    words, hits = told.words, told.hits
    exclusions.weigh_team(hits, state)
    shown = [_speaker(message, told, state)]
    if told.links:
        shown += _links(message, told, state)
    shown += [one for one in told.shown if _counts(one, told, state)]
    shown += _dated(message, told, state)
    if "helpline" in hits:  # the team itself treats it as more than coaching
        shown.append(_hit(words, hits["helpline"], value="crisis", signal="sensitive"))
    kind = _open_turn(told, state, [s.signal for s in shown])
    if "?" in told.text or kind in ("diagnosis", "feedback"):
        shown.append(Shown("question", kind, None, "structure-question", 0.9))
    return shown


def _counts(one: Shown, told: Told, state: State) -> bool:
    """Closing a file because of silence is no loss; nobody is welcomed as a client who asked for nothing yet."""
    if one.signal == "closes_file" and not one.value:
        return state.turn.is_over and "?" not in told.text
    if one.signal == "confirms_client":
        is_offer = any(kind_of(link, state.rules.links) == "booking" for link in told.links)
        return not is_offer and (state.team_count >= GREETINGS or state.has(*WANTED))
    return True


def _hit(words: Words, hit: Hit, value: str | None = None, signal: str = "") -> Shown:
    return Shown(
        signal or hit.signal, value or hit.value or None, quote(words, hit.start, hit.end), hit.rule, hit.confidence
    )


def _speaker(message: Message, told: Told, state: State) -> Shown:
    """RULES, role: the export's word, automation, an introduction, whom the lead answers, the speaker before."""
    speaker = _who(message, told, state)
    if speaker.role not in ("automation", "unknown"):
        state.speaker = speaker
    elif speaker.role == "automation":
        state.speaker = None
    return Shown("speaker", speaker.role, speaker.quote or None, f"speaker-{speaker.why}", speaker.confidence)


def _who(message: Message, told: Told, state: State) -> Speaker:
    if message.sent_by:
        return Speaker(message.sent_by, "", 1.0, "export")
    seconds = (message.at - state.last_lead.at) / SECOND if state.last_lead else 1e9
    if _is_automatic(message, told.links, seconds, state):
        return Speaker("automation", "", 0.95, "automation")
    said = None
    if told.may_introduce:
        said = roles.introduced(message.text, state.lead_names, state.rules.people, state.rules.seeds.classes.no_name)
    is_machine = roles.typed_by_machine(seconds, len(message.text), state.was_fast)
    state.was_fast = seconds <= roles.FAST_REPLY_SECONDS and len(message.text) >= roles.LONG_REPLY
    if said:
        return said
    if state.speaker:
        return state.speaker._replace(quote="") if state.speaker.quote else state.speaker
    if is_machine:
        return Speaker("ai", "", 0.6, "speed")
    name = roles.speaks_of_coach(told.words.tokens, state.rules.people)
    if name:
        helpers = state.rules.people.helper_roles
        return Speaker(next(iter(helpers)) if len(helpers) == 1 else "setter", "", 0.6, "third_person")
    return Speaker("unknown", "", 0.5, "unknown")


def _is_automatic(message: Message, links: Sequence[Link], seconds: float, state: State) -> bool:
    """Within 15 s of a trigger, or the message that a comment set off."""
    if state.team_count == 0 and _comment(message, state):
        return True
    if seconds > roles.AUTOMATION_SECONDS:
        return False
    return state.has("trigger") or (state.team_count == 0 and state.last_lead_is_short and bool(links))


def _comment(message: Message, state: State) -> bool:
    first = fold(message.context).replace('"', " ").split()[:2]
    return not state.rules.seeds.classes.comment_word.isdisjoint(first)


def _links(message: Message, told: Told, state: State) -> list[Shown]:
    shown: list[Shown] = []
    kinds = set()
    for link in told.links:
        kind = "other" if link.place in state.lead_places else kind_of(link, state.rules.links)
        kinds.add(kind)
        shown.append(Shown(f"{kind}_link", link.host, link.url, "structure-link", 0.95))
    if "booking" not in kinds:
        return shown
    names = state.lead_names
    tied = ties.tie(ties.keys_of(state.lead_words, state.rules, names), told.text, state.rules, names)
    known_then = state.lead_words[: state.told_before]  # what a message repeats was said before it
    before = ties.tie(ties.keys_of(known_then, state.rules, names), state.last_team_text, state.rules, names)
    if tied.score >= ties.ENOUGH:
        shown.append(Shown("tied_to_words", None, tied.quote, "structure-tie", min(0.95, 0.7 + 0.1 * tied.score)))
    elif before.score >= ties.ENOUGH:
        shown.append(
            Shown("tied_to_words", before.quote, None, "structure-tie-before", min(0.9, 0.65 + 0.1 * before.score))
        )
    if "link_reason" in told.hits:
        shown.append(_hit(told.words, told.hits["link_reason"]))
    return shown


def _dated(message: Message, told: Told, state: State) -> list[Shown]:
    """A time the team proposes, a day it promises to write on."""
    words, hits, shown = told.words, told.hits, []
    if "proposes_time" in hits:
        shown.append(_hit(words, hits["proposes_time"]))
    elif "?" in told.text and CLOCK.search(words.line):
        days = [m for m in moments(words, day_of(message.at), state.rules.seeds.times) if m.kind in DAYS]
        if days and not days[0].is_past:
            shown.append(Shown("proposes_time", None, message.text.strip(), "structure-clock", 0.8))
    if "follow_up_words" in hits:
        day = values.when(moments(words, day_of(message.at), state.rules.seeds.times))
        if day:
            shown.append(_hit(words, hits["follow_up_words"], value=day, signal="follow_up_on"))
    return shown


def _open_turn(told: Told, state: State, signals: list[str]) -> str:
    kind, found = told.question, told.signals
    if state.turn.is_over:
        state.turn = Turn(is_over=False)
    turn = state.turn
    if kind != "none":
        turn.question = kind
    turn.signals |= found
    turn.signals.update(signals)
    if kind != "none":
        turn.asks_age = turn.asks_age or "asks_age" in found
        turn.asks_since = "asks_since" in found
        turn.asks_when = "asks_when" in found and not turn.asks_since
        turn.options = told.options
        state.open_offer = kind == "offer" and "offers_freebie" not in turn.signals
    return kind
