"""What the lead wants, why now, and what holds them back."""

from __future__ import annotations

from ingest.judge import values
from ingest.judge.meaning import TERSE
from ingest.judge.said import Said, Shown
from ingest.judge.state import State

WITHOUT_TIMING = frozenset(["not_now", "wants_other_offer", "wants_nothing_yet", "clear_no", "personal", "pitch"])
NO_SITUATION = frozenset(["clear_no", "says_booked", "says_cancelled", "put_off"])
NO_INTENT = frozenset(["clear_no", "wants_nothing_yet", "pitch"])
NO_YES = frozenset(["denies", "put_off", "wants_other_offer"])
NO_OBJECTION = frozenset(["says_booked", "pitch"])
NO_REASON = frozenset(
    ["says_booked", "says_cancelled", "put_off", "returning"]
)  # their times are of the call or the past


def wants(said: Said, state: State, is_meaningful: bool) -> list[Shown]:
    """Problem, goal, timing, intent, fit, price, link, objections, sources."""
    hits, shown = said.hits, []
    is_told = is_meaningful or state.has("meaningful")
    if "problem" in hits and (is_meaningful or said.is_first_person) and not said.is_praise:
        shown.append(said.shown(hits["problem"]))
    elif is_meaningful and _tells_situation(said):
        shown.append(Shown("problem", "situation", said.whole, "structure-situation", 0.72))
    if "goal" in hits and is_told:
        shown.append(said.shown(hits["goal"]))
    if is_told and hits.keys().isdisjoint(WITHOUT_TIMING):
        shown += _timing(said, state)
    intent = _intent(said, state)
    if intent:
        shown.append(intent)
    shown += [said.shown(hits[s]) for s in ("asks_price", "asked_for_link", "heard_from") if s in hits]
    if "fit" in hits and "pitch" not in hits:
        shown.append(said.shown(hits["fit"]))
    shown += _objections(said, state, is_meaningful)
    if "referred" in hits and state.lead_count <= 3:
        shown.append(said.shown(hits["referred"], value=values.introducer(said.message.text, state.rules.people.roles)))
    return shown


def _tells_situation(said: Said) -> bool:
    """Whether a meaningful message tells the lead's own situation (and does not only ask, settle or decline)."""
    if said.is_question and not said.is_of_self and not said.has_quantity:
        return False
    if not said.hits.keys().isdisjoint(NO_SITUATION):
        return False
    return len(said.content) >= TERSE or said.has_quantity


def _timing(said: Said, state: State) -> list[Shown]:
    hits = said.hits
    if "timing" in hits:
        return [said.shown(hits["timing"])]
    if not said.moments or not hits.keys().isdisjoint(NO_REASON) or "says_no_show" in state.turn.signals:
        return []
    ahead = [m for m in said.moments if not m.is_past]
    for moment in sorted(ahead, key=lambda m: values.SPECIFIC.index(m.kind) if m.kind in values.SPECIFIC else 9):
        confidence = 0.0
        if moment.kind == "date":
            confidence = 0.88
        elif moment.kind in ("month", "season", "holiday", "span"):
            confidence = 0.82
        elif moment.kind == "weekday":
            before = said.words.tokens[moment.first - 1] if moment.first else ""
            confidence = 0.75 if before in state.rules.seeds.classes.before_weekday else 0.0
        elif moment.kind == "length" and state.turn.asks_when:
            confidence = 0.75
        if confidence:
            day = moment.date.isoformat() if moment.date else None
            return [Shown("timing", day, said.typed(moment), f"structure-{moment.kind}", confidence)]
    return []


def _intent(said: Said, state: State) -> Shown | None:
    """Clear intent: asks how to start, wants a call, says yes to one."""
    hits = said.hits
    if not hits.keys().isdisjoint(NO_INTENT):
        return None
    if "intent" in hits:
        return said.shown(hits["intent"])
    if "says_booked" in hits and state.has("booking_link", "proposes_time"):
        return said.shown(hits["says_booked"], confidence=0.8, signal="intent")
    if not state.open_offer or said.is_question or not hits.keys().isdisjoint(NO_YES):
        return None
    if state.turn.question not in ("offer", "none"):
        return None
    if "agrees" in hits and not ("not_now" in hits and " but " in said.words.line):
        return said.shown(hits["agrees"], confidence=0.8, signal="intent")
    is_echo = len(said.content) <= TERSE and not state.turn.options.isdisjoint(said.content)
    if state.turn.question == "offer" and is_echo and not _hedges(said, state):
        return Shown("intent", None, said.whole, "structure-echo", 0.72)
    return None


def _hedges(said: Said, state: State) -> bool:
    return not state.rules.seeds.classes.hedge.isdisjoint(said.words.tokens)


def _objections(said: Said, state: State, is_meaningful: bool) -> list[Shown]:
    """What could hold them back: phrases, and hesitation beside money, time or the people who have a say."""
    is_told = is_meaningful or state.has("meaningful")
    offered = state.has("booking_link", "asks_price", "proposes_coaching", "payment_link")
    found = [said.shown(h) for h in said.kinds if h.signal == "objection"] if is_told or offered else []
    if found or not is_told or not said.hits.keys().isdisjoint(NO_OBJECTION):
        return found
    if "wants_other_offer" in said.hits:
        return [said.shown(said.hits["wants_other_offer"], value="fit", confidence=0.75, signal="objection")]
    if "not_now" in said.hits:
        return [said.shown(said.hits["not_now"], value="time", confidence=0.75, signal="objection")]
    if not offered:
        return []
    tokens, classes = said.words.tokens, state.rules.seeds.classes
    hedges = _hedges(said, state) or "put_off" in said.hits
    if not classes.partner.isdisjoint(tokens) and ("put_off" in said.hits or not classes.discuss.isdisjoint(tokens)):
        return [Shown("objection", "partner", said.whole, "structure-people", 0.75)]
    if hedges and not classes.money.isdisjoint(tokens) and not ("asks_price" in said.hits and said.is_question):
        return [Shown("objection", "price", said.whole, "structure-money", 0.75)]
    if hedges and not classes.busy.isdisjoint(tokens):
        return [Shown("objection", "time", said.whole, "structure-time", 0.72)]
    if "clear_no" in said.hits:
        return [said.shown(said.hits["clear_no"], value="other", confidence=0.75, signal="objection")]
    return []
