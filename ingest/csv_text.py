"""What stands before the rows of a CSV: encoding, header names, delimiter. Nothing is guessed."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from ingest.errors import Code, ExportError, shown

DELIMITERS = (",", ";", "\t", "|")
PEEK = 64 * 2**10  # bytes that hold a header
PREAMBLE = 20  # lines above a header that are looked through to name the fault
SKIP_HINT = "If lines stand above the header, delete them or set skip_rows in a [[mapping]]"

_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_VALUE = re.compile(r"[\d\W_]*\d[\d\W_]*|\S+@\S+\.\S+|\w+://\S+")  # number, date, money, e-mail, address


def decode(data: bytes, encoding: str | None = None) -> str:
    """Text of a file. Raises ExportError: E_EMPTY, E_ENCODING."""
    if not data.strip():
        raise ExportError(Code.E_EMPTY, "the file is empty", "", "Export it again")
    if encoding is None:
        encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        fix = 'Save it as UTF-8, or say which it is in a [[mapping]], such as encoding = "cp1252"'
    else:
        encoding = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
        fix = "Correct the encoding of the mapping"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = encoding.removesuffix("-sig").upper()
        raise ExportError(Code.E_ENCODING, f"not valid {name} at byte {error.start}, line {line}", "", fix) from error
    if text.count("\0") * 4 > len(text):
        fix = 'Save it as UTF-8, or set encoding = "utf-16-le" in a [[mapping]]'
        raise ExportError(Code.E_ENCODING, "every other byte is zero: UTF-16 that does not say so", "", fix)
    return text.rstrip("\x1a")  # Ctrl-Z: how DOS ends a text


def peek_headers(data: bytes) -> list[tuple[str, ...]]:
    """Cells of the first lines of what may be a CSV, without judging: to recognise a format by. Never raises."""
    head = data[:PEEK]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    found: list[tuple[str, ...]] = []
    for line in islice(_logical_lines(text), PREAMBLE):
        bare = _QUOTED.sub("", line)
        delimiter = max(DELIMITERS, key=bare.count)
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            cells = []
        found.append(tuple(clean_name(c) for c in cells))
    return found


def clean_name(name: str) -> str:
    """A header name: NFC, inner blanks as one space, trimmed."""
    return " ".join(unicodedata.normalize("NFC", name).replace("\ufeff", "").split())


def detect_delimiter(head: str) -> str:
    """The delimiter that the header line uses most, quoted parts aside. Raises ExportError E_HEADER."""
    line = next((x for x in _QUOTED.sub("", head).splitlines() if x.strip()), "")
    counts = sorted(((line.count(d), d) for d in DELIMITERS), reverse=True)
    if counts[0][0] == 0 or counts[0][0] == counts[1][0]:
        seen = "no delimiter (comma, semicolon, tab or |)" if counts[0][0] == 0 else "two delimiters equally often"
        fix = f"{SKIP_HINT}; else set its delimiter"
        raise ExportError(Code.E_HEADER, f"the first line has {seen}", "", fix)
    return counts[0][1]


def check_header(header: tuple[str, ...], given: bool) -> None:
    """Names there, each once, and names rather than values. Raises ExportError."""
    names = [name for name in header if name]
    blanks = header[: len(header) - next((i for i, n in enumerate(reversed(header)) if n), len(header))].count("")
    if len(names) < (1 if given else 2) or blanks > (1 if header[0] == "" else 0):
        what = f"{blanks or len(header) - len(names)} of {len(header)} columns have no name"
        raise ExportError(Code.E_HEADER, what, "", SKIP_HINT)
    if any(len(n) > 1 and n[0] == n[-1] == "'" for n in names):
        raise ExportError(Code.E_QUOTE, "names are quoted with apostrophes", "", 'Save it with double quotes (")')
    values = [i for i, name in enumerate(header, 1) if _VALUE.fullmatch(name)]
    if values:  # never shown: it may be somebody's e-mail address
        what = f"there is no header row: column {values[0]} of the first line holds a value, not a name"
        raise ExportError(Code.E_HEADER, what, "", f"Add a header. {SKIP_HINT}")
    first: dict[str, int] = {}
    for i, name in enumerate(header, 1):
        if name and (j := first.setdefault(name.casefold(), i)) != i:
            what = f'columns {j} and {i} are both called "{shown(name)}"'
            raise ExportError(Code.E_HEADER, what, "", "Rename one of them")


def _logical_lines(text: str) -> Iterator[str]:
    """Lines of a text, a quoted cell with newlines kept in one; blank ones left out."""
    held = ""
    for line in io.StringIO(text, newline=""):
        held += line
        if held.count('"') % 2 == 0:
            if held.strip():
                yield held
            held = ""
