"""Two of the nine questions, about why: lost reasons that repeat, and the source with the best calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Head, Prose, Row, Section, Table
from reports.cells import Bar, Interval, Number, Rich, Span, Text, bold, few, rich
from reports.frame import Frame, Series, is_known
from reports.rates import wilson
from reports.sections.common import Review, lead_list
from reports.sections.nine_calls import no_calendar, nothing

ENOUGH_CALLS: Final = 5  # booked calls before a source's quality is named
NO_REASON: Final = ""


def repeating_reasons(review: Review) -> Section:
    """8: reasons of eight weeks for lost and nurture, the vague ones last, against the eight weeks before."""
    frame = queries.closings(review.window)
    frame = frame.assign(reason=frame["reason"].fillna(NO_REASON), is_recent=frame["is_recent"].astype(bool))
    recent = frame[frame["is_recent"]]
    if recent.empty:
        return nothing(review, "repeating_reasons", "8")
    labels = queries.seed(review.window, "outcome_reasons").set_index("reason")["label"]
    lost = recent[recent["stage"] == "lost"]
    count = lost.groupby("reason").size()
    named = count[count.index != NO_REASON].sort_values(ascending=False, kind="stable")
    columns = Columns(
        (
            (_reasons(review, frame, "lost", labels),),
            (_reasons(review, frame, "nurture", labels),),
        )
    )
    note = rich(
        f"Last week: {_in_week(recent, 'lost')} lost, {_in_week(recent, 'nurture')} into nurture. Reasons that "
        "repeat are counted over eight weeks, because one week is too few."
    )
    blocks: list[Block | None] = [
        columns,
        Prose(rich("Bars: last 8 weeks. Black tick: the 8 weeks before. Outlined: no reason from the list.")),
        _reason_leads(review, lost, named, labels),
    ]
    answer = _reason_answer(frame, named, count, labels)
    return Section("repeating_reasons", Head(answer, note, "8"), tuple(b for b in blocks if b is not None))


def _in_week(frame: Frame, stage: str) -> int:
    return int(frame[(frame["stage"] == stage)]["in_week"].sum())


def _reason_answer(frame: Frame, named: Series, count: Series, labels: Series) -> Rich:
    vague, total = int(count.get(NO_REASON, 0)), int(count.sum())
    none = f" {text.of(vague, total)} lost leads have no reason from the list." if vague else ""
    if named.empty:
        return rich(bold("No reason is on record."), none)
    top = str(named.index[0])
    before = int(((frame["reason"] == top) & (frame["stage"] == "lost") & ~frame["is_recent"]).sum())
    return rich(bold(f"{labels.get(top, top)}:"), f" {int(named.iloc[0])} in eight weeks, was {before}.", none)


def _reasons(review: Review, frame: Frame, stage: str, labels: Series) -> Table:
    mine = frame[frame["stage"] == stage]
    now = mine[mine["is_recent"]].groupby("reason").size()
    before = mine[~mine["is_recent"]].groupby("reason").size()
    scale = max([*now, *before, 1]) / 0.93
    names = sorted({*now.index, *before.index}, key=lambda r: (r == NO_REASON, -int(now.get(r, 0)), str(r)))
    rows = []
    for reason in names:
        vague = reason == NO_REASON
        value = int(now.get(reason, 0))
        label = "No reason from the list" if vague else str(labels.get(reason, reason))
        tone: Any = "outline" if vague else stage
        bar = Bar(value, scale, float(before.get(reason, 0)) if len(before) else None, tone)
        rows.append(Row((Text(rich(label)), Number(str(value), tone="warn" if vague and value else "bold"), bar)))
    total = Number(f"before: {int(before.sum())}", tone="young") if len(before) else None
    rows.append(Row((Text(rich("All")), Number(str(int(now.sum()))), total), "total"))
    columns = (Column(), Column("", "right"), Column(width="broad"))
    caption = rich(Span(f"{review.label(stage)}, 8 weeks"))
    return Table(columns, tuple(rows), "plain", caption)


def _reason_leads(review: Review, lost: Frame, named: Series, labels: Series) -> Block | None:
    if named.empty:
        return None
    top = str(named.index[0])
    mine = lost[lost["reason"] == top]
    ids = [str(j) for j in mine["journey_id"] if j in review.people.index]
    when = {str(r.journey_id): text.day(review.window.local(r.closed_at.to_pydatetime())) for r in mine.itertuples()}
    why = {str(j): text.clean(o) for j, o in review.people.loc[ids, "main_objection"].items()} if ids else {}
    return lead_list(
        review,
        f"{labels.get(top, top)}, the latest first",
        ids,
        "with this reason",
        shown=3,
        when_title="When",
        when=lambda row: when[row.journey_id],
        next_move=lambda row: rich(
            f"Main objection: {why[row.journey_id]}."
            if why.get(row.journey_id)
            else text.sentence(text.clean(row.next_action))
        ),
    )


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of a source's calls, as it is drawn: per 100 booked calls, clients."""

    label: str
    leads: int
    booked: int
    came: int
    won: int
    rate: float
    low: float
    high: float
    best: float | None
    enough: bool


def source_call_quality(review: Review) -> Section:
    """9: clients per 100 booked calls by source with their ranges, those with enough calls first."""
    if not review.window.has_calendar:
        return no_calendar("source_call_quality", "9")
    found = _qualities(review)
    if not any(q.booked for q in found):
        return nothing(review, "source_call_quality", "9")
    booked, won = sum(q.booked for q in found), sum(q.won for q in found)
    enough = [q for q in found if q.enough]
    shrunk = any(q.best is not None for q in found)
    table = _source_table(found, booked, won)
    lean = (
        "Estimates lean towards the average when a source has few calls, so one lucky call does not make a winner. "
        if shrunk
        else "Each source stands for itself here; with few calls the range is wide. "
    )
    blocks: list[Block | None] = [
        table,
        Prose(rich(lean, "What goes together is not proof of cause.")),
        _new_clients(review),
    ]
    note = rich(
        f"Counted are leads who wrote in during eight weeks. At least {ENOUGH_CALLS} booked calls before we name "
        "a number. Black tick: all sources."
    )
    head = Head(_source_answer(found, enough), note, "9")
    return Section("source_call_quality", head, tuple(b for b in blocks if b is not None))


def _qualities(review: Review) -> list[Quality]:
    """Per source, from the estimates of the statistics where they exist, else plain shares with their ranges."""
    estimates = queries.optional(review.window, "rpt_source_quality")
    known: dict[str, Any] = {}
    if estimates is not None and {"source", "rate", "low", "high"} <= set(estimates.columns):
        known = {str(r["source"]): r for _, r in estimates.iterrows()}
    found = []
    for row in queries.sources(review.window).itertuples():
        won = min(int(row.won), int(row.booked))
        plain = wilson(won, int(row.booked)) if row.booked else wilson(0, 1)
        given = known.get(str(row.source))
        rate, low, high = (
            (float(given["rate"]), float(given["low"]), float(given["high"]))
            if given is not None
            else (plain.rate, plain.low, plain.high)
        )
        best = float(given["p_best"]) if given is not None and "p_best" in given.index else None
        found.append(
            Quality(
                str(row.label),
                int(row.leads),
                int(row.booked),
                int(row.came),
                int(row.won),
                rate,
                low,
                high,
                best,
                int(row.booked) >= ENOUGH_CALLS,
            )
        )
    return sorted(found, key=lambda q: (not q.enough, -q.rate if q.enough else 0, -q.leads, q.label))


def _source_answer(found: list[Quality], enough: list[Quality]) -> Rich:
    if not enough:
        most = max(found, key=lambda q: (q.booked, -found.index(q)))
        return rich(
            bold("Too few to say."),
            f" No source has {ENOUGH_CALLS} booked calls yet; {most.label} has the most ({most.booked}).",
        )
    top = enough[0]
    if len(enough) == 1:
        return rich(
            bold(f"Too few to compare: only {top.label} has {ENOUGH_CALLS} booked calls."),
            f" {text.of(top.won, top.booked)} of them became clients.",
        )
    close = [q.label for q in enough[1:] if q.high > top.rate]
    rest = f" {text.listed(close)} could be as good: the ranges overlap." if close else ""
    return rich(bold(f"{top.label}, probably."), f" {text.of(top.won, top.booked)} booked calls became clients.", rest)


def _source_table(found: list[Quality], booked: int, won: int) -> Table:
    overall = min(won, booked) / booked
    rows = []
    for q in found:
        figure = Number(f"{100 * q.rate:.0f}" if q.enough else "–", tone="big")
        drawn = Interval(
            q.low, q.high, 1, q.rate if q.enough else None, overall if q.enough else None, too_few=not q.enough
        )
        span = f"{100 * q.low:.0f}–{100 * q.high:.0f}"
        told = f"{text.plural(q.leads, 'lead')}, {q.booked} booked, {q.came} came, {text.plural(q.won, 'client')}. "
        rows.append(
            Row(
                (
                    Text(rich(bold(q.label))),
                    Number(str(q.leads)),
                    Number(str(q.booked)),
                    Number(str(q.came)),
                    Number(str(q.won)),
                    figure,
                    drawn,
                    Text(rich(span if q.enough else few(text.TOO_FEW))),
                ),
                phone=rich(told, f"Range {span}." if q.enough else few("Too few to say.")),
            )
        )
    leads, came = sum(q.leads for q in found), sum(q.came for q in found)
    total = (
        Text(rich("All sources")),
        Number(str(leads)),
        Number(str(booked)),
        Number(str(came)),
        Number(str(won)),
        Number(f"{100 * overall:.0f}", tone="big"),
        None,
        None,
    )
    told = f"{text.plural(leads, 'lead')}, {booked} booked, {came} came, {text.plural(won, 'client')}."
    rows.append(Row(total, "total", phone=rich(told)))
    columns = (
        Column("Source, 8 weeks", phone="title", nowrap=True),
        Column("Leads", "right", "hide"),
        Column("Booked", "right", "hide"),
        Column("Came", "right", "hide"),
        Column("Clients", "right", "hide"),
        Column("Clients per 100 calls", "right", "figure"),
        Column(width="mid", ends=("0", "100")),
        Column("Range", phone="hide", nowrap=True),
    )
    return Table(columns, tuple(rows))


def _new_clients(review: Review) -> Block | None:
    won = queries.won_in_week(review.window)
    ids = [str(j) for j in won["journey_id"] if j in review.people.index]
    labels = queries.seed(review.window, "sources").set_index("source")["label"]
    told = {str(r.journey_id): r for r in won.itertuples()}

    def path(row: Any) -> Rich:
        took = told[row.journey_id].days_to_call
        days = f" First message to booking: {text.days(took)}." if is_known(took) else " No call on record."
        return rich(f"{labels.get(row.source, row.source)}.{days}")

    return lead_list(
        review,
        "New clients last week",
        ids,
        "new clients",
        next_move=path,
        when_title="When",
        when=lambda row: text.day(review.window.local(told[row.journey_id].won_at.to_pydatetime())),
    )
