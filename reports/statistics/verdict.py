"""Did the one change work: leads who entered the stage before and after it, given the same number of days.

Measure, direction, date and smallest number are fixed before the change starts. It is looked at on that date, and when
that does not decide on at most two later dates four weeks apart, with a higher bar: looking every week until something
shows finds an effect of nothing one time in four. The most honest verdict at ten leads a week is "cannot tell yet".

Comparison: two shares with Jeffreys' Beta(1/2, 1/2) priors, P(after > before) by integrating one density over the other
distribution function (Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 2; Brown, Cai and DasGupta, Statist. Sci. 16
(2001) 101-133 for the prior). The Bayes factor (Kass and Raftery, JASA 90 (1995) 773-795: two rates against one, flat
priors) is for those who look early: over 10 it misleads under weekly looks about once in seventy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np
from scipy.special import betaln
from scipy.stats import beta

from reports.statistics.incidence import Floats, wilson

BARS: Final = (0.9, 0.97, 0.97)  # chance needed on the first, second and third look
LOOK_EVERY: Final = timedelta(weeks=4)
LEAST_BEFORE: Final = 5  # leads before the change; under this there is nothing to compare with
NODES: Final = 200


@dataclass(frozen=True, slots=True)
class Count:
    """Leads of one side that were given the whole horizon, and how many of them got there."""

    n: int
    k: int

    @property
    def interval(self) -> tuple[float, float]:
        """90 % range of the share (Wilson); 0..1 without leads."""
        return wilson(self.k / self.n if self.n else 0.0, self.n)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a change. `verdict`: better | worse | cannot_tell | not_due | confounded.

    `p_better`: chance that it is better now, in the direction that was meant; None without leads on both sides.
    `weeks_more`: until the next look; None where there is none. `judged_on`: the look that decided.
    """

    before: Count
    since: Count
    p_better: float | None
    bayes_factor: float | None
    verdict: str
    weeks_more: int | None = None
    judged_on: date | None = None


def p_higher(before: Count, since: Count) -> float:
    """Chance that the rate since is higher than the one before, 0..1."""
    points, weights = _nodes()
    density = beta.pdf(points, since.k + 0.5, since.n - since.k + 0.5) * weights
    below = beta.cdf(points, before.k + 0.5, before.n - before.k + 0.5)
    return float(np.clip(np.sum(density * below) / np.sum(density), 0.0, 1.0))


def bayes_factor(before: Count, since: Count) -> float:
    """How much better two different rates explain both sides than one and the same rate."""
    apart = sum(float(betaln(c.k + 1, c.n - c.k + 1)) for c in (before, since))
    hits, cases = before.k + since.k, before.n + since.n
    return math.exp(min(700.0, apart - float(betaln(hits + 1, cases - hits + 1))))


def looks(evaluation_on: date) -> tuple[date, ...]:
    """The days on which a change is judged, fixed when its evaluation date is."""
    return tuple(evaluation_on + LOOK_EVERY * i for i in range(len(BARS)))


def judge(
    today: date,
    evaluation_on: date,
    minimum_n: int,
    is_up: bool,
    before: Count,
    since_on: Callable[[date], Count],
    is_mixed: Callable[[date], bool],
) -> Verdict:
    """The verdict as of `today`. `since_on(day)`: the leads since the change who had their days by then.

    `is_mixed(day)`: whether something else that touches the same number had begun by then. The first look that decides
    stands; later days do not reopen it. A look with under `minimum_n` leads decides nothing.
    """
    now = _compared(before, since_on(today), is_up)
    due = [day for day in looks(evaluation_on) if day <= today]
    if not due:
        verdict = "confounded" if is_mixed(today) else "not_due"
        return replace(now, verdict=verdict, weeks_more=_weeks(today, evaluation_on))
    is_first = True
    for day in due:
        if is_mixed(day):
            return replace(_compared(before, since_on(day), is_up), verdict="confounded", judged_on=day)
        found = _compared(before, since_on(day), is_up)
        if found.since.n < max(1, minimum_n) or before.n < LEAST_BEFORE or found.p_better is None:
            continue
        bar = BARS[0] if is_first else BARS[1]
        is_first = False
        if found.p_better >= bar or found.p_better <= 1 - bar:
            return replace(found, verdict="better" if found.p_better >= bar else "worse", judged_on=day)
    later = [day for day in looks(evaluation_on) if day > today]
    return replace(now, verdict="cannot_tell", weeks_more=_weeks(today, later[0]) if later else None)


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Gauss-Legendre points and weights on 0..1; sin^2 tames the ends, where Jeffreys' density has no bound."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    angle = (nodes + 1) / 2 * math.pi / 2
    return np.sin(angle) ** 2, math.pi / 2 * weights * np.sin(angle) * np.cos(angle)


def _compared(before: Count, since: Count, is_up: bool) -> Verdict:
    if not before.n or not since.n:
        return Verdict(before, since, None, None, "cannot_tell")
    higher = p_higher(before, since)
    return Verdict(before, since, higher if is_up else 1 - higher, bayes_factor(before, since), "cannot_tell")


def _weeks(today: date, day: date) -> int:
    return max(1, math.ceil((day - today).days / 7))
