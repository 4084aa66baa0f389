"""What a leak costs, in won clients: cases with the fault x gap to cases without it x what comes after.

    extra won = sum over sources of N_faulty (rate without fault - rate with it), not under 0, x won rate from there

Draws of every part give a median, the range that holds 8 times in 10, and the chance that a leak is the costliest.
The gap is taken within a source, so that a source whose leads are better and better treated is not taken for an effect
of the treatment; what goes together is still no proof of cause. It is a ceiling: rescued leads buy less often than
leads who never needed rescuing, for which `worth` can be set under 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from reports.statistics import shrink
from reports.statistics.incidence import Floats, Rate

DRAWS: Final = 4000
FEW_CASES: Final = 5  # mature cases needed on either side, in sources that have both
KIND: Final = "association_upper_bound"


@dataclass(frozen=True, slots=True)
class Cell:
    """Cases of a source, with or without the fault: of eight weeks, of those old enough, of the eight weeks before."""

    source: str
    is_faulty: bool
    recent: int
    mature: int
    went_on: int
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """Won clients that eight weeks without the leak would bring at most; nothing where cases are too few.

    `p_real`: chance that cases without the fault really do better. `needs`: cases that are missing until a price.
    """

    leak: str
    cases: int  # of eight weeks, with the fault
    extra_won: float | None = None  # median
    low: float | None = None  # 80 %
    high: float | None = None
    p_top: float | None = None
    p_real: float | None = None
    needs: int = 0


def gap(cells: list[Cell], dice: np.random.Generator) -> Floats | None:
    """Draws of the cases of eight weeks that would have gone on without the fault; None where cases are too few.

    Below 0 where faulty cases do better. Faulty cases of a source that has no other kind are priced with the gap of
    the sources that have both, weighted as a pooled difference (Mantel and Haenszel's weights).
    """
    faulty = {c.source: c for c in cells if c.is_faulty}
    clean = {c.source: c for c in cells if not c.is_faulty}
    both = sorted(s for s in faulty if s in clean and faulty[s].mature and clean[s].mature)
    if missing(cells):
        return None
    with_fault = _rates([faulty[s] for s in both], dice)
    without = _rates([clean[s] for s in both], dice)
    gaps = without - with_fault
    n_faulty = np.array([faulty[s].mature for s in both], float)
    n_clean = np.array([clean[s].mature for s in both], float)
    weight = n_faulty * n_clean / (n_faulty + n_clean)
    typical = gaps @ (weight / weight.sum())
    recent = np.array([faulty[s].recent for s in both], float)
    elsewhere = sum(c.recent for s, c in faulty.items() if s not in both)
    return np.asarray(gaps @ recent + typical * elsewhere, float)


def missing(cells: list[Cell]) -> int:
    """Mature cases that are still needed for a price, with and without the fault, in sources that have both."""
    sides = {side: {c.source: c.mature for c in cells if c.is_faulty is side and c.mature} for side in (True, False)}
    both = sides[True].keys() & sides[False].keys()
    return sum(max(0, FEW_CASES - sum(cases[s] for s in both)) for cases in sides.values())


def won_from_here(won: Rate, dice: np.random.Generator) -> Floats:
    """Draws of the share that becomes a client from a stage on (Jeffreys' Beta at the effective number of cases)."""
    return dice.beta(won.rate * won.cases + 0.5, (1 - won.rate) * won.cases + 0.5, DRAWS)


def rank(leaks: dict[str, tuple[list[Cell], Floats, Floats | None]]) -> list[Price]:
    """Prices, costliest first, then those without a price by their cases.

    Per leak: its cells, draws of the won rate from the next stage on (times the worth of a rescued lead), and `gap`.
    """
    extra = {name: np.maximum(gaps, 0) * won for name, (_, won, gaps) in sorted(leaks.items()) if gaps is not None}
    names = list(extra)
    top = dict.fromkeys(names, 0.0)
    if names:
        table = np.stack([extra[n] for n in names], axis=1)
        winner = np.where(table.max(axis=1) > 0, table.argmax(axis=1), -1)
        top = {n: float(np.mean(winner == i)) for i, n in enumerate(names)}
    found = []
    for name, (cells, _, gaps) in sorted(leaks.items()):
        cases = sum(c.recent for c in cells if c.is_faulty)
        if gaps is None:
            found.append(Price(name, cases, needs=missing(cells)))
            continue
        low, middle, high = (float(q) for q in np.quantile(extra[name], [0.1, 0.5, 0.9]))
        found.append(Price(name, cases, middle, low, high, top[name], float(np.mean(gaps > 0))))
    return sorted(found, key=lambda p: (p.extra_won is None, -(p.extra_won or 0.0), -(p.p_top or 0), -p.cases, p.leak))


def _rates(cells: list[Cell], dice: np.random.Generator) -> Floats:
    return shrink.draws([c.went_on for c in cells], [c.mature for c in cells], DRAWS, dice)
