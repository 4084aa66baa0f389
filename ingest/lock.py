"""One refresh at a time in a home. The operating system lets go of the lock when its holder dies, however it dies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import Code, UserError
from ingest.files import PRIVATE_FILE, private_folder

LOCK = ".lock"


class Busy(UserError):
    """Another refresh is running in this home (exit code 75)."""


@contextmanager
def refresh_lock(home: Path) -> Iterator[None]:
    """Hold the lock of `home` while the block runs. Never waits.

    The file holds the pid and start time of its holder, for people to read; what counts is the lock on it, so the
    words of a dead process, or of another one with the same pid, hold nobody up. Raises Busy.
    """
    path = private_folder(home / "data") / LOCK
    handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        if not _take(handle):
            raise Busy(Code.E_BUSY, _holder(handle), "", "Wait until it has finished")
        os.ftruncate(handle, 0)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        os.write(handle, json.dumps({"pid": os.getpid(), "started": started}).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    """Lock the first byte (POSIX) or a byte far behind the text (Windows); False when somebody holds it."""
    try:
        if os.name == "posix":
            import fcntl

            # a record lock, not flock: worker processes that we fork do not inherit it and cannot outlive us with it
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1)
        else:
            import msvcrt

            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(handle, 0, os.SEEK_SET)
    except OSError:
        return False
    return True


def _holder(handle: int) -> str:
    """Who holds the lock, in words."""
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        known = json.loads(os.read(handle, 4096))
        return f"another refresh is running (process {int(known['pid'])}, since {str(known['started'])[:32]})"
    except (ValueError, KeyError, TypeError):
        return "another refresh is running"
