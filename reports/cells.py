"""What is written into a cell or a sentence: spans of words with a tone, and drawings as a handful of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

SpanTone = Literal["plain", "bold", "warn", "quote", "few", "muted", "small", "name"]
Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one tone; `href` leads to a section of the same page (`#q3`) or to another file of the folder."""

    text: str
    tone: SpanTone = "plain"
    href: str | None = None


Rich = tuple[Span, ...]


def rich(*parts: str | Span | Rich) -> Rich:
    """Spans in a row; bare strings are plain, tuples of spans are taken apart."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(Span(part))
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans.extend(part)
    return tuple(spans)


def named(text: str) -> Span:
    """A person's name; one that is a handle may break after its dots and underscores."""
    return Span(text, "name")


def bold(text: str) -> Span:
    """The part of a sentence that is the answer."""
    return Span(text, "bold")


def warn(text: str) -> Span:
    """Something that needs fixing."""
    return Span(text, "warn")


def muted(text: str) -> Span:
    """Something said in passing."""
    return Span(text, "muted")


def few(text: str) -> Span:
    """Too few to say, still counting, or not shown."""
    return Span(text, "few")


def quoted(text: str) -> Span:
    """Words a lead typed, verbatim."""
    return Span(text, "quote")


def link(text: str, href: str) -> Span:
    """A way to another place of the page."""
    return Span(text, "plain", href)


@dataclass(frozen=True, slots=True)
class Text:
    """Words, with a smaller line under them."""

    kind: ClassVar[str] = "text"
    spans: Rich
    sub: Rich = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Words a lead typed; without any, why they are not shown."""

    kind: ClassVar[str] = "quote"
    text: str | None
    instead: str = "no words in the export"


@dataclass(frozen=True, slots=True)
class Number:
    """A figure as it is printed, with its base in small."""

    kind: ClassVar[str] = "number"
    text: str
    sub: str = ""
    tone: Literal["plain", "bold", "big", "warn", "bigwarn", "young"] = "plain"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: swatch and word. `stage` is the key of the colour, `word` what is written after the label."""

    kind: ClassVar[str] = "stage"
    stage: str
    label: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its range on a scale that begins at 0; `tick` is the reference, `too_few` a dotted line."""

    kind: ClassVar[str] = "interval"
    low: float
    high: float
    scale: float
    at: float | None = None
    tick: float | None = None
    tone: Literal["blue", "warn", "ink"] = "blue"
    too_few: bool = False
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Squares:
    """One square per lead, the affected ones first and filled."""

    kind: ClassVar[str] = "squares"
    affected: int
    total: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A length on a scale that begins at 0; `tick` is the value before."""

    kind: ClassVar[str] = "bar"
    value: float
    scale: float
    tick: float | None = None
    tone: Literal["blue", "warn", "lost", "nurture", "outline"] = "blue"


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether something is there."""

    kind: ClassVar[str] = "mark"
    there: bool


@dataclass(frozen=True, slots=True)
class Spark:
    """The last weeks as a line."""

    kind: ClassVar[str] = "spark"
    values: tuple[float, ...]
    tone: Literal["blue", "warn"] = "blue"


Cell = Text | Quote | Number | Stage | Interval | Squares | Bar | Mark | Spark
