"""A closer look at people: setter, AI and coach by what became of their links, and by name what became of the calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Head, Prose, Row, Section, Table
from reports.cells import Cell, Interval, Number, Rich, Text, bold, few, rich
from reports.frame import Frame, is_known
from reports.rates import wilson
from reports.sections.common import Review

ROLES: Final = ("coach", "setter", "va", "ai", "automation", "unknown")
BEFORE_BOOKINGS: Final = 4  # columns that need no calendar
MANY_EARLY: Final = 0.25  # share of early links from which it is marked
WHERE: Final = "Leads are not dealt out by lot. Read this as where to look, not who is better."


def team(review: Review) -> Section:
    """Setter, AI and coach: first reply, links, and what became of them; by name, the quality of the calls."""
    recent = review.links[review.links["is_recent"]]
    if recent.empty:
        return Section("team", Head(), (Empty("No booking link in eight weeks", rich("Nothing to compare yet.")),))
    quality = queries.optional(review.window, "rpt_setter_quality")
    by_role = {} if quality is None else _keyed(quality[quality["kind"] == "role"])
    replies = queries.first_replies(review.window).dropna(subset=["role"]).set_index("role")["median_minutes"]
    rows, early_most = [], ("", 0, 1)
    scale = _scale(by_role, recent)
    for role in ROLES:
        mine = recent[recent["sent_by_role"] == role]
        if mine.empty:
            continue
        early = _early(mine)
        if early / len(mine) > early_most[1] / early_most[2]:
            early_most = (review.person(role), early, len(mine))
        reply = float(replies[role]) if role in replies.index else None
        rows.append(_role_row(review.person(role), mine, early, reply, by_role.get(role), scale))
    rows.append(_total_row(recent, scale is not None))
    knows_calls = review.window.has_calendar
    columns = _columns(scale) if knows_calls else _columns(scale)[:BEFORE_BOOKINGS]
    table = Table(columns, tuple(replace(row, cells=row.cells[: len(columns)]) for row in rows))
    what = _bar_words(scale) if knows_calls else "What the links and calls brought needs your calendar. "
    blocks: list[Block] = [table, Prose(rich(WHERE, " ", what, _key_moments(review)))]
    if quality is not None and knows_calls:
        blocks += _by_name(quality[quality["kind"] == "owner"])
    most = f"Too early most often: {early_most[0]}, {text.of(*early_most[1:])} links."
    answer = rich(bold(most if early_most[1] else "Nobody sent a link too early."))
    weeks = _weeks(quality)
    note = rich(
        "Links of eight weeks, by who sent them. First reply: people and the AI; an automation is no reply. ",
        f"Clients per link and per call: the last {weeks} weeks, because eight hold too few calls."
        if weeks and knows_calls
        else "",
    )
    return Section("team", Head(answer, note), tuple(blocks))


def _weeks(quality: Frame | None) -> int:
    """Weeks that the quality looks back over; 0 where the statistics are missing."""
    return 0 if quality is None else int(quality["window_weeks"].iloc[0])


def _keyed(frame: Frame) -> dict[str, Any]:
    return {str(row["setter"]): row for _, row in frame.iterrows()}


def _early(links: Frame) -> int:
    return int(links["is_too_early"].fillna(False).astype(bool).sum())


def _scale(by_role: dict[str, Any], recent: Frame) -> float | None:
    """End of the scale of clients per link; None where the statistics are missing and bookings are shown instead."""
    highs = [
        float(row["won_per_link_high"])
        for role, row in by_role.items()
        if is_known(row["won_per_link_high"]) and (recent["sent_by_role"] == role).any()
    ]
    return min(1.0, (int(max(highs) * 10) + 1) / 10) if highs else None


def _columns(scale: float | None) -> tuple[Column, ...]:
    what = "Booked" if scale is None else "Clients per 100 links"
    middle = () if scale is None else (Column("Booked", "right", "half"),)
    end = f"100{text.NBSP}%" if scale is None else f"{100 * scale:.0f}"
    return (
        Column("Who sent the link", phone="title"),
        Column("First reply, middle", "right", "half", nowrap=True, short="first reply"),
        Column("Links", "right", "half"),
        Column("Too early", "right", "half"),
        *middle,
        Column(what, "right", "figure"),
        Column(width="mid", ends=("0", end)),
        Column("Range", phone="half", nowrap=True),
    )


def _role_row(name: str, mine: Frame, early: int, reply: float | None, row: Any, scale: float | None) -> Row:
    number = len(mine)
    small = number < text.SMALL_BASE
    share = early / number
    booked = int((mine["outcome"] == "booked").sum())
    late = Number(text.rate(early, number), "" if small else str(early), "warn" if share > MANY_EARLY else "plain")
    begin: tuple[Cell, ...] = (
        Text(rich(bold(name))),
        Number(text.minutes(reply)),
        Number(str(number)),
        late,
    )
    if scale is None:
        found = wilson(booked, number)
        drawn = Interval(found.low, found.high, 1, None if small else found.rate, too_few=small)
        figure = Number(text.rate(booked, number), tone="bold" if small else "big")
        return Row((*begin, figure, drawn, _span(small, text.percent_range(found.low, found.high))))
    if row is None or not is_known(row["won_per_link"]):
        return Row((*begin, Number(str(booked)), Number("–"), None, Text(rich(few(text.TOO_FEW)))))
    low, high, rate = (float(row[f"won_per_link{k}"]) for k in ("_low", "_high", ""))
    drawn = Interval(low, high, scale, None if small else rate, too_few=small)
    figure = Number("–" if small else f"{100 * rate:.0f}", tone="big")
    return Row((*begin, Number(str(booked)), figure, drawn, _span(small, f"{100 * low:.0f}–{100 * high:.0f}")))


def _span(small: bool, words: str) -> Text:
    return Text(rich(few(text.TOO_FEW) if small else words))


def _total_row(recent: Frame, has_quality: bool) -> Row:
    booked = int((recent["outcome"] == "booked").sum())
    number = len(recent)
    begin = (
        Text(rich("All")),
        None,
        Number(str(number)),
        Number(text.rate(_early(recent), number)),
    )
    if has_quality:
        return Row((*begin, Number(str(booked)), None, None, None), "total")
    return Row((*begin, Number(text.rate(booked, number)), None, None), "total")


def _bar_words(scale: float | None) -> str:
    if scale is None:
        return "Bar: share of links that became a call."
    return (
        "Bar: clients per 100 first links, as the share booked in 14 days times the quality of those calls; "
        "few links lean towards the average."
    )


def _key_moments(review: Review) -> str:
    """Who wrote the message after which the clients of these weeks qualified."""
    buyers = queries.buyers(review.window)
    if buyers is None or not buyers["is_recent"].any():
        return ""
    recent = buyers[buyers["is_recent"]]
    counts = recent["key_moment_role"].dropna().value_counts()
    if counts.empty:
        return ""
    order = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))
    said = text.listed(f"{_short(review, str(role))} {int(n)}" for role, n in order)
    return f" The message right before they qualified, for {int(counts.sum())} clients of eight weeks: {said}."


def _short(review: Review, role: str) -> str:
    return {"automation": "automation", "unknown": "not known"}.get(role) or review.owner(role)


def _by_name(owners: Frame) -> list[Block]:
    """Calls by the owner that the CRM names: who books fewer and closes better shows here."""
    mine = owners[owners["calls"] > 0].sort_values(["quality", "setter"], ascending=[False, True])
    if mine.empty:
        return []
    average = float(mine["closed"].sum()) / float(mine["calls"].sum())
    rows = [_name_row(row, average) for _, row in mine.iterrows()]
    columns = (
        Column("Owner in the CRM", phone="title"),
        Column("Links", "right", "half"),
        Column("Too early", "right", "half"),
        Column("Calls", "right", "half"),
        Column("Came", "right", "half"),
        Column("As described", "right", "half"),
        Column("Clients", "right", "half"),
        Column("Clients per 100 calls", "right", "figure"),
        Column(width="mid", ends=("0", "100")),
        Column("Range", phone="half", nowrap=True),
        Column("Best?", "right", "half"),
    )
    return [Prose(rich("Whose calls become clients?"), "title"), Table(columns, tuple(rows)), Prose(_said(mine))]


def _name_row(row: Any, average: float) -> Row:
    few_calls = str(row["verdict"]) == "too_few"
    low, high, rate = float(row["low"]), float(row["high"]), float(row["quality"])
    counts = (Number(str(int(row[k]))) for k in ("links", "early", "calls", "showed", "accurate", "closed"))
    return Row(
        (
            Text(rich(bold(text.shorten(row["setter"], 40)))),
            *counts,
            Number("–" if few_calls else f"{100 * rate:.0f}", tone="big"),
            Interval(low, high, 1, None if few_calls else rate, None if few_calls else average, too_few=few_calls),
            _span(few_calls, f"{100 * low:.0f}–{100 * high:.0f}"),
            Number(text.percent(float(row["p_best"])) if is_known(row["p_best"]) else "–"),
        )
    )


def _said(mine: Frame) -> Rich:
    """Whether anybody differs from the rest for sure."""
    sure = {k: [text.shorten(n, 40) for n in mine.loc[mine["verdict"] == k, "setter"]] for k in ("above", "below")}
    said = [
        f"{text.listed(names)}: {'more' if k == 'above' else 'fewer'} clients per call than the rest, 9 in 10 sure."
        for k, names in sure.items()
        if names
    ]
    begin = " ".join(said) or "Nobody differs from the rest for sure."
    return rich(bold(begin), " Black tick: all calls. ", WHERE)
