"""What the model decides about: signals, what its limits are called, and what is said where the rules found nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ingest.judge.messages import Message
from ingest.judge.readings import Reading

Chances = Mapping[str, float]  # probability by head
WHAT = frozenset(["problem", "goal"])
LATER = ("not_now", "wants_nothing_yet", "wants_other_offer")
SAID_REASONS = ("chose_another_option", "price_mismatch")  # of a no that is more than a no
KINDS = ("price", "time", "trust", "partner", "fit", "energy", "other")
OBJECTIONS = tuple(f"objection:{kind}" for kind in KINDS)


class Heard(NamedTuple):
    """One message of the lead: its words, and what the model makes of it."""

    reading: Reading
    message: Message
    chances: Chances


class Choice(NamedTuple):
    """Signals that the model decides about with one probability, and what its limits are called."""

    name: str
    signals: frozenset[str]
    keep: str
    add: str
    found: Callable[[Heard], tuple[str, str | None]]  # signal and value, where the rules found none
    weight: float  # of the rule's own confidence
    is_closing: bool  # each closing counts, not only the first


def reason(chances: Chances) -> str | None:
    """Why it is a no, where one reason makes up at least half of it."""
    found = max(SAID_REASONS, key=lambda r: chances[f"lost:{r}"])
    return found if chances[f"lost:{found}"] >= 0.5 * chances["lost"] else None


def until(signal: str, reading: Reading) -> str | None:
    """Until when a lead puts it off."""
    return reading.until if signal == "not_now" else None


def likeliest(chances: Chances, names: Sequence[str]) -> str:
    """The name with the highest probability."""
    return max(names, key=chances.__getitem__)


def kind(chances: Chances) -> str:
    """What kind of objection it most likely is."""
    return likeliest(chances, OBJECTIONS).partition(":")[2]


def _found_what(heard: Heard) -> tuple[str, None]:
    return "goal" if heard.chances["goal"] > heard.chances["problem"] else "problem", None


def _found_later(heard: Heard) -> tuple[str, str | None]:
    later = likeliest(heard.chances, LATER)
    return later, until(later, heard.reading)


def _choice(
    name: str,
    signals: Iterable[str],
    found: Callable[[Heard], tuple[str, str | None]],
    weight: float = 0.0,
    is_closing: bool = False,
) -> Choice:
    return Choice(name, frozenset(signals), f"{name}.keep", f"{name}.add", found, weight, is_closing)


TELLS = _choice("what", WHAT, _found_what)
ENGAGED = _choice("engaged", ["meaningful"], lambda _: ("meaningful", None))
OTHERS = (
    _choice("timing", ["timing"], lambda _: ("timing", None)),
    _choice("intent", ["intent"], lambda _: ("intent", None)),
    # the rules' few phrases for a closing are exact
    _choice("nurture", LATER, _found_later, 0.5, is_closing=True),
    _choice("lost", ["clear_no"], lambda heard: ("clear_no", reason(heard.chances)), 0.5, is_closing=True),
    _choice("objection", ["objection"], lambda heard: ("objection", kind(heard.chances)), is_closing=True),
)
ORIGINS = (
    _choice("referred", ["referred"], lambda _: ("referred", None)),
    _choice("returning", ["returning"], lambda _: ("returning", None)),
)
