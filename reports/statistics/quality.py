"""Quality of the calls of a source or a setter: do people come, were they described rightly, do they become clients.

A chain of three rates, each shrunk on its own (`shrink`), multiplied draw by draw: a source with many bookings and
poor calls falls, one with few bookings is not crowned for one lucky call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from reports.statistics import shrink
from reports.statistics.incidence import Floats

DRAWS: Final = 4000
FEW_CALLS: Final = 5  # under this: too few to say
SURE: Final = 0.9  # a group is called better or worse than the average from here


@dataclass(frozen=True, slots=True)
class Group:
    """Calls of one source or person that are over: counts of one chain.

    `rated` of the `showed` have a word on whether the lead was as described. `close_hits` of `close_cases` is the
    closing rate of the `accurate`, which allows for those who still think about it, so neither is a whole number.
    """

    name: str
    calls: int
    showed: int
    rated: int
    accurate: int
    closed: int
    close_hits: float
    close_cases: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Clients per call that was due, 0..1: best estimate, 90 % range, and how it compares.

    `p_best`, `p_above_average`: 0..1, None under the gate. `verdict`: too_few | above | below | like_the_rest.
    """

    name: str
    rate: float
    low: float
    high: float
    p_best: float | None
    p_above_average: float | None
    verdict: str


def compare(groups: list[Group], dice: np.random.Generator, few: int = FEW_CALLS) -> list[Quality]:
    """The groups in the order given; those with under `few` calls get a range and no comparison.

    The best is sought among the groups with enough calls. The average is the account's own: all groups, weighted by
    their calls.
    """
    if not groups:
        return []
    joint = chain(groups, dice)
    calls = np.array([g.calls for g in groups], float)
    average = joint @ (calls / calls.sum()) if calls.sum() else joint.mean(axis=1)
    enough = np.array([g.calls >= few for g in groups])
    p_best = np.zeros(len(groups))
    if enough.any():
        candidates = np.flatnonzero(enough)
        best = candidates[joint[:, candidates].argmax(axis=1)]
        p_best = np.bincount(best, minlength=len(groups)) / DRAWS
    low, high = np.quantile(joint, [0.05, 0.95], axis=0)
    rate = np.clip(estimates(groups), low, high)
    above = (joint > average[:, None]).mean(axis=0)
    can_compare = int(enough.sum()) > 1
    return [
        Quality(
            group.name,
            float(rate[i]),
            float(low[i]),
            float(high[i]),
            float(p_best[i]) if enough[i] else None,
            float(above[i]) if enough[i] and can_compare else None,
            _verdict(bool(enough[i]), float(above[i]) if can_compare else 0.5),
        )
        for i, group in enumerate(groups)
    ]


def chain(groups: list[Group], dice: np.random.Generator) -> Floats:
    """Joint draws of show x accurate x close, shape (draws, groups)."""
    joint = np.ones((DRAWS, len(groups)))
    for hits, cases in _steps(groups):
        joint *= shrink.draws(hits, cases, DRAWS, dice)
    return joint


def estimates(groups: list[Group]) -> Floats:
    """Best estimate of show x accurate x close of each group."""
    made = np.ones(len(groups))
    for hits, cases in _steps(groups):
        made *= shrink.means(hits, cases)
    return made


def _steps(groups: list[Group]) -> tuple[tuple[list[float], list[float]], ...]:
    """Hits and cases of each step of the chain."""
    return (
        ([g.showed for g in groups], [g.calls for g in groups]),
        ([g.accurate for g in groups], [g.rated for g in groups]),
        ([g.close_hits for g in groups], [g.close_cases for g in groups]),
    )


def _verdict(is_enough: bool, above: float) -> str:
    if not is_enough:
        return "too_few"
    return "above" if above >= SURE else "below" if above <= 1 - SURE else "like_the_rest"
