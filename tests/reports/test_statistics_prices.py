"""Prices of leaks and the choice of one change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statistics import prices, suggestion
from reports.statistics.incidence import Floats, Rate
from reports.statistics.prices import Cell, Price
from reports.statistics.suggestion import Option, State

EVERYBODY_WINS = np.ones(prices.DRAWS)
OPTION = Option("tighten", "booking_link_sent", "link_to_booked_14d", "up", "setter")


def dice(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def leak(faulty: tuple[int, int, int], clean: tuple[int, int, int], source: str = "keyword") -> list[Cell]:
    """One source: (of eight weeks, mature, went on) with and without the fault."""
    return [Cell(source, True, *faulty), Cell(source, False, *clean)]


def rank(**leaks: list[Cell]) -> list[Price]:
    priced: dict[str, tuple[list[Cell], Floats, Floats | None]] = {}
    for seed, (name, cells) in enumerate(leaks.items()):
        priced[name] = (cells, EVERYBODY_WINS, prices.gap(cells, dice(seed)))
    return prices.rank(priced)


def test_with_many_cases_the_price_is_cases_times_gap_times_what_comes_after() -> None:
    cells = leak((60, 4000, 800), (60, 4000, 2000))
    won = np.full(prices.DRAWS, 0.25)
    (found,) = prices.rank({"early": (cells, won, prices.gap(cells, dice()))})
    assert found.extra_won == pytest.approx(60 * (0.5 - 0.2) * 0.25, abs=0.2)
    assert found.p_real == 1.0 and found.p_top == 1.0 and found.cases == 60


def test_better_sources_with_better_treatment_are_no_price() -> None:
    cells = leak((30, 300, 30), (3, 30, 3), "cold") + leak((3, 30, 18), (30, 300, 180), "warm")
    (found,) = rank(mixed=cells)
    assert found.extra_won is not None and found.extra_won < 1.5  # pooled, the gap would read 45 points, 15 clients
    assert found.p_real is not None and found.p_real < 0.9


def test_cases_of_a_source_without_the_other_kind_take_the_gap_of_those_with_both() -> None:
    both = leak((10, 3000, 600), (10, 3000, 1500))
    (alone,) = rank(x=both)
    (more,) = rank(x=[*both, Cell("referral", True, 10, 50, 10)])
    assert alone.extra_won is not None and more.extra_won is not None
    assert more.extra_won == pytest.approx(2 * alone.extra_won, rel=0.05)


@pytest.mark.parametrize(
    ("cells", "needs"),
    [
        ([], 10),
        (leak((4, 4, 1), (9, 9, 5)), 1),
        ([Cell("a", True, 9, 9, 1), Cell("b", False, 9, 9, 8)], 10),
        (leak((0, 0, 0), (9, 9, 8)), 10),
    ],
    ids=["nothing", "four faulty", "never both in one source", "no faulty"],
)
def test_too_few_cases_have_no_price_and_say_how_many_are_missing(cells: list[Cell], needs: int) -> None:
    (found,) = rank(x=cells)
    assert (found.extra_won, found.low, found.high, found.p_top, found.needs) == (None, None, None, None, needs)


def test_leaks_are_ranked_by_price_and_the_unpriced_come_last() -> None:
    found = rank(
        small=leak((20, 200, 80), (20, 200, 100)),
        none=leak((90, 2, 0), (90, 9, 9)),
        big=leak((60, 200, 20), (60, 200, 140)),
    )
    assert [price.leak for price in found] == ["big", "small", "none"]
    assert sum(price.p_top or 0 for price in found) == pytest.approx(1.0, abs=0.01)


def test_a_fault_that_does_no_harm_costs_nothing_and_is_not_real() -> None:
    (found,) = rank(x=leak((40, 400, 260), (40, 400, 120)))
    assert (found.extra_won, found.low, found.p_top) == (0.0, 0.0, 0.0)
    assert found.p_real is not None and found.p_real < 0.01


def test_the_won_rate_from_a_stage_is_drawn_around_its_estimate() -> None:
    drawn = prices.won_from_here(Rate(0.3, 0.2, 0.4, 200.0), dice())
    assert drawn.mean() == pytest.approx(0.3, abs=0.005) and drawn.std() == pytest.approx(0.032, abs=0.004)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.floats(0, 1)), min_size=2, max_size=6).map(
        lambda some: [
            Cell("abc"[i // 2], i % 2 == 0, recent, mature, int(mature * share))
            for i, (recent, mature, share) in enumerate(some)
        ]
    )
)
@settings(max_examples=50, deadline=None)
def test_a_price_is_never_under_zero_nor_over_its_cases(cells: list[Cell]) -> None:
    (found,) = rank(x=cells)
    if found.extra_won is not None and found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.extra_won <= found.high <= found.cases


# --- the one change ---


def price(name: str, extra: float | None, p_top: float = 0.5, p_real: float = 0.99, needs: int = 0) -> Price:
    return Price(name, 20, extra, 0.1, 9.0, p_top, p_real, needs) if extra is not None else Price(name, 20, needs=needs)


def chosen(prices_: list[Price], states: dict[str, State] | None = None) -> dict[str, tuple[bool, str | None]]:
    options = {p.leak: [Option(f"mend_{p.leak}", "engaged", "link_to_booked_14d", "up", "setter")] for p in prices_}
    return {r.price.leak: (r.is_suggested, r.why_not) for r in suggestion.choose(prices_, options, states or {})}


def test_exactly_one_is_suggested_the_one_most_surely_the_costliest() -> None:
    found = chosen([price("a", 3.0, p_top=0.3), price("b", 2.8, p_top=0.6), price("c", 1.0, p_top=0.1)])
    assert found == {"a": (False, "costs_less"), "b": (True, None), "c": (False, "costs_less")}


@pytest.mark.parametrize(
    ("only", "state", "why"),
    [
        (price("a", None, needs=3), State(), "too_few"),
        (price("a", None), State(), "not_priced"),
        (price("a", 3.0, p_real=0.8), State(), "not_sure"),
        (price("a", 0.3), State(), "costs_little"),
        (price("a", 3.0), State(is_running=True), "running"),
        (price("a", 3.0), State(would_mix=True), "would_mix"),
        (price("a", 3.0), State(made_it_worse=True), "made_it_worse"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_none_is_suggested_when_nothing_is_safe(only: Price, state: State, why: str) -> None:
    assert chosen([only], {"mend_a": state}) == {"a": (False, why)}


def test_a_leak_without_a_change_is_listed_and_not_suggested() -> None:
    (found,) = suggestion.choose([price("a", 4.0)], {}, {})
    assert (found.option, found.is_suggested, found.why_not) == (None, False, "no_change")


def test_of_several_changes_the_next_one_takes_over_from_one_that_runs() -> None:
    first, second = (Option(name, "new_dm", "new_to_engaged_7d", "up", "setter") for name in ("first", "second"))
    (free,) = suggestion.choose([price("a", 4.0)], {"a": [first, second]}, {})
    (busy,) = suggestion.choose([price("a", 4.0)], {"a": [first, second]}, {"second": State(is_running=True)})
    assert (free.option, busy.option) == (second, first) and busy.is_suggested
