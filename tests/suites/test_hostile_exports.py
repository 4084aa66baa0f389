"""Formulas and naughty strings from an export to every file that leaves the home: kept byte for byte, and inert."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from ingest import warehouse
from reports.export import export
from reports.export_columns import REPORTS
from reports.render import render
from reports.text import clean, plain_cell
from tests.reports.test_page import assert_inert
from tests.suites.conftest import Peers

pytestmark = [pytest.mark.suite, pytest.mark.warehouse]

# what a spreadsheet takes for the beginning of a formula (OWASP), with the blanks it skips before it
RUNS = re.compile(r"[ \u00a0\u200b\ufeff]*[=+\-@\t\r\n|%＝＋－＠]")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


def written(peers: Peers, report: str, file_format: str, folder: Path) -> bytes:
    """One report of the home, with names, as a user would ask for it."""
    path, rows = export(peers.home, report, file_format, folder, show_names=True)
    assert rows
    return path.read_bytes()


def test_every_string_is_kept_byte_for_byte_from_the_export_to_the_marts(peers: Peers) -> None:
    with warehouse.open_published(peers.home) as con:
        words = con.execute(
            "select text from raw.messages where account_id = 'hostile' and direction = 'in' "
            "order by cast(conversation_id[2:] as int)"
        ).fetchall()
        names = con.execute(
            "select display_name from marts.dim_leads where account_id = 'hostile' and display_name not like 'Deal %'"
        ).fetchall()
        labels = con.execute("select source_label from marts.fct_journeys where account_id = 'hostile'").fetchall()
    assert [text for (text,) in words] == list(peers.strings)
    told = {text.strip() for text in peers.strings}
    assert {name for (name,) in names} == told
    assert {label for (label,) in labels} - {None} == told


@pytest.mark.parametrize("report", REPORTS)
def test_no_cell_of_a_csv_runs(peers: Peers, report: str, tmp_path: Path) -> None:
    text = written(peers, report, "csv", tmp_path).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), strict=True):
        for cell in row:
            assert not RUNS.match(cell) or NUMBER.fullmatch(cell), cell


@pytest.mark.parametrize("report", REPORTS)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(peers: Peers, report: str, tmp_path: Path) -> None:
    content = written(peers, report, "xlsx", tmp_path)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            assert "externalLink" not in name
            if name.startswith("xl/worksheets/"):
                assert not re.search(rb"<f[ >]|<hyperlink|relationships/hyperlink", book.read(name)), name
    for page in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]


def test_the_names_of_a_csv_and_a_workbook_are_those_of_the_export(peers: Peers, tmp_path: Path) -> None:
    told = {text.strip() for text in peers.strings}
    text = written(peers, "leads", "csv", tmp_path).decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text, newline=""), strict=True) if row["account"] == "hostile"]
    assert told <= {plain_cell(row["name"]) for row in rows}
    page = openpyxl.load_workbook(io.BytesIO(written(peers, "leads", "xlsx", tmp_path))).worksheets[0]
    header, *cells = page.iter_rows(values_only=True)
    # what XML cannot hold stands as a workbook escapes it: _xFFFE_
    names = {re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), row[header.index("name")] or "") for row in cells}
    assert {clean(text) for text in told} <= names


def test_the_review_shows_them_and_none_of_them_runs(peers: Peers) -> None:
    page = render(peers.home, account="hostile").page.read_text(encoding="utf-8")
    assert "cmd|" in page
    assert_inert(page)
