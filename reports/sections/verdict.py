"""What came of the last change, and whether something else changed that calls for an earlier review."""

from __future__ import annotations

import math
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Empty, Prose, Row, Table, Verdict
from reports.cells import Interval, Number, Rich, Text, bold, few, rich
from reports.frame import as_date, is_known
from reports.sections.common import Review

SURE: Final = "We say so only from 9 in 10."
CHANGED: Final = {"offer": "The offer", "ad": "The ads", "setter": "The setters", "ai_rules": "The AI’s rules"}


def review_sooner(review: Review) -> tuple[Block, ...]:
    """A line on top when ads, the offer, setters or the AI's rules have just changed; nothing otherwise."""
    notes = queries.optional(review.window, "rpt_change_notes")
    if notes is None:
        return ()
    fresh = notes[notes["is_review_sooner"].fillna(False).astype(bool)].sort_values(["noted_on", "note_id"])
    if fresh.empty:
        return ()
    said = [
        f"{CHANGED.get(str(n.kind), str(n.kind))} changed on {text.day(as_date(n.noted_on))}: "
        f"{text.stop(text.shorten(n.title, 120))}"
        for n in fresh.itertuples()
    ]
    told = " Numbers from before and after do not mix."
    return (Prose(rich(bold("Review sooner than next week. "), " ".join(said), told), "notice"),)


def verdict(review: Review) -> Block:
    """What came of the last change; where none was made, how to write one down."""
    log = queries.optional(review.window, "rpt_change_log")
    if log is None:
        words = rich("Write down one change a week, and this page judges it on a date fixed beforehand.")
        steps = (
            "Choose one change, with the team.",
            "Run leakreview change add.",
            "Read the verdict here on its date.",
        )
        return Empty("No change on record", words, steps)
    row: Any = log.sort_values(["change_on", "change_id"]).iloc[-1]
    who = text.clean(row["who"])
    done = f" Done by {review.owner(who)}." if who else ""
    return Verdict(
        f"Last change, made {text.long_day(as_date(row['change_on']), year=False).partition(' ')[2]}",
        _title(row),
        rich(text.sentence(text.shorten(row["title"])), done),
        _table(row),
        _notes(row, _since(review, row)),
    )


def _since(review: Review, row: Any) -> str:
    """What else has changed since the change began, as the account noted it; empty where nothing has."""
    notes = queries.optional(review.window, "rpt_change_notes")
    if notes is None:
        return ""
    later = notes[notes["noted_on"] >= row["change_on"]].sort_values(["noted_on", "note_id"])
    if later.empty:
        return ""
    last: Any = later.iloc[-1]
    what = CHANGED.get(str(last["kind"]), str(last["kind"]))
    return f"{what} changed on {text.day(as_date(last['noted_on']))} and could touch the same number."


def _title(row: Any) -> str:
    weeks = int(row["weeks_more"]) if is_known(row["weeks_more"]) else 0
    kind = str(row["verdict"])
    if kind == "not_due":
        return f"Not due until {text.long_day(as_date(row['evaluation_on']), year=False)}."
    if kind == "cannot_tell":
        more = f"{text.words(weeks).capitalize()} more {'week' if weeks == 1 else 'weeks'}." if weeks else ""
        return f"Cannot tell yet. {more}".strip() if weeks else "Cannot tell: the difference is too small to see."
    return {"better": "Better.", "worse": "Worse.", "confounded": "Mixed up with another change."}.get(kind, kind)


def _table(row: Any) -> Table:
    """Before and since as two ranges on one scale that begins at 0."""
    highs = [float(row[f"{side}_high"]) for side in ("before", "since") if is_known(row[f"{side}_high"])]
    scale = min(1.0, max(0.2, math.ceil(10 * max(highs, default=1.0)) / 10))
    rows = [_side(row, side, scale) for side in ("before", "since")]
    columns = (Column(), Column("", nowrap=True), Column(width="mid", ends=("0", text.percent(scale))))
    return Table(columns, tuple(rows), "plain")


def _side(row: Any, side: str, scale: float) -> Row:
    name = Text(rich(side.capitalize()))
    number, hits = int(row[f"{side}_n"] or 0), int(row[f"{side}_k"] or 0)
    if not number:
        return Row((name, Text(rich(few("nobody has had their days yet" if side == "since" else "nobody"))), None))
    small = number < text.SMALL_BASE
    drawn = Interval(
        float(row[f"{side}_low"]),
        float(row[f"{side}_high"]),
        scale,
        None if small else float(row[f"{side}_rate"]),
        too_few=small,
    )
    base = "" if small else text.of(hits, number)
    return Row((name, Number(text.rate(hits, number), base, "bold"), drawn))


def _notes(row: Any, since: str) -> tuple[Rich, ...]:
    number, least = int(row["since_n"] or 0), int(row["minimum_n"] or 0)
    unit = text.clean(row["unit"])
    counted = (
        f"{text.sentence(text.clean(row['metric_words']))} {text.number(number)} {unit} are old enough to count; we "
        f"agreed on {text.number(least)}. {_leaning(row)}"
    )
    return rich(counted.strip()), rich(f"{_date(row)} {_mixed(row, since)}")


def _leaning(row: Any) -> str:
    """How it looks so far; a change that is not due never shows better or worse."""
    kind, better = str(row["verdict"]), row["p_better"]
    if kind in ("not_due", "confounded") or not is_known(better):
        return ""
    likely = max(float(better), 1 - float(better))
    if kind in ("better", "worse"):
        return f"{text.chances(likely).capitalize()} that it is {kind}."
    if likely < 0.6:
        return "So far it looks the same."
    looks = "better" if better >= 0.5 else "worse"
    return f"It looks {looks} so far, {text.chances(likely)}. {SURE}"


def _date(row: Any) -> str:
    if is_known(row["judged_on"]):
        return f"Judged on {text.long_day(as_date(row['judged_on']))}."
    due = text.long_day(as_date(row["evaluation_on"]))
    if str(row["verdict"]) == "cannot_tell":
        again = "and looked at again every four weeks" if is_known(row["weeks_more"]) else "and twice more since"
        return f"Judged on {due}, {again}."
    return f"To be judged on {due}."


def _mixed(row: Any, since: str) -> str:
    other = text.shorten(row["confounded_by"], 120)
    if other:
        return f"It touches the same number as: {text.stop(other)}"
    if str(row["verdict"]) in ("better", "worse"):
        return "Nothing else touched the same number in that time."
    return since or "No other change touches the same number; should one, this page says so."
