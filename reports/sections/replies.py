"""How fast the first reply is, by who gave it; and who waited for over a day or still waits."""

from __future__ import annotations

from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Head, Row, Section, Table
from reports.cells import Bar, Number, Rich, Text, bold, rich
from reports.frame import Frame, is_known
from reports.sections.common import Review, lead_list

BUCKETS: Final = (
    ("in_5_minutes", "In 5 min"),
    ("in_an_hour", "In 1 h"),
    ("in_a_day", "In a day"),
    ("later", "Later"),
)
ORDER: Final = ("coach", "setter", "va", "ai", "unknown")


def first_replies(review: Review) -> Section:
    """First replies of eight weeks in buckets by role, against the eight weeks before, and the slow ones."""
    frame = queries.first_replies(review.window)
    frame = frame.assign(role=[text.clean(r) for r in frame["role"]])
    frame = frame.set_index("role")
    if not frame["leads"].sum():
        return Section("first_replies", Head(), (Empty("No first message in eight weeks", rich("Nothing to time.")),))
    rows = [_row(review.person(role), frame.loc[role]) for role in ORDER if _there(frame, role)]
    if _there(frame, ""):
        rows.append(_row("Nobody yet", frame.loc[""]))
    rows.append(_total(review, frame))
    columns = (
        Column("Who answered first", phone="title"),
        Column("Leads", "right", "half"),
        *(Column(words, "right", "half") for _, words in BUCKETS),
        Column("Middle", "right", "figure", nowrap=True),
        Column("Before", "right", "half", nowrap=True),
        Column("In an hour", phone="hide", width="narrow"),
    )
    blocks: list[Block | None] = [Table(columns, tuple(rows)), _slow(review)]
    note = rich(
        "From the lead’s first message to the first answer of a person or the AI; what an automation sends at once "
        "is no answer. Leads we wrote to first are left out. Bar: the share answered within an hour."
    )
    return Section("first_replies", Head(_answer(review, frame), note), tuple(b for b in blocks if b is not None))


def _there(frame: Frame, role: str) -> bool:
    return role in frame.index and bool(frame.at[role, "leads"])


def _row(name: str, row: Any) -> Row:
    leads, later = int(row["leads"]), int(row["later"])
    buckets = [Number(str(int(row[column]))) for column, _ in BUCKETS[:-1]]
    quick = int(row["in_5_minutes"]) + int(row["in_an_hour"])
    return Row(
        (
            Text(rich(bold(name))),
            Number(str(leads)),
            *buckets,
            Number(str(later), tone="warn" if later else "plain"),
            Number(_minutes(row["median_minutes"]), tone="big"),
            Number(_minutes(row["median_before"])),
            Bar(quick, leads),
        )
    )


def _minutes(value: Any) -> str:
    return text.minutes(float(value)) if is_known(value) else "–"


def _total(review: Review, frame: Frame) -> Row:
    middle = queries.first_reply_median(review.window).iloc[0]
    sums = [Number(str(int(frame[column].sum()))) for column in ("leads", *(c for c, _ in BUCKETS))]
    return Row(
        (
            Text(rich("All")),
            *sums,
            Number(_minutes(middle["minutes"]), tone="bold"),
            Number(_minutes(middle["before"])),
            None,
        ),
        "total",
    )


def _answer(review: Review, frame: Frame) -> Rich:
    middle = queries.first_reply_median(review.window).iloc[0]
    leads, later = int(frame["leads"].sum()), int(frame["later"].sum())
    if not is_known(middle["minutes"]):
        return rich(bold("Nobody has been answered yet."))
    was = f", was {_minutes(middle['before'])}" if is_known(middle["before"]) else ""
    begin = f"Half of the first replies come within {_minutes(middle['minutes'])}{was}."
    return rich(bold(begin), f" {text.of(later, leads)} leads waited for over a day, or still wait.")


def _slow(review: Review) -> Block | None:
    found = review.leak("slow_first_reply")
    begin = review.window.parameters()["begin_at"]
    ids = [str(j) for j in found.loc[found["since_at"] >= begin, "journey_id"]]
    open_first = sorted(review.promising(ids), key=lambda j: not review.people.at[j, "is_open"])
    return lead_list(
        review,
        "Waited for over a day",
        open_first,
        "who waited",
        shown=3,
        when_title="Wrote",
        when=lambda row: text.day(review.window.local(row.started_at.to_pydatetime())),
    )
