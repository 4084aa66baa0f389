"""Reports for other people, from what is published: CSV, XLSX, Parquet or JSON in reports/out/.

Without --show-names nobody can be recognised: ids become pseudonyms, contact fields and words are left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import orjson

from ingest import records
from ingest.errors import Code, UserError
from ingest.files import private_folder, write_atomic
from ingest.generations import Generation
from ingest.warehouse import connect, published
from reports.export_columns import REPORTS, Column, Report
from reports.text import neutral_cell

PEOPLE: Final = "select display_name, instagram_handle, email, phone from marts.dim_leads"
LEAST_NAME: Final = 4  # letters
HIDDEN: Final = "[name]"
Cell = str | int | float | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report, ready to be written."""

    report: Report
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    generation: Generation
    settings: list[tuple[str, str]]  # what the numbers depend on, with the values used


def export(
    home: Path, name: str, file_format: str = "csv", out: Path | None = None, show_names: bool = False
) -> tuple[Path, int]:
    """Write one report; its path and how many rows it has.

    Raises UserError for an unknown report or format, and where nothing is published.
    """
    if name not in REPORTS:
        raise UserError(Code.E_CALL, f"there is no export {name!r}", "export", f"Use one of {', '.join(REPORTS)}")
    if file_format not in WRITERS:
        raise UserError(Code.E_CALL, f"there is no format {file_format!r}", "--format", f"Use {', '.join(WRITERS)}")
    sheet = fetch(home, REPORTS[name], show_names)
    folder = out if out is not None else private_folder(home / "reports" / "out")
    folder.mkdir(parents=True, exist_ok=True)
    names = "-with-names" if show_names else ""
    path = folder / f"{name}-{sheet.generation.as_of[:10]}{names}.{file_format}"
    write_atomic(path, WRITERS[file_format](sheet))
    return path, len(sheet.rows)


def fetch(home: Path, report: Report, show_names: bool) -> Sheet:
    """The rows of a report from the current generation, with pseudonyms unless names are asked for."""
    found = published(home)
    with connect(found.path) as con:
        cursor = con.execute(report.query)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        people = [] if show_names else con.execute(PEOPLE).fetchall()
        settings = _settings(con.execute("select * from raw.settings order by account_id"))
    columns = tuple(c for c in report.columns if show_names or not c.private)
    hidden: Callable[[Any], Any] = _same
    if not show_names and any(column.is_id for column in columns):
        key = records.secret(home)
        hidden = lambda value: None if value is None else records.pseudonym(key, "lead", str(value))  # noqa: E731
    nameless: Callable[[Any], Any] = _same if show_names else without_names(people)
    picks = [(names.index(c.name), hidden if c.is_id else nameless if c.is_free else _same) for c in columns]
    shown = [tuple(change(row[index]) for index, change in picks) for row in rows]
    return Sheet(report, columns, shown, found.generation, settings)


def without_names(people: list[tuple[Any, ...]]) -> Callable[[str | None], str | None]:
    """Takes names, handles and addresses of leads out of a text that somebody typed, such as a source label.

    `people`: display name, handle, e-mail and phone of every lead. Names of under four letters stay: they are words.
    """
    known = {str(value).strip() for row in people for value in row if value and len(str(value).strip()) >= LEAST_NAME}
    longest_first = sorted(known, key=lambda name: (-len(name), name))
    parts = [r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", r"(?<!\w)@[\w.]{2,}", r"\+\d[\d ()-]{7,}\d"]
    if longest_first:
        parts.append(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    pattern = re.compile("|".join(parts), re.IGNORECASE)
    return lambda text: None if text is None else pattern.sub(HIDDEN, text)


def _same(value: Any) -> Any:
    return value


def _settings(cursor: Any) -> list[tuple[str, str]]:
    """Every setting of every account as it was used."""
    names = [column[0] for column in cursor.description]
    found = []
    for row in cursor.fetchall():
        values = dict(zip(names, row, strict=True))
        account = values.pop("account_id")
        found += [(f"{account}: {name}", str(value)) for name, value in values.items()]
    return found


def _csv(sheet: Sheet) -> bytes:
    """CSV for spreadsheets: UTF-8 with a mark, no cell that would run as a formula; numbers stay numbers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in sheet.columns])
    writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return neutral_cell(value) if isinstance(value, str) else str(value)


def _json(sheet: Sheet) -> bytes:
    """JSON: what it is, what each column means, and the rows."""
    names = [column.name for column in sheet.columns]
    whole = {
        "report": sheet.report.name,
        "title": sheet.report.title,
        "as_of": sheet.generation.as_of,
        "columns": {column.name: column.meaning for column in sheet.columns},
        "rows": [dict(zip(names, row, strict=True)) for row in sheet.rows],
    }
    return orjson.dumps(whole, default=_plain, option=orjson.OPT_INDENT_2) + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def _parquet(sheet: Sheet) -> bytes:
    """Parquet with typed columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = list(zip(*sheet.rows, strict=True)) if sheet.rows else [()] * len(sheet.columns)
    fields = {}
    for column, values in zip(sheet.columns, columns, strict=True):
        fields[column.name] = pa.array(values) if any(v is not None for v in values) else pa.array(values, pa.string())
    sink = io.BytesIO()
    pq.write_table(pa.table(fields), sink)
    return sink.getvalue()


def _xlsx(sheet: Sheet) -> bytes:
    from reports.export_xlsx import workbook

    return workbook(sheet)


WRITERS: dict[str, Callable[[Sheet], bytes]] = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet, "json": _json}
