"""Loads a home with one bad thing in it beside a good table, and checks what must hold whatever happens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import Code
from ingest.load import LoadSummary
from ingest.shapes import Outcome
from tests.ingest.homes import hashes, loaded, rows

GOOD = (
    "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context\n"
    "good,Bo Sample,bo.sample,2026-09-01T10:00:00Z,in,lead,text,still here,\n"
)
GOOD_ROWS = 1


@dataclass(frozen=True)
class Loaded:
    """What came of it."""

    summary: LoadSummary
    texts: list[str]  # of the bad file, what was loaded all the same
    rejects: list[dict[str, Any]]

    def told(self, outcome: Outcome) -> list[str]:
        return sorted({r["code"] for r in self.rejects if r["outcome"] == outcome})


def load_beside_good(home: Path) -> Loaded:
    """Load `home`, whose exports/ holds the fault already.

    Always: the good file loads, inputs are untouched, nothing is written but below data/, every row is accounted for,
    reasons are one line, and a second run says the same.
    """
    exports = home / "exports"
    (exports / "zz_good.csv").write_text(GOOD)
    before = hashes(home.parent)
    summary = loaded(home)
    after = {name: digest for name, digest in hashes(home.parent).items() if not name.startswith(f"{home.name}/data/")}
    assert after == before
    messages = rows(summary, "messages")
    assert [m["text"] for m in messages if m["file"] == "zz_good.csv"] == ["still here"]
    files = rows(summary, "files")
    assert all(f["rows_read"] == f["rows_loaded"] + f["rows_refused"] + f["rows_left_out"] for f in files)
    assert sum(f["rows_loaded"] for f in files) == summary.rows_loaded
    rejects = rows(summary, "rejects")
    for reject in rejects:
        assert Code(reject["code"]).meaning and reject["reason"] and "\n" not in reject["reason"]
        assert "Traceback" not in reject["reason"]
    assert rows(loaded(home), "rejects") == rejects
    return Loaded(summary, [m["text"] for m in messages if m["file"] != "zz_good.csv"], rejects)
