"""CSV read as strictly as it can be: a file is read right, or a row or the file is refused with a reason.

Standard library `csv` in strict mode, and what that lets pass: a quote inside an unquoted cell, ragged rows, two
headers, no header, lines above the header, NUL, a table below the table. Nothing is guessed: the delimiter comes from
the header line only, the encoding is UTF-8 (or UTF-16 that says so) unless a mapping names another.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from ingest.csv_text import PEEK, SKIP_HINT, check_header, clean_name, decode, detect_delimiter
from ingest.errors import Code, ExportError

MAX_CELL = 8 * 2**20  # characters; the longest message Instagram sends has 1,000

_SEP = re.compile(r'"?sep=([,;\t|])"?[ ]*(?:\r\n|\r|\n)', re.IGNORECASE)  # Excel's own first line
_MEASURE = re.compile(r'\d"')  # inches, seconds of arc


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """What a mapping says about a file; the defaults find out."""

    encoding: str | None = None
    delimiter: str | None = None
    skip_rows: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV text whose header has been read and found good."""

    text: str
    header: tuple[str, ...]  # names, trimmed, NFC; names at the end may be blank (trailing delimiters)
    delimiter: str
    skips_space: bool  # "a, b": a blank after each delimiter
    skip: int  # physical lines before the header


@dataclass(frozen=True, slots=True)
class Record:
    """One row with as many cells as the header, and the physical line it begins on (1-based)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be trusted, with its text as it stands in the file."""

    line: int
    code: Code
    reason: str
    raw: str


def open_table(data: bytes, options: CsvOptions = CsvOptions()) -> Table:
    """Decode a file and read its header. Raises ExportError: E_EMPTY, E_ENCODING, E_HEADER, E_CSV, E_QUOTE."""
    text = decode(data, options.encoding)
    delimiter, skip = options.delimiter, options.skip_rows
    if (sep := _SEP.match(text)) and not options.skip_rows:
        delimiter, skip = delimiter or sep[1], 1
    delimiter = delimiter or detect_delimiter(_from_line(text[: 4 * PEEK], skip))
    table = Table(text, (), delimiter, False, skip)
    first = next((r for r in _raw_rows(table) if r.cells != []), None)
    if first is None:
        raise ExportError(Code.E_EMPTY, f"nothing below the first {skip} lines", "", "Correct skip_rows")
    if isinstance(first.cells, str):
        raise ExportError(Code.E_CSV, f"the header in line {first.line} is no valid CSV: {first.cells}", "", _FIX_LINE)
    spaced = len(first.cells) > 1 and all(c.startswith(" ") for c in first.cells[1:])
    table = Table(text, (), delimiter, spaced, skip)
    first = next(r for r in _raw_rows(table) if r.cells != [])
    if not _well_quoted(first.raw, delimiter, spaced):
        raise ExportError(Code.E_QUOTE, f"a stray quote in the header, line {first.line}", "", _FIX_LINE)
    header = tuple(clean_name(c) for c in first.cells)
    check_header(header, given=options.delimiter is not None)
    return Table(text, header, delimiter, spaced, skip)


def records(table: Table) -> Iterator[Record | BadRow]:
    """Every row below the header; blank rows are none. Raises ExportError where the rest cannot be trusted."""
    width = len(table.header)
    named = max(i + 1 for i, name in enumerate(table.header) if name)
    header: list[str] | None = None
    doubt: _Raw | None = None  # the line before was broken: only a sound row proves that it ended there
    for raw in _raw_rows(table):
        if header is None:
            header = raw.cells if isinstance(raw.cells, list) and raw.cells else None
            continue
        if isinstance(raw.cells, str):
            doubt = raw
            yield _broken(raw)
            continue
        if not any(raw.cells):
            continue
        if raw.cells == header:
            fix = "Keep one table a file, with one header"
            raise ExportError(Code.E_HEADER, f"the header comes again in line {raw.line}", "", fix)
        row = _checked(raw, table, width, named)
        if doubt is not None and isinstance(row, BadRow):
            what = f"a quote in line {doubt.line} leaves the rows after it unclear"
            raise ExportError(Code.E_CSV, what, "", _FIX_LINE)
        doubt = None
        yield row


def check(table: Table, look: Callable[[Record], None] | None = None) -> tuple[int, int]:
    """Read everything once without keeping it, showing each sound row to `look`: (sound rows, bad rows).

    Raises ExportError for what makes the whole file unreadable, so that no file is loaded by half.
    """
    rows = ragged = other = 0
    for row in records(table):
        if isinstance(row, Record):
            rows += 1
            if look:
                look(row)
        elif row.code is Code.E_WIDTH:
            ragged += 1
        else:
            other += 1
    if ragged > 1 and rows == 0:
        what = f"none of {ragged + other} rows has as many cells as the header"
        fix = f"{SKIP_HINT}; else export again"
        raise ExportError(Code.E_WIDTH, what, "", fix)
    return rows, ragged + other


@dataclass(slots=True)
class _Raw:
    """One logical row before it is judged: its first physical line, cells (or what is wrong), and text."""

    line: int
    cells: list[str] | str
    raw: str


_FIX_LINE = "Correct that line, or export again"


def _raw_rows(table: Table) -> Iterator[_Raw]:
    """Rows as csv sees them; after a broken line it starts anew on the next one."""
    csv.field_size_limit(2**30)  # cells are measured here, row by row
    lines = io.StringIO(table.text, newline="")
    for _ in islice(lines, table.skip):
        pass
    at, ended = table.skip, False
    while not ended:
        taken: list[str] = []
        rows = csv.reader(
            _taking(lines, taken), delimiter=table.delimiter, strict=True, skipinitialspace=table.skips_space
        )
        try:
            for cells in rows:
                yield _Raw(at + 1, cells, "".join(taken))
                at += len(taken)
                taken.clear()
            ended = True
        except csv.Error as error:
            if "end of data" in str(error):
                what = f"the quote opened in line {at + 1} never closes"
                raise ExportError(Code.E_CSV, what, "", _FIX_LINE) from error
            yield _Raw(at + 1, "text follows a closing quote", "".join(taken))
            at += len(taken)


def _taking(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    """Pass lines on and note them: the text of the row that csv makes of them."""
    for line in lines:
        taken.append(line)
        yield line


def _checked(raw: _Raw, table: Table, width: int, named: int) -> Record | BadRow:
    """A row that csv accepted, held against what csv does not look at."""
    cells = raw.cells
    if len(cells) != width or any(cells[named:]):
        return BadRow(raw.line, Code.E_WIDTH, f"{len(cells)} cells where the header has {named}", raw.raw)
    if "\0" in raw.raw:
        return BadRow(raw.line, Code.E_CSV, "a NUL character in the row", raw.raw)
    if len(raw.raw) > MAX_CELL and any(len(c) > MAX_CELL for c in cells):
        return BadRow(raw.line, Code.E_TOO_BIG, f"a cell of more than {MAX_CELL:,} characters", "")
    if '"' in raw.raw and not _well_quoted(raw.raw, table.delimiter, table.skips_space):
        return BadRow(raw.line, Code.E_QUOTE, "a quote stands inside a cell that is not quoted", raw.raw)
    return Record(raw.line, tuple(cells))


def _broken(raw: _Raw) -> BadRow:
    """A line with text behind a closing quote; over several lines nobody can say where the row ends."""
    if len(raw.raw.splitlines()) > 1:
        raise ExportError(Code.E_CSV, f"a quote in the row that begins in line {raw.line} is misplaced", "", _FIX_LINE)
    return BadRow(raw.line, Code.E_QUOTE, str(raw.cells), raw.raw)


def _well_quoted(raw: str, delimiter: str, skips_space: bool) -> bool:
    """Whether every quote of a row wraps a whole cell, is doubled in one, or is one of a pair of measure marks.

    Marks as in 37.8"N 17.9"W split no cell whichever way they are read; any other quote inside a bare cell might.
    """
    if _sound(delimiter, skips_space).fullmatch(raw):
        return True
    for cell in _cell(delimiter, skips_space).finditer(raw):
        quotes = (cell["bare"] or "").count('"')
        if quotes and (quotes % 2 or len(_MEASURE.findall(cell["bare"])) != quotes):
            return False
    return True


@cache
def _sound(delimiter: str, skips_space: bool) -> re.Pattern[str]:
    """A whole row in which every cell is quoted as a whole or holds no quote: nearly all rows there are."""
    wall, blank = re.escape(delimiter), " *+" if skips_space else ""
    cell = rf'{blank}(?:"(?:[^"]|"")*+"|[^"{wall}\r\n]*+)'
    return re.compile(rf"{cell}(?:{wall}{cell})*+[\r\n]*+")


@cache
def _cell(delimiter: str, skips_space: bool) -> re.Pattern[str]:
    """One cell with what ends it; `bare` where it is not quoted as a whole."""
    wall, blank = re.escape(delimiter), " *" if skips_space else ""
    quoted = rf'"(?:[^"]|"")*+"(?={wall}|[\r\n]|\Z)'
    return re.compile(rf"{blank}(?:{quoted}|(?P<bare>[^{wall}\r\n]*+))(?:{wall}|[\r\n]+|\Z)")


def _from_line(text: str, skip: int) -> str:
    """The text below the first `skip` physical lines."""
    lines = io.StringIO(text, newline="")
    for _ in islice(lines, skip):
        pass
    return lines.read()
