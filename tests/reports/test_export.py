"""What the exports leave out and draw: names inside typed labels, sums of mixed currencies, the chart of a workbook."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from ingest.generations import Generation
from reports.export import Sheet, without_names
from reports.export_columns import REPORTS, Column, Picture, Report
from reports.export_xlsx import picture_rows, workbook

PEOPLE = [("Nadia Rowe", "nadia.rowe", "nadia@mail.example", "+44 7700 900123"), ("Al", None, None, None)]


def sheet(report: Report, rows: list[tuple[Any, ...]]) -> Sheet:
    as_of = "2026-11-22T23:59:59+00:00"
    generation = Generation("gen.duckdb", "", "1", 1, "", as_of, "", {"default": as_of}, False, False, {}, {})
    return Sheet(report, report.columns, rows, generation, [("default: as_of", "2026-11-22")])


def report(columns: tuple[Column, ...], picture: Picture) -> Report:
    return Report("a-report", "A report", "select 1", columns, picture)


@pytest.mark.parametrize(
    ("label", "told"),
    [("Referral (Nadia Rowe)", "Referral ([name])"), ("from nadia.rowe", "from [name]"),
     ("NADIA ROWE", "[name]"), ("ask other@mail.example", "ask [name]"), ("dm @someone.else", "dm [name]"),
     ("call +44 7700 900123", "call [name]"), ("also", "also"), ("story: back pain", "story: back pain")],
)  # fmt: skip
def test_typed_labels_lose_the_names_of_leads(label: str, told: str) -> None:
    assert without_names(PEOPLE)(label) == told


def test_nothing_stays_nothing_and_no_lead_hides_nothing() -> None:
    assert without_names(PEOPLE)(None) is None
    assert without_names([])("Nadia Rowe") == "Nadia Rowe"


def test_a_chart_counts_rows_or_sums_columns_most_first() -> None:
    columns = (Column("source", "source"), Column("won", "won", "number"))
    rows = [("ad", 1), ("story", 3), ("ad", 1), ("none", None)]
    assert picture_rows(sheet(report(columns, Picture("t", "source", ("won",))), rows)) == [
        ("story", [3.0]), ("ad", [2.0]), ("none", [0.0])]  # fmt: skip
    assert picture_rows(sheet(report(columns, Picture("t", "source")), rows))[0] == ("ad", [2.0])


def test_a_chart_of_stages_keeps_their_order_and_the_newest_week() -> None:
    columns = (Column("week", "w", "day"), Column("stage", "s"), Column("closing", "c", "number"))
    old, new = date(2026, 11, 9), date(2026, 11, 16)
    rows = [(new, "won", 1), (new, "engaged", 5), (new, "new_dm", 2), (old, "lost", 9)]
    found = picture_rows(sheet(report(columns, Picture("t", "stage", ("closing",), "week")), rows))
    assert found == [("new_dm", [2.0]), ("engaged", [5.0]), ("won", [1.0])]


def test_a_workbook_holds_its_chart_and_the_same_bytes_twice() -> None:
    columns = (Column("source", "source"), Column("won", "won", "number", total="sum"))
    made = sheet(report(columns, Picture("Clients by source", "source", ("won",))), [("ad", 2), ("story", 3)])
    content = workbook(made)
    assert content == workbook(made)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "xl/charts/chart1.xml" in names
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["a-report", "about", "chart"]


@pytest.mark.parametrize(("currencies", "total"), [(("GBP", "GBP"), 300), (("GBP", "EUR"), None)])
def test_amounts_are_added_only_in_one_currency(currencies: tuple[str, str], total: int | None) -> None:
    columns = (Column("lead", "l"), Column("amount", "a", "money", total="sum"), Column("currency", "c"))
    rows = [("x", Decimal(100), currencies[0]), ("y", Decimal(200), currencies[1])]
    made = sheet(report(columns, Picture("t", "lead")), rows)
    page = openpyxl.load_workbook(io.BytesIO(workbook(made))).worksheets[0]
    assert page.cell(5, 1).value == "Total"
    assert page.cell(5, 2).value == total


def test_every_report_has_a_picture_of_columns_it_has() -> None:
    for one in REPORTS.values():
        names = {column.name for column in one.columns}
        assert {one.picture.by, *one.picture.values} <= names
        assert not one.picture.latest or one.picture.latest in names
