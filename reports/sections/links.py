"""A closer look at links: how many become a call by which day."""

from __future__ import annotations

from typing import Final

from reports import figures_weeks, text
from reports.blocks import Block, Column, Columns, Empty, Head, Prose, Row, Section, Table
from reports.cells import Cell, Interval, Number, Text, bold, few, rich
from reports.frame import Frame
from reports.rates import booked_by_day
from reports.sections.common import Review
from reports.sections.nine_calls import CALENDAR_STEPS

HORIZON: Final = 14


def links(review: Review) -> Section:
    """Links that do not turn into calls: curves by day, and three comparisons at fourteen days."""
    recent = review.links[review.links["is_recent"]]
    if recent.empty:
        return Section(
            "links", Head(), (Empty("No booking link in eight weeks", rich("Curves begin with the first link.")),)
        )
    early = recent["is_too_early"].fillna(False).astype(bool)
    tied = recent["is_tied_to_words"].fillna(False).astype(bool)
    answer = rich(
        bold(
            f"{text.rate(int(early.sum()), len(recent))} of links went out too early"
            if len(recent) >= text.SMALL_BASE
            else f"{text.of(int(early.sum()), len(recent))} links too early"
        ),
        f" ({text.of(int(early.sum()), len(recent))}). {text.of(int(tied.sum()), len(recent))} are tied to "
        "what the lead said.",
    )
    if not review.window.has_calendar:
        words = rich("With your calendar this page shows which links became a call, and how soon.")
        return Section("links", Head(answer), (Empty("No calendar export yet", words, CALENDAR_STEPS),))
    waits = recent[recent["days_to_booking"].isna() | (recent["days_to_booking"] > 3)]
    waits = waits[waits["days_watched"] > 3]
    followed = waits["follow_up_at"].notna()
    groups: tuple[tuple[str, tuple[tuple[str, Frame], ...]], ...] = (
        ("When was it sent?", (("Too early: not qualified yet", recent[early]), ("In time", recent[~early]))),
        ("Was it tied to the lead’s own words?", (("Bare link", recent[~tied]), ("Tied to their words", recent[tied]))),
        ("Not booked after 3 days: did anyone follow up?", (("No", waits[~followed]), ("Yes", waits[followed]))),
    )
    left = (Prose(rich("Of 100 links, booked by day"), "title"), _curves(recent[early], recent[~early]))
    note = rich(
        "Of 100 links, how many have become a booked call. Links still open are allowed for. What goes together "
        "is not proof of cause. Dotted line: 14 days."
    )
    example = (
        "A link that works: “Based on what you said about your knee and the trip in February, a call makes "
        "sense.” One that does not: “Here’s my calendar.”"
    )
    body = (Columns((left, (_link_table(groups),))), Prose(rich(example)))
    return Section("links", Head(answer, note), body)


def _waits(frame: Frame) -> list[tuple[float | None, float]]:
    return [
        (
            float(r.days_to_booking)
            if r.days_to_booking == r.days_to_booking and r.days_to_booking is not None
            else None,
            float(r.days_watched),
        )
        for r in frame.itertuples()
    ]


def booked_in_time(links: Frame) -> float:
    """Share of some links that became a call within fourteen days; those still open are allowed for."""
    return booked_by_day(_waits(links))[HORIZON].rate


def _curves(early: Frame, in_time: Frame) -> Block:
    import pandas as pd

    rows, groups = [], []
    for name, words, frame, leaks in (
        ("early", "Sent too early", early, True),
        ("in_time", "Sent in time", in_time, False),
    ):
        if len(frame) < 2:
            continue
        curve = booked_by_day(_waits(frame))
        rows += [{"group": name, "day": d, "rate": r.rate, "low": r.low, "high": r.high} for d, r in enumerate(curve)]
        groups.append((name, f"{words}: {100 * curve[HORIZON].rate:.0f} in 100", leaks))
    if not rows:
        return Empty("Too few to say", rich("The curves begin with two links of a kind."))
    return figures_weeks.link_curves(pd.DataFrame(rows), groups)


def _link_table(groups: tuple[tuple[str, tuple[tuple[str, Frame], ...]], ...]) -> Table:
    rows: list[Row] = []
    for title, pair in groups:
        rows.append(Row((Text(rich(title)), None, None, None), "group"))
        for index, (name, frame) in enumerate(pair):
            if len(frame) < text.SMALL_BASE:
                booked = int((frame["days_to_booking"] <= HORIZON).sum())
                figure: Cell = Text(rich(f"{text.of(booked, len(frame))} " if len(frame) else "", few(text.TOO_FEW)))
                rows.append(Row((Text(rich(name)), Number(str(len(frame))), figure, None)))
                continue
            found = booked_by_day(_waits(frame))[HORIZON]
            drawn = Interval(found.low, found.high, 1, found.rate, tone="blue" if index else "warn")
            span = text.percent_range(found.low, found.high).split(text.NBSP)[0]
            rows.append(
                Row((Text(rich(name)), Number(str(len(frame))), Number(text.percent(found.rate), span, "bold"), drawn))
            )
    columns = (
        Column("", phone="title"),
        Column("Links", "right", "half"),
        Column("Booked in 14 days", "right", "figure"),
        Column(width="mid", ends=("0", f"100{text.NBSP}%")),
    )
    return Table(columns, tuple(rows))
