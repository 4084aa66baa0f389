"""What people decided: append-only JSON lines in records/, and the key that pseudonyms are made with.

Input like exports; nothing here is ever rebuilt. `suppressions.jsonl` holds digests only, never an identity.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from ingest.errors import Code, UserError
from ingest.files import PRIVATE_FILE, fsync_folder, private_folder, write_atomic

KINDS = ("decisions", "changes", "suppressions")
SECRET = "secret.key"
SECRET_MARK = "secret.key.id"
SECRET_BYTES = 32
PSEUDONYM_BYTES = 16  # 128 bit


def folder(home: Path) -> Path:
    """Where the records of a home are; made private when missing."""
    return private_folder(home / "records")


def append(home: Path, kind: str, entry: dict[str, Any]) -> None:
    """Add one line to `records/<kind>.jsonl`, durable when this returns.

    A line cut short by a crash is closed off first, so that it spoils nothing but itself.
    """
    path = folder(home) / _name(kind)
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)
        os.fsync(file.fileno())
    if is_new:
        fsync_folder(path.parent)


def read(home: Path, kind: str) -> list[dict[str, Any]]:
    """Every entry of a kind in the order it was written; none where there is no file yet.

    A last line without its end is an entry that a crash cut short and counts as never written. Raises UserError
    (E_RECORDS) for any other line that is no JSON object.
    """
    path = home / "records" / _name(kind)
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    entries: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        entry = _entry(line)
        if entry is not None:
            entries.append(entry)
        elif line.strip() and number < len(lines) and not _was_cut(line):
            where = f"records/{path.name} line {number}"
            raise UserError(Code.E_RECORDS, "the line is not a record", where, "Restore the file from a copy")
    return entries


def suppressions_key(home: Path) -> str:
    """Hash of who must not be read again: part of the key of everything made from exports. Empty without any."""
    entries = read(home, "suppressions")
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest() if entries else ""


def secret(home: Path) -> bytes:
    """The key of this home: 32 bytes, made once.

    A home that once had a key never gets another one in silence: that would be new pseudonyms for everybody. The
    mark beside it says which key it was and nothing about it. Raises UserError (E_SECRET).
    """
    path, mark = folder(home) / SECRET, folder(home) / SECRET_MARK
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        if mark.exists() or (path.parent / _name("suppressions")).exists():
            raise _secret_error("the key of the pseudonyms is missing") from None
        found = _new_secret(path)
    if len(found) != SECRET_BYTES or (mark.exists() and mark.read_text() != _mark_of(found)):
        raise _secret_error("this is not the key that the pseudonyms were made with")
    if not mark.exists():
        write_atomic(mark, _mark_of(found).encode())
    return found


def pseudonym(key: bytes, kind: str, identity: str) -> str:
    """A stable name for a person that tells nothing without the key: HMAC-SHA256 of kind and identity, 128 bit, hex."""
    message = kind.encode() + b"\x1f" + identity.encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:PSEUDONYM_BYTES].hex()


def _new_secret(path: Path) -> bytes:
    """Write a fresh key; when another process was quicker, its key."""
    fresh = secrets.token_bytes(SECRET_BYTES)
    draft = path.with_name(f"{SECRET}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when the name is taken: a key is never replaced
    except FileExistsError:
        fresh = path.read_bytes()
    finally:
        draft.unlink()
    fsync_folder(path.parent)
    return fresh


def _mark_of(key: bytes) -> str:
    return hashlib.sha256(b"which key" + key).hexdigest()[:16]


def _secret_error(what: str) -> UserError:
    return UserError(Code.E_SECRET, what, f"records/{SECRET}", "Put it back from a copy")


def _name(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"no record kind {kind}")
    return f"{kind}.jsonl"


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _was_cut(line: bytes) -> bool:
    """An object that was begun and never ended: the rest of a write that a crash cut short, closed off later."""
    return line.startswith(b"{") and not line.rstrip().endswith(b"}")
