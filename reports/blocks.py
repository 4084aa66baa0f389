"""What a section of the review is made of: plain frozen data, never HTML.

A cell of a notebook returns a `Section`. It travels as JSON under our own mimetype, which is all that the page reads;
beside it stand an escaped HTML fragment or a Plotly figure for whoever looks at the notebook in JupyterLab. Texts are
spans of words with a tone; an in-cell drawing is a handful of numbers that the template turns into SVG.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, Final, Literal

from reports.cells import Align, Cell, Interval, Quote, Rich, Stage

MIMETYPE: Final = "application/vnd.leakreview.block+json"
PART: Final = {"leakreview": "part"}  # metadata of an output that repeats, for JupyterLab, what a block already says


@dataclass(frozen=True, slots=True)
class Block:
    """Anything that a section holds; shows itself in JupyterLab."""

    kind: ClassVar[str]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Our JSON for the page, an escaped fragment or a figure for JupyterLab, plain words for anything else."""
        from reports.outputs import shown

        return {MIMETYPE: plain(self), **shown(self)}


@dataclass(frozen=True, slots=True)
class Prose(Block):
    """A paragraph under a picture."""

    kind: ClassVar[str] = "prose"
    spans: Rich
    tone: Literal["note", "text", "caption", "title", "notice"] = "note"


@dataclass(frozen=True, slots=True)
class Key(Block):
    """What the marks of a chart mean: pairs of a symbol and words."""

    kind: ClassVar[str] = "key"
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its side, where it is shown, and for a drawing the ends of its scale.

    `phone` says what becomes of it on a narrow screen: the row's `title`, its `figure` on the right, a labelled `half`
    line, a `wide` line of its own, or `hide`.
    """

    title: str = ""
    align: Align = "left"
    phone: Literal["title", "figure", "half", "wide", "hide"] = "wide"
    width: Literal["", "narrow", "mid", "broad"] = ""
    ends: tuple[str, str] | None = None
    nowrap: bool = False
    short: str = ""  # the label of a `half` line


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `phone` is said instead of hidden columns on a narrow screen."""

    cells: tuple[Cell | None, ...]
    tone: Literal["plain", "total", "group"] = "plain"
    phone: Rich = ()
    figure: Rich = ()  # takes the place of the key figure on a narrow screen


@dataclass(frozen=True, slots=True)
class Table(Block):
    """Rows under column heads. `layout`: cards on a narrow screen (`stack`), the six columns of leads, or as it is."""

    kind: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    layout: Literal["stack", "leads", "plain", "tight"] = "stack"
    caption: Rich = ()


@dataclass(frozen=True, slots=True)
class RunIn:
    """A person in a run-in list: name and a few words."""

    name: str
    words: str = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class More(Block):
    """The rest of a list, folded."""

    kind: ClassVar[str] = "more"
    summary: str
    items: tuple[RunIn, ...]
    folded: bool = True


@dataclass(frozen=True, slots=True)
class Fold(Block):
    """A table that is folded away under a line of words."""

    kind: ClassVar[str] = "fold"
    summary: str
    table: Table


@dataclass(frozen=True, slots=True)
class Leads(Block):
    """The leads behind a number: caption, a few rows, the rest folded."""

    kind: ClassVar[str] = "leads"
    caption: str
    table: Table
    more: More | None = None


@dataclass(frozen=True, slots=True)
class Chart(Block):
    """A Plotly figure as data. `alt` says what it shows to whoever cannot see it; `height` in pixels."""

    kind: ClassVar[str] = "chart"
    spec: Mapping[str, Any] = field(hash=False)
    alt: str
    height: int
    narrow: bool = False  # at most 640 px wide

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from reports.outputs import figure

        return {MIMETYPE: plain(self), **figure(self)}


@dataclass(frozen=True, slots=True)
class Columns(Block):
    """Blocks side by side where there is room."""

    kind: ClassVar[str] = "columns"
    columns: tuple[tuple[Block, ...], ...]
    shape: Literal["equal", "numbers", "change"] = "equal"


@dataclass(frozen=True, slots=True)
class Empty(Block):
    """Nothing to show: what is missing and what it hides, or the good news; steps to mend it."""

    kind: ClassVar[str] = "empty"
    title: str
    text: Rich
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card(Block):
    """The one change: a title and labelled lines, the last one with its price drawn."""

    kind: ClassVar[str] = "card"
    kicker: str
    title: str
    lines: tuple[tuple[str, Rich], ...]
    price: Interval | None = None
    price_unit: str = "clients"
    anchor: str = "change"


@dataclass(frozen=True, slots=True)
class Verdict(Block):
    """What came of the last change: before and since on one scale, and the small print."""

    kind: ClassVar[str] = "verdict"
    kicker: str
    title: str
    text: Rich
    table: Table | None = None
    notes: tuple[Rich, ...] = ()
    anchor: str = "verdict"


@dataclass(frozen=True, slots=True)
class Today:
    """One lead of today's list."""

    name: str
    stage: Stage
    when: str
    source: str
    quote: Quote
    why: Rich
    do: str
    verb: str = "Do next"
    then: str = ""  # what moves the lead forward or closes them out


@dataclass(frozen=True, slots=True)
class Owner(Block):
    """Today's list of one owner."""

    kind: ClassVar[str] = "owner"
    name: str
    count: str
    leads: tuple[Today, ...]
    more: More | None = None


@dataclass(frozen=True, slots=True)
class Definitions(Block):
    """How numbers are made: term and meaning."""

    kind: ClassVar[str] = "definitions"
    items: tuple[tuple[str, Rich], ...]


@dataclass(frozen=True, slots=True)
class Jump(Block):
    """The line that ends the five-minute read, with the ways to the rest."""

    kind: ClassVar[str] = "jump"
    text: str
    links: tuple[tuple[str, str], ...]  # words, anchor


@dataclass(frozen=True, slots=True)
class Head:
    """The top of a section: numeral, the sentence that answers, the note beside it."""

    answer: Rich = ()
    note: Rich = ()
    number: str = ""


@dataclass(frozen=True, slots=True)
class Top:
    """The top of the page: whose review, which week, the headline, one sentence; the line at its foot, the moment."""

    account: str
    week: str
    headline: str
    standfirst: Rich
    foot: str
    as_of: str = ""  # as --as-of takes it


@dataclass(frozen=True, slots=True)
class Section(Block):
    """One section: head and blocks. Its title is the heading of the notebook's prose above the cell."""

    kind: ClassVar[str] = "section"
    anchor: str
    head: Head = Head()
    blocks: tuple[Block, ...] = ()
    new_page: bool = False  # on paper
    top: Top | None = None  # only the first section has it

    def _ipython_display_(self) -> None:
        """The whole section as JSON once, then what JupyterLab shows, a figure apart from the words around it."""
        from IPython.display import publish_display_data

        from reports.outputs import runs

        first = {MIMETYPE: plain(self)}
        for bundle in runs(self):
            publish_display_data({**first, **bundle}, PART if not first else {})  # type: ignore[no-untyped-call]
            first = {}


def plain(value: Any) -> Any:
    """Blocks as JSON-ready values: dicts with their `kind`, lists, strings, numbers, None."""
    if is_dataclass(value) and not isinstance(value, type):
        content = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        kind = getattr(value, "kind", None)
        return {"kind": kind, **content} if kind else content
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
