"""Do the numbers hold for few and unfinished leads? Worlds with known truth, judged by the shipped functions.

Prints one table a question; exit code 1 when a promise is broken. Fixed seeds: the same table every time.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from reports.statistics import prices, quality, shrink
from reports.statistics.incidence import aalen_johansen, within
from reports.statistics.verdict import Count, judge

SEED = 4
Dice = np.random.Generator
Promise = tuple[str, float, bool]


def leads(dice: Dice, n: int, ages: float, win: float, lag: float, lost: float = 0.6) -> tuple[np.ndarray, ...]:
    """Age, days to won (NaN) and days to lost (NaN) of `n` leads; `lost` of those who never win are marked so."""
    age = dice.uniform(0, ages, n)
    wins = dice.random(n) < win
    won = np.where(wins, dice.exponential(lag, n), np.nan)
    marked = np.where(~wins & (dice.random(n) < lost / (1 - win)), dice.exponential(20, n), np.nan)
    return age, np.where(won <= age, won, np.nan), np.where(marked <= age, marked, np.nan)


def bias(runs: int) -> list[Promise]:
    """150 leads of 0 to 90 days; 15 of 100 win, after 15 days on average; 60 of 100 are marked lost."""
    dice, win, lag, horizon = np.random.default_rng([SEED, 1]), 0.15, 15.0, 60
    truth = win * (1 - math.exp(-horizon / lag))
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        age, won, lost = leads(dice, 150, 90, win, lag)
        done, gone = ~np.isnan(won), ~np.isnan(lost)
        ends = np.where(done, won, np.where(gone, lost, age))
        moments, incidence = aalen_johansen(ends, np.where(done, 1, np.where(gone, 2, 0)))
        early = incidence[moments <= horizon]
        for name, value in (
            ("won of all", float(done.mean())),
            ("won of won and lost", done.sum() / max(1, (done | gone).sum())),
            ("lost as if undecided", within(np.where(gone, lost, age), won, horizon).estimate.rate),
            ("Aalen-Johansen", float(early[-1]) if len(early) else 0.0),
            ("shipped: within()", within(age, won, horizon).estimate.rate),
        ):
            found.setdefault(name, []).append(float(value))
    print(f"\nShare won within 60 days, truth {truth:.3f} ({runs} runs)")
    print(f"  {'estimate':<24}{'mean':>8}{'off by':>8}{'sd':>8}")
    off = {name: float(np.mean(values)) - truth for name, values in found.items()}
    for name, values in found.items():
        print(f"  {name:<24}{np.mean(values):>8.3f}{off[name]:>+8.3f}{np.std(values):>8.3f}")
    naive = min(abs(off[name]) for name in ("won of all", "won of won and lost", "lost as if undecided"))
    return [
        (
            "60-day conversion is off by at most 0.01",
            abs(off["shipped: within()"]),
            abs(off["shipped: within()"]) <= 0.01,
        ),
        ("where the naive rates are off by over 0.02", naive, naive > 0.02),
    ]


def coverage(runs: int) -> list[Promise]:
    """How often the 90 % interval holds the truth, by number of entrants, over rates of 12 to 80 %."""
    dice = np.random.default_rng([SEED, 2])
    print(f"\nCoverage of the 90 % interval ({runs} runs a cell)\n  {'entrants':<12}{'14 days':>10}{'60 days':>10}")
    cells, means = [], []
    for n in (12, 20, 40, 90):
        row = []
        for horizon, ages, lag in ((14, 56, 4.0), (60, 112, 18.0)):
            for win in (0.12, 0.3, 0.5, 0.8):
                truth, hits = win * (1 - math.exp(-horizon / lag)), 0
                for _ in range(runs):
                    age, won, _lost = leads(dice, n, ages, win, lag, lost=0.1)
                    rate = within(age, won, horizon).estimate
                    hits += rate.low <= truth <= rate.high
                row.append(hits / runs)
        cells += row
        means += [float(np.mean(row[:4])), float(np.mean(row[4:]))]
        print(f"  {n:<12}{means[-2]:>10.3f}{means[-1]:>10.3f}")
    print(f"  single cells: {min(cells):.3f} to {max(cells):.3f}")
    return [
        ("90 % intervals cover at least 0.87", min(means), min(means) >= 0.87),
        ("90 % intervals cover at most 0.94", max(means), max(means) <= 0.94),
    ]


# how far sources differ
WORLDS = (
    *(("much, Beta(2, 8)", 2, 8), ("some, Beta(4, 16)", 4, 16), ("high, Beta(6, 9)", 6, 9)),
    *(("hardly, Beta(20, 80)", 20, 80), ("hardly, Beta(10, 90)", 10, 90)),
)


def winner(runs: int) -> list[Promise]:
    """8 sources of 3 to 40 leads: by how much the best one's number overstates its truth."""
    dice = np.random.default_rng([SEED, 3])
    print(f"\nBest of 8 sources, number minus truth ({runs} runs)")
    print(f"  {'sources differ':<24}{'raw':>8}{'shrunk':>8}{'covered':>9}")
    worst = -1.0
    for name, a, b in WORLDS:
        raw, shrunk, covered = [], [], []
        for _ in range(runs):
            n = dice.integers(3, 41, 8)
            truth = dice.beta(a, b, 8)
            k = dice.binomial(n, truth)
            means, drawn = shrink.means(k, n), shrink.draws(k, n, 800, dice)
            raw.append((k / n).max() - truth[(k / n).argmax()])
            shrunk.append(means.max() - truth[means.argmax()])
            low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
            covered.append(np.mean((low <= truth) & (truth <= high)))
        worst = max(worst, float(np.mean(shrunk)))
        print(f"  {name:<24}{np.mean(raw):>+8.3f}{np.mean(shrunk):>+8.3f}{np.mean(covered):>9.3f}")
    return [("the best source is overstated by at most 2 points", worst, worst <= 0.02), *chain(max(40, runs // 4))]


def chain(runs: int) -> list[Promise]:
    """The same for call quality, show x accurate x close, 6 sources of 3 to 25 calls."""
    dice = np.random.default_rng([SEED, 4])
    raw, shrunk = [], []
    for _ in range(runs):
        calls = dice.integers(3, 26, 6)
        rates = [dice.beta(*ab, 6) for ab in ((15, 5), (12, 6), (6, 9))]
        showed = dice.binomial(calls, rates[0])
        accurate = dice.binomial(showed, rates[1])
        closed = dice.binomial(accurate, rates[2])
        truth = rates[0] * rates[1] * rates[2]
        counts = zip(calls, showed, showed, accurate, closed, closed, accurate, strict=True)
        groups = [quality.Group(str(i), *(int(v) for v in row)) for i, row in enumerate(counts)]
        means = np.array([q.rate for q in quality.compare(groups, dice, few=1)])
        raw.append((closed / calls).max() - truth[(closed / calls).argmax()])
        shrunk.append(means.max() - truth[means.argmax()])
    print(f"  {'call quality, 6 sources':<24}{np.mean(raw):>+8.3f}{np.mean(shrunk):>+8.3f}")
    return [
        ("the best source's call quality, at most 2 points", float(np.mean(shrunk)), float(np.mean(shrunk)) <= 0.02)
    ]


def alarms(runs: int) -> list[Promise]:
    """Link to booked, 20 of 100 in eight weeks before; four weeks of links at every look more."""
    dice, day = np.random.default_rng([SEED, 5]), date(2026, 1, 5)
    print(f"\nVerdict 'better' ({runs} runs)")
    print(f"  {'links a week':<14}{'no effect':>10}{'3 looks':>9}{'20->35 %':>10}{'3 looks':>9}")
    worst = 0.0
    for weekly in (5, 10, 20):
        row = []
        for rate in (0.2, 0.35):
            first = ever = 0
            for _ in range(runs):
                before = Count(8 * weekly, int(dice.binomial(8 * weekly, 0.2)))
                hits = np.cumsum(dice.binomial(4 * weekly, rate, 3))
                told = _judged(before, weekly, hits, day)
                first += told == 0
                ever += told is not None
            row += [first / runs, ever / runs]
        worst = max(worst, row[1]) if weekly >= 10 else worst
        print(f"  {weekly:<14}{row[0]:>10.3f}{row[1]:>9.3f}{row[2]:>10.3f}{row[3]:>9.3f}")
    return [("false 'better' at 10 or more leads a week, all looks", worst, worst <= 0.13)]


def _judged(before: Count, weekly: int, hits: np.ndarray, day: date) -> int | None:
    """Number of the look that says better; None where none does."""

    def since_on(on: date) -> Count:
        look = (on - day).days // 28
        return Count(4 * weekly * (look + 1), int(hits[look]))

    found = judge(day + timedelta(weeks=8), day, 10, True, before, since_on, lambda _: False)
    return (found.judged_on - day).days // 28 if found.verdict == "better" and found.judged_on else None


def leak_price(runs: int) -> list[Promise]:
    """60 faulty cases over 5 sources, booked 20 against 50 of 100 in time; one in four of the booked is won."""
    dice, won = np.random.default_rng([SEED, 6]), 0.25
    n_faulty, n_clean = np.array([20, 15, 12, 8, 5]), np.array([14, 12, 10, 9, 5])
    covered, real, off = [], [], []
    for _ in range(runs):
        lift = dice.normal(0, 0.08, 5)
        faulty, clean = np.clip(0.2 + lift, 0.02, 0.9), np.clip(0.5 + lift, 0.02, 0.95)
        truth = float(n_faulty @ (clean - faulty)) * won
        cells = [
            prices.Cell(str(i), True, int(n), int(n), int(dice.binomial(n, faulty[i]))) for i, n in enumerate(n_faulty)
        ]
        cells += [
            prices.Cell(str(i), False, int(n), int(n), int(dice.binomial(n, clean[i]))) for i, n in enumerate(n_clean)
        ]
        hits = int(dice.binomial(50, won))
        share = dice.beta(hits + 0.5, 50 - hits + 0.5, prices.DRAWS)
        (price,) = prices.rank({"leak": (cells, share, prices.gap(cells, dice))})
        assert price.low is not None and price.high is not None and price.extra_won is not None
        covered.append(price.low <= truth <= price.high)
        real.append((price.p_real or 0) >= 0.9)
        off.append(price.extra_won - truth)
    print(f"\nPrice of a leak ({runs} runs): the range of 80 % holds the truth {np.mean(covered):.3f}")
    print(f"  off by {np.mean(off):+.2f} clients, called real {np.mean(real):.3f}")
    share_covered = float(np.mean(covered))
    return [("80 % ranges of prices cover 0.75 to 0.9", share_covered, 0.75 <= share_covered <= 0.9)]


def main(runs: int = 400) -> int:
    """Run all, print the promises, 0 when all are kept."""
    parts: tuple[tuple[Callable[[int], list[Promise]], int], ...] = (
        (bias, runs),
        (coverage, runs),
        (winner, runs),
        (alarms, 5 * runs),
        (leak_price, runs),
    )
    promises = [promise for part, times in parts for promise in part(times)]
    print("\nPromises")
    for says, value, is_kept in promises:
        print(f"  {'kept  ' if is_kept else 'BROKEN'}  {says}: {value:.3f}")
    return 0 if all(is_kept for *_, is_kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
