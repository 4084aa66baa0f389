"""Small-number intervals that the page needs where the tables hold only counts.

`wilson`: E. B. Wilson, JASA 22 (1927) 209-212, the score interval; 90 % as the design says for rates.
`booked_by_day`: product-limit estimate with leads that were lost kept at risk until today, which equals the cumulative
incidence when today is a known cut-off for everyone; log-log band (Kalbfleisch and Prentice, 1980).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z90: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its range, 0..1."""

    rate: float
    low: float
    high: float


def wilson(part: int, whole: int, z: float = Z90) -> Rate:
    """Score interval of part of whole; ValueError without a base."""
    if not 0 <= part <= whole or whole == 0:
        raise ValueError("a rate needs a base, and at most all of it")
    p, square = part / whole, z * z
    middle = (p + square / (2 * whole)) / (1 + square / whole)
    half = z * math.sqrt(p * (1 - p) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return Rate(p, max(0.0, middle - half), min(1.0, middle + half))


def booked_by_day(waits: Sequence[tuple[float | None, float]], days: int = 21) -> list[Rate]:
    """Share that has become a call by day 0, 1, ... `days`, with a 90 % band.

    `waits`: per link, days until it was booked (None: not booked) and days it has been watched.
    """
    booked = sorted(w for w, _ in waits if w is not None)
    ends = [w if w is not None else seen for w, seen in waits]
    found, still, variance, turn = [], 1.0, 0.0, 0
    for day in range(days + 1):
        while turn < len(booked) and booked[turn] <= day:
            moment = booked[turn]
            events = sum(1 for b in booked if b == moment)
            risk = sum(1 for end in ends if end >= moment)
            still *= 1 - events / risk
            variance += events / (risk * (risk - events)) if risk > events else 0.0
            turn += events
        found.append(_band(still, variance))
    return found


def _band(still: float, variance: float) -> Rate:
    """The share gone, with its log-log band; a band of nothing where nothing or everything is gone."""
    if not 0 < still < 1:
        return Rate(1 - still, 1 - still, 1 - still)
    spread = Z90 * math.sqrt(variance) / abs(math.log(still))
    return Rate(1 - still, 1 - still ** math.exp(-spread), 1 - still ** math.exp(spread))
