"""Small groups that lean on each other: against scipy, and what must hold for any groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from reports.statistics import quality, shrink
from reports.statistics.quality import Group

GROUPS = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=9
)


def dice() -> np.random.Generator:
    return np.random.default_rng(11)


def group(name: str, calls: int, showed: int, accurate: int, closed: int) -> Group:
    """A chain of calls that are all decided."""
    return Group(name, calls, showed, showed, accurate, closed, closed, accurate)


def test_the_weights_are_the_beta_binomial_likelihood_times_the_prior() -> None:
    k, n = np.array([2, 7, 0]), np.array([9, 20, 3])
    found, prior = shrink.shared(k, n), shrink.shared([], [])
    oracle = np.prod([betabinom.pmf(ki, ni, found.alpha, found.beta) for ki, ni in zip(k, n, strict=True)], axis=0)
    oracle *= prior.weight
    assert found.weight == pytest.approx(oracle / oracle.sum(), abs=1e-10)


def test_draws_agree_with_the_means_where_groups_differ() -> None:
    k, n = [10, 80, 390], [100, 200, 400]
    assert shrink.draws(k, n, 40_000, dice()).mean(axis=0) == pytest.approx(shrink.means(k, n), abs=0.005)


def test_where_groups_look_alike_the_estimates_lie_closer_together_than_the_draws() -> None:
    k, n = [2, 5, 9], [12, 20, 40]
    drawn = shrink.draws(k, n, 40_000, dice()).mean(axis=0)
    assert np.ptp(shrink.means(k, n)) < 0.8 * np.ptp(drawn)


def test_a_big_group_keeps_its_rate_and_a_small_one_leans_on_the_rest() -> None:
    small, *_, big = shrink.means([3, 10, 12, 9, 800], [3, 50, 50, 50, 2000])
    assert big == pytest.approx(0.4, abs=0.01)
    assert 0.2 < small < 0.5  # 3 of 3


def test_more_hits_than_cases_is_refused() -> None:
    with pytest.raises(ValueError, match="more hits than cases"):
        shrink.shared([3], [2])


@given(GROUPS)
@settings(max_examples=60, deadline=None)
def test_means_are_shares_and_follow_the_groups_around(groups: list[tuple[int, int]]) -> None:
    k, n = (np.array(side) for side in zip(*groups, strict=True))
    found = shrink.means(k, n)
    assert np.all((found > 0) & (found < 1))
    assert shrink.means(k[::-1], n[::-1]) == pytest.approx(found[::-1], abs=1e-12)


@given(GROUPS, st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_one_more_hit_never_lowers_a_group(groups: list[tuple[int, int]], which: int) -> None:
    k, n = (np.array(side) for side in zip(*groups, strict=True))
    i = which % len(k)
    if k[i] < n[i]:
        more = k.copy()
        more[i] += 1
        assert shrink.means(more, n)[i] > shrink.means(k, n)[i]


# --- quality of calls ---


def test_a_source_with_poor_calls_is_below_and_one_with_good_calls_above() -> None:
    poor, good = quality.compare([group("poor", 60, 30, 10, 1), group("good", 40, 36, 32, 20)], dice())
    assert (poor.verdict, good.verdict) == ("below", "above")
    assert poor.p_best is not None and good.p_best is not None
    assert poor.p_best + good.p_best == pytest.approx(1.0) and good.p_best > 0.99
    assert good.low < good.rate < good.high


def test_volume_is_no_quality() -> None:
    many, few = quality.compare([group("many", 100, 70, 50, 10), group("few", 12, 11, 10, 8)], dice())
    assert few.rate > many.rate


def test_under_five_calls_is_too_few_to_say_and_nobodys_rival() -> None:
    lucky, steady = quality.compare([group("lucky", 2, 2, 2, 2), group("steady", 30, 25, 20, 8)], dice())
    assert (lucky.verdict, lucky.p_best, lucky.p_above_average) == ("too_few", None, None)
    assert (steady.p_best, steady.p_above_average, steady.verdict) == (1.0, None, "like_the_rest")


def test_a_source_without_calls_and_no_source_at_all_are_no_fault() -> None:
    assert quality.compare([], dice()) == []
    (found,) = quality.compare([group("none", 0, 0, 0, 0)], dice())
    assert found.verdict == "too_few" and 0 < found.low < found.high < 1


def test_the_same_dice_give_the_same_numbers() -> None:
    groups = [group("a", 9, 7, 5, 2), group("b", 8, 4, 4, 3)]
    assert quality.compare(groups, dice()) == quality.compare(groups, dice())
