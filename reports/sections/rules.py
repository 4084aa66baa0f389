"""Who is really qualified, and whether the movement rules were kept."""

from __future__ import annotations

from typing import Any

from reports import queries, text
from reports.blocks import Column, Empty, Head, Row, Section, Table
from reports.cells import Bar, Number, Text, bold, muted, rich
from reports.frame import Frame
from reports.sections import front
from reports.sections.common import Review, details, lead_list


def really_qualified(review: Review) -> Section:
    """Which leads are actually qualified: said what and why now, no red flag; whatever a label says."""
    ids, in_crm = front.really_qualified(review)
    if not ids:
        said = str(review.questions["empty_state"].get("qualified", "Nobody is qualified right now."))
        return Section("qualified", Head(), (Empty(said, ()),))
    answer = rich(bold(f"{text.plural(len(ids), 'lead')} in play."), front.crm_words(ids, in_crm))
    why = details(review, "qualified")
    leads = lead_list(
        review,
        "Qualified, whatever their stage now",
        ids,
        "qualified",
        next_move=lambda r: rich(text.sentence(text.clean(r.next_action)), " ", muted(why.get(r.journey_id, ""))),
    )
    note = rich(
        "Qualified means: they said what they want help with, and why now or that they want help. Being friendly "
        "or asking for the price is not enough."
    )
    return Section("qualified", Head(answer, note), (leads,) if leads else ())


def rules_kept(review: Review) -> Section:
    """Were the movement rules kept: per move, how often, and who did not."""
    frame = queries.movement_checks(review.window)
    if frame.empty or not frame["seen"].sum():
        return Section("rules", Head(), (Empty("Nothing moved yet", rich("Rules are counted from the first move.")),))
    rows, worst = [], []
    for end in [*review.open_stages.index[1:], "won", "lost", "nurture"]:
        mine = frame[(frame["to_stage"] == end) & (frame["from_stage"].map(_position(review)) < _position(review)(end))]
        mine = mine[mine["seen"] > 0]
        if mine.empty or (end == "won" and not review.window.has_calendar):
            continue
        kept, seen = int(mine["kept"].sum()), int(mine["seen"].sum())
        if kept / seen < 0.8:
            worst.append((review.label(end), kept, seen))
        rows.append(_rule_row(review, end, mine, kept, seen))
    columns = (
        Column("Move into", phone="title"),
        Column("Rule", width="mid"),
        Column("Moves", "right", "half"),
        Column("Kept", "right", "figure"),
        Column(width="narrow"),
        Column("Not kept, and by whom"),
    )
    named = [f"{label} ({text.rate(kept, seen)} kept)" for label, kept, seen in worst]
    answer = rich(bold("The rules were kept."))
    if named:
        begin = "One move leaks:" if len(named) == 1 else f"{text.words(len(named)).capitalize()} moves leak:"
        answer = rich(bold(begin), f" into {text.listed(named)}.")
    note = rich(
        "Breaking a rule can be right: someone who says “sign me up” needs no call. It is counted, not punished.",
        "" if review.window.has_calendar else " Who joined without a call can only be told with your calendar.",
    )
    return Section("rules", Head(answer, note), (Table(columns, tuple(rows)),))


def _position(review: Review) -> Any:
    return lambda stage: int(review.stages["position"].get(stage, 99))


def _rule_row(review: Review, end: str, mine: Frame, kept: int, seen: int) -> Row:
    allowed = mine[mine["is_allowed"].fillna(True).astype(bool)]
    wording = str(allowed["wording"].iloc[0]) if not allowed.empty else str(mine["wording"].iloc[0])
    broken = mine[~mine["is_allowed"].fillna(True).astype(bool)]
    parts = []
    for violation, rows in broken.groupby("violation"):
        by = rows.groupby("actor_role")["seen"].sum().sort_values(ascending=False, kind="stable")
        who = ", ".join(
            f"{'the lead' if r == 'lead' else review.owner(r) if r != 'unknown' else 'not known'} {int(n)}"
            for r, n in by.items()
        )
        parts.append(f"{int(rows['seen'].sum())} {str(violation).replace('_', ' ')}: {who}")
    share = kept / seen
    return Row(
        (
            Text(rich(bold(review.label(end)))),
            Text(rich(text.clean(wording))),
            Number(str(seen)),
            Number(text.rate(kept, seen), tone="warn" if share < 0.8 else "bold"),
            Bar(share, 1, tone="warn" if share < 0.8 else "blue"),
            Text(rich(". ".join(parts))),
        )
    )
