"""Stock and flow of the week, and eight weeks at a glance."""

from __future__ import annotations

from typing import Any, Final

from reports import figures_weeks, queries, text
from reports.blocks import Block, Column, Columns, Empty, Head, Key, More, Prose, Row, RunIn, Section, Table
from reports.cells import Cell, Number, Rich, Stage, Text, bold, few, rich
from reports.frame import Frame, as_date
from reports.sections.common import Review

EXITS: Final = ("advanced", "moved_back", "lost", "nurtured", "returned")
BROKEN: Final = {  # how a rule-breaking entry is said, by the stage it leads into
    "qualified": "skipped Engaged",
    "booking_link_sent": "skipped Qualified",
    "booked_call": "out of turn",
    "call_completed": "without a booking",
    "won": "without a call",
}


def movement(review: Review) -> Section:
    """Stage by stage, last week: opening + entered − exits = closing, in every row and in play."""
    frame = queries.movement(review.window)
    week = frame[frame["week_start_on"].map(as_date) == review.window.week]
    if week.empty:
        words = rich("The movement of this week cannot be told: no lead was there before it ended.")
        return Section("movement", Head(), (Empty("Nothing moved yet", words),))
    open_ = week[week["is_open"]]
    grew = (open_["closing"] - open_["opening"]).abs()
    top = open_.loc[grew.idxmax()]
    change = int(top["closing"] - top["opening"])
    verb = "stayed level" if change == 0 else f"{'grew' if change > 0 else 'shrank'} by {abs(change)}"
    closed = int(top["lost"] + top["nurtured"])
    answer = rich(
        bold(f"{top['label']} {verb}:"),
        f" {int(top['entered'])} came in, {int(top['advanced'])} moved on, {closed} were closed.",
    )
    rows = [_movement_row(row) for _, row in open_.iterrows()]
    rows.append(_sum_row(open_))
    rows += [_closed_row(row) for _, row in week[~week["is_open"]].iterrows()]
    note = _week_before(review, frame)
    told = (
        "Every row adds up: Monday + entered − moved on − moved back − lost − nurture − came back = Sunday. "
        "Came back: the lead started again as new."
    )
    table = Table(MOVEMENT_COLUMNS, tuple(rows))
    blocks = (table, Prose(rich(told)), *_who_moved(review), *_stage_times(review))
    return Section("movement", Head(answer, note), blocks)


def _stage_times(review: Review) -> tuple[Block, ...]:
    """How long each stage takes whoever gets through it; under ten leads nothing is said."""
    times = queries.stage_times(review.window)
    if not times["leads"].sum():
        return ()
    rows = []
    for row in times.itertuples():
        enough, known = row.leads >= text.SMALL_BASE, row.leads_before >= text.SMALL_BASE
        rows.append(
            Row(
                (
                    Stage(str(row.stage), str(row.label)),
                    Number(text.number(row.leads)),
                    Number(_long(row.middle), tone="bold") if enough else Text(rich(few(text.TOO_FEW))),
                    Number(_long(row.most) if enough else "–"),
                    Number(_long(row.before) if known else "–"),
                )
            )
        )
    columns = (
        Column("Left for good in 8 weeks", phone="title", nowrap=True),
        Column("Leads", "right", "half"),
        Column("Half within", "right", "figure"),
        Column("9 in 10 within", "right", "half"),
        Column("Half, before", "right", "half"),
    )
    told = "All the times a lead was in the stage together. Whoever is still there is not in it: see question 1."
    return (Prose(rich("How long a stage takes"), "title"), Table(columns, tuple(rows)), Prose(rich(told)))


def _long(days: float) -> str:
    return text.minutes(days * 24 * 60)


def _who_moved(review: Review) -> tuple[More, ...]:
    """Who entered each stage last week, folded; as many as the column Entered says."""
    moved = queries.moved_in_week(review.window)
    lists = []
    for label, rows in moved.groupby("label", sort=False):
        items = tuple(
            RunIn(
                str(review.people.at[row.journey_id, "name"]),
                text.day(review.window.local(row.entered_at.to_pydatetime())),
            )
            for row in rows.itertuples()
        )
        lists.append(More(f"Entered {label}: {text.number(len(items))}", items))
    return tuple(lists)


MOVEMENT_COLUMNS: Final = (
    Column("Stage", phone="title", nowrap=True),
    Column("Mon morning", "right", "hide"),
    Column("Entered", "right", "hide"),
    Column("Moved on", "right", "hide"),
    Column("Moved back", "right", "hide"),
    Column("Lost", "right", "hide"),
    Column("Nurture", "right", "hide"),
    Column("Came back", "right", "hide"),
    Column("Sun night", "right", "figure"),
    Column("Change", "right", "hide"),
)


def _flow(row: Any) -> tuple[Cell, ...]:
    outs = tuple(Number(text.signed(-int(row[name]))) for name in EXITS)
    return (Number(text.number(int(row["opening"]))), Number(text.signed(int(row["entered"]))), *outs)


def _movement_row(row: Any) -> Row:
    change = int(row["closing"] - row["opening"])
    cells = (
        Stage(row["stage"], row["label"]),
        *_flow(row),
        Number(text.number(int(row["closing"])), tone="bold"),
        Number(text.signed(change)),
    )
    return Row(cells, phone=_flow_words(row), figure=_from_to(row))


def _closed_row(row: Any) -> Row:
    change = int(row["closing"] - row["opening"])
    cells = (
        Stage(row["stage"], row["label"]),
        *_flow(row),
        Number(text.number(int(row["closing"]))),
        Number(text.signed(change)),
    )
    return Row(cells, phone=_flow_words(row), figure=_from_to(row))


def _from_to(row: Any) -> Rich:
    return rich(f"{text.number(int(row['opening']))} → ", bold(text.number(int(row["closing"]))))


def _flow_words(row: Any) -> Rich:
    parts = [f"+{int(row['entered'])} in"]
    for name, word in zip(EXITS, ("on", "back", "lost", "nurture", "came back"), strict=True):
        if int(row[name]):
            parts.append(f"{text.signed(-int(row[name]))} {word}")
    return rich(", ".join(parts))


def _sum_row(open_: Frame) -> Row:
    """In play: opening and closing are sums; between stages in play moves cancel out, so only what left is said."""
    opening, closing = int(open_["opening"].sum()), int(open_["closing"].sum())
    cells = [
        Text(rich("In play")),
        Number(text.number(opening)),
        *(None for _ in range(6)),
        None,
        Number(text.number(closing)),
        Number(text.signed(closing - opening)),
    ]
    cells[5] = Number(text.signed(-int(open_["lost"].sum())))
    cells[6] = Number(text.signed(-int(open_["nurtured"].sum())))
    cells[7] = Number(text.signed(-int(open_["returned"].sum())))
    return Row(
        tuple(cells[:8] + cells[9:]),
        "total",
        figure=rich(f"{opening} → {closing}"),
        phone=rich(
            f"{text.signed(-int(open_['lost'].sum()))} lost, {text.signed(-int(open_['nurtured'].sum()))} nurture"
        ),
    )


def _week_before(review: Review, frame: Frame) -> Rich:
    from datetime import timedelta

    earlier = frame[(frame["week_start_on"].map(as_date) == review.window.week - timedelta(weeks=1)) & frame["is_open"]]
    if earlier.empty:
        return ()
    came = int(review.weekly.iloc[-2]["new_leads"])
    return rich(
        f"The week before, the stages in play went from {int(earlier['opening'].sum())} to "
        f"{int(earlier['closing'].sum())}: {came} new leads."
    )


def eight_weeks(review: Review) -> Section:
    """Entries per stage with the rule-breaking part, and in and out of play by week."""
    entered = queries.entries(review.window)
    flow = queries.movement(review.window)
    if not entered["entered"].sum():
        return Section(
            "eight", Head(), (Empty("No lead in eight weeks", rich("The picture begins with the first one.")),)
        )
    if not review.window.has_calendar:
        entered.loc[entered["stage"].isin(("booked_call", "call_completed", "won")), "broken"] = 0
    entered["broken_words"] = [BROKEN.get(s, "against the rules") for s in entered["stage"]]
    weeks = review.weekly.iloc[1:]
    closed = flow[flow["stage"].isin(("lost", "nurture", "won"))]
    closed = closed.assign(week=closed["week_start_on"].map(as_date)).pivot_table(
        index="week", columns="stage", values="entered", aggfunc="sum", fill_value=0
    )
    days = [as_date(w) for w in weeks["week"]]
    closed = closed.reindex(index=days, columns=["lost", "nurture", "won"], fill_value=0)
    frame = closed.reset_index(drop=True).assign(week_start=days, came_in=list(weeks["new_leads"]))
    key = Key((("came-in", "came in"), ("lost", "lost"), ("nurture", "nurture"), ("won", "won")))
    left = (Prose(rich("Entered each stage"), "title"), figures_weeks.entries_per_stage(entered))
    right = (Prose(rich("In above the line, out below"), "title"), key, figures_weeks.in_and_out(frame))
    note = rich(
        "Left: how many entered each stage in eight weeks, whenever they first wrote in. Right: in and out of "
        "play, by week."
    )
    return Section("eight", Head(_bulge(entered.set_index("stage")), note), (Columns((left, right)),))


def _bulge(entered: Frame) -> Rich:
    links, ready = int(entered["entered"].get("booking_link_sent", 0)), int(entered["entered"].get("qualified", 0))
    if links > ready:
        return rich(
            f"More leads got a booking link ({links}) than ever qualified ({ready}). ", bold("That bulge is the leak.")
        )
    return rich(bold(f"{ready} leads qualified and {links} got a booking link:"), " the link waits for the reason.")
