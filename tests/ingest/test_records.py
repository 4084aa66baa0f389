"""Append-only records and the key of the pseudonyms."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import records
from ingest.errors import UserError


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    for n in range(3):
        records.append(tmp_path, "decisions", {"n": n, "text": "naïve ☕"})
    assert [e["n"] for e in records.read(tmp_path, "decisions")] == [0, 1, 2]
    assert (tmp_path / "records" / "decisions.jsonl").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "records").stat().st_mode & 0o777 == 0o700


def test_nothing_written_yet_is_empty(tmp_path: Path) -> None:
    assert records.read(tmp_path, "changes") == []
    assert records.suppressions_key(tmp_path) == ""


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_write_that_a_crash_cut_short_spoils_only_itself(tmp_path: Path, cut: int) -> None:
    records.append(tmp_path, "changes", {"n": 1})
    path = tmp_path / "records" / "changes.jsonl"
    path.write_bytes(path.read_bytes() + b'{"n": 2, "x": 1}\n'[:cut])
    assert [e["n"] for e in records.read(tmp_path, "changes")] == [1]
    records.append(tmp_path, "changes", {"n": 3})
    assert [e["n"] for e in records.read(tmp_path, "changes")] == [1, 3]


def test_a_damaged_line_is_refused_by_its_number(tmp_path: Path) -> None:
    for n in range(3):
        records.append(tmp_path, "changes", {"n": n})
    path = tmp_path / "records" / "changes.jsonl"
    path.write_bytes(path.read_bytes().replace(b'{"n": 1}', b"#damaged"))
    with pytest.raises(UserError, match=r"changes.jsonl line 2"):
        records.read(tmp_path, "changes")


def test_the_suppressions_key_changes_with_every_entry(tmp_path: Path) -> None:
    keys = {records.suppressions_key(tmp_path)}
    for digest in ("a", "b"):
        records.append(tmp_path, "suppressions", {"digest": digest})
        keys.add(records.suppressions_key(tmp_path))
    assert len(keys) == 3


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = records.secret(tmp_path)
    assert len(first) == records.SECRET_BYTES
    assert records.secret(tmp_path) == first
    assert (tmp_path / "records" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_missing_secret_is_never_made_anew(tmp_path: Path) -> None:
    records.secret(tmp_path)
    (tmp_path / "records" / "secret.key").unlink()
    with pytest.raises(UserError, match="missing.*Put it back"):
        records.secret(tmp_path)


def test_another_secret_is_refused(tmp_path: Path) -> None:
    records.secret(tmp_path)
    (tmp_path / "records" / "secret.key").write_bytes(b"x" * records.SECRET_BYTES)
    with pytest.raises(UserError, match="not the key"):
        records.secret(tmp_path)


def test_pseudonyms_are_stable_and_need_the_key() -> None:
    one = records.pseudonym(b"k" * 32, "lead", "lead-1")
    assert one == records.pseudonym(b"k" * 32, "lead", "lead-1")
    others = {records.pseudonym(b"j" * 32, "lead", "lead-1"), records.pseudonym(b"k" * 32, "call", "lead-1")}
    assert one not in others and len(others) == 2 and len(one) == 32
