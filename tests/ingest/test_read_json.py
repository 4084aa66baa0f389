"""JSON is read whole or refused with a code."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import Code, ExportError
from ingest.read_json import BAD_NUMBER, dumps, parse, parse_exactly


@pytest.mark.parametrize("kind", ["y", "n", "i"])
def test_peer_suite(suites: Path, kind: str) -> None:
    files = sorted((suites / "json_testsuite" / "test_parsing").glob(f"{kind}_*"))
    assert len(files) > 30
    wrong: list[str] = []
    for path in files:
        try:
            parse(path.read_bytes(), path.name)
            was_read = True
        except ExportError as error:
            assert error.code in (Code.E_JSON, Code.E_EMPTY, Code.E_DEEP, Code.E_ENCODING, Code.E_NUMBER)
            was_read = False
        if (kind == "y" and not was_read) or (kind == "n" and was_read):
            wrong.append(path.name)
    assert wrong == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.E_EMPTY),
        (b" \n\t ", Code.E_EMPTY),
        (b"\xef\xbb\xbf", Code.E_EMPTY),
        (b'{"a": [1, 2', Code.E_JSON),
        (b"{} {}", Code.E_JSON),
        (b'{"a": "x\0"}', Code.E_JSON),
        (b'{"a": "\xff"}', Code.E_ENCODING),
        (b"[" * 100_000, Code.E_DEEP),
        (b"<!doctype html><html></html>", Code.E_NOT_JSON),
        (b'{"a": NaN}', Code.E_NUMBER),
        (b'{"a": 1e400}', Code.E_NUMBER),
    ],
    ids=["empty", "blank", "only a BOM", "cut", "garbage after", "raw NUL", "bad byte", "deep", "HTML", "NaN", "huge"],
)
def test_refusals(data: bytes, code: Code) -> None:
    with pytest.raises(ExportError) as caught:
        parse(data, "x.json")
    assert caught.value.code == code


def test_a_refusal_names_the_place_and_no_words() -> None:
    with pytest.raises(ExportError, match="line 2, column") as caught:
        parse(b'{"secret words": 1,\n oops}', "x.json")
    assert "secret" not in str(caught.value) and "oops" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_marked_encodings_are_read(encoding: str) -> None:
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    assert parse(bom + '["é"]'.encode(encoding)) == (["é"], False)


def test_a_lone_surrogate_is_replaced_and_told() -> None:
    assert parse(rb'["a \ud83d b", "\ud83d\ude00"]') == (["a \ufffd b", "😀"], True)


def test_bad_numbers_can_be_kept_so_that_a_row_alone_is_lost() -> None:
    assert parse(b"[1, NaN, 1e999]", keep_bad_numbers=True) == ([1, BAD_NUMBER, BAD_NUMBER], False)


def test_whole_numbers_keep_all_their_digits() -> None:
    value, twice = parse_exactly(b'{"id": 123456789012345678901234567890, "a": 1, "a": 2}')
    assert (value["id"], value["a"], twice) == (123456789012345678901234567890, 2, 1)
    assert dumps(value) == '{"id": 123456789012345678901234567890, "a": 2}'
