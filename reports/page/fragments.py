"""Turns blocks as JSON into HTML fragments: one autoescaping environment, and the filters that its templates use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import text

HERE: Final = Path(__file__).resolve().parent
PER_LINE: Final = 24  # squares in a row
PITCH: Final = 9  # pixels from square to square
_HREF: Final = re.compile(r"#[A-Za-z0-9_-]+|(?:index|review-[A-Za-z0-9_-]+)\.html")
_JOINTS: Final = re.compile(r"(?<=[._-])(?=\w)")  # where a handle may break
_SLUG: Final = re.compile(r"[A-Za-z0-9_-]+")

_SYMBOLS: Final[Mapping[str, str]] = {  # what a key line can show; drawn as the charts draw it
    "dot": '<circle cx="7" cy="7" r="4" fill="#fff" stroke="#8C8778" stroke-width="1.3"/>',
    "dot-still": '<circle cx="7" cy="7" r="4.5" fill="#B8410F"/>',
    "limit": '<line x1="7" x2="7" y1="0" y2="14" stroke="#1B1F23" stroke-width="1.4" stroke-dasharray="2 2"/>',
    "came": '<rect x="1" y="1" width="12" height="12" fill="#12506F"/>',
    "no-show": '<rect x="1" y="1" width="12" height="12" fill="#B8410F"/>'
    '<path d="M2 2L12 12M12 2L2 12" stroke="#fff" stroke-width="1.6"/>',
    "cancelled": '<rect x="2" y="2" width="10" height="10" fill="none" stroke="#4D565E" stroke-width="1.6"/>',
    "cancelled-us": '<path d="M7 1L13 7L7 13L1 7Z" fill="none" stroke="#4D565E" stroke-width="1.6"/>',
    "cancelled-by": '<path d="M7 0L11 7L7 14L3 7Z" fill="none" stroke="#4D565E" stroke-width="1.6"/>',
    "unmarked": '<circle cx="7" cy="7" r="5.5" fill="none" stroke="#B8410F" stroke-width="1.6"/>'
    '<circle cx="7" cy="7" r="1.6" fill="#B8410F"/>',
    "booked": '<rect x="1" y="2" width="12" height="10" fill="#246C8B"/>',
    "open": '<rect x="1.5" y="2.5" width="11" height="9" fill="#fff" stroke="#8C8778"/>',
    "lost": '<rect x="1" y="2" width="12" height="10" fill="#9A9189"/>',
    "nurture": '<rect x="1" y="2" width="12" height="10" fill="#D9B44A"/>',
    "won": '<rect x="1" y="2" width="12" height="10" fill="#0A3350"/>',
    "came-in": '<rect x="1.5" y="2.5" width="11" height="9" fill="#BFD6DF" stroke="#246C8B"/>',
    "there": '<circle cx="7" cy="7" r="5.5" fill="#246C8B"/>',
    "missing": '<circle cx="7" cy="7" r="5.5" fill="none" stroke="#B8410F" stroke-width="1.5" stroke-dasharray="3 2"/>',
}


class ChartIds:
    """Hands out element ids by position, and keeps which chart got which."""

    def __init__(self) -> None:
        """Nothing handed out yet."""
        self.charts: list[dict[str, Any]] = []

    def next(self, chart: Mapping[str, Any]) -> str:
        """The id of the next chart: f000, f001, ..."""
        name = f"f{len(self.charts):03d}"
        self.charts.append({"id": name, **{k: chart[k] for k in ("spec", "height", "narrow")}})
        return name


def fragment(section: Mapping[str, Any] | None, blocks: Sequence[Mapping[str, Any]]) -> str:
    """HTML of some blocks for JupyterLab; a section's head, and the style with the page's top, if given."""
    style = Markup(stylesheet()) if section and section.get("top") else ""
    return environment().get_template("fragment.html.j2").render(section=section, blocks=blocks, style=style).strip()


@cache
def stylesheet() -> str:
    """The style of the page, as written."""
    return (HERE / "style.css").read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """The one environment: autoescape on, undefined names are errors."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    env.filters |= {
        "clean": text.clean,
        "visible": text.visible,
        "breakable": _breakable,
        "number": text.number,
        "slug": _slug,
        "safe_href": _safe_href,
        "share": _share,
        "symbol": _symbol,
        "unknown": _unknown,
        "column_class": _column_class,
        "lower_first": _lower_first,
        "interval_words": _interval_words,
        "square_paths": _square_paths,
        "spark_points": _spark_points,
        "next_id": _next_id,
    }
    return env


def _slug(name: str) -> str:
    if not _SLUG.fullmatch(name):
        raise ValueError("a name of the page has only letters, digits, - and _")
    return name


def _safe_href(href: str) -> str:
    """Only places of this page and its neighbours can be led to."""
    if not _HREF.fullmatch(href):
        raise ValueError("a link of the page leads only to its own sections and to other reviews")
    return href


def _breakable(name: str) -> Markup:
    """A name that a narrow column may break after a dot, dash or underscore."""
    return Markup("<wbr>").join(_JOINTS.split(text.clean(name)))


def _unknown(kind: str) -> NoReturn:
    raise ValueError(f"the page knows no block of the kind {_slug(kind)}")


def _share(value: float, scale: float) -> str:
    part = 100 * value / scale if scale else 0.0
    return f"{min(100.0, max(0.0, part)):.1f}%"


def _symbol(name: str) -> Markup:
    svg = f'<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{_SYMBOLS[name]}</svg>'
    return Markup(svg)


def _column_class(column: Mapping[str, Any], cell: Mapping[str, Any] | None = None) -> str:
    kind = cell["kind"] if cell else ""
    classes = [
        {"left": "", "right": "r", "center": "c"}[column["align"]],
        f"p-{column['phone']}",
        f"w-{column['width']}" if column["width"] else "",
        "nw" if column["nowrap"] or kind == "number" else "",
    ]
    return " ".join(c for c in classes if c)


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _interval_words(cell: Mapping[str, Any]) -> str:
    if cell["too_few"]:
        return text.TOO_FEW
    ends = f"{cell['low']:.3g} to {cell['high']:.3g}"
    middle = f"{cell['at']:.3g}, " if cell["at"] is not None else ""
    return f"{middle}range {ends} on a scale to {cell['scale']:.3g}"


def _square_paths(cell: Mapping[str, Any]) -> dict[str, Any]:
    total, affected = int(cell["total"]), int(cell["affected"])
    at = [((i % PER_LINE) * PITCH + 0.5, (i // PER_LINE) * (PITCH + 1) + 1.5) for i in range(total)]
    path = [f"M{x:g} {y:g}h7v7h-7z" for x, y in at]
    lines = max(1, -(-total // PER_LINE))
    width = max(1, min(total, PER_LINE)) * PITCH
    return {
        "width": width,
        "height": lines * (PITCH + 1) + 2,
        "filled": "".join(path[:affected]),
        "hollow": "".join(path[affected:]),
    }


def _spark_points(cell: Mapping[str, Any]) -> dict[str, str] | None:
    values = cell["values"]
    if not values:
        return None
    low, high = min(values), max(values)
    step = 82 / max(1, len(values) - 1)
    points = [(4 + step * i, 20 - 16 * (v - low) / ((high - low) or 1)) for i, v in enumerate(values)]
    x, y = points[-1]
    return {"line": " ".join(f"{a:.1f},{b:.1f}" for a, b in points), "x": f"{x:.1f}", "y": f"{y:.1f}"}


def _next_id(ids: ChartIds | None, chart: Mapping[str, Any]) -> str:
    return ids.next(chart) if ids is not None else "chart"
