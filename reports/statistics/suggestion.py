"""Exactly one change a week, chosen by price and certainty; none when nothing is safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reports.statistics.prices import Price

SURE: Final = 0.9  # chance that cases without the fault really do better
WORTH_IT: Final = 0.5  # won clients in eight weeks; less is not worth a change


@dataclass(frozen=True, slots=True)
class Option:
    """A change that mends a leak: row of operational_changes."""

    change: str
    stage: str
    metric: str
    direction: str
    who: str


@dataclass(frozen=True, slots=True)
class State:
    """What the log of changes says about an option.

    `is_running`: it was made and its date is still to come. `would_mix`: such a change shares its number.
    `made_it_worse`: it was tried, and the verdict was worse.
    """

    is_running: bool = False
    would_mix: bool = False
    made_it_worse: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A leak with its price, its change, whether it is this week's suggestion, and if not, why not.

    `why_not`: no_change | not_priced | too_few | not_sure | costs_little | running | would_mix | made_it_worse |
    costs_less.
    """

    price: Price
    option: Option | None
    is_suggested: bool
    why_not: str | None


def choose(prices: list[Price], options: dict[str, list[Option]], states: dict[str, State]) -> list[Ranked]:
    """The leaks in the order given, at most one of them suggested.

    Of several changes for a leak it is the last of the seed that is free, since the later ones are about one thing
    more. The suggestion is the leak most surely the costliest, of those that are surely real.
    """
    placed = [_place(price, options.get(price.leak, []), states) for price in prices]
    free = [i for i, (_, why_not) in enumerate(placed) if why_not is None]
    best = min(free, key=lambda i: (-(prices[i].p_top or 0), -(prices[i].extra_won or 0), prices[i].leak), default=-1)
    return [
        Ranked(prices[i], option, i == best, why_not or (None if i == best else "costs_less"))
        for i, (option, why_not) in enumerate(placed)
    ]


def _place(price: Price, options: list[Option], states: dict[str, State]) -> tuple[Option | None, str | None]:
    if not options:
        return None, "no_change"
    reasons = [(option, _held_back(states.get(option.change, State()))) for option in reversed(options)]
    option, held_back = next(((o, r) for o, r in reasons if r is None), reasons[0])
    if price.extra_won is None or price.p_real is None:
        return option, "too_few" if price.needs else "not_priced"
    if price.p_real < SURE:
        return option, "not_sure"
    return option, "costs_little" if price.extra_won < WORTH_IT else held_back


def _held_back(state: State) -> str | None:
    if state.is_running:
        return "running"
    if state.made_it_worse:
        return "made_it_worse"
    return "would_mix" if state.would_mix else None
