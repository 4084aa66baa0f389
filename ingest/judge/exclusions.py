"""Who is no prospect: clients with support questions, and people who want something else."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.judge.links import kind_of
from ingest.judge.phrases import Hit
from ingest.judge.said import Said, Shown
from ingest.judge.state import State
from ingest.judge.words import fold

ENOUGH = 1.0
STRONG = 0.88  # phrases this sure count whole
BAG = 0.25  # a single word of a trade


def _weight(hits: list[Hit]) -> float:
    """Each phrase counts, the sure ones whole; a message counts twice at most."""
    return min(1.6, sum(1.0 if hit.confidence >= STRONG else 0.6 for hit in hits))


def weigh_lead(said: Said, state: State) -> None:
    """Add what a lead's message tells about who they are."""
    support, pitch, personal = (_of(said, signal) for signal in ("support", "pitch", "personal"))
    tells_own = "problem" in said.hits and said.is_of_self and not said.text.is_to_you
    is_prospect = tells_own or state.has("problem", "goal", "intent", "booking_link")
    if support or said.text.client_words > 1:
        words = BAG * said.text.client_words
        state.client_score += _weight(support) * (1.0 if said.is_question or not is_prospect else 0.6) + min(words, 0.6)
    if "sensitive" in said.hits and any(h.value == "legal_threat" for h in said.kinds):
        state.client_score += 0.6
    for link in said.text.links:
        state.lead_places.add(link.place)
        kind = kind_of(link, state.rules.links)
        state.stranger_score += 1.0 if kind == "booking" else 0.3
    if not is_prospect or pitch:
        state.stranger_score += _pitch(said, state, pitch) * (0.5 if is_prospect else 1.0)
    if "wrong_person" in said.hits:
        state.stranger_score += 1.0
    if personal and not is_prospect:
        state.stranger_score += _weight(personal) * (1.0 if said.message.kind != "story_reply" else 0.7)
    if state.lead_count == 0 and _is_kin(state):
        state.stranger_score += 0.7


def _of(said: Said, signal: str) -> list[Hit]:
    return [hit for hit in said.kinds if hit.signal == signal] if signal in said.hits else []


def _pitch(said: Said, state: State, hits: list[Hit]) -> float:
    """How much a message sells: phrases, words of the trade, the name it comes from."""
    if said.answers == "diagnosis" and not hits:
        return 0.0
    words = said.text.pitch_words
    score = _weight(hits) + (min(0.8, BAG * words) if words > 1 or hits else 0.0)
    return score + (0.4 if score and _sells_by_name(state) else 0.0)


def weigh_team(hits: Mapping[str, Hit], state: State) -> None:
    """Add what a team message tells about whom it speaks to."""
    if "client_words" in hits:
        state.client_score += 0.6
    if "helpline" in hits:
        state.stranger_score = 0.0
    if "declines_pitch" in hits:
        state.stranger_score += 0.7
    if "wrong_person" in hits:
        state.stranger_score += 1.0


def decided(state: State) -> Shown | None:
    """The exclusion that has become certain with this message, once per conversation."""
    if state.is_excluded or max(state.client_score, state.stranger_score) < ENOUGH:
        return None
    is_prospect = state.has("intent", "says_booked") and state.has("problem", "goal")
    needed = ENOUGH + (0.8 if is_prospect else 0.0)
    if state.client_score >= needed and not state.has("confirms_client", "paid"):
        state.is_excluded = True
        return Shown(
            "excluded", "current_client_support", None, "structure-client", min(0.95, 0.6 + 0.2 * state.client_score)
        )
    if state.stranger_score >= needed:
        state.is_excluded = True
        return Shown(
            "excluded", "not_a_prospect", None, "structure-stranger", min(0.95, 0.6 + 0.2 * state.stranger_score)
        )
    return None


def _sells_by_name(state: State) -> bool:
    return not state.rules.seeds.classes.pitch_name.isdisjoint(fold(state.conversation.participant_name).split())


def _is_kin(state: State) -> bool:
    first = fold(state.conversation.participant_name).split()[:1]
    return bool(first) and first[0] in state.rules.seeds.classes.kin
