"""The notebooks: thin, without outputs, the seed's questions in its words, and the same blocks with a real kernel."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from reports.blocks import MIMETYPE
from reports.page.page import build as build_page
from reports.run_notebook import cells_of, execute, run
from tests.reports.fake_warehouse import build

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WEEKLY = ROOT / "notebooks" / "weekly_leak_review.ipynb"
RAW_HELPERS = re.compile(
    r"\b(HTML|Markdown|Javascript|SVG|IFrame|display)\(|\.style\b|fig\.show|duckdb|\bselect\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"LEAKREVIEW_WAREHOUSE": str(build(tmp_path_factory.mktemp("notebooks") / "fake.duckdb"))}


def content(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(path: Path) -> list[str]:
    return [c["source"] for c in cells_of(path) if c["cell_type"] == "code"]


def blocks(cells: list[dict[str, Any]]) -> list[Any]:
    return [o["data"][MIMETYPE] for c in cells for o in c.get("outputs", ()) if MIMETYPE in o.get("data", {})]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_tracked_without_outputs_and_with_fixed_ids(path: Path) -> None:
    cells = content(path)["cells"]
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in cells if c["cell_type"] == "code")
    ids = [c["id"] for c in cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", i) for i in ids)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_a_list_of_calls(path: Path) -> None:
    for source in code_cells(path):
        assert len(source.splitlines()) <= 5
        assert not RAW_HELPERS.search(source)
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.If)
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] == "reports"
            assert not isinstance(node, ast.Import)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_code_is_collapsed_and_parameters_come_first(path: Path) -> None:
    code = [c for c in content(path)["cells"] if c["cell_type"] == "code"]
    assert all(c["metadata"]["jupyter"]["source_hidden"] for c in code)
    assert "parameters" in code[0]["metadata"]["tags"]


def test_the_nine_questions_are_asked_in_the_owners_words_and_order() -> None:
    with (ROOT / "seeds" / "review_questions.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] == "weekly"]
    titles = [r["title"] for r in sorted(rows, key=lambda r: int(r["position"]))]
    headings = re.findall(r"^## (.*)$", "\n".join(c["source"] for c in cells_of(WEEKLY)), re.MULTILINE)
    assert [h for h in headings if h in titles] == titles


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_cell_runs_and_shows_only_blocks(path: Path, environment: dict[str, str]) -> None:
    cells = run(path, environment)
    assert [c["error"] for c in cells if c["cell_type"] == "code"] == [None] * len(code_cells(path))
    assert len(blocks(cells)) == len(code_cells(path)) - 2  # not the parameters, not the opening


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_makes_a_page_of_nothing_but_its_blocks(path: Path, environment: dict[str, str]) -> None:
    page = build_page(run(path, environment))
    assert page.dropped == 0
    assert page.html.count("<h1>") == 1
    headings = re.findall(r"^## (.*)$", "\n".join(c["source"] for c in cells_of(path)), re.MULTILINE)
    assert [h for h in headings[1:] if h not in page.html] == []  # the page's own title may stand for the first


def test_a_real_kernel_gives_the_same_blocks(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    for name, value in {**environment, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(WEEKLY, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=120,
        record_timing=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()
    assert blocks(notebook.cells) == blocks(run(WEEKLY, environment))
    figures = [
        o for c in notebook.cells for o in c.get("outputs", ()) if "application/vnd.plotly.v1+json" in o.get("data", {})
    ]
    assert len(figures) == 6


def test_a_failing_cell_ends_the_run_and_is_named_without_its_words() -> None:
    cells = execute([
        {"cell_type": "code", "source": "1"},
        {"cell_type": "code", "source": "raise KeyError('private words')"},
        {"cell_type": "code", "source": "2"},
    ])  # fmt: skip
    assert [c["error"] for c in cells] == [None, "KeyError"]
    assert "private" not in json.dumps([c["error"] for c in cells])


def test_what_a_cell_prints_does_not_reach_the_result() -> None:
    cells = execute([{"cell_type": "code", "source": "print('words')\nimport sys; print('more', file=sys.stderr)"}])
    assert cells[0]["outputs"] == []


def test_a_notebook_that_hangs_is_stopped(tmp_path: Path, environment: dict[str, str]) -> None:
    from ingest.errors import UserError

    slow = tmp_path / "slow.ipynb"
    cell = {"cell_type": "code", "source": "import time; time.sleep(60)", "metadata": {}, "outputs": []}
    slow.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    with pytest.raises(UserError, match="longer than 3 seconds"):
        run(slow, environment, timeout=3)


def test_the_week_can_be_chosen_from_outside(environment: dict[str, str]) -> None:
    first = blocks(run(WEEKLY, {**environment, "LEAKREVIEW_WEEK": "2026-W45"}))[0]
    assert first["top"]["week"].startswith("Week 45, 2–8 November 2026")


def test_a_week_that_is_none_is_one_line(environment: dict[str, str]) -> None:
    cells = run(WEEKLY, {**environment, "LEAKREVIEW_WEEK": "last"})
    errors = [c["error"] for c in cells if c.get("error")]
    assert errors == ["E_SETTINGS: not a week in --week. Write it as 2026-W47"]
    assert os.linesep not in errors[0]
