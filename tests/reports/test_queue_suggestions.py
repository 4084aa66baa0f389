"""Whose a booking or a CRM row may be, in the queue: listed, exported, and decided by taking one of the suggestions."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest import records
from reports.queue import export_file, import_file, waiting
from reports.queue.cases import Case
from tests.conftest import Sample, leakreview

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.warehouse


@pytest.fixture(scope="module")
def home(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample home that decisions may be written to."""
    home = tmp_path_factory.mktemp("suggestions") / "home"
    shutil.copytree(sample.home, home)
    return home


@pytest.fixture
def booking(home: Path) -> Case:
    """A booking under a name that several leads go by."""
    return next(case for case in waiting(home)[1] if case.reason == "unmatched_booking" and len(case.suggestions) > 1)


def test_only_records_without_a_conversation_have_suggestions_and_never_over_three(home: Path) -> None:
    cases = waiting(home)[1]
    assert {case.record_kind for case in cases if case.suggestions} == {"booking", "crm"}
    for case in cases:
        assert case.conversation_id is None or not case.suggestions
        scores = [s.score for s in case.suggestions]
        assert len(scores) <= 3 and scores == sorted(scores, reverse=True) and all(0.3 <= s <= 1 for s in scores)


def test_the_list_names_the_conversations_with_score_and_reasons(home: Path, booking: Case) -> None:
    first = booking.suggestions[0]
    listed = leakreview(home, "queue", "list").out
    assert f"      maybe {first.conversation_id} ({first.score:.2f}): {first.why}" in listed
    told = json.loads(leakreview(home, "queue", "list", "--json").out)["waiting"]
    (mine,) = [case for case in told if case["record_key"] == booking.record_key]
    assert mine["suggestions"][0] == {
        "conversation_id": first.conversation_id,
        "score": first.score,
        "why": first.why,
    }


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_a_suggestion_taken_in_the_exported_file_is_a_decision(
    home: Path, booking: Case, tmp_path: Path, file_format: str
) -> None:
    (home / "records" / "decisions.jsonl").unlink(missing_ok=True)
    path, _ = export_file(home, file_format, tmp_path)
    if file_format == "csv":
        text = path.read_text(encoding="utf-8-sig").split("\n", 1)[1]
        lines = list(csv.DictReader(io.StringIO(text, newline="")))
    else:
        lines = [line for line in map(json.loads, path.read_text().splitlines()) if "record_key" in line]
    (mine,) = [line for line in lines if line["record_key"] == booking.record_key]
    shown = mine["suggestions"].splitlines() if file_format == "csv" else mine["suggestions"]
    assert len(shown) == len(booking.suggestions)
    taken = shown[0].split(" ")[0]
    filled = tmp_path / f"filled.{file_format}"
    if file_format == "csv":
        sink = io.StringIO(newline="")
        writer = csv.DictWriter(sink, mine.keys())
        writer.writeheader()
        writer.writerow(mine | {"belongs_to": taken})
        filled.write_text(sink.getvalue())
    else:
        filled.write_text(json.dumps(mine | {"belongs_to": taken}))
    imported = import_file(home, filled, "coach", NOW)
    assert (imported.written, imported.problems) == (1, ())
    (entry,) = records.read(home, "decisions")
    assert (entry["record_kind"], entry["record_key"], entry["conversation_id"]) == (
        "booking", booking.record_key, booking.suggestions[0].conversation_id,
    )  # fmt: skip
