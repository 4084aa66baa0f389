"""A closer look at links: how many become a call by which day, and who sent them."""

from __future__ import annotations

from typing import Final

from reports import figures_weeks, text
from reports.blocks import Block, Column, Columns, Empty, Head, Prose, Row, Section, Table
from reports.cells import Cell, Interval, Number, Text, bold, few, rich
from reports.frame import Frame
from reports.rates import booked_by_day, wilson
from reports.sections.common import Review

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


def team(review: Review) -> Section:
    """Setter, AI and coach: links by who sent them, and what became of them."""
    recent = review.links[review.links["is_recent"]]
    if recent.empty:
        return Section("team", Head(), (Empty("No booking link in eight weeks", rich("Nothing to compare yet.")),))
    rows, early_most = [], ("", 0.0)
    scale = 1.0
    for role in ("coach", "setter", "va", "ai", "automation", "unknown"):
        mine = recent[recent["sent_by_role"] == role]
        if mine.empty:
            continue
        early = int(mine["is_too_early"].fillna(False).astype(bool).sum())
        if early / len(mine) > early_most[1]:
            early_most = (_person(review, role), early / len(mine))
        rows.append(_team_row(_person(review, role), mine, early, scale))
    early = int(recent["is_too_early"].fillna(False).astype(bool).sum())
    rows.append(_total_row(recent, early))
    columns = (
        Column("Who sent the link", phone="title"),
        Column("Links", "right", "half"),
        Column("Too early", "right", "half"),
        Column("Booked", "right", "figure"),
        Column(width="mid", ends=("0", f"100{text.NBSP}%")),
        Column("Range", phone="hide", nowrap=True),
    )
    told = (
        "Leads are not dealt out by lot. Read this as where to look, not who is better. Bar: share of links that "
        "became a call."
    )
    begin = f"{early_most[0][:1].upper()}{early_most[0][1:]} sends the largest share of links too early."
    answer = rich(bold(begin if early_most[1] else "Nobody sent a link too early."))
    return Section(
        "team",
        Head(answer, rich("Links of eight weeks, by who sent them.")),
        (Table(columns, tuple(rows)), Prose(rich(told))),
    )


def _person(review: Review, role: str) -> str:
    words = {
        "coach": "the coach",
        "setter": "the setter",
        "va": "the VA",
        "ai": "the AI",
        "automation": "automation",
        "unknown": "not known",
    }[role]
    name = review.team.get(role)
    return f"{name}, {words.removeprefix('the ')}" if name else words


def _team_row(name: str, mine: Frame, early: int, scale: float) -> Row:
    booked = int((mine["outcome"] == "booked").sum())
    found = wilson(booked, len(mine))
    small = len(mine) < text.SMALL_BASE
    late = Number(
        text.rate(early, len(mine)), "" if small else str(early), "warn" if early / len(mine) > 0.25 else "plain"
    )
    drawn = Interval(found.low, found.high, scale, None if small else found.rate, too_few=small)
    span: Cell = Text(rich(few(text.TOO_FEW))) if small else Number(text.percent_range(found.low, found.high))
    return Row(
        (
            Text(rich(bold(f"{name[:1].upper()}{name[1:]}"))),
            Number(str(len(mine))),
            late,
            Number(text.rate(booked, len(mine)), tone="bold" if small else "big"),
            drawn,
            span,
        )
    )


def _total_row(recent: Frame, early: int) -> Row:
    booked = int((recent["outcome"] == "booked").sum())
    return Row(
        (
            Text(rich("All")),
            Number(str(len(recent))),
            Number(text.rate(early, len(recent))),
            Number(text.rate(booked, len(recent))),
            None,
            None,
        ),
        "total",
    )
