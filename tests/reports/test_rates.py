"""Intervals checked against independent implementations."""

from __future__ import annotations

import pytest
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from reports.rates import booked_by_day, wilson

WAITS = [(0.5, 20.0), (1.2, 20.0), (1.2, 18.0), (None, 15.0), (4.0, 12.0), (None, 6.0), (9.0, 30.0), (None, 2.0)]


@pytest.mark.parametrize(("part", "whole"), [(0, 5), (3, 8), (27, 35), (36, 96), (5, 5)])
def test_wilson_is_the_score_interval(part: int, whole: int) -> None:
    low, high = proportion_confint(part, whole, alpha=0.1, method="wilson")
    found = wilson(part, whole)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (3, 2), (-1, 4)])
def test_a_rate_needs_a_base(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="base"):
        wilson(part, whole)


def test_the_curve_is_the_product_limit_estimate() -> None:
    times = [w if w is not None else seen for w, seen in WAITS]
    events = [int(w is not None) for w, _ in WAITS]
    oracle = SurvfuncRight(times, events)
    curve = booked_by_day(WAITS)
    for day in (0, 1, 2, 5, 9, 21):
        known = [s for t, s in zip(oracle.surv_times, oracle.surv_prob, strict=True) if t <= day]
        assert 1 - curve[day].rate == pytest.approx(known[-1] if known else 1.0)


def test_the_band_holds_the_curve_and_nothing_is_certain_without_links() -> None:
    assert all(r.low <= r.rate <= r.high for r in booked_by_day(WAITS))
    assert {r.rate for r in booked_by_day([])} == {0.0}
    assert [r.rate for r in booked_by_day([(1.0, 3.0)])][:3] == [0.0, 1.0, 1.0]
