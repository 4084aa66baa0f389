"""Conversion of unfinished leads, against statsmodels, closed forms, and what must hold for any leads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from reports.statistics.incidence import aalen_johansen, curve, share_open, wilson, within

NAN = float("nan")
LEADS = st.lists(
    st.tuples(st.floats(0, 120), st.one_of(st.none(), st.floats(0, 120))).map(
        lambda pair: (pair[0], NAN if pair[1] is None or pair[1] > pair[0] else pair[1])
    ),
    min_size=1,
    max_size=40,
)


def some_leads(seed: int, n: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days seen, days to won, days to lost; ties on purpose."""
    dice = np.random.default_rng(seed)
    seen = np.round(dice.uniform(0, 90, n), 1)
    won = np.where(dice.random(n) < 0.4, np.round(dice.exponential(15, n)), NAN)
    lost = np.where(np.isnan(won) & (dice.random(n) < 0.5), np.round(dice.exponential(20, n)), NAN)
    return seen, np.where(won <= seen, won, NAN), np.where(lost <= seen, lost, NAN)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("horizon", [7, 14, 30, 60])
def test_conversion_equals_statsmodels_with_lost_kept_at_risk(seed: int, horizon: int) -> None:
    seen, won, _ = some_leads(seed)
    oracle = SurvfuncRight(np.where(np.isnan(won), seen, won), ~np.isnan(won))
    index = np.searchsorted(oracle.surv_times, horizon, side="right") - 1
    found = within(seen, won, horizon)
    assert found.estimate.rate == pytest.approx(1 - oracle.surv_prob[index], abs=1e-12)
    assert math.sqrt(found.variance) == pytest.approx(oracle.surv_prob_se[index], abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_textbook_form_equals_statsmodels(seed: int) -> None:
    seen, won, lost = some_leads(seed)
    days = np.where(~np.isnan(won), won, np.where(~np.isnan(lost), lost, seen))
    outcome = np.where(~np.isnan(won), 1, np.where(~np.isnan(lost), 2, 0))
    oracle = CumIncidenceRight(days, outcome)
    times, incidence = aalen_johansen(days, outcome)
    assert incidence == pytest.approx(np.interp(times, oracle.times, oracle.cinc[0]), abs=1e-9)


def test_delayed_entry_equals_statsmodels() -> None:
    dice = np.random.default_rng(8)
    entry = np.round(dice.uniform(0, 10, 120), 2)
    seen = entry + np.round(dice.uniform(1, 60, 120), 2)
    wait = np.where(dice.random(120) < 0.6, np.round(dice.exponential(20, 120), 2), NAN)
    wait = np.where((wait > entry) & (wait <= seen), wait, NAN)
    oracle = SurvfuncRight(np.where(np.isnan(wait), seen, wait), ~np.isnan(wait), entry=entry)
    index = np.searchsorted(oracle.surv_times, 30, side="right") - 1
    assert within(seen, wait, 30, entry).estimate.rate == pytest.approx(1 - oracle.surv_prob[index], abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(0, 5), (1, 8), (3, 10), (40, 100), (10, 10)])
def test_the_interval_of_finished_leads_is_wilsons(k: int, n: int) -> None:
    oracle = binomtest(k, n).proportion_ci(0.9, method="wilson")
    found = within([99.0] * n, [1.0] * k + [NAN] * (n - k), 14).estimate
    assert (found.rate, found.cases) == (pytest.approx(k / n), pytest.approx(n))
    assert (found.low, found.high) == (pytest.approx(oracle.low, abs=1e-9), pytest.approx(oracle.high, abs=1e-9))


def test_without_cases_anything_is_possible() -> None:
    assert wilson(0.0, 0) == (0.0, 1.0)
    empty = within([], [], 14)
    assert (empty.estimate.low, empty.estimate.high, empty.entrants, empty.mature_rate) == (0.0, 1.0, 0, None)


def test_a_lead_seen_for_half_the_horizon_counts_half_when_nobody_converted() -> None:
    assert within([7.0, 7.0, 28.0], [NAN] * 3, 14).estimate.cases == pytest.approx(2.0)


def test_young_leads_do_not_pull_the_rate_down() -> None:
    old = ([60.0] * 20, [3.0] * 10 + [NAN] * 10)
    with_new = ([*old[0], *[1.0] * 40], [*old[1], *[NAN] * 40])
    assert within(*with_new, 14).estimate.rate == pytest.approx(within(*old, 14).estimate.rate)
    assert within(*with_new, 14).mature_rate == 0.5


def test_what_happens_after_the_review_has_not_happened() -> None:
    assert within([5.0, 5.0], [4.0, 9.0], 14).converted == 1


def test_share_open_leaves_out_who_converted_closed_or_is_old() -> None:
    assert share_open([3, 3, 3, 30], [NAN, 1.0, NAN, NAN], [False, False, True, False], 14) == 0.25
    assert share_open([], [], [], 14) == 0.0


@given(LEADS, st.sampled_from([7, 14, 30, 60]))
@settings(max_examples=150, deadline=None)
def test_a_rate_lies_in_its_range_and_the_range_in_0_to_1(leads: list[tuple[float, float]], horizon: int) -> None:
    seen, wait = zip(*leads, strict=True)
    found = within(seen, wait, horizon)
    rate = found.estimate
    assert 0 <= rate.low <= rate.rate + 1e-9 and rate.rate <= rate.high + 1e-9 <= 1 + 2e-9
    assert found.mature_converted <= min(found.converted, found.mature) <= found.entrants


@given(LEADS)
@settings(max_examples=100, deadline=None)
def test_longer_horizons_never_convert_less(leads: list[tuple[float, float]]) -> None:
    seen, wait = zip(*leads, strict=True)
    assert np.all(np.diff(curve(seen, wait, [0, 7, 14, 30, 60, 120])) >= -1e-12)


@given(LEADS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_leads_does_not_matter(leads: list[tuple[float, float]], shuffle: object) -> None:
    mixed = list(leads)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    straight, turned = (within(*zip(*some, strict=True), 30) for some in (leads, mixed))
    assert turned.estimate.rate == pytest.approx(straight.estimate.rate, abs=1e-12)
    assert turned.converted == straight.converted
