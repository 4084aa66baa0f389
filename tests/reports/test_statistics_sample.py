"""The statistics on the sample coach: SQL and Python agree, the planted leak and the planted changes are found."""

from __future__ import annotations

import json
import math
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import generations, warehouse
from reports.changes import Change
from reports.metrics import METRICS
from reports.statistics import write_tables
from reports.statistics.incidence import share_open, within
from tests.conftest import ROOT, Sample
from tests.reports.statistics_world import rows

pytestmark = pytest.mark.warehouse

ENTRIES = """
select c.journey_id, c.from_stage, c.to_stage, c.segment_kind, c.segment, c.horizon_days,
    (epoch_us(s.as_of) - epoch_us(a.entered_at)) / 86400e6 as seen,
    (epoch_us(b.entered_at) - epoch_us(a.entered_at)) / 86400e6 as wait,
    closed.journey_id is not null as is_closed
from (
    select distinct c.account_id, j.journey_id, c.from_stage, c.to_stage, c.segment_kind, c.segment, c.horizon_days
    from reporting.rpt_stage_conversion as c
    inner join marts.fct_journeys as j on c.account_id = j.account_id and j.is_prospect
        and (c.segment_kind = 'all' or (c.segment_kind = 'source' and c.segment = j.source))
) as c
inner join raw.settings as s on c.account_id = s.account_id
inner join first_entries as a on c.journey_id = a.journey_id and c.from_stage = a.stage
left join first_entries as b on c.journey_id = b.journey_id and c.to_stage = b.stage
left join (
    select distinct journey_id from first_entries where stage in ('won', 'lost', 'nurture')
) as closed on c.journey_id = closed.journey_id
"""
FIRST_ENTRIES = """
create temp view first_entries as
select journey_id, stage, min(entered_at) as entered_at from marts.fct_stage_stays
where entered_at is not null and coalesce(signal, '') <> 'call_cancelled' group by journey_id, stage
"""


@pytest.fixture(scope="module")
def build(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's warehouse that may be written to."""
    found = generations.current(sample.home)
    assert found is not None
    return Path(shutil.copyfile(found.path, tmp_path_factory.mktemp("copy") / "build.duckdb"))


def test_the_tables_say_the_same_as_python(build: Path) -> None:
    leads = defaultdict(list)
    with duckdb.connect(str(build), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        con.execute(FIRST_ENTRIES)
        told = rows(con, "select * from reporting.rpt_stage_conversion where segment_kind in ('all', 'source')")
        for row in rows(con, ENTRIES):
            key = tuple(row[k] for k in ("from_stage", "to_stage", "segment", "horizon_days"))
            wait = math.nan if row["wait"] is None else max(0.0, row["wait"])
            leads[key].append((row["seen"], wait, row["is_closed"]))
    assert len(told) > 100
    for row in told:
        key = tuple(row[k] for k in ("from_stage", "to_stage", "segment", "horizon_days"))
        horizon = row["horizon_days"]
        recent = [lead for lead in leads[key] if lead[0] < (112 if horizon == 60 else 56)]
        seen, wait, closed = ([lead[i] for lead in recent] for i in range(3))
        found = within(seen, wait, horizon)
        expected = {
            "entrants": found.entrants,
            "converted": found.converted,
            "rate": found.estimate.rate,
            "low": found.estimate.low,
            "high": found.estimate.high,
            "share_open": share_open(seen, wait, closed, horizon),
            "mature": found.mature,
            "mature_rate": found.mature_rate,
        }
        assert {k: row[k] for k in expected} == pytest.approx(expected, abs=1e-6), key


def test_the_planted_leak_is_the_costliest_and_its_change_is_suggested(sample: Sample) -> None:
    with warehouse.open_published(sample.home) as con:
        found = rows(con, "select * from reporting.rpt_leak_ranking order by rank")
    assert found[0]["leak"] == "leak_link_too_early"
    assert [row["suggested_change"] for row in found if row["is_suggested"]] == ["tighten_link_rule"]
    prices = {row["leak"]: row["extra_won"] for row in found}
    assert prices["leak_weak_handoff"] > 0.5 and prices["leak_link_without_follow_up"] > 0.5


def test_the_change_that_worked_and_the_one_that_did_not_are_told_apart(build: Path) -> None:
    planted = json.loads((ROOT / "sample" / "answers.json").read_text())["planted"]["changes"]
    log = [_change(one) for one in planted]
    with duckdb.connect(str(build)) as con:
        con.execute("set timezone = 'UTC'")
        write_tables(con, log)
        found = {row["change_id"]: row for row in rows(con, "select * from reporting.rpt_change_log")}
        suggested = rows(con, "select suggested_change from reporting.rpt_leak_ranking where is_suggested")
    verdicts = {one["id"]: found[one["id"]]["verdict"] for one in planted}
    assert verdicts == {one["id"]: one["expected_verdict"].removesuffix(" yet").replace(" ", "_") for one in planted}
    assert [row["suggested_change"] for row in suggested] == ["tighten_link_rule"]


def _change(one: dict[str, Any]) -> Change:
    metric = next(
        m
        for m in METRICS.values()
        if (m.first, m.last, m.horizon_days) == (one["from_stage"], one["to_stage"], one["horizon_days"])
    )
    made = date.fromisoformat(one["made_on"])
    return Change(
        id=one["id"],
        kind="change",
        account="default",
        on=made,
        recorded_on=made,
        title=one["change"],
        stage=one["from_stage"],
        metric=metric.code,
        direction=one["direction"],
        evaluation_on=date.fromisoformat(one["evaluate_on"]),
        minimum_n=one["minimum_n"],
    )
