"""Writing so that a crash leaves the old or the new file, never half of one; private from the first byte."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ingest.errors import Code, UserError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
SPARE = 3  # free space asked for, as a multiple of the exports and of the current generation
LEAST_FREE = 64 << 20  # bytes a refresh needs however little there is to read


def private_folder(path: Path) -> Path:
    """Make a folder (and those above it) that only its owner can enter; returns it."""
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(PRIVATE_FOLDER)
    return path


def fsync_folder(folder: Path) -> None:
    """Make renames in a folder durable. Does nothing where folders cannot be opened (Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, content: bytes) -> None:
    """Replace a file as a whole, mode 0600, durable when this returns."""
    draft = path.with_name(path.name + ".tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    fsync_folder(path.parent)


def need_space(folder: Path, content: int) -> None:
    """Refuse before anything is written when `SPARE` times `content` bytes would not fit.

    Raises UserError (E_DISK).
    """
    needed = max(SPARE * content, LEAST_FREE)
    free = shutil.disk_usage(folder).free
    if free < needed:
        fix = f"Free {(needed - free) // (1 << 20) + 1} MB and run it again; what was published stays as it is"
        raise UserError(Code.E_DISK, f"the disk is full: {needed >> 20} MB are needed", str(folder), fix)


def as_user_error(error: OSError) -> UserError:
    """What the operating system refused, as one line that says what to do."""
    where = str(error.filename or "data/")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return UserError(Code.E_DISK, "the disk is full", where, "Free some space; what was published stays as it is")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(Code.E_PERMISSION, "it may not be written or read", where, "Check who owns it and its mode")
    return UserError(Code.E_IO, (error.strerror or "the operating system refused").lower(), where, "Run it again")
