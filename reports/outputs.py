"""What JupyterLab shows of a block: escaped fragments of HTML, and Plotly figures apart from the words around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from reports.blocks import Block, Chart, Columns, Section, plain
from reports.page.fragments import fragment

PLOTLY_MIMETYPE: Final = "application/vnd.plotly.v1+json"


def charts_in(block: Block) -> Iterator[Chart]:
    """The figures of a block, in the order they are shown."""
    if isinstance(block, Chart):
        yield block
    elif isinstance(block, Columns):
        for column in block.columns:
            for inner in column:
                yield from charts_in(inner)
    elif isinstance(block, Section):
        for inner in block.blocks:
            yield from charts_in(inner)


def runs(section: Section) -> Iterator[dict[str, Any]]:
    """Outputs of a section: fragments of HTML, broken where a figure stands."""
    begun: list[Any] = []
    opening: dict[str, Any] | None = plain(section) | {"blocks": []}
    for block in _flat(section.blocks):
        if isinstance(block, Chart):
            yield {"text/html": fragment(opening, begun), "text/plain": _words(section)}
            yield figure(block)
            begun, opening = [], None
        else:
            begun.append(plain(block))
    if begun or opening:
        yield {"text/html": fragment(opening, begun), "text/plain": _words(section)}


def _flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Blocks with columns that hold a figure taken apart: an output of JupyterLab is one figure or none."""
    for block in blocks:
        if isinstance(block, Columns) and any(charts_in(block)):
            for column in block.columns:
                yield from _flat(column)
        else:
            yield block


def shown(block: Block) -> dict[str, Any]:
    """A block as a fragment of HTML and as plain words."""
    return {"text/html": fragment(None, [plain(block)]), "text/plain": f"<{block.kind}>"}


def figure(chart: Chart) -> dict[str, Any]:
    """A chart as a Plotly figure and as the words that say what it shows."""
    spec = json.loads(json.dumps(plain(chart.spec)))
    if chart.narrow:
        spec["layout"]["width"] = 640
    return {PLOTLY_MIMETYPE: spec, "text/plain": chart.alt}


def _words(section: Section) -> str:
    return "".join(span.text for span in section.head.answer) or f"<{section.anchor}>"
