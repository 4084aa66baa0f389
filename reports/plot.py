"""The look that every chart shares, and the check that a figure holds nothing the page does not know.

Figures are plain Plotly JSON: no object of the library is built, so drawing costs no import. The rules are those of
the design: full width, fixed height, no mode bar, no zoom, labels as annotations above each band, counts and names
escaped (`reports.text.label`), no markup in titles because the page's policy forbids inline styles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

INK: Final = "#1B1F23"
INK2: Final = "#4D565E"
RULE: Final = "#D8D5CC"
MUTED: Final = "#8C8778"
WARN: Final = "#B8410F"
BLUE: Final = "#246C8B"
PAPER: Final = "#FCFBF8"
LOST: Final = "#9A9189"
NURTURE: Final = "#D9B44A"
# one hue, lightness falls evenly: the order of the stages survives greyscale and colour blindness
STAGES: Final[Mapping[str, str]] = {
    "new_dm": "#BFD6DF",
    "engaged": "#97BFCD",
    "qualified": "#6BA5BA",
    "booking_link_sent": "#4389A4",
    "booked_call": BLUE,
    "call_completed": "#12506F",
    "won": "#0A3350",
    "lost": LOST,
    "nurture": NURTURE,
}
OUTLINED: Final = ("new_dm", "engaged", "qualified")  # too light to end without a line
FONT: Final = "Segoe UI, Roboto, -apple-system, BlinkMacSystemFont, Helvetica Neue, Arial, sans-serif"
LABEL_X: Final = 132  # pixels from the left where the count of a band stands, right of the longest stage
TRACES: Final = ("bar", "scatter")  # the trace types our charts use; another draws nothing, without an error

CONFIG: Final[Mapping[str, Any]] = {
    "displayModeBar": False,
    "displaylogo": False,
    "responsive": True,
    "showSendToCloud": False,  # true by default since plotly.js 4: a button that uploads the data
    "plotlyServerURL": "",
    "showTips": False,
    "doubleClick": False,
}


def axis(**more: Any) -> dict[str, Any]:
    """An axis without grid, line, ticks or zoom."""
    bare = {"showgrid": False, "zeroline": False, "showline": False, "fixedrange": True, "ticks": ""}
    return {**bare, "ticklabeloverflow": "allow", "tickangle": 0, "tickfont": {"size": 12, "color": INK2}, **more}


def hidden_axis(**more: Any) -> dict[str, Any]:
    """An axis that only places things."""
    return axis(showticklabels=False, **more)


def figure(
    traces: Sequence[Mapping[str, Any]],
    height: int,
    xaxis: Mapping[str, Any],
    yaxis: Mapping[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """A whole figure: data, layout in the house look, and the configuration that keeps the data on this machine."""
    layout = {
        "xaxis": dict(xaxis),
        "yaxis": dict(yaxis),
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "font": {"family": FONT, "size": 13, "color": INK},
        "hoverlabel": {"font": {"size": 13, "color": INK}, "bgcolor": "#fff", "bordercolor": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        **more,
    }
    return checked({"data": [dict(t) for t in traces], "layout": layout, "config": dict(CONFIG)})


def note(text: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """Words in the plot, left-aligned at x."""
    base = {"text": text, "x": x, "y": y, "xref": "x", "yref": "y", "showarrow": False, "xanchor": "left"}
    return {**base, "align": "left", "yanchor": "middle", "font": {"size": 13}, **more}


def band_label(name: str, count: str, warning: str, y: float, x: float = 0, gap: int = 72) -> list[dict[str, Any]]:
    """The line above a band: name in bold, count, and in rust what is wrong with it; three columns that align.

    `gap`: pixels from the count to the warning.
    """
    heavy = {"size": 13, "weight": 600}
    parts = [note(name, x, y, xshift=-2, font=heavy), note(count, x, y, xshift=LABEL_X)]
    if warning:
        parts.append(note(warning, x, y, xshift=LABEL_X + gap, font={**heavy, "color": WARN}))
    return parts


def box(x0: float, x1: float, y0: float, y1: float, fill: str, line: str) -> dict[str, Any]:
    """A rectangle as a filled line, so that it can be outlined and placed in pixels."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x0, x1, x1, x0, x0],
        "y": [y0, y0, y1, y1, y0],
        "fill": "toself",
        "fillcolor": fill,
        "line": {"color": line, "width": 1},
        "hoverinfo": "skip",
    }


def rule(x0: float, x1: float, y0: float, y1: float, color: str = RULE, **line: Any) -> dict[str, Any]:
    """A straight line."""
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": {"color": color, "width": 1, **line}}


def checked(spec: dict[str, Any]) -> dict[str, Any]:
    """The figure itself; ValueError for a kind of trace that the page does not draw."""
    unknown = sorted({t.get("type", "scatter") for t in spec["data"]} - set(TRACES))
    if unknown:
        raise ValueError(f"charts of this page are {', '.join(TRACES)}; not {', '.join(unknown)}")
    return spec
