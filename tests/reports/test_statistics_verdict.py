"""Verdicts on changes: the comparison against integrals, and which day says what."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binom

from reports.statistics.verdict import Count, Verdict, bayes_factor, judge, looks, p_higher

EVALUATION = date(2026, 11, 2)
COUNTS = st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))).map(lambda nk: Count(*nk))


@pytest.mark.parametrize(
    ("before", "since"), [((58, 18), (14, 6)), ((10, 3), (10, 3)), ((80, 16), (40, 14)), ((200, 150), (90, 60))]
)
def test_the_chance_equals_the_integral(before: tuple[int, int], since: tuple[int, int]) -> None:
    (n0, k0), (n1, k1) = before, since
    oracle, _ = quad(
        lambda x: beta.pdf(x, k1 + 0.5, n1 - k1 + 0.5) * beta.cdf(x, k0 + 0.5, n0 - k0 + 0.5), 0, 1, limit=200
    )
    assert p_higher(Count(n0, k0), Count(n1, k1)) == pytest.approx(oracle, abs=1e-6)


def test_the_bayes_factor_equals_its_integrals() -> None:
    n0, k0, n1, k1 = 40, 8, 20, 11
    apart = math.prod(quad(lambda p, n=n, k=k: binom.pmf(k, n, p), 0, 1)[0] for n, k in ((n0, k0), (n1, k1)))
    same = quad(lambda p: binom.pmf(k0, n0, p) * binom.pmf(k1, n1, p), 0, 1)[0]
    assert bayes_factor(Count(n0, k0), Count(n1, k1)) == pytest.approx(apart / same, rel=1e-6)


@given(COUNTS, COUNTS)
@settings(max_examples=80, deadline=None)
def test_either_one_is_higher(before: Count, since: Count) -> None:
    assert p_higher(before, since) + p_higher(since, before) == pytest.approx(1.0, abs=1e-4)


def judged(
    today: date, before: Count, since: Count, minimum: int = 10, is_up: bool = True, mixed_from: date | None = None
) -> Verdict:
    return judge(
        today,
        EVALUATION,
        minimum,
        is_up,
        before,
        lambda _: since,
        lambda day: mixed_from is not None and mixed_from < day,
    )


@pytest.mark.parametrize(
    ("before", "since", "is_up", "verdict"),
    [
        (Count(80, 16), Count(40, 24), True, "better"),
        (Count(80, 16), Count(40, 24), False, "worse"),
        (Count(80, 48), Count(40, 8), True, "worse"),
        (Count(80, 48), Count(40, 8), False, "better"),
        (Count(80, 16), Count(40, 9), True, "cannot_tell"),
    ],
)
def test_on_its_date_a_change_is_better_worse_or_cannot_be_told(
    before: Count, since: Count, is_up: bool, verdict: str
) -> None:
    assert judged(EVALUATION, before, since, is_up=is_up).verdict == verdict


def test_before_its_date_nothing_is_better_or_worse() -> None:
    found = judged(EVALUATION - timedelta(days=8), Count(80, 8), Count(40, 39))
    assert (found.verdict, found.weeks_more, found.judged_on) == ("not_due", 2, None)
    assert found.p_better is not None and found.p_better > 0.99


def test_the_day_that_decided_stays_the_day_that_decided() -> None:
    found = judged(EVALUATION + timedelta(days=200), Count(80, 16), Count(40, 24))
    assert (found.verdict, found.judged_on, found.weeks_more) == ("better", EVALUATION, None)


def test_what_cannot_be_told_is_looked_at_twice_more_with_a_higher_bar() -> None:
    assert looks(EVALUATION) == (EVALUATION, date(2026, 11, 30), date(2026, 12, 28))
    found = judged(EVALUATION + timedelta(days=3), Count(80, 16), Count(40, 9))
    assert (found.verdict, found.weeks_more) == ("cannot_tell", 4)
    sure_at_first_only = Count(40, 13)  # 93 chances in 100
    later = judge(
        date(2026, 12, 1),
        EVALUATION,
        10,
        True,
        Count(80, 16),
        lambda day: sure_at_first_only if day > EVALUATION else Count(40, 9),
        lambda _: False,
    )
    assert later.verdict == "cannot_tell"
    assert judged(EVALUATION, Count(80, 16), sure_at_first_only).verdict == "better"


def test_after_the_last_look_there_is_nothing_to_wait_for() -> None:
    found = judged(date(2027, 6, 1), Count(80, 16), Count(40, 9))
    assert (found.verdict, found.weeks_more) == ("cannot_tell", None)


def test_a_look_with_too_few_leads_decides_nothing() -> None:
    assert judged(EVALUATION, Count(80, 4), Count(9, 9), minimum=10).verdict == "cannot_tell"
    assert judged(EVALUATION, Count(4, 0), Count(30, 30)).verdict == "cannot_tell"  # too few before


@pytest.mark.parametrize("today", [EVALUATION - timedelta(days=5), EVALUATION, EVALUATION + timedelta(days=60)])
def test_something_else_that_touches_the_number_mixes_it_up(today: date) -> None:
    found = judged(today, Count(80, 16), Count(40, 24), mixed_from=EVALUATION - timedelta(days=10))
    assert found.verdict == "confounded"


def test_what_begins_after_the_verdict_does_not_undo_it() -> None:
    found = judged(EVALUATION + timedelta(days=60), Count(80, 16), Count(40, 24), mixed_from=EVALUATION)
    assert found.verdict == "better"


@pytest.mark.parametrize(("before", "since"), [(Count(0, 0), Count(9, 3)), (Count(9, 3), Count(0, 0))])
def test_without_leads_on_both_sides_there_is_no_chance_to_name(before: Count, since: Count) -> None:
    found = judged(EVALUATION, before, since, minimum=1)
    assert (found.p_better, found.bayes_factor, found.verdict) == (None, None, "cannot_tell")
    assert Count(0, 0).interval == (0.0, 1.0)
