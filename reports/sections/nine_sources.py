"""The ninth question: which source brings the best calls, as a chain of coming, being as described and joining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Head, Prose, Row, Section, Table
from reports.cells import Cell, Interval, Number, Rich, Text, bold, few, rich
from reports.frame import is_known
from reports.rates import wilson
from reports.sections.common import Review, lead_list
from reports.sections.nine_calls import no_calendar, nothing

ENOUGH_CALLS: Final = 5  # calls before a source's quality is named
SURE: Final = 0.9  # chance from which one is called the best


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality of a source's calls, as it is drawn: clients per 100 calls that were due and are over."""

    label: str
    leads: int
    qualified: int
    calls: int
    came: int
    won: int
    rate: float
    low: float
    high: float
    best: float | None
    enough: bool


def source_call_quality(review: Review) -> Section:
    """9: clients per 100 calls by source with their ranges, those with enough calls first."""
    if not review.window.has_calendar:
        return no_calendar("source_call_quality", "9")
    found, weeks = _qualities(review)
    if not any(q.calls for q in found):
        return nothing(review, "source_call_quality", "9")
    lean = (
        "Estimates lean towards the average when a source has few calls, so one lucky call does not make a winner. "
        if weeks
        else "Each source stands for itself here; with few calls the range is wide. "
    )
    blocks: list[Block | None] = [
        _table(found),
        Prose(rich(lean, "What goes together is not proof of cause.")),
        _new_clients(review),
    ]
    calls = f"calls of the last {weeks} weeks, because eight hold too few" if weeks else "calls of these leads"
    note = rich(
        f"Leads and qualified: who wrote in during eight weeks. Calls, came and clients: {calls}. At least "
        f"{ENOUGH_CALLS} calls before we name a number. Black tick: all sources."
    )
    head = Head(_answer(found), note, "9")
    return Section("source_call_quality", head, tuple(b for b in blocks if b is not None))


def _qualities(review: Review) -> tuple[list[Quality], int]:
    """Per source, and the weeks whose calls were estimated; 0 where plain shares with their ranges have to do."""
    estimates = queries.optional(review.window, "rpt_source_quality")
    known = {} if estimates is None else {str(r["source"]): r for _, r in estimates.iterrows()}
    begun = {str(r.source): r for r in queries.sources(review.window).itertuples()}
    labels = queries.seed(review.window, "sources").set_index("source")["label"]
    found = []
    for source in sorted(begun.keys() | known.keys()):
        row = begun.get(source)
        leads, qualified = (int(row.leads), int(row.qualified)) if row is not None else (0, 0)
        label = str(labels.get(source, source))
        if estimates is None:
            found.append(_plain(label, leads, qualified, row))
        else:
            found.append(_estimated(label, leads, qualified, known.get(source)))
    order = sorted(found, key=lambda q: (not q.enough, -q.rate if q.enough else 0, -q.calls, -q.leads, q.label))
    return order, 0 if estimates is None else int(estimates["window_weeks"].iloc[0])


def _plain(label: str, leads: int, qualified: int, row: Any) -> Quality:
    """A source without estimates: leads of eight weeks that booked, and those of them that joined after a call."""
    calls, came = int(row.booked), int(row.came)
    won = min(int(row.won_after_call), calls)
    span = wilson(won, calls) if calls else wilson(0, 1)
    return Quality(
        label, leads, qualified, calls, came, won, span.rate, span.low, span.high, None, calls >= ENOUGH_CALLS
    )


def _estimated(label: str, leads: int, qualified: int, row: Any) -> Quality:
    if row is None:  # no call of this source is over
        return Quality(label, leads, qualified, 0, 0, 0, 0.0, 0.0, 1.0, None, False)
    best = float(row["p_best"]) if is_known(row["p_best"]) else None
    return Quality(
        label,
        leads,
        qualified,
        int(row["calls"]),
        int(row["showed"]),
        int(row["closed"]),
        float(row["quality"]),
        float(row["low"]),
        float(row["high"]),
        best,
        str(row["verdict"]) != "too_few",
    )


def _answer(found: list[Quality]) -> Rich:
    enough = [q for q in found if q.enough]
    if not enough:
        most = max(found, key=lambda q: (q.calls, -found.index(q)))
        return rich(
            bold("Too few to say."),
            f" No source has {ENOUGH_CALLS} calls that are over; {most.label} has the most ({most.calls}).",
        )
    top = enough[0]
    base = f" {text.of(top.won, top.calls)} calls became clients."
    if len(enough) == 1:
        return rich(bold(f"Too few to compare: only {top.label} has {ENOUGH_CALLS} calls."), base)
    if top.best is None:
        close = [q.label for q in enough[1:] if q.high > top.rate]
        rest = f" {text.listed(close)} could be as good: the ranges overlap." if close else ""
        return rich(bold(f"{top.label}, so far."), base, rest)
    sure = text.chances(top.best)
    if top.best >= SURE:
        return rich(bold(f"{top.label}."), base, f" That it is the best: {sure}.")
    if top.best >= 0.5:
        return rich(
            bold(f"{top.label}, so far."), base, f" That it is the best: {sure}. We call it the best only from 9 in 10."
        )
    return rich(
        bold(f"Too close to call. {top.label} looks best so far."),
        base,
        f" That it is the best: {sure}; the ranges overlap.",
    )


def _table(found: list[Quality]) -> Table:
    sums = [sum(getattr(q, name) for q in found) for name in ("leads", "qualified", "calls", "came", "won")]
    overall = min(1.0, sums[4] / sums[2])
    has_best = any(q.best is not None for q in found)
    rows = [_row(q, overall, has_best) for q in found]
    total: tuple[Cell | None, ...] = (
        Text(rich("All sources")),
        *(Number(text.number(n)) for n in sums),
        Number(f"{100 * overall:.0f}", tone="big"),
        None,
        None,
    )
    rows.append(Row((*total, None) if has_best else total, "total", phone=rich(_told(sums))))
    columns = (
        Column("Source", phone="title", nowrap=True),
        *(Column(c, "right", "hide") for c in ("Leads", "Qualified", "Calls", "Came", "Clients")),
        Column("Per 100 calls", "right", "figure"),
        Column(width="mid", ends=("0", "100")),
        Column("Range", phone="hide", nowrap=True),
    )
    return Table((*columns, Column("Best?", "right", "hide")) if has_best else columns, tuple(rows))


def _told(numbers: list[int]) -> str:
    leads, qualified, calls, came, won = numbers
    begin = f"{text.plural(leads, 'lead')}, {qualified} qualified, {text.plural(calls, 'call')}"
    return f"{begin}, {came} came, {text.plural(won, 'client')}."


def _row(q: Quality, overall: float, has_best: bool) -> Row:
    drawn = Interval(
        q.low, q.high, 1, q.rate if q.enough else None, overall if q.enough else None, too_few=not q.enough
    )
    span = f"{100 * q.low:.0f}–{100 * q.high:.0f}"
    best = text.percent(q.best) if q.best is not None else "–"
    cells: tuple[Cell, ...] = (
        Text(rich(bold(q.label))),
        *(Number(text.number(n)) for n in (q.leads, q.qualified, q.calls, q.came, q.won)),
        Number(f"{100 * q.rate:.0f}" if q.enough else "–", tone="big"),
        drawn,
        Text(rich(span if q.enough else few(text.TOO_FEW))),
    )
    surely = f" The best: {best}." if q.best is not None else ""
    told = (_told([q.leads, q.qualified, q.calls, q.came, q.won]), " ")
    phone = rich(*told, f"Range {span}.{surely}" if q.enough else few("Too few to say."))
    return Row((*cells, Number(best)) if has_best else cells, phone=phone)


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
