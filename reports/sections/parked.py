"""Leads who are parked or lost: nurture past its date or without one, worth reopening, lost without a reason."""

from __future__ import annotations

from typing import Any

from reports import queries, text
from reports.blocks import Block, Column, Columns, Empty, Head, Prose, Row, Section, Table
from reports.cells import Bar, Number, Rich, Text, bold, rich, warn
from reports.frame import Series, as_date, is_known
from reports.sections.common import Review, lead_list


def parked(review: Review) -> Section:
    """Nurture past its date or without one, and lost leads worth reopening when the offer changes."""
    overdue = review.leak("nurture_overdue")
    undated = review.leak("nurture_without_date")
    reopen = review.leak("reopen_worthy")
    if overdue.empty and undated.empty and reopen.empty:
        words = rich("Everybody in nurture has a date ahead, and no lost lead waits for another offer.")
        return Section("parked", Head(), (Empty("Nobody is forgotten", words),))
    parked_now = int(((review.people["stage"] == "nurture") & review.people["is_prospect"]).sum())
    answer = rich(
        bold(f"{text.of(len(overdue), parked_now)} nurture leads are past their date,"),
        f" {len(undated)} have no date. {text.plural(len(reopen), 'closed lead')} could come back with another offer.",
    )
    note = rich("Nurture is a lane with a reason and a date, never a drawer. Past its date it is a promise not kept.")
    late = [str(j) for j in overdue["journey_id"]]
    blocks: list[Block | None] = [
        lead_list(review, "Nurture, past the date", late, "past their date", when=_due, when_title="Due"),
        lead_list(
            review,
            "Nurture, without a date",
            [str(j) for j in undated["journey_id"]],
            "without a date",
            next_move=lambda _: rich("Write down a date, or what you wait for."),
        ),
        *_reopen(review, [str(j) for j in reopen["journey_id"]]),
    ]
    return Section("parked", Head(answer, note), tuple(b for b in blocks if b is not None))


def _due(row: Any) -> str:
    return text.day(as_date(row.next_due_on)) if is_known(row.next_due_on) else "–"


def _reopen(review: Review, ids: list[str]) -> tuple[Block | None, ...]:
    """Who is worth writing to when the offer changes; said aloud when it just has."""
    if not ids:
        return ()
    reasons = queries.seed(review.window, "outcome_reasons").set_index("reason")
    closed = review.people.loc[ids]
    order = sorted(ids, key=lambda j: (-review.people.at[j, "stage_entered_at"].value, j))
    changed = _offer_changed(review)
    head = Prose(
        rich(warn(f"{changed} "), f"Write to these {text.plural(len(ids), 'lead')} now.")
        if changed
        else rich("When price, payment plan or programme change, these are the first to hear of it."),
        "text",
    )
    counts = closed.groupby("outcome_reason").size().sort_values(ascending=False, kind="stable")
    rows = [_reason_row(reasons, str(reason), int(n), int(counts.max())) for reason, n in counts.items()]
    columns = (Column("Closed because"), Column("", "right"), Column(width="narrow"), Column("Worth a message when"))
    leads = lead_list(
        review,
        "Worth a second message, the latest first",
        order,
        "worth a second message",
        shown=3,
        when_title="Closed",
        when=lambda row: text.day(review.window.local(row.stage_entered_at.to_pydatetime())),
        next_move=lambda row: _when(reasons, row.outcome_reason),
    )
    title = Prose(rich("Lost or parked, and worth reopening"), "title")
    return (title, head, Table(columns, tuple(rows), "plain"), leads)


def _reason_row(reasons: Any, reason: str, number: int, most: int) -> Row:
    label = str(reasons["label"].get(reason, reason))
    when = text.clean(reasons["reopen_when"].get(reason, ""))
    bar = Bar(number, most / 0.93, tone="lost")
    return Row((Text(rich(label)), Number(str(number), tone="bold"), bar, Text(rich(text.stop(when) if when else ""))))


def _when(reasons: Any, reason: Any) -> Rich:
    label = str(reasons["label"].get(reason, reason))
    return rich(f"{label}. Write when {text.stop(text.clean(reasons['reopen_when'].get(reason, 'the offer changes')))}")


def _offer_changed(review: Review) -> str:
    notes = queries.optional(review.window, "rpt_change_notes")
    if notes is None:
        return ""
    offers = notes[(notes["kind"] == "offer") & notes["is_review_sooner"].fillna(False).astype(bool)]
    if offers.empty:
        return ""
    last = offers.sort_values(["noted_on", "note_id"]).iloc[-1]
    return f"The offer changed on {text.day(as_date(last['noted_on']))}: {text.stop(text.shorten(last['title'], 120))}"


def lost_without_reason(review: Review) -> Section:
    """Lost leads without a reason from the list, and what their CRM says instead."""
    found = review.leak("lost_without_reason")
    lost = review.people[(review.people["stage"] == "lost") & review.people["is_prospect"]]
    if found.empty:
        words = rich("Every lost lead has a reason from the list, so that they can be counted.")
        return Section("no_reason", Head(), (Empty("No lead was lost without a reason", words),))
    ids = [str(j) for j in found["journey_id"]]
    order = sorted(ids, key=lambda j: (_age(review.people["days_in_stage"], j), j))
    answer = rich(bold(f"{text.of(len(ids), len(lost))} lost leads have no reason from the list."))
    note = rich("“Dead” or “cold” is no reason: it does not say what to change. Pick one of the nine reasons.")
    faults = queries.label_faults(review.window)
    vague = faults[faults["field"].isin(("reason", "lost_reason"))]
    blocks: list[Block] = []
    if not vague.empty:
        blocks.append(_vague(vague))
    leads = lead_list(
        review,
        "Lost without a reason, the latest first",
        order,
        "without a reason",
        when_title="Lost",
        when=lambda row: _closed(review, row),
        next_move=lambda _: rich("Pick the reason while you still know it."),
    )
    return Section("no_reason", Head(answer, note), (*blocks, *((leads,) if leads else ())))


def _closed(review: Review, row: Any) -> str:
    known = is_known(row.stage_entered_at)
    return text.day(review.window.local(row.stage_entered_at.to_pydatetime())) if known else "no date"


def _age(days: Series, journey: str) -> float:
    return float(days[journey]) if is_known(days[journey]) else float("inf")


def _vague(vague: Any) -> Columns:
    rows = [
        Row((Text(rich(bold(text.shorten(r.label, 40)))), Number(text.number(int(r.rows)), tone="warn")))
        for r in vague.head(6).itertuples()
    ]
    table = Table((Column("Written as the reason"), Column("Records", "right")), tuple(rows), "plain")
    told = Prose(rich("Words that stand where a reason belongs. Choose from the list instead."))
    return Columns(((table,), (told,)))
