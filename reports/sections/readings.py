"""Two readings of the same leads: by the week they wrote in, and by the week in which they did something."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Head, More, Prose, Row, RunIn, Section, Table
from reports.cells import Cell, Number, Rich, Stage, Text, bold, few, rich
from reports.frame import Frame, as_date
from reports.sections.common import Review

# days after which a week's figure no longer grows enough to mislead: column, days
SETTLED: Final = (("engaged", 7), ("qualified", 14), ("booked", 30), ("won", 60))
# what a lead did in the week, as rpt_active_leads.did has it: head of its column, words in a sentence
DID: Final = (
    ("moved_on", "Moved on", "moved on"),
    ("won", "Client", "became clients"),
    ("closed", "Closed out", "were closed out"),
    ("moved_back", "Moved back", "moved back"),
    ("wrote", "Only wrote", "wrote without moving"),
    ("heard", "Only we wrote", "heard from us and did not answer"),
    ("quiet", "Silent", "were silent, and so were we"),
)
PASSIVE: Final = ("heard", "quiet")


def cohorts(review: Review) -> Section:
    """What became of the leads of each week, and what everybody in play did in the reviewed one."""
    frame = queries.cohorts(review.window)
    if frame.empty:
        return Section(
            "cohorts", Head(), (Empty("No lead in eight weeks", rich("The table begins with the first one.")),)
        )
    answer = rich(
        bold("Young weeks always look worse, because their leads still have time."),
        " ",
        few("9+"),
        " means 9 so far and still counting; compare only the plain figures.",
    )
    note = rich(
        "Two readings. The first follows people by the week they wrote in: how good were the leads of a week? The "
        "second counts whoever was in play last week, whenever they wrote in: what moved?"
    )
    by_arrival = (Prose(rich("By the week they wrote in"), "title"), _by_arrival(frame))
    return Section("cohorts", Head(answer, note), (*by_arrival, *_by_activity(review)))


def _by_arrival(frame: Frame) -> Table:
    """Figures that still grow are marked, in the total too."""
    rows, is_growing = [], {column: False for column, _ in SETTLED}
    for row in frame.itertuples():
        cells: list[Cell | None] = [Text(rich(text.short_day(row.week))), Number(str(row.leads))]
        for column, settled in SETTLED:
            young = row.days_old < settled
            is_growing[column] |= young
            cells.append(_counted(getattr(row, column), young))
        rows.append(Row((*cells, Number(str(row.in_play)))))
    sums = [_counted(int(frame[column].sum()), is_growing[column]) for column, _ in SETTLED]
    ends = (Number(str(int(frame["leads"].sum()))), Number(str(int(frame["in_play"].sum()))))
    rows.append(Row((Text(rich("All")), ends[0], *sums, ends[1]), "total"))
    columns = (
        Column("Week of"),
        *(Column(c, "right") for c in ("Leads", "Engaged", "Qualified", "Booked", "Client", "In play")),
    )
    return Table(columns, tuple(rows), "tight")


def _counted(value: int, is_growing: bool) -> Number:
    return Number(f"{value}+" if is_growing else str(value), tone="young" if is_growing else "plain")


def _by_activity(review: Review) -> tuple[Block, ...]:
    """The active reading: a sentence, a row per stage of Monday morning, and the leads behind; nothing without rows."""
    active = queries.active_leads(review.window)
    if active is None:
        return ()
    week = active[active["week_start_on"].map(as_date) == review.window.week]
    if week.empty:
        return ()
    rows = [_activity_row(Stage(s.stage, s.label), _of(week, str(s.stage))) for s in review.open_stages.itertuples()]
    rows.append(_activity_row(Text(rich("Came in that week")), week[week["is_new"]]))
    rows.append(_activity_row(Text(rich("All in play")), week, "total"))
    columns = (
        Column("On Monday morning", phone="title", nowrap=True),
        Column("In play", "right", "figure"),
        *(Column(head, "right", "hide") for _, head, _ in DID),
    )
    told = (
        "Everybody is counted once, by the furthest thing they did, so each row adds up. Leads of many weeks are in "
        "it: it says what happened, and is no rate of anything."
    )
    before = active[active["week_start_on"].map(as_date) == review.window.week - timedelta(weeks=1)]
    return (
        Prose(rich("By what they did last week, whenever they wrote in"), "title"),
        Prose(_activity_words(week, before), "text"),
        Table(columns, tuple(rows)),
        Prose(rich(told)),
        *_behind(review, week),
    )


def _of(week: Frame, stage: str) -> Frame:
    return week[(week["stage"] == stage) & ~week["is_new"]]


def _activity_row(name: Cell, some: Frame, tone: str = "plain") -> Row:
    counts = {did: int((some["did"] == did).sum()) for did, _, _ in DID}
    words = ", ".join(
        text.plural(counts[did], "client") if did == "won" else f"{text.number(counts[did])} {head.lower()}"
        for did, head, _ in DID
        if counts[did]
    )
    cells = (name, Number(text.number(len(some)), tone="bold"), *(Number(text.number(n)) for n in counts.values()))
    return Row(cells, "total" if tone == "total" else "plain", phone=rich(words or "nobody"))


def _activity_words(week: Frame, before: Frame) -> Rich:
    counts = week.groupby("did").size()
    parts = [f"{text.number(int(counts[did]))} {words}" for did, _, words in DID if int(counts.get(did, 0))]
    was = f" The week before: {text.of(_active(before), len(before))}." if len(before) else ""
    return rich(
        bold(f"{text.of(_active(week), len(week))} leads in play did something:"), f" {text.listed(parts, 7)}.{was}"
    )


def _active(some: Frame) -> int:
    return int((~some["did"].isin(PASSIVE)).sum())


def _behind(review: Review, week: Frame) -> tuple[More, ...]:
    """Who did what, folded."""
    lists = []
    for did, head, _ in DID:
        journeys = [j for j in week.loc[week["did"] == did, "journey_id"] if j in review.people.index]
        if journeys:
            people = review.people.loc[journeys].sort_values(["position", "name", "journey_id"], kind="stable")
            items = tuple(RunIn(str(p.name), review.label(str(p.stage))) for p in people.itertuples())
            lists.append(More(f"{head}: {text.number(len(items))}", items))
    return tuple(lists)
