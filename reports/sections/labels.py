"""Labels that say nothing: vague, unknown, private to one person, without a date, or simply too many."""

from __future__ import annotations

from typing import Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Fold, Head, Row, Section, Table
from reports.cells import Number, Text, bold, rich
from reports.sections.common import Review

SHOWN: Final = 14
SAID: Final = {  # how many labels share a problem, in the sentence on top
    "too_many_stages": ("{} CRM has too many stages", "{} CRMs have too many stages"),
    "private": ("{} means something to one person only", "{} mean something to one person only"),
    "vague": ("{} says nothing", "{} say nothing"),
    "follow_up_without_date": ("{} is a follow-up without a date", "{} are follow-ups without a date"),
    "unmapped": ("{} is not known to us", "{} are not known to us"),
}
PROBLEMS: Final = {  # what is wrong, and what to do; the worst habits first
    "too_many_stages": ("Too many stages", "Keep the eight stages, lost and nurture; turn the rest into notes"),
    "private": ("Means something to one person", "Replace it by a stage everybody knows; the owner has a field"),
    "vague": ("Says nothing", "Replace it by the stage that the conversation shows"),
    "follow_up_without_date": ("Follow up, without a date", "A follow-up is a date and an owner, never a stage"),
    "unmapped": ("Not known to us", "Say in the settings what it means"),
}
SYSTEMS: Final = {"hubspot": "HubSpot", "manychat": "ManyChat", "gohighlevel": "GoHighLevel", "mapped": "your CSV"}


def system_name(place: object) -> str:
    """The system that a label stands in, as its makers write it."""
    return SYSTEMS.get(str(place), text.shorten(place, 40))


def labels(review: Review) -> Section:
    """Each label at fault with where it stands, what is wrong and what to do."""
    faults = queries.label_faults(review.window)
    if faults.empty:
        words = rich("Every label of the CRM is one of the stages, sources and reasons on the list.")
        return Section("labels", Head(), (Empty("Every label says something", words),))
    rank = {problem: index for index, problem in enumerate(PROBLEMS)}
    faults = faults.assign(rank=[rank.get(str(p), len(rank)) for p in faults["problem"]])
    faults = faults.sort_values(["rank", "rows", "label", "field"], ascending=[True, False, True, True])
    counts = faults.groupby("problem")["label"].nunique()
    said = [SAID[p][int(counts[p]) > 1].format(int(counts[p])) for p in PROBLEMS if p in counts.index]
    number = int(faults["label"].nunique())
    answer = rich(bold(f"{text.plural(number, 'label')} at fault:"), f" {', '.join(said)}.")
    rows = []
    for row in faults.itertuples():
        wrong, instead = PROBLEMS.get(str(row.problem), (str(row.problem).replace("_", " "), ""))
        if row.problem == "vague" and str(row.field) != "stage":
            instead = "Choose one of the nine reasons" if "reason" in str(row.field) else instead
        name = text.shorten(row.label, 60)
        label = rich(bold(name if row.problem == "too_many_stages" else f"“{name}”"))
        place = system_name(row.place)
        cells = (
            Text(label, rich(f"{text.clean(row.field).replace('_', ' ')} in {place}")),
            Number(text.number(int(row.rows)), tone="bold"),
            Text(rich(wrong)),
            Text(rich(text.stop(instead) if instead else "")),
        )
        rows.append(Row(cells))
    columns = (
        Column("Label", phone="title"),
        Column("Records", "right", "figure"),
        Column("What is wrong"),
        Column("What to do"),
    )
    note = rich("A label moves nobody on this page unless it is on the list; the lead stays where the words put them.")
    blocks: list[Block] = [Table(columns, tuple(rows[:SHOWN]))]
    if rest := tuple(rows[SHOWN:]):
        blocks.append(Fold(f"{text.number(len(rest))} more", Table(columns, rest)))
    return Section("labels", Head(answer, note), tuple(blocks))
