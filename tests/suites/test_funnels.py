"""PostHog's funnel cases through the stage engine: counts per step and times between steps from its stays.

A person counts at a step whose stage and all stages before it were entered in order. The cases that it cannot say are
named below with the reason; the list is exact.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import datetime

import pytest

from ingest import warehouse
from tests.suites.conftest import Peers
from tests.suites.funnels import STAGES, Case

pytestmark = [pytest.mark.suite, pytest.mark.warehouse]

WITHOUT_WINDOW = ("funnel_events_wrong_order_and_skips", "skipped_step", "repeat_pageviews")
# a window is told, but nobody's entries reach its end: the answer is the one without it
WINDOW_NEVER_REACHED = (
    "multiple_incomplete_tries",
    "step_conversion_times",
    "windows_14d",
    "basic_8_days_in_14",
    "repeat_step",
)
WINDOW_IS_A_HORIZON = ("conversion_window_7d",)  # of reporting.rpt_stage_conversion
LEFT_OUT = {
    "windows_5min": "a window of minutes: our horizons are whole days",
    "breakdown_by_source": "a breakdown by a property of events: our segments are properties of journeys",
    "repeat_out_of_order": (
        "windowed; and an event before the first step is forgotten there, while the first entry of a stage stays here"
    ),
    "interleaved": "windowed; and an event of a later step between two equal ones is forgotten there, a stay here",
}
ORDERED = (*WITHOUT_WINDOW, *WINDOW_NEVER_REACHED)
SECOND = 0.001


def first_entries(peers: Peers, case: Case) -> list[dict[str, datetime]]:
    """Stage -> first entry, for each journey of the case's account."""
    query = """
        select s.journey_id, s.stage, min(s.entered_at)
        from marts.fct_stage_stays as s
        inner join marts.fct_journeys as j on s.journey_id = j.journey_id
        where j.account_id = ?
        group by all order by all
    """
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    with warehouse.open_published(peers.home) as con:
        for journey, stage, at in con.execute(query, [case.name]).fetchall():
            found[journey][stage] = at
    return list(found.values())


def reached(peers: Peers, case: Case) -> list[list[datetime]]:
    """For each lead the entries of the steps it made in order."""
    found = []
    for entries in first_entries(peers, case):
        times: list[datetime] = []
        for stage in STAGES[: len(case.steps)]:
            if stage not in entries or (times and entries[stage] < times[-1]):
                break
            times.append(entries[stage])
        found.append(times)
    return found


@pytest.mark.parametrize("name", ORDERED)
def test_as_many_make_each_step_in_as_long_a_time(peers: Peers, name: str) -> None:
    case = peers.cases[name]
    made, expected = reached(peers, case), dict(case.expected)
    assert len(made) == len(case.people)
    counts = [sum(len(times) > step for times in made) for step in range(len(case.steps))]
    waits = [
        [(times[step] - times[step - 1]).total_seconds() for times in made if len(times) > step]
        for step in range(1, len(case.steps))
    ]
    averages = [statistics.mean(w) if w else None for w in waits]
    medians = [statistics.median(w) if w else None for w in waits]
    told = {
        "counts": counts,
        "count_step1": counts[0],
        "avg_sec": [None, *averages],
        "median_sec": [None, *medians],
        "avg_sec_step2": averages[0],
        "median_sec_step2": medians[0],
    }
    assert expected and {key: told[key] for key in expected} == expected


@pytest.mark.parametrize("name", WINDOW_IS_A_HORIZON)
def test_a_window_of_days_is_a_horizon_of_the_report(peers: Peers, name: str) -> None:
    case = peers.cases[name]
    query = """
        select entrants, converted from reporting.rpt_stage_conversion
        where account_id = ? and from_stage = ? and to_stage = ? and segment_kind = 'all' and horizon_days = 7
    """
    assert case.window == "7 day"
    with warehouse.open_published(peers.home) as con:
        first = con.execute(query, [name, *STAGES[0:2]]).fetchall()
        second = con.execute(query, [name, *STAGES[1:3]]).fetchall()
    assert [*first[0], second[0][1]] == case.expected["counts"]


@pytest.mark.parametrize("name", WINDOW_NEVER_REACHED)
def test_nobody_reaches_the_end_of_these_windows(peers: Peers, name: str) -> None:
    case = peers.cases[name]
    number, unit = (case.window or "").split(" ")
    assert unit == "day"
    for times in reached(peers, case):
        assert not times or (times[-1] - times[0]).total_seconds() < int(number) * 86400


def test_every_case_is_run_or_named(peers: Peers) -> None:
    assert {*ORDERED, *WINDOW_IS_A_HORIZON, *LEFT_OUT} == peers.cases.keys()
    plain = {name for name, case in peers.cases.items() if case.window is None and not case.has_breakdown}
    assert plain == set(WITHOUT_WINDOW)
    assert [name for name, case in peers.cases.items() if case.has_breakdown] == ["breakdown_by_source"]
