"""Where the CRM and the conversation disagree."""

from __future__ import annotations

from typing import Any

from reports import queries, text
from reports.blocks import Block, Column, Columns, Empty, Head, Prose, Row, Section, Table
from reports.cells import Number, Text, bold, rich
from reports.sections.common import Review, lead_list
from reports.sections.labels import system_name


def crm(review: Review) -> Section:
    """Where the CRM and the conversation disagree: ahead, behind, a label that says nothing, not in the CRM."""
    people = review.in_play
    if not review.window.has_crm:
        steps = (
            "Export deals and contacts from your CRM as CSV.",
            "Put the files in the exports folder.",
            "Run the review again.",
        )
        words = rich("With your CRM this page shows where its stages and the conversations disagree.")
        return Section("crm", Head(), (Empty("No CRM export yet", words, steps),))
    known = people[people["crm_stage_label"].notna()]
    rank = review.stages["position"]
    if known.empty:
        return Section("crm", Head(), (Empty("No lead in play is in the CRM", rich("There is nothing to compare.")),))
    place = known["crm_stage"].map(rank).astype(float)
    ahead, behind = place > known["position"], place < known["position"]
    vague = place.isna()
    differs = ahead | behind | vague
    times = text.plural(int(ahead.sum()), "time")
    answer = rich(
        bold(f"{text.of(int(differs.sum()), len(known))}."),
        f" {times[0].upper()}{times[1:]} the CRM is further along than what was said.",
    )
    lines = (
        ("Same stage as the conversation", int((~differs).sum()), False),
        ("The CRM is ahead of what was said", int(ahead.sum()), True),
        ("The CRM is behind", int(behind.sum()), False),
        ("A label that says nothing, or is not known", int(vague.sum()), False),
    )
    rows = [Row((Text(rich(w)), Number(str(n), tone="warn" if bad and n else "bold"))) for w, n, bad in lines]
    rows.append(Row((Text(rich("Not in the CRM at all")), Number(str(len(people) - len(known)))), "total"))
    columns = (Column(f"{text.of(len(known), len(people))} leads in play are in the CRM"), Column("Leads", "right"))
    left = (Table(columns, tuple(rows), "plain"),)
    ids = review.promising(list(known.index[differs]))
    leads = lead_list(
        review,
        "Conversation and CRM disagree",
        ids,
        "where they disagree",
        shown=3,
        next_move=lambda row: rich(f"The CRM says “{text.shorten(row.crm_stage_label, 40)}”."),
    )
    body: tuple[Block | None, ...] = (Columns((left, _which_is_right(review))), leads)
    return Section("crm", Head(answer), tuple(b for b in body if b is not None))


def _which_is_right(review: Review) -> tuple[Block, ...]:
    told = (
        "This page follows the conversation and the calendar, because they show what was said and what exists. "
        "Nothing is written back to the CRM. If the CRM is right, say so in the review queue; your decision outranks "
        "everything and survives every rebuild."
    )
    faults = queries.label_faults(review.window).drop_duplicates(["label", "place"])
    faults = faults[faults["problem"] != "too_many_stages"]
    blocks: list[Block] = [Prose(rich("Which one is right?"), "title"), Prose(rich(told), "text")]
    if not faults.empty:
        words: list[Any] = ["Labels to retire: "]
        for index, row in enumerate(faults.head(6).itertuples()):
            words += [
                ", " if index else "",
                bold(text.shorten(row.label, 40)),
                f" ({system_name(row.place)}, {text.plural(int(row.rows), 'row')})",
            ]
        blocks.append(Prose(rich(*words, "."), "text"))
    return tuple(blocks)
