from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.csv_reader import BadRow, CsvOptions, Record, check, open_table, records
from ingest.csv_text import peek_headers
from ingest.errors import Code, ExportError

CALM = settings(deadline=None, derandomize=True)
CELL = st.text(st.characters(exclude_characters="\0\x1a", exclude_categories=["Cs"]), max_size=12)


def rows(data: bytes | str, **options: object) -> list[tuple[str, ...]]:
    found = list(records(open_table(data if isinstance(data, bytes) else data.encode(), CsvOptions(**options))))
    assert not [r for r in found if isinstance(r, BadRow)]
    return [r.cells for r in found if isinstance(r, Record)]


def bad(data: str) -> list[tuple[int, Code]]:
    return [(r.line, r.code) for r in records(open_table(data.encode())) if isinstance(r, BadRow)]


def refusal(data: bytes | str, **options: object) -> ExportError:
    with pytest.raises(ExportError) as refused:
        check(open_table(data if isinstance(data, bytes) else data.encode(), CsvOptions(**options)))
    return refused.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "pipe"])
def test_the_delimiter_is_found_in_the_header(delimiter: str) -> None:
    other = ";" if delimiter == "," else ","
    assert rows(f"a{delimiter}b\n1{other}1{delimiter}2\n") == [(f"1{other}1", "2")]


def test_a_delimiter_inside_a_quoted_name_does_not_count() -> None:
    assert open_table(b'"a,b,c";d\n1;2\n').header == ("a,b,c", "d")


def test_two_delimiters_as_often_are_refused() -> None:
    assert refusal("a,b;c\n1,2;3\n").code is Code.E_HEADER
    assert rows("a,b;c\n1,2;3\n", delimiter=";") == [("1,2", "3")]


def test_excels_sep_line_is_taken_at_its_word() -> None:
    table = open_table(b"sep=;\r\na,x;b\r\n1;2\r\n")
    assert (table.header, [r.line for r in records(table)]) == (("a,x", "b"), [3])


def test_blanks_behind_each_delimiter_belong_to_the_spelling() -> None:
    assert rows('a, b, c\n1, "2, 2", 3\n') == [("1", "2, 2", "3")]


def test_one_column_needs_a_delimiter_that_is_given() -> None:
    assert refusal("email\nada@example.com\n").code is Code.E_HEADER
    assert rows("email\nada\n", delimiter=",") == [("ada",)]


def test_trailing_delimiters_are_no_columns() -> None:
    assert rows("a,b,,\n1,2,,\n") == [("1", "2", "", "")]
    assert bad("a,b,,\n1,2,,\n1,2,3,\n") == [(3, Code.E_WIDTH)]


def test_an_index_column_without_a_name_is_let_be() -> None:
    assert open_table(b",a,b\n0,1,2\n").header == ("", "a", "b")


def test_names_are_trimmed_and_composed() -> None:
    assert open_table(" a ,e\u0301te\u0301,c\n".encode()).header == ("a", "été", "c")


def test_lines_are_counted_with_the_newlines_inside_cells() -> None:
    found = list(records(open_table(b'a,b\n"1\n1\r\n1",2\r\n\n3,4\n')))
    assert [r.line for r in found] == [2, 6]


def test_line_ends_may_be_mixed() -> None:
    assert rows("a,b\r\n1,2\n3,4\r5,6") == [("1", "2"), ("3", "4"), ("5", "6")]


def test_rows_of_blanks_hold_nothing() -> None:
    assert rows("a,b\n1,2\n,\n\n") == [("1", "2")]


def test_measure_marks_in_pairs_split_no_cell() -> None:
    assert rows("a,b\n37°36'37.8\"N 121°2'17.9\"W,x\n") == [("37°36'37.8\"N 121°2'17.9\"W", "x")]


@pytest.mark.parametrize("row", ['Ann "Annie" Lee,x', "5'11\" tall,x", 'boots"new, light"', 'a,x"'], ids=str)
def test_any_other_quote_inside_a_bare_cell_quarantines_the_row(row: str) -> None:
    assert bad(f"a,b\n1,2\n{row}\n3,4\n") == [(3, Code.E_QUOTE)]


def test_text_behind_a_closing_quote_costs_the_row_if_the_next_one_is_sound() -> None:
    data = 'a,b\n1,"x"y\n3,4\n'
    assert bad(data) == [(2, Code.E_QUOTE)]
    assert rows(data.replace('"x"y', "x")) == [("1", "x"), ("3", "4")]


def test_text_behind_a_closing_quote_costs_the_file_if_the_next_row_is_doubtful() -> None:
    assert refusal('a,b\n1,"x"y\n3\n').code is Code.E_CSV


def test_a_misplaced_quote_over_several_lines_costs_the_file() -> None:
    error = refusal('a,b\n"1,2\n3,4\n"5,6\n')
    assert error.code is Code.E_CSV and "line 2" in error.what


def test_a_broken_row_keeps_its_text_aside() -> None:
    (found,) = [r for r in records(open_table(b"a,b\n1,2,3\n1,2\n")) if isinstance(r, BadRow)]
    assert (found.raw, found.reason) == ("1,2,3\n", "3 cells where the header has 2")


def test_a_file_in_which_no_row_fits_the_header_is_refused() -> None:
    assert refusal("Report,of March,x\na,b\n1,2\n").code is Code.E_WIDTH


def test_skip_rows_takes_away_what_stands_above() -> None:
    assert rows("Report of March\n\na,b\n1,2\n", skip_rows=2) == [("1", "2")]
    assert refusal("a,b\n", skip_rows=5).code is Code.E_HEADER


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"\xef\xbb\xbfa,b\n1,2\n", ("a", "b")),
        ("a;ü\n1;2\n".encode("utf-16"), ("a", "ü")),
        (b"sep=;\na;b\n", ("sep=", "")),
        (b'\n\n"x\ny",b\n', ("x y", "b")),
        (b"\xff\xfe\x00", None),
        (b"", None),
        (b"\xa0\xa1", None),
    ],
    ids=["BOM", "UTF-16", "sep", "newline in a name", "half a character", "empty", "no text"],
)
def test_a_peek_never_raises(data: bytes, names: tuple[str, ...] | None) -> None:
    found = peek_headers(data)
    assert names is None or found[0] == names


@CALM
@given(
    st.lists(st.tuples(CELL, CELL, CELL), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_csv_writes_comes_back(cells: list[tuple[str, str, str]], delimiter: str, end: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second", "third"), *cells])
    expected = [c for c in cells if any(c)]
    assert rows(out.getvalue(), delimiter=delimiter) == expected


@CALM
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for options in (CsvOptions(), CsvOptions(encoding="latin-1", delimiter=",")):
        try:
            check(open_table(b"first,second\n" + data, options))
        except ExportError as error:
            assert error.what


@CALM
@given(st.lists(st.sampled_from(['"', ",", "a", "\n", "1", " "]), max_size=30).map("".join))
def test_a_sound_row_is_what_a_strict_reader_makes_of_its_own_line(text: str) -> None:
    try:
        table = open_table(b"h,i\n" + text.encode())
        found = [r for r in records(table) if isinstance(r, Record)]
    except ExportError:
        return
    for record in found:
        if not any('"' in cell or "\n" in cell for cell in record.cells):
            line = table.text.splitlines()[record.line - 1]
            assert next(csv.reader([line], strict=True)) == list(record.cells)
