"""The workbook of an export: the rows, formatted, and a sheet that explains each column and the settings used.

No cell is a formula or a link, whatever it begins with; the totals are numbers that were added here.
"""

from __future__ import annotations

import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from ingest.seeds import read_seed
from reports.export import Cell, Sheet
from reports.text import clean

SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": False,
}
LONGEST_CELL = 32_767  # characters Excel takes
CUT = " [cut]"
NARROWEST, WIDEST = 8, 48
COLOURS = ("#0A3350", "#4389A4", "#BFD6DF")
STYLES: dict[str, dict[str, Any]] = {
    "text": {"valign": "top"},
    "number": {"num_format": "#,##0.##", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"},
    "day": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
    "flag": {"valign": "top"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EEF1F4"},
    "total": {"bold": True, "top": 1, "num_format": "#,##0.##"},
    "wrap": {"text_wrap": True, "valign": "top"},
}


def workbook(sheet: Sheet) -> bytes:
    """The bytes of the workbook; the same for the same data."""
    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, SAFE)
    created = _naive(datetime.fromisoformat(sheet.generation.as_of))
    book.set_properties({"title": sheet.report.title, "created": created})
    styles = {name: book.add_format(style) for name, style in STYLES.items()}
    _rows(book.add_worksheet(sheet.report.name), sheet, styles)
    _explanation(book.add_worksheet("about"), sheet, styles)
    _picture(book, sheet, styles)
    book.close()
    return sink.getvalue()


def _rows(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    """Header, rows, totals; frozen header, filters, widths that fit."""
    last = len(sheet.columns) - 1
    for index, column in enumerate(sheet.columns):
        page.write_string(0, index, column.name, styles["head"])
        for number, row in enumerate(sheet.rows, start=1):
            _write(page, number, index, row[index], styles[column.kind])
        longest = max((len(_shown(row[index])) for row in sheet.rows[:1000]), default=0)
        page.set_column(index, index, min(max(longest + 2, len(column.name) + 3, NARROWEST), WIDEST))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(sheet.rows), 1), last)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    _totals(page, sheet, styles["total"])


def _totals(page: Any, sheet: Sheet, style: Any) -> None:
    """One row of sums under the columns that can be added, apart from the filtered range."""
    if not sheet.rows or not any(column.total for column in sheet.columns):
        return
    at = len(sheet.rows) + 2
    page.write_string(at, 0, "Total", style)
    currencies = _values(sheet, "currency")
    for index, column in enumerate(sheet.columns):
        if column.kind == "money" and len(set(currencies) - {None}) > 1:
            continue  # pounds and euros do not add up
        if column.total == "sum":
            numbers = [float(cell) for row in sheet.rows if isinstance(cell := row[index], int | float | Decimal)]
            page.write_number(at, index, math.fsum(numbers), style)


def _explanation(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    """What the report answers, what each column means, and the settings that the numbers rest on."""
    page.set_column(0, 0, 32)
    page.set_column(1, 1, 90)
    lines = [(sheet.report.title, f"as of {sheet.generation.as_of}"), ("", "")]
    lines += [("Column", "Meaning"), *((column.name, column.meaning) for column in sheet.columns)]
    lines += [("", ""), ("Setting", "Value"), *sheet.settings]
    for number, (left, right) in enumerate(lines):
        is_head = number == 0 or left in ("Column", "Setting")
        page.write_string(number, 0, _text(left), styles["head" if is_head else "wrap"])
        page.write_string(number, 1, _text(right), styles["head" if is_head else "wrap"])


def _values(sheet: Sheet, name: str) -> list[Cell]:
    """A column's values; empty where the report has no such column."""
    index = next((i for i, column in enumerate(sheet.columns) if column.name == name), None)
    return [] if index is None else [row[index] for row in sheet.rows]


def picture_rows(sheet: Sheet) -> list[tuple[str, list[float]]]:
    """What the chart shows: per value of its column the sums, most first; pipeline order where it is a stage."""
    wish = sheet.report.picture
    newest = max((str(v) for v in _values(sheet, wish.latest)), default="") if wish.latest else ""
    chosen = [not wish.latest or str(v) == newest for v in _values(sheet, wish.latest or wish.by)]
    columns = [_values(sheet, name) for name in wish.values]
    found: dict[str, list[float]] = {}
    for index, (label, is_chosen) in enumerate(zip(_values(sheet, wish.by), chosen, strict=True)):
        if is_chosen:
            sums = found.setdefault(str(label), [0.0] * max(1, len(columns)))
            for turn in range(len(sums)):
                cell = columns[turn][index] if columns else 1
                sums[turn] += float(cell) if isinstance(cell, int | float | Decimal) else 0.0
    if wish.by == "stage":
        order = [row["stage"] for row in read_seed("stages")]
        return sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    return sorted(found.items(), key=lambda item: (-item[1][0], item[0]))


def _picture(book: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    """A sheet with the numbers of the chart and the chart over them."""
    wish = sheet.report.picture
    page = book.add_worksheet("chart")
    page.set_column(0, 0, 32)
    heads = wish.values or ("rows",)
    for index, head in enumerate((wish.by, *heads)):
        page.write_string(0, index, head, styles["head"])
    rows = picture_rows(sheet)
    for number, (label, sums) in enumerate(rows, start=1):
        page.write_string(number, 0, _text(label), styles["text"])
        for index, value in enumerate(sums, start=1):
            page.write_number(number, index, value, styles["number"])
    if not rows:
        return
    chart = book.add_chart({"type": "bar"})
    for index, head in enumerate(heads, start=1):
        chart.add_series(
            {
                "name": head,
                "categories": ["chart", 1, 0, len(rows), 0],
                "values": ["chart", 1, index, len(rows), index],
                "fill": {"color": COLOURS[index - 1]},
                "border": {"color": COLOURS[0]},
                "gap": 60,
            }
        )
    chart.set_title({"name": wish.title, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
    chart.set_x_axis({"major_gridlines": {"visible": False}})
    legend: dict[str, Any] = {"position": "bottom"} if len(heads) > 1 else {"none": True}
    chart.set_legend(legend)
    chart.set_size({"width": 760, "height": 120 + 26 * len(rows) * len(heads)})
    page.insert_chart(0, len(heads) + 2, chart)


def _write(page: Any, row: int, column: int, value: Cell, style: Any) -> None:
    """One cell of the right type."""
    if value is None:
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no", style)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, _naive(value), style)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, datetime.min.time()), style)
    elif isinstance(value, str):
        page.write_string(row, column, _text(value), style)
    else:
        page.write_number(row, column, float(value), style)


def _text(value: str) -> str:
    """Text that a cell can hold: no control characters, cut with a mark where it is too long."""
    safe = clean(value)
    return safe if len(safe) <= LONGEST_CELL else safe[: LONGEST_CELL - len(CUT)] + CUT


def _shown(value: Cell) -> str:
    """How long a cell looks."""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value if value is not None else "")


def _naive(moment: datetime) -> datetime:
    """UTC without a zone: a spreadsheet knows none."""
    return moment.astimezone(UTC).replace(tzinfo=None)
