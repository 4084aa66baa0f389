"""Four of the nine questions, about stages: sitting still, confusion, unclear ownership, close out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from reports import figures, queries, text
from reports.blocks import Block, Column, Empty, Head, Key, Prose, Row, Section, Table
from reports.cells import Bar, Cell, Number, Rich, Squares, Stage, Text, bold, rich
from reports.frame import Frame
from reports.sections.common import Review, details, lead_list, top_stage

OLD_DAYS: Final = 28  # sitting still for longer is no longer a matter of this week
DAYS_OF_A_WEEK: Final = 7
MOST_SQUARES: Final = 240  # beyond, one square a lead fills the screen: a bar says it


def nothing(review: Review, question: str, number: str, good: str = "") -> Section:
    """A question with nothing to show: the good news of the seed."""
    said = text.clean(review.questions["empty_state"].get(question, "")) or "Nothing found."
    return Section(question, Head(number=number), (Empty(said, rich(good)),))


def sitting_still(review: Review) -> Section:
    """1: a dot per open lead against its stage's limit, and the leads of the stage with the most."""
    people = review.in_play
    still = people[people["is_stale"]]
    if still.empty:
        return nothing(review, "sitting_still", "1", f"{text.plural(len(people), 'lead is', 'leads are')} in play.")
    stage = top_stage(review, list(still.index)) or ""
    mine = still[still["stage"] == stage]
    limit = review.stages["stale_after_days"].get(stage)
    answer = rich(
        bold(f"{review.label(stage)}:"),
        f" {text.of(len(mine), int((people['stage'] == stage).sum()))} have been there longer than "
        f"{text.plural(int(limit or 0), 'day')}; {text.of(len(still), len(people))} of everyone in play.",
    )
    old = int((still["days_in_stage"] > OLD_DAYS).sum())
    if old >= text.SMALL_BASE and 2 * old >= len(still):
        weeks = f" {text.number(old)} of them for over four weeks: write once more, or close them with a reason."
        answer = rich(answer, weeks)
    frame = people.assign(owner=[("" if w == "nobody" else w) for w in people["who"]])
    stages = [(s, str(r["label"]), float(r["stale_after_days"])) for s, r in review.open_stages.iterrows()]
    key = Key(
        (
            ("dot", "one lead, within the stage’s time"),
            ("dot-still", "one lead, sitting still"),
            ("limit", "the stage’s limit"),
        )
    )
    caption = f"{review.label(stage)} and sitting still"
    order = review.promising(list(mine.index))
    leads = lead_list(review, caption, order, f"in {review.label(stage)}")
    blocks: tuple[Block | None, ...] = (key, figures.sitting_still(frame, stages), _undated(people), leads)
    return Section("sitting_still", Head(answer, _still_before(review, stage), "1"), _there(blocks))


def _there(blocks: Sequence[Block | None]) -> tuple[Block, ...]:
    return tuple(b for b in blocks if b is not None)


def _undated(people: Frame) -> Prose | None:
    number = int(people["days_in_stage"].isna().sum())
    told = f"{text.plural(number, 'lead has', 'leads have')} no date for their stage and stand in no pile."
    return Prose(rich(told)) if number else None


def _still_before(review: Review, stage: str) -> Rich:
    before = queries.at_instant(review.window, review.window.as_of - timedelta(days=7)).set_index("stage")
    limits = [
        f"{r['label']} {text.plural(int(r['stale_after_days']), 'day')}" for _, r in review.open_stages.iterrows()
    ]
    told = "Limits: " + ", ".join(limits) + "."
    if before.empty:
        return rich(told)
    mine = before.loc[stage] if stage in before.index else {"still": 0, "leads": 0}
    earlier = text.of(int(mine["still"]), int(mine["leads"]))
    everyone = text.of(int(before["still"].sum()), int(before["leads"].sum()))
    return rich(f"The week before: {earlier} in {review.label(stage)}, {everyone} of all. {told}")


def stage_confusion(review: Review) -> Section:
    """2: leads per stage whose place is unclear, as unit squares."""
    people = review.in_play
    unclear = review.leak("stage_confusion")
    unclear = unclear[unclear["journey_id"].isin(people.index)]
    if unclear.empty:
        return nothing(review, "stage_confusion", "2")
    ids = set(unclear["journey_id"])
    stage = _worst_share(review, ids)
    total = int((people["stage"] == stage).sum())
    mine = [str(j) for j in people.index if j in ids and people.loc[j, "stage"] == stage]
    answer = rich(
        bold(f"{review.label(stage)}:"),
        f" for {text.of(len(mine), total)} leads the conversation and the CRM disagree, a person has to decide, or a "
        "step was skipped.",
    )
    columns = (
        *_square_columns("Unclear"),
        Column("Needs a person’s decision", "right", "half", short="decision"),
        Column("CRM says something else", "right", "half", short="CRM differs"),
    )
    decide = people["needs_human_review"]
    differs = people["crm_agrees"].eq(False)

    def more(rows: Frame) -> tuple[Cell, ...]:
        return (Number(str(int(decide[rows.index].sum()))), Number(str(int(differs[rows.index].sum()))))

    table = _squares(review, columns, ids, stage, more)
    note = rich(
        "Unclear means: the stage hangs on a voice note, the evidence contradicts itself, the CRM holds another "
        f"stage, or the lead got there by a move the rules do not know.{_older(people, mine)}"
    )
    why = details(review, "stage_confusion")
    leads = lead_list(
        review,
        f"{review.label(stage)} and unclear",
        review.promising(mine),
        f"unclear in {review.label(stage)}",
        next_move=lambda row: rich(why.get(row.journey_id) or text.sentence(text.clean(row.next_action))),
    )
    return Section("stage_confusion", Head(answer, note, "2"), _there((table, leads)))


def _older(people: Frame, journeys: list[str]) -> str:
    """How many of these stood in their stage a week ago already."""
    old = int((people.loc[journeys, "days_in_stage"] > DAYS_OF_A_WEEK).sum())
    return f" {text.of(old, len(journeys))} have stood there for over a week." if journeys else ""


def _worst_share(review: Review, ids: set[str]) -> str:
    """The stage with the highest share of these leads; of equals the one with more, then the earlier."""
    people = review.in_play
    best: tuple[float, int, int, str] | None = None
    for index, stage in enumerate(review.open_stages.index):
        there = people[people["stage"] == stage]
        hit = sum(j in ids for j in there.index)
        if hit:
            key = (hit / len(there), hit, -index, str(stage))
            best = key if best is None else max(best, key)
    return best[3] if best else ""


def _square_columns(title: str) -> tuple[Column, ...]:
    return (Column("Stage", phone="title", nowrap=True), Column(title, "right", "figure", nowrap=True), Column())


def _squares(
    review: Review, columns: tuple[Column, ...], ids: set[str], worst: str, more: Any, total_words: str = "All in play"
) -> Table:
    """A row per open stage: how many of its leads are in `ids`, drawn as squares, and what `more` adds."""
    people = review.in_play
    rows = []
    for stage in review.open_stages.index:
        mine = people[people["stage"] == stage]
        hit = sum(j in ids for j in mine.index)
        figure = Number(text.of(hit, len(mine)), tone="warn" if stage == worst else "bold")
        rows.append(Row((Stage(str(stage), review.label(str(stage))), figure, _drawn(hit, len(mine)), *more(mine))))
    hit = sum(j in ids for j in people.index)
    rows.append(Row((Text(rich(total_words)), Number(text.of(hit, len(people))), None, *more(people)), "total"))
    return Table(columns, tuple(rows))


def _drawn(hit: int, total: int) -> Squares | Bar | None:
    if not total:
        return None
    return Squares(hit, total) if total <= MOST_SQUARES else Bar(hit, total, tone="warn")


def unclear_ownership(review: Review) -> Section:
    """6: leads per stage without a clear owner, as unit squares."""
    people = review.in_play
    unowned = review.leak("unclear_ownership")
    ids = set(unowned["journey_id"]) & set(people.index) | set(people.index[people["who"] == "nobody"])
    if not ids:
        return nothing(review, "unclear_ownership", "6")
    stage = top_stage(review, sorted(ids)) or ""
    mine = sum(people.loc[j, "stage"] == stage for j in ids)
    answer = rich(
        bold(f"{review.label(stage)}:"),
        f" {text.of(int(mine), int((people['stage'] == stage).sum()))} have no clear owner; "
        f"{text.of(len(ids), len(people))} of everyone in play.",
    )

    def named(rows: Frame) -> tuple[Cell, ...]:
        return (Number(str(sum(j not in ids for j in rows.index))),)

    columns = (*_square_columns("Owner unclear"), Column("Owner clear", "right", "hide"))
    why = details(review, "unclear_ownership")
    leads = lead_list(
        review,
        "No clear owner",
        review.promising(sorted(ids)),
        "without a clear owner",
        shown=3,
        next_move=lambda row: rich(why.get(row.journey_id) or "Give this lead to one person."),
    )
    note = rich(
        "Unclear means: nobody of the team has spoken, or the owner named in the CRM is not the one who speaks.",
        _unowned(review),
    )
    table = _squares(review, columns, ids, stage, named)
    return Section("unclear_ownership", Head(answer, note, "6"), _there((table, leads)))


def _unowned(review: Review) -> str:
    """How many have no owner at all, now and a week before; nothing where that is not known."""
    coverage = queries.optional(review.window, "rpt_coverage")
    if coverage is None:
        return ""
    known = coverage.set_index("moment")
    now, before = (
        (int(known.at[m, "leads"] - known.at[m, "with_owner"]), int(known.at[m, "leads"])) if m in known.index else None
        for m in ("now", "week_before")
    )
    was = f", the week before {text.of(*before)}" if before else ""
    return f" Without any owner: {text.of(*now)}{was}." if now else ""


def _past_limit(review: Review, people: Frame) -> str:
    """How many of these were past their stage's limit a week ago already."""
    limits = people["stage"].map(review.stages["stale_after_days"])
    old = int((people["days_in_stage"] - DAYS_OF_A_WEEK > limits).sum())
    return f" A week before, {old} of these were past their stage’s limit already."


def close_out(review: Review) -> Section:
    """7: leads that are over, by where they stopped, with how to close them."""
    found = review.leak("close_out")
    ids = [str(j) for j in found["journey_id"]]
    if not ids:
        return nothing(review, "close_out", "7")
    people = review.people.loc[ids]
    reasons = queries.seed(review.window, "outcome_reasons").set_index("reason")["label"]
    counts = people.groupby("stage").size()
    rows = []
    for stage in review.stages.index:
        if stage not in counts.index:
            continue
        lane, reason, words = (
            str(review.stages.at[stage, f"close_as_{part}"]) for part in ("stage", "reason", "words")
        )
        after = f", {str(reasons[reason]).lower()}" if reason in reasons.index else ""
        number = int(counts[stage])
        bar = Bar(number, float(counts.max()) / 0.9, tone="lost")
        rows.append(
            Row((Text(rich(words)), Number(str(number), tone="bold"), bar, Stage(lane, review.label(lane), after)))
        )
    columns = (
        Column("Why close", phone="title"),
        Column("Leads", "right", "figure"),
        Column(width="mid"),
        Column("Close as"),
    )
    answer = rich(
        bold(f"{text.of(len(ids), len(review.in_play))}."),
        " Silence alone closes nobody: you decide, the reason is ready.",
    )
    overdue = review.leak("nurture_overdue")
    late = (
        f" Another {text.plural(len(overdue), 'lead')} in nurture are past the date you promised to come back."
        if len(overdue)
        else ""
    )
    before = _past_limit(review, people)
    note = rich(f"To close: stale, and two messages of yours unanswered, or a deadline passed.{before}{late}")
    why = details(review, "close_out")
    order = sorted(ids, key=lambda j: (-float(people.loc[j, "days_in_stage"] or 0), j))
    leads = lead_list(
        review,
        "To close",
        order,
        "to close",
        next_move=lambda row: rich(why.get(row.journey_id) or "Close it, or write once more."),
    )
    table = Table(columns, tuple(rows))
    return Section("close_out", Head(answer, note, "7"), _there((table, leads)))
