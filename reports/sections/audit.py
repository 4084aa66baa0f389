"""The audit: the last leads, each in a real stage, with the evidence that put them there."""

from __future__ import annotations

import os
from typing import Any, Final

from reports import queries, text
from reports.blocks import Column, Empty, Head, Row, Section, Table, Top
from reports.cells import Quote, Rich, Text, bold, muted, rich, warn
from reports.evidence_words import signal_words
from reports.sections.common import Review, quote_of, stage_of

LAST: Final = 20


def audit(review: Review, last: int | None = None) -> Section:
    """The last conversations: stage, how they got there, their words, the next move and its owner.

    `last`: how many; None takes LEAKREVIEW_LAST, else 20.
    """
    last = last or int(os.environ.get("LEAKREVIEW_LAST") or LAST)
    frame = queries.evidence(review.window, last)
    local = review.window.local(review.window.as_of)
    top = Top(
        account=review.window.account_name,
        week=f"As of {text.long_day(local)}",
        headline=f"Your last {text.plural(int(frame['journey_id'].nunique()), 'lead')}, each in a real stage.",
        standfirst=rich("Placed by what was said and done, not by a label. Every step names its evidence."),
        foot="Names are shown because this copy is for the team. Keep it off shared drives.",
    )
    if frame.empty:
        words = rich("Put an Instagram export, or any export of your messages, into the exports folder.")
        return Section("audit", blocks=(Empty("No conversation yet", words),), top=top)
    rows = []
    for journey, stays in frame.groupby("journey_id", sort=False):
        row = review.people.loc[str(journey)]
        rows.append(_row(review, row, stays))
    columns = (
        Column("Lead", phone="title"),
        Column("Stage", phone="figure"),
        Column("How they got there", width="mid"),
        Column("In their words", width="mid"),
        Column("Next"),
        Column("Who"),
    )
    note = rich("The line under a step says who acted, what kind of evidence it is, and how sure it is.")
    return Section("audit", Head(note=note), (Table(columns, tuple(rows)),), top=top)


def _row(review: Review, row: Any, stays: Any) -> Row:
    steps: list[Rich] = []
    for stay in stays.itertuples():
        signal = text.clean(stay.signal)
        words = signal_words(signal)
        sure = (
            f", {stay.confidence:.0%} sure".replace("%", f"{text.NBSP}%") if stay.confidence == stay.confidence else ""
        )
        broken = (
            warn(f" {text.clean(stay.violation).replace('_', ' ')}.")
            if stay.is_allowed is False or (stay.is_allowed == stay.is_allowed and not stay.is_allowed)
            else ""
        )
        steps.append(rich(bold(f"{stay.label}: "), f"{words} ", muted(f"({stay.evidence_kind}{sure}). "), broken))
    path = rich(*steps)
    source = queries.seed(review.window, "sources").set_index("source")["label"].get(row["source"], row["source"])
    quote: Quote = quote_of(row)
    person = Text(rich(bold(str(row["name"]))), rich(str(source)))
    who = Text(rich(warn("nobody") if row["who"] == "nobody" else str(row["who"])))
    days = text.days(row["days_in_stage"])
    next_move = Text(rich(text.sentence(text.clean(row["next_action"]))), rich(days))
    return Row((person, stage_of(review, row), Text(path), quote, next_move, who))
