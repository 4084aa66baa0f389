"""The export formats, one module each. A module with a `FORMAT` is found by itself; nothing is registered by hand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Protocol, runtime_checkable

from ingest.settings import Settings
from ingest.shapes import Owner, Reject, Row


class Export(Protocol):
    """One thing the coach downloaded: a file, or an Instagram download (a zip or an unpacked folder) as a whole."""

    @property
    def name(self) -> str:
        """Path relative to exports/, `x.zip!inner.csv` for a file inside a zip."""

    @property
    def members(self) -> tuple[str, ...]:
        """Paths inside a zip or folder, sorted; empty for a plain file."""

    def read(self, member: str = "") -> bytes:
        """Bytes of the file or of one member. Raises ExportError with a code and a reason."""


class Format(Protocol):
    """How one kind of export is recognised and read."""

    name: str  # stable, snake_case
    title: str  # as the owner would say it
    how_to_get: str  # the clicks that download it
    columns: tuple[str, ...]  # header names or keys it knows

    def recognises(self, export: Export, settings: Settings) -> bool:
        """By content, never by file name; cheap: it sees every export."""

    def read(self, export: Export, settings: Settings) -> Iterator[Row | Reject | Owner]:
        """Every row of the export, or the reason why not; never raises for what stands in the file."""


@runtime_checkable
class Dated(Protocol):
    """A format whose files tell their own date by more than the rows that are loaded."""

    def exported_at(self, export: Export, settings: Settings) -> datetime | None:
        """Newest sent, created or updated time in the file."""


@runtime_checkable
class Divisible(Protocol):
    """A format whose exports can be read in several parts at a time."""

    def read_part(self, export: Export, settings: Settings, begin: int, end: int) -> Iterator[Row | Reject | Owner]:
        """What lies between two hundredths of the export: one after the other the parts say what `read` says."""


@cache
def all_formats() -> tuple[Format, ...]:
    """Every module of this package that has a FORMAT (or FORMATS), by name; modules with a leading _ are helpers."""
    found: list[Format] = []
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        found += getattr(module, "FORMATS", ()) or ([module.FORMAT] if hasattr(module, "FORMAT") else [])
    return tuple(sorted(found, key=lambda f: f.name))
