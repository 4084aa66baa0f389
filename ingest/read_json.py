"""JSON as strictly as it is written: read whole or refused with a code and an offset, never half, never guessed."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from ingest.errors import Code, ExportError
from ingest.text import decode, looks_like_html, possible

MAX_DEPTH_TEXT = "recursion"
DEEP_FIX = "Download it again; no export is like this"
_LONE = re.compile("[\ud800-\udfff]")


class BadNumber:
    """Stands where a document has NaN, Infinity or a number too large for a float."""

    def __repr__(self) -> str:
        """Short, for payloads."""
        return "BadNumber"


BAD_NUMBER = BadNumber()


def parse(data: bytes, where: str = "", *, keep_bad_numbers: bool = False) -> tuple[Any, bool]:
    """The document, and whether lone surrogates in it were replaced by U+FFFD.

    Takes UTF-8 with or without BOM and UTF-16 with BOM. With `keep_bad_numbers`, NaN and the like become BAD_NUMBER, so
    that one bad row need not cost the file. Raises ExportError (E_EMPTY, E_NOT_JSON, E_ENCODING, E_DEEP, E_JSON).
    """
    data = _utf8(data, where)
    try:
        return orjson.loads(data), False
    except orjson.JSONDecodeError as error:
        return _slow(data, where, error, keep_bad_numbers)


def parse_exactly(data: bytes, where: str = "") -> tuple[Any, int]:
    """The document with whole numbers of any size, and how many keys stand twice in their object (the last counts)."""
    twice = 0

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        twice += len(pairs) - len(found)
        return found

    try:
        return json.loads(_utf8(data, where), object_pairs_hook=unique, parse_constant=_bad, parse_float=_float), twice
    except ValueError:  # also a whole number of more than 4,300 digits
        return parse(data, where, keep_bad_numbers=True)[0], twice


def as_json(value: Any) -> bytes:
    """JSON of a parsed value in UTF-8; whole numbers of any size, and what JSON does not know as text."""
    try:
        return orjson.dumps(value, default=str)
    except TypeError:  # whole number beyond 64 bits, lone surrogate
        return possible(json.dumps(value, ensure_ascii=False, default=str)).encode()


def dumps(value: Any) -> str:
    """The same as text."""
    return as_json(value).decode()


def _utf8(data: bytes, where: str) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data, where).encode("utf-8", "surrogatepass")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data or data.isspace():
        raise ExportError(Code.E_EMPTY, "the file is empty", where, "Download it again")
    return data


def _slow(data: bytes, where: str, first: orjson.JSONDecodeError, keep_bad_numbers: bool) -> tuple[Any, bool]:
    """What the fast parser refuses: a lone surrogate or a bad number is survived, all else refused by name."""
    if looks_like_html(data):
        raise ExportError(Code.E_NOT_JSON, "looks like HTML", where, "Log in and download the JSON file again")
    text = decode(data, where)
    if MAX_DEPTH_TEXT in first.msg.lower():
        raise ExportError(Code.E_DEEP, "nested too deeply", where, DEEP_FIX)
    try:
        value = json.loads(text, parse_constant=_bad, parse_float=_float)
    except RecursionError:
        raise ExportError(Code.E_DEEP, "nested too deeply", where, DEEP_FIX) from None
    except ValueError:
        what = f"not valid JSON at line {first.lineno}, column {first.colno}"
        raise ExportError(Code.E_JSON, what, where, "Download it again") from None
    replaced = False
    bad = False

    def walk(node: Any) -> Any:
        nonlocal replaced, bad
        if isinstance(node, str):
            replaced = replaced or bool(_LONE.search(node))
            return _LONE.sub("\N{REPLACEMENT CHARACTER}", node)
        if isinstance(node, list):
            return [walk(x) for x in node]
        if isinstance(node, dict):
            return {walk(k): walk(v) for k, v in node.items()}
        bad = bad or node is BAD_NUMBER
        return node

    value = walk(value)
    if bad and not keep_bad_numbers:
        raise ExportError(Code.E_NUMBER, "a number that is none (NaN, Infinity)", where, "Download it again")
    return value, replaced


def _bad(_: str) -> BadNumber:
    return BAD_NUMBER


def _float(digits: str) -> float | BadNumber:
    value = float(digits)
    return value if value - value == 0 else BAD_NUMBER
