"""The five questions of every lead in play: stage, owner, context, next move, what ends it; how many are answered."""

from __future__ import annotations

from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Fold, Head, Prose, Row, Section, Table
from reports.cells import Number, Rich, Text, bold, few, link, muted, named, quoted, rich, warn
from reports.frame import Frame
from reports.sections.common import Review, quote_of

PIECES: Final = (  # what is captured of the context, as it is said
    ("has_source", "source"),
    ("has_problem", "problem"),
    ("has_goal", "goal"),
    ("has_timing", "why now"),
    ("has_objection", "hesitation"),
)
QUESTIONS: Final = (
    ("leads", "What stage is this lead in?"),
    ("with_owner", "Who owns the next action?"),
    ("with_context", "What context has been captured?"),
    ("with_next_move", "What is the next move?"),
    ("with_way_out", "What would move it forward or close it out?"),
    ("complete", "All five"),
)


def five_questions(review: Review) -> Section:
    """Coverage with the week before, and every lead in play with the five answers, folded by stage."""
    five = queries.optional(review.window, "rpt_five_questions")
    if five is None or review.in_play.empty:
        words = rich("The five questions are asked of every lead in play.")
        return Section("five", Head(), (Empty("No lead in play", words),))
    five = five[five["journey_id"].isin(review.in_play.index)].set_index("journey_id")
    now = _counted(five)
    before = _week_before(review)
    was = f", was {_share(before['complete'], before['leads'])} a week before" if before is not None else ""
    answer = rich(
        bold(f"{text.of(now['complete'], now['leads'])} leads in play have all five answers"),
        f" ({_share(now['complete'], now['leads'])}{was}). ",
        _weakest(now),
    )
    note = rich(
        "If one answer is missing, the lead lives in somebody’s head. The week before is reckoned from the messages of "
        "that moment."
    )
    folds: list[Block] = []
    for stage in review.open_stages.index:
        mine = [str(j) for j in review.in_play.index[review.in_play["stage"] == stage]]
        if mine:
            summary = f"{review.label(str(stage))}: all {text.plural(len(mine), 'lead')} with the five answers"
            folds.append(Fold(summary, _leads(review, review.promising(mine), five)))
    return Section("five", Head(answer, note), (_table(now, before), Prose(_captured(five)), *folds))


def coverage_words(review: Review) -> Rich:
    """Coverage in one line, for the numbers at the top of the page."""
    five = queries.optional(review.window, "rpt_five_questions")
    people = review.in_play
    if five is None or people.empty:
        return ()
    now = _counted(five[five["journey_id"].isin(people.index)].set_index("journey_id"))
    before = _week_before(review)
    was = f", was {_share(before['complete'], before['leads'])}" if before is not None else ""
    share = f" ({_share(now['complete'], now['leads'])}{was})" if now["leads"] >= text.SMALL_BASE else ""
    begin = f"{text.of(now['complete'], now['leads'])} leads in play{share} have a stage, an owner, context and a "
    return rich(begin, "next move. ", link("Every lead with its five answers", "#five"), ".")


def _counted(five: Frame) -> dict[str, int]:
    complete = five["has_owner"] & five["has_context"] & five["has_next_move"] & five["has_way_out"]
    return {
        "leads": len(five),
        "with_owner": int(five["has_owner"].sum()),
        "with_context": int(five["has_context"].sum()),
        "with_next_move": int(five["has_next_move"].sum()),
        "with_way_out": int(five["has_way_out"].sum()),
        "complete": int(complete.sum()),
    }


def _week_before(review: Review) -> Any:
    rows = queries.optional(review.window, "rpt_coverage")
    if rows is None:
        return None
    rows = rows[(rows["moment"] == "week_before") & (rows["leads"] > 0)]
    return None if rows.empty else rows.iloc[0]


def _share(part: Any, whole: Any) -> str:
    return text.rate(int(part), int(whole))


def _weakest(now: dict[str, int]) -> str:
    name, words = min(
        (
            ("with_owner", "owner"),
            ("with_context", "context"),
            ("with_next_move", "next move"),
            ("with_way_out", "end"),
        ),
        key=lambda item: now[item[0]],
    )
    missing = now["leads"] - now[name]
    return f"Most often missing: the {words}, {text.plural(missing, 'lead')}." if missing else ""


def _table(now: dict[str, int], before: Any) -> Table:
    rows = []
    for key, words in QUESTIONS:
        missing = now["leads"] - now[key]
        earlier = _share(before[key], before["leads"]) if before is not None and key in before.index else "–"
        earlier = "–" if key == "leads" else earlier
        figure = text.of(now[key], now["leads"])
        cells = (
            Text(rich(words)),
            Number(figure, tone="bold"),
            Number(str(missing), tone="warn" if missing else "plain"),
            Number(earlier),
        )
        rows.append(Row(cells, "total" if key == "complete" else "plain"))
    columns = (
        Column("Of every lead in play", phone="title"),
        Column("Answered", "right", "figure"),
        Column("Missing", "right", "half"),
        Column("Week before", "right", "half", nowrap=True),
    )
    return Table(columns, tuple(rows))


def _captured(five: Frame) -> Rich:
    said = [f"{words} {_share(five[key].sum(), len(five))}" for key, words in PIECES]
    return rich(f"What is captured of the context: {', '.join(said)}.")


def _leads(review: Review, journeys: list[str], five: Frame) -> Table:
    columns = (
        Column("Lead", phone="title"),
        Column("Owner", phone="figure", width="narrow"),
        Column("Context captured", width="mid"),
        Column("Next move", width="mid"),
        Column("Moves forward when, closes when", width="mid"),
    )
    rows = [_lead(review.people.loc[j], five.loc[j] if j in five.index else None) for j in journeys]
    return Table(columns, tuple(rows))


def _lead(row: Any, five: Any) -> Row:
    quote = quote_of(row)
    pieces = [words for key, words in PIECES if five is not None and five[key]]
    captured = rich(muted(text.sentence(text.listed(pieces))) if pieces else warn("Nothing captured."))
    forward, close = text.clean(row["moves_forward_when"]), text.clean(row["closes_out_when"])
    ends = " ".join(
        (f"Moves forward when {forward}." if forward else "", f"Closes when {close}." if close else "")
    ).strip()
    who = str(row["who"])
    words = quoted(text.shorten(quote.text, 110)) if quote.text else few(quote.instead)
    return Row(
        (
            Text(rich(named(str(row["name"]))), rich(text.days(row["days_in_stage"]))),
            Text(rich(warn(who) if who == "nobody" else who)),
            Text(rich(words), captured),
            Text(rich(text.sentence(text.clean(row["next_action"])))),
            Text(rich(ends) if ends else rich(warn("Not said."))),
        )
    )
