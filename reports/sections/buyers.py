"""What buyers have in common: where they came from, what held them back, who moved them, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Empty, Fold, Head, Prose, Row, Section, Table
from reports.cells import Bar, Number, Quote, Rich, Text, bold, few, muted, named, quoted, rich
from reports.frame import Frame, Series, is_known
from reports.sections.common import Review

FEW: Final = 3  # clients, under which nothing repeats
SHOWN: Final = 3  # values of a trait
LISTED: Final = 5
MEASURED: Final = ("source", "began_with", "main_objection", "key_moment_role", "slowest_stage")
PATHS: Final = {  # what was left out of the way through all stages
    "qualified": "without being qualified first",
    "booking_link_sent": "without a link",
    "booked_call": "without a call",
    "call_completed": "with a call that nobody marked",
}


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait of the buyers, and how a value of it is said."""

    column: str
    title: str


TRAITS: Final = (
    Trait("source", "Source"),
    Trait("began_with", "What began it"),
    Trait("main_objection", "What held them back"),
    Trait("path", "Path"),
    Trait("key_moment_role", "Who moved the key moment"),
    Trait("slowest_stage", "Stage that almost stalled it"),
)


def buyers(review: Review) -> Section:
    """The repeating pattern of everyone who became a client, against all leads, and each of them."""
    found = queries.buyers(review.window)
    if found is None:
        return Section("buyers", Head(), (Empty("No client yet", rich("A pattern begins with the third client.")),))
    folded = _each(review, found)
    if len(found) < FEW:
        words = rich(f"{text.plural(len(found), 'client')} so far. A pattern begins with the third.")
        return Section("buyers", Head(), (Empty("Too few clients for a pattern", words), *folded))
    base = queries.buyer_base(review.window)
    labels = _labels(review)
    # without a calendar every path would lack its call
    paths = tuple(t for t in TRAITS[3:] if review.window.has_calendar or t.column != "path")
    halves = (TRAITS[:3], paths)
    tables = tuple((_traits([r for t in half for r in _rows(t, found, base, labels)]),) for half in halves)
    note = rich(
        f"All {text.plural(len(found), 'client')} in the exports. Bar: share of the clients; black tick: share of all "
        "leads. Where the bar is longer, buyers come more often than others."
    )
    told = Prose(rich("What goes together is not proof of cause. Problems are in the list, in the clients’ own words."))
    head = Head(_answer(review, found, base, labels), note)
    return Section("buyers", head, (Columns(tables), told, *folded))


def _traits(rows: list[Row]) -> Table:
    columns = (
        Column("", phone="title"),
        Column("Clients", "right", "figure"),
        Column(width="narrow", phone="hide"),
        Column("Of all leads", "right", "half", nowrap=True),
    )
    return Table(columns, tuple(rows))


def _labels(review: Review) -> dict[str, dict[str, str]]:
    sources = queries.seed(review.window, "sources").set_index("source")["label"]
    return {
        "source": {str(k): str(v) for k, v in sources.items()},
        "slowest_stage": {str(k): str(v) for k, v in review.stages["label"].items()},
        "key_moment_role": {r: review.person(r) for r in ("coach", "setter", "va", "ai", "automation", "unknown")},
    }


def _said(column: str, value: str, labels: dict[str, dict[str, str]]) -> str:
    if column == "path":
        return path_words(value)
    known = labels.get(column, {}).get(value)
    return known or text.shorten(value[:1].upper() + value[1:], 60)


def path_words(path: str) -> str:
    """A path as it is said by what it left out: "Every step", "Without a link, without a call"."""
    steps = path.split(" > ")
    left_out = [words for stage, words in PATHS.items() if stage not in steps]
    if "booked_call" not in steps:  # a call that was not booked cannot have been held
        left_out = [words for words in left_out if words != PATHS["call_completed"]]
    return text.listed(left_out).capitalize() if left_out else "Every step"


def _rows(trait: Trait, found: Frame, base: Frame, labels: dict[str, dict[str, str]]) -> list[Row]:
    values = found[trait.column].dropna()
    if values.empty:
        return []
    counts = values.value_counts()
    order = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))[:SHOWN]
    if trait.column == "began_with":  # one client each is no pattern
        order = [item for item in order if int(item[1]) > 1]
    if not order:
        return []
    rows = [Row((Text(rich(trait.title)), None, None, None), "group")]
    for value, number in order:
        share = float((base[trait.column] == value).mean()) if trait.column in base.columns and len(base) else None
        bar = Bar(int(number) / len(found), _widest(found) / 0.93, share)
        rows.append(
            Row(
                (
                    Text(rich(_said(trait.column, str(value), labels))),
                    Number(text.of(int(number), len(found)), tone="bold"),
                    bar,
                    Number(text.percent(share)) if share is not None else None,
                )
            )
        )
    return rows


def _widest(found: Frame) -> float:
    """The largest share of the clients that one value has: where the bars end."""
    return max(
        float(found[t.column].value_counts().max()) / len(found) for t in TRAITS if found[t.column].notna().any()
    )


def _answer(review: Review, found: Frame, base: Frame, labels: dict[str, dict[str, str]]) -> Rich:
    """The source that buys most for its size, of those with enough clients, and the time it takes."""
    counts = found["source"].value_counts()
    lifts = {
        str(source): int(number) / len(found) / max(float((base["source"] == source).mean()), 1 / max(len(base), 1))
        for source, number in counts.items()
        if int(number) >= FEW
    }
    if not lifts:
        return rich(bold("No source has three clients yet."), _time_words(found))
    top = min(lifts, key=lambda source: (-lifts[source], source))
    share = text.percent(float((base["source"] == top).mean()))
    number = int(counts[top])
    begin = f"{_said('source', top, labels)} buys most for its size: {text.of(number, len(found))} clients"
    return rich(
        bold(f"{begin}, though only {share} of all leads." if lifts[top] > 2 else f"{begin}, {share} of leads."),
        _time_words(found),
    )


def _time_words(found: Frame) -> str:
    """Middle of the days to the booking and to won, and of those of the last eight weeks where they are enough."""
    said = _times(found)
    recent = found[found["is_recent"]]
    if not said:
        return ""
    if len(recent) < FEW or len(recent) == len(found):
        return f" First message to {said}."
    lately = _times(recent)
    return f" First message to {said}; in the last eight weeks {'the same' if lately == said else f'to {lately}'}."


def _times(found: Frame) -> str:
    parts = []
    for column, words in (("days_to_booked", "booking"), ("days_to_won", "client")):
        known: Series = found[column].dropna()
        if len(known):
            parts.append(f"{words} {_days(float(known.median()))}")
    return " and to ".join(parts)


def _days(value: float) -> str:
    return "under a day" if value < 1 else text.days(value)


def _each(review: Review, found: Frame) -> tuple[Block, ...]:
    """Every client with source, trigger, words, objection and path; the latest first, folded."""
    labels = _labels(review)
    rows = [_client(review, row, labels) for row in found.itertuples() if row.journey_id in review.people.index]
    if not rows:
        return ()
    columns = (
        Column("Client", phone="title"),
        Column("Came from", width="narrow"),
        Column("In their words", width="mid"),
        Column("Held back by"),
        Column("Path, and who moved it", width="mid"),
    )
    table = Table(columns, tuple(rows))
    return (Fold(f"The {text.plural(len(rows), 'client')}, the latest first", table),)


def _client(review: Review, row: Any, labels: dict[str, dict[str, str]]) -> Row:
    when = review.window.local(row.won_at.to_pydatetime())
    source = _said("source", str(row.source), labels)
    began = text.shorten(row.began_with, 50)
    trigger = text.shorten(row.trigger_text, 60)
    words = text.shorten(row.problem_words)
    objection = text.clean(row.main_objection)
    mover = labels["key_moment_role"].get(text.clean(row.key_moment_role), "")
    took = [
        f"booked in {_days(float(row.days_to_booked))}" if is_known(row.days_to_booked) else "",
        f"client in {_days(float(row.days_to_won))}" if is_known(row.days_to_won) else "",
    ]
    return Row(
        (
            Text(rich(named(str(review.people.at[row.journey_id, "name"]))), rich(text.day(when))),
            Text(rich(source), rich(began) if began else rich(quoted(trigger)) if trigger else ()),
            Quote(words or None, "no words in the export, or not shown"),
            Text(rich(text.sentence(objection)) if objection else rich(few("not known"))),
            Text(
                rich(text.stop(path_words(str(row.path))), muted(f" {text.stop(mover)}" if mover else "")),
                rich(text.sentence(", ".join(t for t in took if t))),
            ),
        )
    )
