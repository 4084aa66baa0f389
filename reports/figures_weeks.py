"""Charts over eight weeks: entries per stage, in and out of play, and how long a link takes to become a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports import plot, text
from reports.blocks import Chart
from reports.frame import Frame

STEP = 44  # pixels from band to band
HORIZON = 14  # days at which links are compared


def entries_per_stage(frame: Frame) -> Chart:
    """A bar per stage: leads that entered it in eight weeks, the rule-breaking part in rust.

    `frame`, in pipeline order: stage, label, entered, broken, broken_words ("skipped Qualified").
    """
    widest = max([*frame["entered"], 1])
    traces: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for index, row in enumerate(frame.itertuples()):
        y = STEP * index
        fill = plot.STAGES[row.stage]
        line = plot.BLUE if row.stage in plot.OUTLINED else fill
        kept = row.entered - row.broken
        if kept:
            traces.append(plot.box(0, kept, y + 21, y + 39, fill, line))
        if row.broken:
            traces.append(plot.box(kept, row.entered, y + 21, y + 39, plot.WARN, plot.WARN))
        warning = f"{text.number(row.broken)} {row.broken_words}" if row.broken else ""
        words += plot.band_label(row.label, text.number(row.entered), warning, y + 10, gap=44)
    height = STEP * len(frame)
    xaxis = plot.hidden_axis(range=[-0.004 * widest, 1.006 * widest])
    spec = plot.figure(traces, height, xaxis, plot.hidden_axis(range=[height, 0]), annotations=words)
    return Chart(spec=spec, alt="How many leads entered each stage in eight weeks", height=height)


def in_and_out(frame: Frame) -> Chart:
    """Per week, leads that came in above zero; lost, nurture and won below, totals printed.

    `frame`, oldest week first: week_start (date), came_in, lost, nurture, won.
    """
    names = [text.short_day(week) for week in frame["week_start"]]
    ins = [int(v) for v in frame["came_in"]]
    outs = [int(a + b + c) for a, b, c in zip(frame["lost"], frame["nurture"], frame["won"], strict=True)]
    light = {"color": plot.STAGES["new_dm"], "line": {"color": plot.BLUE, "width": 1}}
    traces: list[dict[str, Any]] = [
        {"type": "bar", "x": names, "y": ins, "marker": light, "hovertemplate": "%{y} came in<extra></extra>"}
    ]
    for column in ("lost", "nurture", "won"):
        counts = [int(v) for v in frame[column]]
        bar = {"type": "bar", "x": names, "y": [-v for v in counts], "customdata": counts}
        marker = {"color": plot.STAGES[column]}
        traces.append({**bar, "marker": marker, "hovertemplate": f"%{{customdata}} {column}<extra></extra>"})
    room = max([*ins, *outs, 1])
    gap = 0.08 * room
    font = {"size": 12}
    words = [_total(n, v, v + gap, font) for n, v in zip(names, ins, strict=True)]
    words += [_total(n, v, -v - gap, font) for n, v in zip(names, outs, strict=True)]
    low, high = -max([*outs, 1]) - 2.2 * gap, max([*ins, 1]) + 2.2 * gap
    yaxis = plot.hidden_axis(range=[low, high], zeroline=True, zerolinecolor=plot.INK, zerolinewidth=1)
    layout = {"barmode": "relative", "bargap": 0.32, "annotations": words}
    xaxis = plot.axis(tickvals=names, type="category")
    spec = plot.figure(traces, 286, xaxis, yaxis, margin={"l": 0, "r": 0, "t": 0, "b": 26}, **layout)
    return Chart(spec=spec, alt="Leads that came into play and left it, per week", height=286)


def _total(name: str, value: int, y: float, font: dict[str, Any]) -> dict[str, Any]:
    return {**plot.note(str(value), 0, y, xanchor="center", font=font), "x": name}


def link_curves(frame: Frame, groups: Sequence[tuple[str, str, bool]]) -> Chart:
    """Step curves with bands: share of links that have become a call, by days since the link.

    `frame`: group, day, rate, low, high (shares), days 0..21. `groups`: (group, words on the curve, is it the leak).
    """
    traces: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    top = max(30.0, 100 * float(frame["high"].max()) if len(frame) else 0.0)
    for group, name, leaks in groups:
        rows = frame[frame["group"] == group].sort_values("day")
        if rows.empty:
            continue
        color, band = (plot.WARN, "rgba(184,65,15,.13)") if leaks else (plot.BLUE, "rgba(36,108,139,.14)")
        traces += _curve(rows, color, band, "dash" if leaks else "solid")
        end = 100 * float(rows["high"].iloc[-1])
        font = {"size": 13, "weight": 600, "color": color}
        look = {"xanchor": "right", "font": font, "bgcolor": "rgba(252,251,248,.92)", "borderpad": 1}
        words.append(plot.note(text.label(name), 21, min(end + 0.06 * top, 1.08 * top), **look))
    ticks = [v for v in (20, 40, 60, 80, 100) if v < top]
    xaxis = plot.axis(range=[0, 21], tickvals=[0, 3, 7, 14, 21], ticktext=["sent", "3", "7", "14", "21 days"])
    xaxis |= {"showline": True, "linecolor": plot.INK}
    yaxis = plot.axis(range=[0, 1.13 * top], tickvals=ticks, showgrid=True, gridcolor=plot.RULE)
    line = plot.rule(HORIZON, HORIZON, 0, top, plot.INK, dash="dot")
    layout = {"annotations": words, "shapes": [line], "margin": {"l": 24, "r": 22, "t": 4, "b": 26}}
    spec = plot.figure(traces, 320, xaxis, yaxis, **layout)
    return Chart(spec=spec, alt="Share of links that became a booked call, by days since the link", height=320)


def _curve(rows: Frame, color: str, band: str, dash: str) -> list[dict[str, Any]]:
    days = [int(d) for d in rows["day"]]
    base = {"type": "scatter", "mode": "lines", "x": days}
    edge = {**base, "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip"}
    low, high, rate = ([round(100 * float(v), 1) for v in rows[c]] for c in ("low", "high", "rate"))
    line = {"color": color, "width": 2.6, "shape": "hv", "dash": dash}
    return [
        {**edge, "y": low},
        {**edge, "y": high, "fill": "tonexty", "fillcolor": band},
        {**base, "y": rate, "line": line, "hovertemplate": "day %{x}: %{y:.0f} in 100<extra></extra>"},
    ]
