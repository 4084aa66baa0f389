"""Published generations: immutable warehouse files, a record beside each, and the pointer that names the current one.

A generation exists when its record exists: size, age and name prove nothing. Measured, not believed: a build killed at
any point leaves the previous generation published and the next run whole.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

import orjson

from ingest.errors import Code, UserError
from ingest.faultpoint import faultpoint
from ingest.files import PRIVATE_FILE, fsync_file, fsync_folder, write_atomic

POINTER = "CURRENT"
LAYOUT = 1  # of the record and of the tables; a higher one was written by a newer version of this product
KEEP = 3  # generations kept, the current one included
KEEP_SIDE = 3  # generations of an older as_of kept beside them
NAME = re.compile(r"gen-[0-9TZ]+-(?P<sequence>\d{6,})-[0-9a-f]{8}\.duckdb")


@dataclass(frozen=True, slots=True)
class Generation:
    """What one published warehouse is made of. Times are ISO 8601 in UTC, counts are rows by schema.table."""

    file: str  # relative to data/
    sha256: str
    run_id: str  # sequence and fingerprint: ordered without trusting a clock
    sequence: int
    fingerprint: str  # of every input
    as_of: str  # latest of the accounts
    as_of_given: str  # as the call said it; empty: found from the exports
    accounts: dict[str, str]  # account -> its as_of
    is_side: bool  # of an older as_of: never the current one
    is_sample: bool  # of the bundled sample exports
    counts: dict[str, int]
    versions: dict[str, str]
    layout: int = LAYOUT


@dataclass(frozen=True, slots=True)
class Found:
    """The generation to read and what the reader must be told, such as that it is not the newest."""

    generation: Generation
    path: Path
    notes: tuple[str, ...] = ()


def run_id(sequence: int, fingerprint: str) -> str:
    """Id of a run: as text ordered like its sequence."""
    return f"{sequence:06d}-{fingerprint[:8]}"


def file_name(as_of: datetime, run: str) -> str:
    """Name of a generation file."""
    return f"gen-{as_of:%Y%m%dT%H%M%SZ}-{run}.duckdb"


def next_sequence(data: Path) -> int:
    """One more than any generation there has been, by name, record or pointer; no clock is asked."""
    by_name = [int(m["sequence"]) for m in (NAME.match(p.name) for p in data.glob("gen-*")) if m]
    pointed = read_record(data / POINTER)
    return max([0, *by_name, *([pointed.sequence] if pointed else [])]) + 1


def read_record(path: Path) -> Generation | None:
    """A record or the pointer; None where it is missing or garbage.

    Raises UserError (E_PUBLISHED) where a newer version of the product wrote it.
    """
    try:
        known = orjson.loads(path.read_bytes())
        if not isinstance(known, dict):
            return None
        if int(known["layout"]) > LAYOUT:
            fix = "Update leakreview, or run refresh to build the warehouse anew"
            raise UserError(Code.E_PUBLISHED, "a newer version of leakreview published this", path.name, fix)
        record = Generation(**{f.name: known[f.name] for f in fields(Generation)})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if NAME.fullmatch(str(record.file)) else None


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def generations(data: Path) -> list[Generation]:
    """Every generation that has a record, newest first; side generations too."""
    found = [record for path in data.glob("gen-*.json") if (record := read_record(path))]
    return sorted(found, key=lambda g: g.sequence, reverse=True)


def current(home: Path) -> Found | None:
    """The generation readers read: the one CURRENT names, else the newest whole one, with a word about why.

    None where nothing was ever published.
    """
    data = home / "data"
    notes: list[str] = []
    for candidate in _candidates(data, notes):
        why = fault(data, candidate)
        if why is None:
            return Found(candidate, data / candidate.file, tuple(notes))
        notes.append(f"{candidate.file} {why}; an earlier one is used until the next refresh.")
    return None


def as_of_generation(home: Path, as_of: str | datetime) -> Found | None:
    """The newest whole generation of one as_of: as the call said it, or the moment itself."""
    data = home / "data"
    for candidate in generations(data):
        if isinstance(as_of, str):
            fits = candidate.as_of_given == as_of
        else:
            fits = datetime.fromisoformat(candidate.as_of) == as_of
        if fits and fault(data, candidate) is None:
            return Found(candidate, data / candidate.file)
    return None


def fault(data: Path, generation: Generation) -> str | None:
    """Why a generation must not be read, None when it is whole."""
    try:
        if sha256_of(data / generation.file) == generation.sha256:
            return None
    except FileNotFoundError:
        return "is missing"
    except OSError:
        return "cannot be read"
    return "is damaged (its checksum is wrong)"


def publish(data: Path, build: Path, generation: Generation) -> Path:
    """Turn a checked, closed build file into a generation and swing the pointer; returns its path.

    `generation.sha256` is the hash of `build`. Whatever happens on the way, readers see the old or the new one.
    """
    target = data / generation.file
    faultpoint("before_fsync")
    build.chmod(PRIVATE_FILE)
    fsync_file(build)
    os.rename(build, target)
    fsync_folder(data)
    faultpoint("after_rename")
    record = orjson.dumps(asdict(generation), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    write_atomic(target.with_suffix(".json"), record)
    faultpoint("before_pointer")
    if not generation.is_side:
        write_atomic(data / POINTER, record)
    faultpoint("after_pointer")
    prune(data)
    return target


def point_to(data: Path, generation: Generation) -> None:
    """Write the pointer anew after it was lost or damaged."""
    write_atomic(data / POINTER, orjson.dumps(asdict(generation), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def prune(data: Path) -> None:
    """Keep the newest generations and the current one; remove the others and whatever a crash left over.

    A file that somebody holds open where that forbids removing it (Windows) stays until the next time.
    """
    pointed = read_record(data / POINTER)
    known = generations(data)
    main = [g for g in known if not g.is_side][:KEEP]
    side = [g for g in known if g.is_side][:KEEP_SIDE]
    kept = {g.file for g in [*main, *side, *([pointed] if pointed else [])]}
    for path in sorted(data.glob("gen-*")):
        if path.with_suffix(".duckdb").name not in kept:
            faultpoint("mid_prune")
            _remove(path)
    for name in (f"{POINTER}.tmp",):
        _remove(data / name)


def _candidates(data: Path, notes: list[str]) -> Iterator[Generation]:
    """The pointed-to generation first, then the others that may stand in for it, newest first."""
    pointed = read_record(data / POINTER)
    others = [g for g in generations(data) if not g.is_side and (pointed is None or g.file != pointed.file)]
    if pointed is not None:
        yield pointed
    elif others:
        notes.append("data/CURRENT is missing or damaged; the newest whole generation is used until the next refresh.")
    yield from others


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return  # in use; the next run removes it
