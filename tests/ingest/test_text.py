"""Bytes to text, and the repair of garbled export strings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Code, ExportError
from ingest.text import clean, decode, is_garbled, looks_like_html, repair
from tests.instagram_files import garbled

TYPED = [
    *("café", "Ça va à 8 €", "Straße", "😂😂🔥", "Hırsız", "Šárka", "Привет", "שלום", "مرحبا", "สวัสดี", "你好", "안녕"),
    *("été à la plage", "naïve – “quoted” …", "¿qué?", "5 £", "²", "Tại sao", "Ελλάδα", "👩‍👩‍👧", "ﷺ is long: مرحبا"),
]


@pytest.mark.parametrize("text", TYPED)
def test_a_garbled_text_becomes_what_was_typed(text: str) -> None:
    assert repair(garbled(text)) == text


@pytest.mark.parametrize("text", TYPED)
def test_a_right_text_is_left_alone(text: str) -> None:
    assert repair(text) == text
    assert clean(text) == (text, None)


@given(st.text())
def test_repair_twice_is_repair_once(text: str) -> None:
    for given_text in (text, garbled(text)):
        once = repair(given_text)
        assert repair(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_where_every_string_is_garbled_each_comes_back_as_typed(text: str) -> None:
    assert clean(garbled(text), sure=True)[0] == text


def test_text_garbled_twice_is_repaired_too() -> None:
    assert repair(garbled(garbled("café 😂"))) == "café 😂"


def test_peers_right_texts_are_left_alone(suites: Path) -> None:
    cases = json.loads((suites / "ftfy_cases" / "negative.json").read_text(encoding="utf-8"))
    assert len(cases) > 25
    assert [c["original"] for c in cases if repair(c["original"]) != c["original"]] == []


@pytest.mark.parametrize("name", ["in-the-wild", "language-names", "synthetic"])
def test_peers_texts_come_back_from_metas_garbling(suites: Path, name: str) -> None:
    cases = json.loads((suites / "ftfy_cases" / f"{name}.json").read_text(encoding="utf-8"))
    texts = [c.get("fixed-encoding", c["fixed"]) for c in cases]
    assert [t for t in texts if repair(garbled(t)) != t] == []


@pytest.mark.parametrize(
    ("text", "kept", "code"),
    [
        ("a\0b", "a\ufffdb", Code.F_TEXT),
        ("half \ud83d", "half \ufffd", Code.F_TEXT),
        (garbled("é") + " ’ Ã©", "Ã© ’ Ã©", Code.F_MOJIBAKE),
        (garbled("😂")[:3], garbled("😂")[:3], Code.F_MOJIBAKE),
        ("Ã alone", "Ã alone", None),
    ],
    ids=["NUL", "lone surrogate", "half garbled", "cut letter", "right"],
)
def test_what_cannot_be_kept_or_repaired_is_flagged(text: str, kept: str, code: Code | None) -> None:
    assert clean(text) == (kept, code)


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (["plain", garbled("😂")], True),
        ([garbled("😂"), "right – dash"], False),
        (["NESTLÉ®"], False),
        (["plain"], False),
        ([garbled("😂"), garbled("😂")[:3]], True),
    ],
    ids=["one is", "one says no", "only doubtful", "only plain", "one is cut"],
)
def test_an_export_is_garbled_when_one_string_surely_is_and_none_says_no(texts: list[str], answer: bool) -> None:
    assert is_garbled(texts) is answer


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_bytes_are_decoded_by_their_mark(encoding: str) -> None:
    assert decode("Grüße".encode(encoding)) == "Grüße"


def test_bytes_that_are_no_utf8_are_refused_with_their_place() -> None:
    with pytest.raises(ExportError, match="E_ENCODING: byte 2 is not valid UTF-8 in x.csv"):
        decode("ab\xe9".encode("latin-1"), "x.csv")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", True),
        (b"<html lang=en>", True),
        (b'{"a": "<html>"}', False),
        (b"<3 is a heart", False),
    ],
)
def test_web_pages_are_known_by_their_beginning(data: bytes, answer: bool) -> None:
    assert looks_like_html(data) is answer
