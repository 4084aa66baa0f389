"""Source to won: how far the leads of each source and each piece of content got, over everything in the exports."""

from __future__ import annotations

import math
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Head, Prose, Row, Section, Table, Top
from reports.cells import Cell, Interval, Number, Rich, Text, bold, few, rich
from reports.frame import Frame, is_known
from reports.rates import wilson
from reports.sections.common import Review

STEPS: Final = (
    ("leads", "Leads"),
    ("engaged", "Engaged"),
    ("qualified", "Qualified"),
    ("link_sent", "Link"),
    ("booked", "Booked"),
    ("showed", "Came"),
    ("won", "Clients"),
)
CONTENT_SHOWN: Final = 25
FOOT: Final = "Names are shown because this copy is for the team. Keep it off shared drives."


def source_to_won(review: Review) -> Section:
    """Every source from its leads to its clients, with the share that joined, its range and the days it took."""
    frame = queries.source_to_won(review.window)
    local = review.window.local(review.window.as_of)
    title = "Which source becomes clients?"
    top = Top(review.window.account_name, f"As of {text.long_day(local)}", title, _stand(frame), FOOT)
    if frame.empty:
        words = rich("Put your exports into the exports folder and run the review again.")
        return Section("source_to_won", blocks=(Empty("No lead yet", words),), top=top)
    highs = [wilson(int(row.won), int(row.leads)).high for row in frame.itertuples() if row.leads >= text.SMALL_BASE]
    scale = min(1.0, math.ceil(10 * max(highs, default=1.0)) / 10)
    rows = [_row(row, review.window.currency, scale) for row in frame.itertuples()]
    rows.append(_total(frame, review.window.currency))
    columns = (
        Column("Source", phone="title", nowrap=True),
        *(Column(words, "right", "half") for _, words in STEPS),
        Column("Revenue", "right", "half", nowrap=True),
        Column("Clients per lead", "right", "figure"),
        Column(width="narrow", ends=("0", text.percent(scale))),
        Column("Days to booking, to client", "right", "half", nowrap=True, short="days to booking, client"),
    )
    told = (
        "Everything in the exports, leads still deciding included, so young sources look worse than they are. Range: 9 "
        "times in 10. What goes together is not proof of cause."
    )
    blocks: tuple[Block, ...] = (Table(columns, tuple(rows)), Prose(rich(told)))
    return Section("source_to_won", Head(), blocks, top=top)


def _stand(frame: Frame) -> Rich:
    if frame.empty or not frame["won"].sum():
        return rich("Nobody has become a client yet.")
    best = frame.iloc[0]
    return rich(
        bold(f"{best['label']} brought the most: {text.of(int(best['won']), int(frame['won'].sum()))} clients"),
        f" from {text.of(int(best['leads']), int(frame['leads'].sum()))} leads.",
    )


def _row(row: Any, currency: str, scale: float) -> Row:
    leads, won = int(row.leads), int(row.won)
    found = wilson(won, leads)
    small = leads < text.SMALL_BASE
    drawn = Interval(found.low, min(found.high, scale), scale, None if small else found.rate, too_few=small)
    figure = text.rate(won, leads)
    cells: tuple[Cell | None, ...] = (
        Text(rich(bold(str(row.label)))),
        *(Number(text.number(int(getattr(row, column)))) for column, _ in STEPS),
        Number(text.money(row.revenue, currency) if row.revenue else "–"),
        Number(figure, "" if small else text.percent_range(found.low, found.high), "bold"),
        drawn,
        Number(f"{_days(row.days_to_booked)}, {_days(row.days_to_won)}"),
    )
    return Row(cells)


def _days(value: Any) -> str:
    return f"{float(value):.0f}" if is_known(value) else "–"


def _total(frame: Frame, currency: str) -> Row:
    sums = [Number(text.number(int(frame[column].sum()))) for column, _ in STEPS]
    revenue = float(frame["revenue"].sum())
    share = Number(text.rate(int(frame["won"].sum()), int(frame["leads"].sum())))
    money = Number(text.money(revenue, currency) if revenue else "–")
    return Row((Text(rich("All")), *sums, money, share, None, None), "total")


def content_to_won(review: Review) -> Section:
    """Every piece of content, keyword or campaign that brought a lead, those with clients first."""
    frame = queries.content_to_won(review.window)
    if frame.empty:
        words = rich("No export says which post, story, keyword or ad began a conversation.")
        return Section("content_to_won", Head(), (Empty("No content is named", words),))
    rows = [
        Row(
            (
                Text(rich(bold(text.shorten(row.began_with, 60))), rich(str(row.source))),
                *(Number(text.number(int(v))) for v in (row.leads, row.qualified, row.booked)),
                Number(text.number(int(row.won)), tone="bold"),
                Number(text.money(row.revenue, review.window.currency) if row.revenue else "–"),
            )
        )
        for row in frame.head(CONTENT_SHOWN).itertuples()
    ]
    if len(frame) > CONTENT_SHOWN:
        rows.append(Row((Text(rich(few(f"{len(frame) - CONTENT_SHOWN} more"))), *(None,) * 5)))
    columns = (
        Column("What began it", phone="title"),
        *(Column(words, "right", "half") for words in ("Leads", "Qualified", "Booked")),
        Column("Clients", "right", "figure"),
        Column("Revenue", "right", "half", nowrap=True),
    )
    top = frame.iloc[0]
    answer = rich(
        bold(f"{text.shorten(top['began_with'], 60)}: {text.plural(int(top['won']), 'client')}"),
        f" from {text.plural(int(top['leads']), 'lead')}.",
    )
    return Section("content_to_won", Head(answer), (Table(columns, tuple(rows)),))


def trust_top(review: Review) -> Section:
    """Masthead of the data-trust notebook: whose data, as of when, and whether to believe it."""
    local = review.window.local(review.window.as_of)
    top = Top(
        review.window.account_name,
        f"As of {text.long_day(local)}",
        "Can you trust these numbers?",
        rich("What was loaded, what could not be joined or read, and how every number is made."),
        FOOT,
    )
    return Section("trust_top", top=top)
