"""One definition of leads, won and win rate: what MetricFlow answers is what the marts say.

MetricFlow is the optional group `metrics` (`make metrics`). It only writes the SQL; the published file is read as every
reader reads it. Its command line is not used: that asks a package index for news at every start.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from ingest.warehouse import published
from tests.conftest import Sample

BUILT_AS = "warehouse"  # the name of the file that dbt built in, which MetricFlow's SQL repeats
with_metricflow = pytest.mark.skipif(
    find_spec("metricflow") is None, reason="MetricFlow is not installed: make metrics (optional group) runs this"
)
pytestmark = pytest.mark.warehouse

BY_WEEK = """
select j.source, cast(date_trunc('week', timezone(s.timezone, j.started_at)) as date) as week, count(*) as leads,
    count(w.journey_id) as won, count(w.journey_id) / count(*) as win_rate
from marts.fct_journeys as j
inner join raw.settings as s using (account_id)
left join (select distinct journey_id from marts.fct_stage_stays where stage = 'won') as w using (journey_id)
where j.is_prospect group by all
"""
CLIENTS = """
select j.source, cast(date_trunc('week', timezone(s.timezone, j.won_at)) as date) as week, count(*) as clients
from marts.fct_journeys as j inner join raw.settings as s using (account_id)
where j.is_prospect and j.won_at is not null group by all
"""
BY_SOURCE = """
select source, cast(sum(leads) as bigint) as leads, cast(sum(won) as bigint) as won, sum(won) / sum(leads) as win_rate
from reporting.rpt_source_to_won group by source
"""


@pytest.fixture(scope="module")
def warehouse(sample: Sample) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute("set timezone = 'UTC'")
    con.execute(f"attach '{published(sample.home).path}' as {BUILT_AS} (read_only)")
    con.execute(f"use {BUILT_AS}")
    return con


def semantic_manifest(sample: Sample) -> Path:
    """What dbt wrote of the semantic models when the sample was built."""
    return sample.home / "data" / "dbt" / "target" / "semantic_manifest.json"


def asked(sample: Sample, metrics: list[str], by: list[str]) -> str:
    """The SQL with which MetricFlow answers."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    text = semantic_manifest(sample).read_text(encoding="utf-8")
    manifest = parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)
    client: Any = SimpleNamespace(sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer())
    engine = MetricFlowEngine(SemanticManifestLookup(manifest), client)
    return str(engine.explain(MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=by)).sql_statement.sql)


def answers(con: duckdb.DuckDBPyConnection, sql: str, key: list[str]) -> dict[tuple[Any, ...], dict[str, float]]:
    """Rows by their key; MetricFlow's names are taken back to ours."""
    cursor = con.execute(sql)
    ours = {"journey__source": "source", "metric_time__week": "week"}
    names = [ours.get(column[0], column[0]) for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if row.get("week") is not None:
            row["week"] = f"{row['week']:%Y-%m-%d}"
    return {tuple(row.pop(name) for name in key): row for row in rows}


def test_the_build_describes_the_metrics_without_metricflow(sample: Sample) -> None:
    known = json.loads(semantic_manifest(sample).read_text(encoding="utf-8"))
    assert {metric["name"] for metric in known["metrics"]} == {"leads", "won", "win_rate", "clients"}
    assert [model["name"] for model in known["semantic_models"]] == ["journeys"]


@with_metricflow
@pytest.mark.parametrize(
    ("metrics", "plain", "key"),
    [
        (["leads", "won", "win_rate"], BY_WEEK, ["source", "week"]),
        (["clients"], CLIENTS, ["source", "week"]),
        (["leads", "won", "win_rate"], BY_SOURCE, ["source"]),
    ],
    ids=["by source and week, as the marts", "clients by week, as the marts", "by source, as rpt_source_to_won"],
)
def test_metricflow_answers_as_the_tables_do(
    sample: Sample, warehouse: duckdb.DuckDBPyConnection, metrics: list[str], plain: str, key: list[str]
) -> None:
    by = ["journey__source", "metric_time__week"] if "week" in key else ["journey__source"]
    found, expected = answers(warehouse, asked(sample, metrics, by), key), answers(warehouse, plain, key)
    if metrics == ["clients"]:  # nobody joined: MetricFlow has a row without a week, the plain query none
        found = {where: row for where, row in found.items() if where[1] is not None}
    assert len(expected) > 5
    assert found == {where: pytest.approx(row) for where, row in expected.items()}
