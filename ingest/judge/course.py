"""How it goes on, in the lead's words: booked, cancelled, later, no, thanks; and the trigger it all began with."""

from __future__ import annotations

from ingest.judge import values
from ingest.judge.said import Said, Shown
from ingest.judge.state import State

SETTLED = ("intent", "says_booked", "says_cancelled")
TERSE_NO = 2  # words beside a no that make no other point
LONGEST_TRIGGER = 6  # words of a message that may still be nothing but a keyword


def trigger(said: Said, state: State) -> Shown | None:
    """A keyword of the settings, or the one first word that asks for a freebie, the price, more."""
    if len(said.text.plain) > LONGEST_TRIGGER:
        return None
    tokens = said.text.plain
    for keyword, written in state.rules.keywords.items():
        wanted = tuple(keyword.split())
        if not wanted or len(tokens) > len(wanted) + 2:
            continue
        is_emoji = not wanted[0][0].isalnum() and keyword in said.whole
        if is_emoji or any(tokens[i : i + len(wanted)] == wanted for i in range(len(tokens))):
            return Shown("trigger", written, said.whole, "structure-keyword", 0.95)
    meant = said.text.content
    if state.has("meaningful") or len(meant) != 1 or len(tokens) > 3:
        return None
    is_answer = state.turn.question in ("diagnosis", "offer", "feedback")
    classes = state.rules.seeds.classes
    if is_answer and (meant[0] in classes.answer or meant[0] in state.turn.options):
        return None
    if meant[0] in classes.trigger:
        return Shown("trigger", meant[0], said.whole, "structure-first-word", 0.85)
    return None


def course(said: Said, state: State) -> list[Shown]:
    """Booked, cancelled, paid, back again; then at most one of later, no and let me think."""
    hits, shown = said.hits, []
    if "says_booked" in hits and state.has("booking_link", "proposes_time"):
        shown.append(said.shown(hits["says_booked"]))
    if "says_cancelled" in hits and state.has("booking_link", "says_booked", "proposes_time", "reminder"):
        shown.append(said.shown(hits["says_cancelled"]))
    if "paid" in hits and "support" not in hits:
        shown.append(said.shown(hits["paid"]))
    if "returning" in hits:
        shown.append(said.shown(hits["returning"]))
    return [*shown, *_later(said, state)]


def _later(said: Said, state: State) -> list[Shown]:
    hits = said.hits
    if state.lead_count and "wants_other_offer" in hits:
        return [said.shown(hits["wants_other_offer"])]
    if state.has("meaningful") and "wants_nothing_yet" in hits:
        return [said.shown(hits["wants_nothing_yet"])]
    if (
        "not_now" in hits
        and "says_cancelled" not in hits
        and (state.has("meaningful", "booking_link") or len(said.content) >= 3)
    ):
        return [said.shown(hits["not_now"], value=values.when(said.moments) or said.text.awaited)]
    if "put_off" not in hits and _defers(said, state):
        until = values.when(said.moments) or said.text.awaited
        return [Shown("not_now", until, said.whole, "structure-defers", 0.72)]
    no = _clear_no(said, state)
    if no:
        return [no]
    if "put_off" in hits and "says_booked" not in hits:
        decided = values.when(said.moments)
        later = [said.shown(hits["put_off"], value=decided, signal="decides_on")] if decided else []
        return [said.shown(hits["put_off"]), *later]
    return []


def _defers(said: Said, state: State) -> bool:
    """Whether an offer is put off until something that has yet to happen, in no phrase we know."""
    if not said.moments or (not state.open_offer and not state.has("booking_link")):
        return False
    tokens, classes = set(said.words.tokens), state.rules.seeds.classes
    if not said.hits.keys().isdisjoint(SETTLED) or classes.after.isdisjoint(tokens):
        return False
    if classes.again.isdisjoint(tokens) and classes.hedge.isdisjoint(tokens):
        return False
    return any(not m.is_past and m.kind in values.SPECIFIC[:5] for m in said.moments)


def _clear_no(said: Said, state: State) -> Shown | None:
    """A no to what was offered, with its reason where one is said."""
    hits = said.hits
    is_price = any(h.signal == "objection" and h.value == "price" for h in said.kinds)
    if "clear_no" in hits and _was_offered(said, state):
        reason = next((h.value for h in said.kinds if h.signal == "clear_no" and h.value), None)
        return said.shown(hits["clear_no"], value=reason or ("price_mismatch" if is_price else None))
    is_plain = not said.is_question and "put_off" not in hits
    is_short = "thanks_only" in hits or len(said.content) <= TERSE_NO
    if state.turn.question == "offer" and "denies" in hits and is_plain and is_short:
        return said.shown(
            hits["denies"], value="price_mismatch" if is_price else None, confidence=0.72, signal="clear_no"
        )
    is_thanks = "thanks_only" in hits and is_plain
    if (
        is_price
        and is_thanks
        and state.has("asks_price", "proposes_coaching", "booking_link")
        and state.turn.question != "none"
    ):
        return Shown("clear_no", "price_mismatch", said.whole, "structure-price-and-thanks", 0.72)
    return None


def _was_offered(said: Said, state: State) -> bool:
    """Whether there was something to say no to beyond a freebie."""
    if any(h.signal == "clear_no" and h.value for h in said.kinds):
        return state.has("meaningful", "booking_link", "proposes_coaching")
    if state.turn.question in ("freebie", "logistics", "feedback"):
        return False
    return state.has("booking_link", "proposes_coaching", "payment_link", "meaningful", "asks_price")


def manners(said: Said, state: State, says_something: bool) -> list[Shown]:
    """Friendliness and thanks: what needs no reply."""
    hits = said.hits
    if says_something or said.is_question:
        return []
    rest = len(said.content)
    if "friendly_only" in hits and rest <= 8:
        friendly = said.shown(hits["friendly_only"])
        return [friendly, Shown("thanks_only", None, said.whole, "structure-manners", 0.8)] if rest <= 4 else [friendly]
    if rest == 0 or ("thanks_only" in hits and rest <= 3):
        if state.open_offer and "agrees" in hits:
            return []
        return [Shown("thanks_only", None, said.whole, "structure-manners", 0.85)]
    return []
