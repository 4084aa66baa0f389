"""Builds the one self-contained page from the cells of a notebook that was run.

It takes prose from markdown cells, blocks from outputs under our own mimetype, and nothing else: any other output is
dropped and counted, a cell that failed stops the page. The policy in its head names the hash of every style and script,
so that nothing else could run or load even if it got in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from reports import plot
from reports.blocks import MIMETYPE, PART
from reports.page.fragments import HERE, ChartIds, environment, stylesheet

# plotly.js adds the style of its map library unless an element with this id is there; we draw no maps
_MAP_STYLE: Final = re.compile(r'getElementById\("([0-9a-f]{64})"\)\)\{var \w+=document\.createElement\("style"\)')


class PageError(Exception):
    """The cells cannot become a page; the message names the cell and never repeats what is in it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page, and how many outputs were left out because they are none of ours."""

    html: str
    title: str
    charts: int
    dropped: int


def build(cells: Sequence[Mapping[str, Any]]) -> Page:
    """The page of a notebook's cells.

    Each cell: {"cell_type": "markdown", "source"} or {"cell_type": "code", "outputs": [{"data", "metadata"}, ...],
    "error": name of the error or None}. PageError when a cell failed or its prose holds a link or an image.
    """
    ids, dropped = ChartIds(), 0
    parts: list[dict[str, Any]] = []
    title, foot, as_of = "Weekly leak review", "", ""
    for part in _parts(cells):
        if part["kind"] == "dropped":
            dropped += 1
            continue
        if part["kind"] == "top":
            title, foot = f"{part['top']['account']}, {part['top']['week']}", part["top"]["foot"]
            as_of = part["top"]["as_of"]
        parts.append(part)
    body = environment().get_template("body.html.j2").render(parts=parts, chart_ids=ids)
    for chart in ids.charts:
        plot.checked(chart["spec"])
    return Page(_whole(title, Markup(body), ids.charts, foot, as_of), title, len(ids.charts), dropped)


def build_index(weeks: Sequence[Mapping[str, str]]) -> str:
    """The page that lists past weeks: each with name, days and file."""
    body = environment().get_template("index.html.j2").render(weeks=weeks)
    return _whole("Weekly leak reviews", Markup(body), [], "")


def _parts(cells: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Parts of the page in order: headings wait for the section they belong to."""
    waiting: dict[str, Any] | None = None
    for index, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "markdown":
            if waiting:
                yield _alone(waiting)
            waiting = _prose(cell["source"], index)
            continue
        if cell["cell_type"] != "code":
            continue
        if cell.get("error"):
            raise PageError(f"cell {index} of the notebook failed with {cell['error']}")
        for output in cell.get("outputs", ()):
            block = output.get("data", {}).get(MIMETYPE)
            if block is None:
                if output.get("metadata") != PART:
                    yield {"kind": "dropped"}
                continue
            yield from _placed(block, waiting)
            waiting = None
    if waiting:
        yield _alone(waiting)


def _placed(block: Mapping[str, Any], heading: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """A block as a part, with the heading above it: a part title stands alone, the page's top needs none."""
    title, prose = "", Markup()
    if heading and not block.get("top"):
        if heading["level"] == 1 or block["kind"] != "section":
            yield _alone(heading)
        else:
            title, prose = heading["title"], heading["prose"]
    if block["kind"] != "section":
        yield {"kind": "block", "block": block}
        return
    if block["top"]:
        yield {"kind": "top", "top": block["top"]}
    if block["blocks"] or block["head"]["answer"]:
        yield {"kind": "section", "section": block, "title": title, "prose": prose}


def _alone(heading: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "part" if heading["level"] == 1 else "prose", **heading}


def _prose(source: str, cell: int) -> dict[str, Any]:
    """Heading and text of a markdown cell; raw HTML is shown as text, links and images are refused."""
    import mistune

    tokens: Any = mistune.create_markdown(renderer="ast", escape=True)(source)
    if any(token["type"] in ("link", "image") for token in _walk(tokens)):
        raise PageError(f"the prose of cell {cell} of the notebook holds a link or an image")
    level, title, rest = 0, "", source
    if tokens and tokens[0]["type"] == "heading" and source.lstrip().startswith("#"):
        level = tokens[0]["attrs"]["level"]
        title = "".join(token.get("raw", "") for token in _walk(tokens[0]["children"]))
        rest = source.lstrip().partition("\n")[2]
    html = str(mistune.create_markdown(escape=True)(rest)).strip()
    return {"level": level, "title": title, "prose": Markup(html)}


def _walk(tokens: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for token in tokens:
        yield token
        yield from _walk(token.get("children", ()))


def _whole(title: str, body: Markup, charts: Sequence[Mapping[str, Any]], foot: str, as_of: str = "") -> str:
    """Head, policy, style, body and scripts as one text; scripts last, so that the words show at once."""
    style = _style(charts)
    data = _json({"charts": [{"id": c["id"], "spec": c["spec"]} for c in charts]}) if charts else ""
    boot = (HERE / "boot.js").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            title=title,
            as_of=as_of,
            policy=Markup(policy(style, (plotly_js(), boot) if charts else ())),
            style=Markup(style),
            body=body,
            foot=foot,
            data=Markup(data),
            library=Markup(plotly_js()) if charts else "",
            boot=Markup(boot),
            map_style=_map_style() if charts else "",
        )
    )


def _style(charts: Sequence[Mapping[str, Any]]) -> str:
    heights = "".join(
        f"#{c['id']}{{height:{int(c['height'])}px{';max-width:640px' if c['narrow'] else ''}}}\n" for c in charts
    )
    return (HERE / "base.css").read_text(encoding="utf-8") + stylesheet() + heights


def policy(style: str, scripts: Sequence[str]) -> str:
    """The content security policy: nothing loads; only the style and the scripts with these hashes count."""
    script = " ".join(_hash(s) for s in scripts) or "'none'"
    styles = " ".join([_hash(style), "'unsafe-hashes'", _hash("")])  # plotly.js sets empty style attributes
    return (
        f"default-src 'none'; script-src {script}; style-src {styles}; img-src data:; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _json(value: Any) -> str:
    """JSON that may stand inside a script element: no character that could end it."""
    dumped = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _map_style() -> str:
    found = _MAP_STYLE.search(plotly_js())
    return found.group(1) if found else ""


@cache
def plotly_js() -> str:
    """The drawing library as the installed plotly wheel ships it, read without importing plotly (0.3 s)."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise PageError("plotly is not installed")
    path = Path(next(iter(spec.submodule_search_locations))) / "package_data" / "plotly.min.js"
    content = path.read_text(encoding="utf-8")
    if "</script" in content.lower() or "<!--" in content:
        raise PageError("the drawing library cannot stand inside a page")
    return content
