"""What a refresh depends on, as one fingerprint: when it is the same, there is nothing to do.

Exports are hashed by content; a file whose size and times are unchanged since it was last hashed is not read again.
Records, settings, seeds, models, our own code and the versions of the engines count too. No heavy package is imported:
this runs before anything else does.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from ingest.files import write_atomic
from ingest.records import KINDS

PROJECT = Path(__file__).resolve().parent.parent  # the checkout: dbt project and our code
CODE = ("ingest", "expectations", "reports/statistics", "seeds", "models", "macros", "tests/data")
PROJECT_FILES = (
    *("dbt_project.yml", "profiles.yml", "reports/refresh.py", "reports/dbt_worker.py", "reports/check_worker.py"),
    *("reports/gates.py", "reports/changes.py", "reports/metrics.py"),
)
CODE_SUFFIXES = (".py", ".csv", ".sql", ".yml", ".yaml", ".json", ".npz", ".bin")
ENGINES = (
    *("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "icalendar", "numpy", "orjson", "phonenumbers"),
    *("pyarrow", "scipy"),
)
CACHE = "cache/sha256.json"

Stamp = tuple[int, int, int]  # size, modified, changed (ns): a write that keeps all three is not believed in


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a refresh reads, hashed."""

    fingerprint: str
    export_files: int
    export_bytes: int
    is_sample: bool


def sample_home(project: Path = PROJECT) -> Path:
    """The home that the bundled sample exports make up."""
    return project / "sample"


def has_exports(home: Path) -> bool:
    """Whether there is any file in exports/ or in an account's exports/."""
    return any(True for folder in export_folders(home) for _ in _files(folder))


def export_folders(home: Path) -> list[Path]:
    """exports/ and accounts/*/exports/, those that exist, in order."""
    found = [home / "exports", *sorted((home / "accounts").glob("*/exports"))]
    return [path for path in found if path.is_dir()]


def look(home: Path, source: Path, as_of: str, engine: str, project: Path = PROJECT) -> Inputs:
    """Hash every input: exports and settings below `source` (the home, or the sample), records below `home`.

    Writes the cache of file hashes below `home`/data, which must exist.
    """
    digest = hashlib.sha256(b"\0".join([as_of.encode(), engine.encode(), *_engines()]))
    cache_path = home / "data" / CACHE
    known = _cache(cache_path)
    seen: dict[str, list[int | str]] = {}
    files = total = 0
    for folder in export_folders(source):
        digest.update(b"folder" + os.fsencode(folder.relative_to(source)))
        for path in _files(folder):
            name = os.fsencode(path.relative_to(source))
            key = name.decode("utf-8", "backslashreplace")
            seen[key] = entry = _hashed(path, known.get(key))
            digest.update(name + b"\0" + str(entry[3]).encode())
            files, total = files + 1, total + int(entry[0])
    if seen != known:
        write_atomic(cache_path, orjson.dumps(seen))
    for path in _other_inputs(home, source, project):
        digest.update(os.fsencode(path.name) + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return Inputs(digest.hexdigest(), files, total, source != home)


def _other_inputs(home: Path, source: Path, project: Path) -> Iterator[Path]:
    """Settings, records, models, seeds and code, in a fixed order; those that exist."""
    settings = [source / "settings.toml", *sorted((source / "accounts").glob("*/settings.toml"))]
    records = [home / "records" / f"{kind}.jsonl" for kind in KINDS]
    ours = [project / name for name in PROJECT_FILES]
    for name in CODE:
        ours += [path for path in _files(project / name) if path.suffix in CODE_SUFFIXES]
    return (path for path in [*settings, *records, *ours] if path.is_file())


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below a folder, by path; hidden ones and caches left out, links followed to files only."""
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__" and not f.startswith("."))
        for name in sorted(names):
            path = Path(base, name)
            if not name.startswith(".") and _is_regular(path):
                yield path


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _hashed(path: Path, known: list[int | str] | None) -> list[int | str]:
    """Stamp and content hash of an export; the hash that is known where the stamp is the same."""
    at = path.stat()
    stamp: Stamp = (at.st_size, at.st_mtime_ns, at.st_ctime_ns)
    if known is not None and tuple(known[:3]) == stamp:
        return known
    try:
        with path.open("rb") as file:
            return [*stamp, hashlib.file_digest(file, "sha256").hexdigest()]
    except OSError as error:
        return [*stamp, f"unreadable {error.errno}"]  # the loader refuses it with a reason; here it is only a state


def _cache(path: Path) -> dict[str, list[int | str]]:
    try:
        known = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _engines() -> list[bytes]:
    """Versions of the packages that can change a result."""
    return [f"{name}={_version(name)}".encode() for name in ENGINES]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def engine_versions() -> dict[str, str]:
    """The same versions, by package, for the record of a generation."""
    return {name: _version(name) for name in ENGINES}
