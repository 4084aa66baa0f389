"""A home with exports, loaded and united."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ingest.load import LoadSummary, load
from ingest.settings import accounts
from ingest.unite import United, unite


def loaded(home: Path) -> LoadSummary:
    return load(home, accounts(home))


def rows(summary: LoadSummary, name: str) -> list[dict[str, Any]]:
    return [row for table in summary.tables(name) for row in table.to_pylist()]


def united(home: Path) -> United:
    return unite(loaded(home))


def messages(found: United) -> list[dict[str, Any]]:
    return [row for table in found.message_tables() for row in table.to_pylist()]


def conversations(found: United) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found.conversation_table().to_pylist()
    return listed


def hashes(folder: Path) -> dict[str, str]:
    """Content of every file below a folder."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
