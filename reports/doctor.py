"""Whether everything is in order: who can read what we keep, what was read and refused, how old each export is."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from ingest import generations, inputs
from ingest.errors import UserError, shown

State = Literal["ok", "note", "problem"]
PRIVATE = ("data", "records", "reports/out")
MOST_TOLD = 200
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at; a problem makes the doctor's exit code 1."""

    state: State
    topic: str
    says: str


def examine(home: Path) -> list[Line]:
    """Everything, in the order a person would ask."""
    return [
        *_versions(),
        *_permissions(home),
        *_settings(home),
        *_published(home),
        *_exports(home),
        *_rejects(home),
        *_checks(home),
    ]


def _versions() -> list[Line]:
    found = ", ".join(f"{name} {version}" for name, version in inputs.engine_versions().items())
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return [
        Line("ok", "versions", f"python {sys.version.split()[0]}, {found}"),
        Line("ok", "browser", browser) if browser else Line("note", "browser", "no chromium: --pdf is not possible"),
    ]


def _permissions(home: Path) -> list[Line]:
    """Folders and files of ours that others could read."""
    if os.name != "posix":
        return [Line("note", "permissions", "not checked on this system")]
    paths = [
        Path(base, name) for folder in PRIVATE for base, _, names in os.walk(home / folder) for name in ("", *names)
    ]
    open_ones = [path for path in paths if not path.is_symlink() and path.exists() and path.stat().st_mode & 0o077]
    if not open_ones:
        return [Line("ok", "permissions", "only you can read what this program keeps")]
    lines = [
        Line("problem", "permissions", f"{shown(str(p.relative_to(home)))} can be read by others: chmod go= on it")
        for p in sorted(open_ones)[:MOST_TOLD]
    ]
    secret = home / "records" / "secret.key"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        lines.insert(0, Line("problem", "permissions", "records/secret.key can be read by others: chmod 600 on it"))
    return lines


def _settings(home: Path) -> list[Line]:
    """Every key with its value, and whether it is the default."""
    from ingest.settings import accounts, describe

    try:
        found = accounts(home)
    except UserError as error:
        return [Line("problem", "settings", str(error))]
    lines = []
    for account in found:
        for setting in describe(account.settings):
            given = "" if setting.value == setting.default else f" (default {shown(setting.default)})"
            where = "" if account.account_id == "default" else f"{shown(account.account_id)}: "
            lines.append(Line("ok", "settings", f"{where}{setting.key} = {shown(setting.value)}{given}"))
    return lines


def _published(home: Path) -> list[Line]:
    """The generation that readers get, and whether it is the one they should get."""
    found = generations.current(home)
    if found is None:
        return [Line("note", "published", "nothing yet: run leakreview review")]
    about = found.generation
    size = found.path.stat().st_size / (1 << 20)
    sample = ", of the bundled sample" if about.is_sample else ""
    lines = [Line("ok", "published", f"{about.file}, as of {about.as_of}, {size:.0f} MB{sample}")]
    lines += [Line("problem", "published", shown(note)) for note in found.notes]
    return [*lines, *_unmatched(found.path)]


def _unmatched(warehouse: Path) -> list[Line]:
    """What could not be joined, and labels that say nothing."""
    from ingest.warehouse import connect

    queries = {
        "calls without a lead": "select count(*) from marts.fct_calls where match_method is null",
        "CRM entries without a conversation": (
            "select count(*) from raw.identities where record_kind = 'crm' and conversation_id is null"
        ),
        "labels that are vague or unknown": "select count(*) from marts.fct_label_faults",
    }
    with connect(warehouse) as con:
        counts = {says: con.execute(query).fetchall()[0][0] for says, query in queries.items()}
    return [Line("note" if count else "ok", "matching", f"{count} {says}") for says, count in counts.items()]


def _landed(home: Path, query: str) -> list[dict[str, Any]]:
    """Rows of a query on the raw tables that were read last; none where nothing was read yet."""
    from ingest.warehouse import reader

    folder = home / "data" / "raw" / "landed"
    if not folder.is_dir():
        return []
    with reader(folder) as con:
        for name in ("files", "rejects", "settings"):
            parts = str(folder / name / "*.parquet").replace("'", "''")
            con.execute(f"create view {name} as select * from read_parquet('{parts}')")
        cursor = con.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _exports(home: Path) -> list[Line]:
    """Each export with its format, rows and age."""
    rows = _landed(
        home,
        """select f.file, f.format, f.rows_loaded, f.rows_refused, f.exported_at, s.as_of
        from files as f left join settings as s on s.account_id = f.account_id order by f.account_id, f.file""",
    )
    if not rows:
        return [Line("note", "exports", "none read yet")]
    return [Line("ok", "exports", _export(row)) for row in rows]


def _export(row: dict[str, Any]) -> str:
    newest = row["exported_at"]
    age = "holds no date"
    if isinstance(newest, datetime) and isinstance(row["as_of"], datetime):
        days = (row["as_of"] - newest).days
        age = f"newest entry {newest:%Y-%m-%d}" + (f", {days} days before the review" if days > 0 else "")
    return f"{shown(row['file'])}: {row['format']}, {row['rows_loaded']} rows, {row['rows_refused']} refused, {age}"


def _rejects(home: Path) -> list[Line]:
    """Each refused file, and each kind of refused row with the first line it stands on."""
    rows = _landed(
        home,
        """select file, outcome, code, min(reason) as reason, min(line) as line, count(*) as rows
        from rejects where outcome in ('refused', 'quarantined')
        group by file, outcome, code order by outcome desc, file, code""",
    )
    return [
        Line("problem" if row["outcome"] == "refused" else "note", "refused", _reject(row)) for row in rows[:MOST_TOLD]
    ]


def _reject(row: dict[str, Any]) -> str:
    where = f" line {row['line']}" if row["line"] else ""
    times = f" ({row['rows']} rows)" if row["rows"] > 1 else ""
    return f"{shown(row['file'])}{where}: {row['code']}: {shown(row['reason'] or '')}{times}"


def _checks(home: Path) -> list[Line]:
    """What the checks found the last time."""
    try:
        findings = json.loads((home / "data" / "checks.json").read_bytes())
    except (OSError, ValueError):
        return []
    return [
        Line("problem" if f["severity"] == "block" else "note", "checks", f"{f['finding']}: {f['detail']}")
        for f in findings
    ]


def is_sick(lines: Iterable[Line]) -> bool:
    """Whether anything must be put right."""
    return any(line.state == "problem" for line in lines)
