"""One of the nine questions, about why: lost reasons that repeat."""

from __future__ import annotations

from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Head, Prose, Row, Section, Table
from reports.cells import Bar, Number, Rich, Span, Text, bold, rich
from reports.frame import Frame, Series
from reports.sections.common import Review, lead_list
from reports.sections.nine_calls import nothing

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
