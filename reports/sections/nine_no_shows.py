"""The fifth question: which calls no-showed, who got back to those leads, and which calls nobody marked."""

from __future__ import annotations

from typing import Any, Final

from reports import figures, text
from reports.blocks import Block, Head, Key, More, Prose, RunIn, Section
from reports.cells import Rich, bold, muted, rich, warn
from reports.frame import Frame, as_date
from reports.rates import wilson
from reports.sections.common import Review, details, lead_list
from reports.sections.nine_calls import no_calendar, nothing

CALL_KEYS: Final = (
    ("completed", "came", "came"),
    ("no_show", "no-show", "no-show"),
    ("cancelled_by_invitee", "cancelled", "cancelled by the lead"),
    ("cancelled_by_host", "cancelled-us", "cancelled by us"),
    ("cancelled", "cancelled-by", "cancelled, not known by whom"),
    ("unmarked", "unmarked", "past, not marked"),
)


def no_show(review: Review) -> Section:
    """5: a mark per call of eight weeks by what happened, and who did not come."""
    if not review.window.has_calendar:
        return no_calendar("no_show", "5")
    calls = review.calls[review.calls["is_recent"] & ~review.calls["is_upcoming"]]
    if calls.empty:
        return nothing(review, "no_show", "5", "No call was due in eight weeks.")
    count = calls.groupby("status").size()
    missed = calls[calls["status"] == "no_show"]
    in_week = missed[missed["week"].map(as_date) == review.window.week]
    came, base = int(count.get("completed", 0)), int(count.get("completed", 0) + count.get("no_show", 0))
    begin = (
        f"{'None' if in_week.empty else text.words(len(in_week)).capitalize()} last week, {len(missed)} in eight weeks."
    )
    answer = rich(bold(begin), f" {_came(came, base)}")
    names = review.people["name"]
    frame = calls.assign(
        week_start=calls["week"].map(as_date), name=[str(names.get(j, "no conversation")) for j in calls["journey_id"]]
    )
    keys = [(symbol, f"{words}, {count[status]}") for status, symbol, words in CALL_KEYS if count.get(status, 0)]
    blocks: list[Block | None] = [Key(tuple(keys)), figures.calls_by_week(frame, review.window.weeks)]
    due = f"{text.plural(len(calls), 'call')} due in eight weeks, by the week of the call. Moved calls count once."
    alone = _left_alone(review)
    blocks += [Prose(rich(due, _got_back(review, missed, alone))), _missed_leads(review, missed, alone)]
    unmarked = calls[calls["status"] == "unmarked"]
    note = rich("Cancelled and unmarked calls are not no-shows. ", _unmarked(unmarked), _came_before(review))
    blocks.append(_unmarked_calls(review, unmarked))
    return Section("no_show", Head(answer, note, "5"), tuple(b for b in blocks if b is not None))


def _came_before(review: Review) -> str:
    """How many came in the eight weeks before, of the calls whose outcome is known."""
    earlier = review.calls[~review.calls["is_recent"] & ~review.calls["is_upcoming"]]
    count = earlier.groupby("status").size()
    came, base = int(count.get("completed", 0)), int(count.get("completed", 0) + count.get("no_show", 0))
    return f" The eight weeks before {text.of(came, base)} came." if base else ""


def _came(came: int, base: int) -> str:
    if base < text.SMALL_BASE:
        return f"{text.of(came, base)} came." if base else ""
    found = wilson(came, base)
    span = text.percent_range(found.low, found.high)
    return f"{text.percent(found.rate)} of leads came ({text.of(came, base)}), range {span}."


def _unmarked(calls: Frame) -> str:
    if calls.empty:
        return ""
    one = len(calls) == 1
    said = "call has no outcome: mark it" if one else "calls have no outcome: mark them"
    return f"{text.words(len(calls)).capitalize()} past {said} and this may move."


def _unmarked_calls(review: Review, calls: Frame) -> More | None:
    """The calls to mark, folded."""
    if calls.empty:
        return None
    names = review.people["name"]
    items = tuple(
        RunIn(
            str(names.get(c.journey_id, "no conversation")), text.day(review.window.local(c.starts_at.to_pydatetime()))
        )
        for c in calls.itertuples()
    )
    return More(f"{text.plural(len(items), 'past call')} without an outcome", items)


def _left_alone(review: Review) -> frozenset[tuple[str, Any]]:
    """Missed calls, as journey and start, after which nobody wrote in time."""
    rows = review.leaks[review.leaks["leak"] == "no_show_left_alone"]
    return frozenset((str(r.journey_id), r.since_at) for r in rows.itertuples())


def _got_back(review: Review, missed: Frame, alone: frozenset[tuple[str, Any]]) -> str:
    """What was done about the no-shows of eight weeks: nobody got back to them, booked again."""
    if missed.empty:
        return ""
    silent = sum((str(c.journey_id), c.starts_at) in alone for c in missed.itertuples())
    created = review.calls.groupby("journey_id")["created_at"].max()
    again = sum(c.journey_id in created.index and created[c.journey_id] > c.starts_at for c in missed.itertuples())
    if len(missed) == 1:
        return (
            f" It was {'' if again else 'not '}booked again; {'nobody' if silent else 'somebody'} got back to the lead."
        )
    nobody = f"to {text.words(silent)} of them nobody got back" if silent else "somebody got back to all of them"
    again_words = text.words(again) if again else "none"
    return f" Of {text.plural(len(missed), 'no-show')} {again_words} booked again; {nobody}."


def _risk_words(reasons: str) -> str:
    return f" Warning signs before: {reasons[:1].lower()}{reasons[1:]}" if reasons else ""


def _missed_leads(review: Review, missed: Frame, alone: frozenset[tuple[str, Any]]) -> Block | None:
    latest = missed.sort_values(["starts_at", "call_id"], ascending=[False, True])
    when = {str(c.journey_id): text.day(review.window.local(c.starts_at.to_pydatetime())) for c in missed.itertuples()}
    ids = [str(j) for j in dict.fromkeys(latest["journey_id"].dropna()) if j in review.people.index]
    why = details(review, "no_show")
    silent = {journey for journey, _ in alone}

    def next_move(row: Any) -> Rich:
        begin = (warn("Nobody got back to them. "),) if row.journey_id in silent else ()
        risk = muted(_risk_words(why.get(row.journey_id, "")))
        return rich(begin, text.sentence(text.clean(row.next_action)), risk)

    return lead_list(
        review,
        "No-shows, the latest first",
        ids,
        "no-shows",
        shown=3,
        when=lambda row: when[row.journey_id],
        when_title="When",
        next_move=next_move,
    )
