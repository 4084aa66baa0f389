"""Charts of the nine questions: pure functions from a small frame to a `Chart`.

A frame's column names are given in each docstring; rows that a chart cannot place are left out of it, never moved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from reports import plot, text
from reports.blocks import Chart
from reports.frame import Frame

CAP_DAYS = 20  # older dots stand on the last tick
DOT = 9.5  # pixels between dots in a pile
STEP = 0.62  # days between piles that stand side by side
TALL = 10  # dots of a pile before a second one stands beside it
TALLEST = 18  # dots of a pile that are drawn at most
MOST_COLUMNS = 6
CALL_MARKS: Mapping[str, tuple[str, str, float, str]] = {  # status -> words, symbol, line width, colour
    "completed": ("Came", "square", 0, plot.STAGES["call_completed"]),
    "no_show": ("No-show", "square-x", 1.6, plot.WARN),
    "cancelled_by_invitee": ("Cancelled by the lead", "square-open", 1.6, plot.INK2),
    "cancelled_by_host": ("Cancelled by us", "diamond-open", 1.6, plot.INK2),
    "cancelled": ("Cancelled, not known by whom", "diamond-tall-open", 1.6, plot.INK2),
    "unmarked": ("Past, not marked", "circle-open-dot", 1.6, plot.WARN),
}


def sitting_still(frame: Frame, stages: Sequence[tuple[str, str, float | None]]) -> Chart:
    """A dot per open lead, x = days in its stage, a band per stage with the stage's limit as a dotted line.

    `frame`: name, stage, days_in_stage, is_stale, owner. `stages`: (stage, label, stale_after_days) in pipeline order.
    A lead whose stage has no date is counted in its band and not drawn; of a pile that outgrows the band, how many
    more there are is said above it.
    """
    traces: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    bands = [(label, limit, frame[frame["stage"] == stage]) for stage, label, limit in stages]
    columns = max((_columns_of_last(rows) for _, _, rows in bands), default=1)
    right = CAP_DAYS + 0.9 + STEP * (columns - 1)
    y = 0.0
    for name, limit, rows in bands:
        top, floor = y + 22, y + 22 + max(2, _tallest(rows, columns)) * DOT + 5
        still = int(rows["is_stale"].sum())
        told = f"{still} sitting still" if still else ""
        labels += plot.band_label(name, text.plural(len(rows), "lead"), told, y + 10, -0.9)
        shapes.append(plot.rule(-0.9, right, floor, floor))
        if limit is not None and not math.isnan(limit) and limit + 0.5 < CAP_DAYS:
            shapes.append(plot.rule(limit + 0.5, limit + 0.5, top, floor, plot.INK, dash="dot", width=1.2))
        dots, more = _dots(rows, floor, columns)
        traces += dots
        labels += more
        y = floor + 10
    height = round(y) + 24
    ticks = {"tickvals": [0, 5, 10, 15, 20], "ticktext": ["0", "5", "10", "15", "20+ days"]}
    xaxis = plot.axis(range=[-0.9, right], **ticks)
    layout = {"shapes": shapes, "annotations": labels, "margin": {"l": 0, "r": 22, "t": 0, "b": 24}}
    spec = plot.figure(traces, height, xaxis, plot.hidden_axis(range=[y, 0]), **layout)
    return Chart(spec=spec, alt=f"Days in stage, one dot for each of {len(frame)} open leads", height=height)


def _column(days: float) -> int:
    return min(CAP_DAYS, max(0, math.floor(days)))


def _piles(rows: Frame) -> dict[int, int]:
    piles: dict[int, int] = {}
    for days in rows["days_in_stage"].dropna():
        piles[_column(days)] = piles.get(_column(days), 0) + 1
    return piles


def _columns_of_last(rows: Frame) -> int:
    """How many piles side by side the leads beyond the last tick need, so that none is too tall."""
    return min(MOST_COLUMNS, max(1, math.ceil(_piles(rows).get(CAP_DAYS, 0) / TALL)))


def _tallest(rows: Frame, columns: int) -> int:
    """Dots in the tallest pile that is drawn."""
    piles = _piles(rows)
    last = math.ceil(piles.pop(CAP_DAYS, 0) / columns)
    return min(TALLEST, max([*piles.values(), last, 0]))


def _dots(rows: Frame, floor: float, columns: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two traces, hollow dots within the limit and rust ones beyond, piled up from the band's floor; and "+n more"."""
    height: dict[int, int] = {}
    found: dict[bool, tuple[list[float], list[float], list[str]]] = {False: ([], [], []), True: ([], [], [])}
    order = rows.sort_values(["is_stale", "days_in_stage", "name"], ascending=[False, True, True], kind="stable")
    for row in order[order["days_in_stage"].notna()].itertuples():
        column = _column(row.days_in_stage)
        place = height.get(column, 0)
        height[column] = place + 1
        level, side = divmod(place, columns) if column == CAP_DAYS else (place, 0)
        if level >= TALLEST:
            continue
        xs, ys, words = found[bool(row.is_stale)]
        xs.append(column + STEP * side)
        ys.append(floor - 6.25 - DOT * level)
        words.append(text.label(f"{row.name}, {text.days(row.days_in_stage)}, {row.owner or 'no owner'}"))
    more = []
    for column, piled in height.items():
        hidden = piled - TALLEST * (columns if column == CAP_DAYS else 1)
        if hidden > 0:
            top = floor - 6.25 - DOT * TALLEST
            more.append(plot.note(f"+{hidden}", column, top, xanchor="center", font={"size": 12, "color": plot.WARN}))
    looks = {False: ("#fff", plot.MUTED), True: (plot.WARN, plot.WARN)}
    traces = [
        {
            **{"type": "scatter", "mode": "markers", "x": xs, "y": ys, "text": words},
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"size": 8.5, "color": looks[still][0], "line": {"color": looks[still][1], "width": 1.3}},
        }
        for still, (xs, ys, words) in found.items()
        if xs
    ]
    return traces, more


def link_outcomes(frame: Frame) -> Chart:
    """Two bars of 100 %, links sent too early and in time: booked, still open, ended; counts printed inside.

    `frame`: is_too_early, outcome (booked | open | ended), links.
    """
    looks = (("booked", plot.BLUE, plot.PAPER), ("open", "#fff", plot.INK), ("ended", plot.LOST, plot.INK))
    traces: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for index, (early, name) in enumerate(((True, "Sent too early"), (False, "Sent in time"))):
        rows = frame[frame["is_too_early"] == early]
        total, y, begin = int(rows["links"].sum()), 56.0 * index, 0.0
        words += plot.band_label(name, text.plural(total, "link"), "", y + 10)
        for outcome, fill, ink in looks:
            count = int(rows.loc[rows["outcome"] == outcome, "links"].sum())
            if not count:
                continue
            end = begin + 100 * count / total
            traces.append(plot.box(begin, end, y + 22, y + 46, fill, plot.MUTED if fill == "#fff" else fill))
            font = {"size": 12.5, "color": ink, "weight": 600 if outcome == "booked" else 400}
            words.append(plot.note(str(count), (begin + end) / 2, y + 34, xanchor="center", font=font))
            begin = end
    layout = {"annotations": words}
    xaxis, yaxis = plot.hidden_axis(range=[0, 100.2]), plot.hidden_axis(range=[108, 0])
    spec = plot.figure(traces, 108, xaxis, yaxis, **layout)
    return Chart(spec=spec, alt="What became of booking links, sent too early and sent in time", height=108)


def calls_by_week(frame: Frame, weeks: Sequence[Any]) -> Chart:
    """A mark per call, a column per week; what happened differs by shape.

    `frame`: week_start (date), status, name. `weeks`: the Mondays, oldest first.
    """
    column = {week: index for index, week in enumerate(weeks)}
    piled = [0] * len(weeks)
    traces = []
    for status, (words, symbol, width, color) in CALL_MARKS.items():
        rows = frame[(frame["status"] == status) & frame["week_start"].isin(list(weeks))]
        xs, ys, names = [], [], []
        for row in rows.sort_values(["week_start", "name"], kind="stable").itertuples():
            index = column[row.week_start]
            xs.append(index)
            ys.append(piled[index])
            names.append(text.label(f"{row.name}: {words.lower()}"))
            piled[index] += 1
        line = {"color": "#fff" if symbol == "square-x" else color, "width": width}
        marker = {"symbol": symbol, "size": 15, "color": color, "line": line}
        trace = {"type": "scatter", "mode": "markers", "x": xs, "y": ys, "text": names, "marker": marker}
        if xs:
            traces.append({**trace, "hovertemplate": "%{text}<extra></extra>"})
    rows_high = max([*piled, 3])
    height = 26 + round((rows_high + 0.7) * 21)
    ticks = {"tickvals": list(range(len(weeks))), "ticktext": [text.short_day(week) for week in weeks]}
    xaxis = plot.axis(range=[-0.5, len(weeks) - 0.5], **ticks)
    margin = {"l": 0, "r": 0, "t": 0, "b": 26}
    spec = plot.figure(traces, height, xaxis, plot.hidden_axis(range=[-0.7, rows_high]), margin=margin)
    return Chart(spec=spec, alt="Calls due per week, one mark each, by what happened", height=height, narrow=True)
