"""Scores the whole pipeline on labelled conversations that its model has never seen, by folds, with score.py.

Every fold's conversations are judged by a model trained without them; everything else (loading, identity, the models in
SQL) is the real thing. The rules were written while reading some of these conversations, and no fold undoes that.

usage: python -m benchmarks labelled     (needs the folder with labelled exports: LEAKREVIEW_SHARED or ../shared)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.labelled_home import AS_OF, conversations, make_home
from benchmarks.refreshing import DBT, ROOT, cost
from ingest import landed
from ingest.as_of import normal
from ingest.judge.cache import FOLDER
from ingest.judge.model import Model
from ingest.land import land
from reports.refresh import dbt_environment
from training.examples import Case, cases
from training.fit import designs, folds
from training.single import utterances
from training.train import train

FOLDS = 5
SHARED = Path(os.environ.get("LEAKREVIEW_SHARED", ROOT.parent / "shared"))
SETS = ("generic", "instagram")
BUILD = ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


def main() -> bool:
    """Print score.py's table of the reference conversations and of our own."""
    score = SHARED / "labelled" / "score.py"
    if not score.exists():
        print(f"skipped: no labelled exports in {SHARED}")
        return False
    labelled = cases()
    models = _models(labelled)
    folder = Path(tempfile.mkdtemp(prefix="leakreview-labelled-"))
    try:
        reference, own = _reference(folder / "reference"), folder / "own"
        own.mkdir()
        make_home(own, conversations())
        for title, home, truth in (("reference", folder / "reference", reference), ("own", own, own / "truth.jsonl")):
            print(f"\n{title} conversations, each judged by a model trained without it ({FOLDS} folds)", flush=True)
            print(_scored(home, truth, models, score), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return False


def _models(labelled: Sequence[Case]) -> list[tuple[Model, set[str]]]:
    """Models, each with the ids of the conversations that it has not seen."""
    made_of, everything = designs(labelled, utterances()), np.arange(len(labelled))
    return [
        (train(labelled, made_of, set(inside.tolist())), {labelled[n].truth["id"] for n in outside.tolist()})
        for inside, outside in folds(everything, everything, FOLDS)
    ]


def _reference(home: Path) -> Path:
    """A home with both labelled sets, an account each; the truth of both."""
    truths = ""
    for name in SETS:
        account, given = home / "accounts" / name, SHARED / "labelled" / name
        shutil.copytree(given, account / "exports", ignore=shutil.ignore_patterns("truth.jsonl", "settings.toml"))
        shutil.copy(given / "settings.toml", account)
        truths += (given / "truth.jsonl").read_text(encoding="utf-8")
    truth = home / "truth.jsonl"
    truth.write_text(truths, encoding="utf-8")
    return truth


def _scored(home: Path, truth: Path, models: Sequence[tuple[Model, set[str]]], score: Path) -> str:
    """Load, judge what every fold holds out by its model, build, score."""
    known = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    raw = home / "data" / "raw"
    parts = []
    for model, ids in models:
        shutil.rmtree(raw / "read" / FOLDER, ignore_errors=True)  # what was judged before was judged by another
        with patch("ingest.judge.model.bundled", lambda model=model: model):
            land(home, home, normal(AS_OF), lambda *_: None)
        threads = pa.array([one["thread"] for one in known if one["id"] in ids], pa.string())
        judged = pq.read_table(raw / landed.FOLDER / "judgements")
        parts.append(judged.filter(pc.is_in(judged["conversation_id"], value_set=threads)))
    folder = raw / landed.FOLDER / "judgements"
    shutil.rmtree(folder)  # its files may be links to what is kept
    folder.mkdir()
    pq.write_table(pa.concat_tables(parts), folder / "0.parquet")
    build = home / "folds.duckdb"
    cost(["-c", DBT, *BUILD], dbt_environment(home / "data", build))
    done = subprocess.run([sys.executable, score, build, truth], capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    main()
