"""Every folder golden/<format>/<case>/ is read and compared with its expected.json; `--update-golden` writes it.

A case holds the export file(s) or folders as they would lie in exports/, and, if wanted, a settings.toml.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ingest.export_files import find_exports
from ingest.formats import Export, Format, all_formats
from ingest.settings import Settings, load_settings
from ingest.shapes import READ_SHAPES, Owner, Reject, Row

GOLDEN = Path(__file__).parent / "golden"
NOT_EXPORTS = {"settings.toml", "expected.json"}
CASES = sorted(p for p in GOLDEN.glob("*/*") if p.is_dir())


def plain(value: Any) -> Any:
    """Times, money and sets as JSON can hold them."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)


def told(item: Row | Reject | Owner) -> dict[str, Any]:
    """What a format yielded, without what only repeats the input (payload) or says nothing (null)."""
    if isinstance(item, Row):
        known = {k: v for k, v in item.values.items() if v is not None}
        return {"row": item.shape, "member": item.member, "line": item.line, **known}
    kind = "reject" if isinstance(item, Reject) else "owner"
    return {kind: True, **{k: v for k, v in dataclasses.asdict(item).items() if k != "payload" and v is not None}}


def read_export(export: Export, settings: Settings) -> dict[str, Any]:
    """Which formats claim an export, and what the only one reads."""
    claims: list[Format] = [f for f in all_formats() if f.recognises(export, settings)]
    items = [told(i) for f in claims[:1] for i in f.read(export, settings)] if len(claims) == 1 else []
    return {"file": export.name, "formats": [f.name for f in claims], "read": items}


@pytest.mark.parametrize("case", CASES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_golden(case: Path, tmp_path: Path, update_golden: bool) -> None:
    exports = tmp_path / "exports"
    shutil.copytree(case, exports, ignore=shutil.ignore_patterns(*NOT_EXPORTS))
    if (case / "settings.toml").exists():
        shutil.copy(case / "settings.toml", tmp_path / "settings.toml")
    found, refused = find_exports(exports)
    settings = load_settings(tmp_path, "default")
    result = {"files": [read_export(e, settings) for e in found], "refused": [told(r) for r in refused]}
    text = json.dumps(result, indent=1, ensure_ascii=False, sort_keys=True, default=plain) + "\n"
    expected = case / "expected.json"
    if update_golden:
        expected.write_text(text, encoding="utf-8")
    assert expected.exists(), f"no {expected}: run pytest --update-golden and read what it wrote"
    assert json.loads(text) == json.loads(expected.read_text(encoding="utf-8"))
    claimed = {name for file in result["files"] for name in file["formats"]}
    assert case.parent.name in claimed, "the format claims no file here"


def test_every_format_has_a_case() -> None:
    with_case = {case.parent.name for case in CASES}
    assert {f.name for f in all_formats()} <= with_case


@pytest.mark.parametrize("fmt", all_formats(), ids=lambda f: f.name)
def test_rows_have_only_columns_of_their_shape(fmt: Format, tmp_path: Path) -> None:
    for case in (c for c in CASES if c.parent.name == fmt.name):
        exports = tmp_path / case.name
        shutil.copytree(case, exports, ignore=shutil.ignore_patterns(*NOT_EXPORTS))
        settings = load_settings(case, "default")
        for export in find_exports(exports)[0]:
            if fmt.recognises(export, settings):
                rows = [i for i in fmt.read(export, settings) if isinstance(i, Row)]
                assert all(set(r.values) <= set(READ_SHAPES[r.shape]) for r in rows)
