"""The dbt project as a whole: the order of layers, the SQL two engines share, and that no leak is forgotten."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.shapes import RAW_TABLES

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("seeds", "raw", "staging", "intermediate", "marts", "leaks", "reporting", "semantic")
MODELS = sorted((ROOT / "models").rglob("*.sql"))

# runs on both engines and means two things, or fails on one of them: the reference is the engines table of dialect.sql
FORBIDDEN = (
    r"\bexclude\b", r"\bignore nulls\b", r"\bdatediff\b", r"\bdateadd\b", r"\bstrftime\b", r"\bunnest\b",
    r"\bexplode\b",
    r"\bdistinct on\b", r"\bunion by name\b", r"\bregexp_matches\b", r"\bregexp_like\b", r"\bregexp_replace\b",
    r"\bstarts_with\b", r"\bsha256\b", r"\bvarchar\b", r"\bmin_by\b", r"\bmax_by\b", r"\barg_min\b", r"\barg_max\b",
    r"\barray_agg\b", r"\bdayofweek\b", r"\bltrim\b", r"\bpivot\b", r"\bnow\(", r"\bcurrent_date\b",
    r"\bcurrent_timestamp\b", r"\brandom\(", r"\bhash\(", r"\bextract\(epoch\b", r"\bround\(", r"//",
)  # fmt: skip


def body(path: Path) -> str:
    """A model without its comments, lower case."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    return "\n".join(line for line in text.lower().splitlines() if not line.lstrip().startswith("--"))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What dbt makes of the project; parsed once."""
    target = tmp_path_factory.mktemp("target")
    env = os.environ | {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target), "DO_NOT_TRACK": "1"}
    dbt = Path(sys.executable).with_name("dbt")
    subprocess.run([dbt, "parse", "--quiet"], cwd=ROOT, env=env, check=True, capture_output=True)
    yield json.loads((target / "manifest.json").read_text(encoding="utf-8"))


def layer(node: dict[str, Any]) -> str:
    """Layer of a manifest node."""
    if node["resource_type"] == "seed":
        return "seeds"
    if node["resource_type"] == "source":
        return "raw"
    return str(node["path"].split("/")[0])


def test_no_model_reads_a_later_layer(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"] | manifest["sources"]
    wrong = [
        (node["name"], nodes[parent]["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for parent in node["depends_on"]["nodes"]
        if LAYERS.index(layer(nodes[parent])) > LAYERS.index(layer(node))
    ]
    assert wrong == []


def test_only_staging_reads_raw(manifest: dict[str, Any]) -> None:
    readers = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and any(p.startswith("source.") for p in node["depends_on"]["nodes"])
    }
    assert all(name.startswith("stg_") for name in readers)


def test_every_leak_model_is_listed(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    leaks = {n["unique_id"] for n in nodes.values() if n["resource_type"] == "model" and n["name"].startswith("leak_")}
    listed = set(nodes["model.leakreview.fct_leaks"]["depends_on"]["nodes"])
    assert leaks
    assert leaks == listed


def test_every_question_of_the_review_has_its_leak_model(manifest: dict[str, Any]) -> None:
    import csv

    models = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    for seed in ("review_questions", "operational_changes"):
        with (ROOT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
            assert {row["leak"] for row in csv.DictReader(file)} <= models


def test_every_mart_and_report_has_an_enforced_contract_and_descriptions(manifest: dict[str, Any]) -> None:
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        assert node["description"].startswith("One row per"), node["name"]
        if layer(node) in ("marts", "reporting"):
            assert node["contract"]["enforced"], node["name"]
            assert all(column["description"] for column in node["columns"].values()), node["name"]


def test_the_raw_tables_are_those_of_ingest() -> None:
    macro = (ROOT / "macros" / "land_raw.sql").read_text(encoding="utf-8")
    listed = re.findall(r"'([a-z_]+)'", macro.split("macro raw_tables")[1])
    assert sorted(listed) == sorted(RAW_TABLES)


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_model_begins_with_its_grain_and_keeps_to_the_common_sql(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- One row per "), "first line says the grain"
    found = [pattern for pattern in FORBIDDEN if re.search(pattern, body(path))]
    assert found == []
