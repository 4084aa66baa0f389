"""CSV exports in memory, and what the formats make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.formats import Format, all_formats
from ingest.settings import Settings
from ingest.shapes import Outcome, Reject, Row


@dataclass(frozen=True)
class TextFile:
    """One file as `ingest.formats.Export` has it."""

    data: bytes
    name: str = "export.csv"
    members: tuple[str, ...] = ()

    def read(self, member: str = "") -> bytes:
        return self.data


@dataclass(frozen=True)
class Result:
    """What the only format that claims a file made of it."""

    format: str
    rows: Sequence[Row]
    rejects: Sequence[Reject]

    @property
    def values(self) -> list[dict[str, object]]:
        return [row.values for row in self.rows]

    def codes(self, outcome: Outcome) -> list[str]:
        return [str(r.code) for r in self.rejects if r.outcome is outcome]


def csv_formats() -> list[Format]:
    """Formats that read CSV or JSON lines; the big ones for zips and calendars never claim one."""
    return [f for f in all_formats() if f.name not in ("instagram", "ics")]


def csv_bytes(header: str, *lines: str, encoding: str = "utf-8", newline: str = "\n") -> bytes:
    return "".join(line + newline for line in (header, *lines)).encode(encoding)


def read(data: bytes, settings: Mapping[str, object] | None = None, name: str = "export.csv") -> Result:
    """Read a file through the one format that claims it; fails where none or two do."""
    export, known = TextFile(data, name), Settings.model_validate(settings or {})
    claims = [f for f in csv_formats() if f.recognises(export, known)]
    assert len(claims) == 1, [f.name for f in claims]
    items = list(claims[0].read(export, known))
    return Result(claims[0].name, [i for i in items if isinstance(i, Row)], [i for i in items if isinstance(i, Reject)])


def mapping(columns: Mapping[str, str], record: str = "crm_leads", **more: object) -> dict[str, object]:
    """Settings with one mapping for every CSV."""
    return {"mapping": [{"file": "*.csv", "record": record, "columns": dict(columns), **more}]}
