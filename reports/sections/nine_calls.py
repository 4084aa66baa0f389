"""Three of the nine questions, about links and calls: link but no booking, weak context, no-shows."""

from __future__ import annotations

from typing import Any, Final

from reports import figures, queries, text
from reports.blocks import Block, Column, Empty, Head, Key, Prose, Row, Section, Table
from reports.cells import Cell, Mark, Number, Rich, Text, bold, muted, rich, warn
from reports.frame import Frame, as_date
from reports.rates import wilson
from reports.sections.common import Review, details, lead_list

CALENDAR_STEPS: Final = (
    "In Calendly open Meetings, then Export.",
    "Choose the last 90 days, all statuses.",
    "Put the file in the exports folder and run the review again.",
)
CALL_KEYS: Final = (
    ("completed", "came", "came"),
    ("no_show", "no-show", "no-show"),
    ("cancelled_by_invitee", "cancelled", "cancelled by the lead"),
    ("cancelled_by_host", "cancelled-us", "cancelled by us"),
    ("cancelled", "cancelled-by", "cancelled, not known by whom"),
    ("unmarked", "unmarked", "past, not marked"),
)


def no_calendar(question: str, number: str) -> Section:
    """What a question about calls says when no calendar was ever loaded."""
    words = rich(
        "Calls, no-shows and handoff notes need your calendar. Until then a link that was sent stays “booking link "
        "sent”, also when the lead booked."
    )
    return Section(question, Head(number=number), (Empty("No calendar export yet", words, CALENDAR_STEPS),))


def nothing(review: Review, question: str, number: str, more: str = "") -> Section:
    """A question with nothing to show: the good news of the seed."""
    said = text.clean(review.questions["empty_state"].get(question, "")) or "Nothing found."
    return Section(question, Head(number=number), (Empty(said, rich(more)),))


def link_not_booked(review: Review) -> Section:
    """3: what became of links sent early and in time, and who holds a link without a call."""
    recent = review.links[review.links["is_recent"]]
    ids = [str(j) for j in review.leak("link_not_booked")["journey_id"]]
    if recent.empty and not ids:
        return nothing(review, "link_not_booked", "3", "No booking link was sent in eight weeks.")
    early_of = {str(r.journey_id): bool(r.is_too_early) for r in review.links.itertuples()}
    followed = {
        str(r.journey_id): r.follow_up_at == r.follow_up_at and r.follow_up_at is not None
        for r in review.links.itertuples()
    }
    early = sum(early_of.get(j, False) for j in ids)
    silent = sum(not followed.get(j, False) for j in ids)
    answer = rich(
        bold(f"{text.plural(len(ids), 'lead')}."),
        f" {text.plural(early, 'link')} went out too early, {silent} had no follow-up.",
    )
    counts = recent.assign(is_too_early=recent["is_too_early"].fillna(False).astype(bool))
    counts = counts.groupby(["is_too_early", "outcome"]).size().reset_index(name="links")
    key = Key((("booked", "booked a call"), ("open", "still open"), ("lost", "ended in lost or nurture")))
    note = rich(
        f"The picture holds the {text.plural(len(recent), 'link')} of eight weeks. Too early: at that moment the "
        "lead had not said what they want help with and why now."
    )

    def next_move(row: Any) -> Rich:
        begin = warn("Too early") if early_of.get(row.journey_id) else "In time"
        end = ", followed up" if followed.get(row.journey_id) else ", no follow-up"
        return rich(begin, f"{end}. ", text.sentence(text.clean(row.next_action)))

    leads = lead_list(
        review, "Link sent, not booked", review.promising(ids), "with a link and no call", shown=5, next_move=next_move
    )
    blocks: list[Block] = [] if counts.empty else [key, figures.link_outcomes(counts)]
    return Section("link_not_booked", Head(answer, note, "3"), (*blocks, *((leads,) if leads else ())))


def weak_handoff(review: Review) -> Section:
    """4: the calls to come against the eight notes; without any, the last ones that were held."""
    if not review.window.has_calendar:
        return no_calendar("weak_handoff", "4")
    calls = review.calls
    calls = calls[calls["journey_id"].isin(review.people.index)]
    coming = calls[calls["is_upcoming"]]
    shown, which = (coming, "calls to come") if len(coming) else (calls[calls["is_recent"]].tail(6), "last calls")
    if shown.empty:
        return nothing(review, "weak_handoff", "4", "No call was booked.")
    weak = shown[shown["is_weak_handoff"].fillna(False).astype(bool)]
    names = [str(review.people.loc[j, "name"]) for j in weak["journey_id"]]
    said = f"{text.of(len(weak), len(shown)).capitalize()} {which}"
    answer = rich(bold(f"{said}:"), f" {text.stop(text.listed(names))}")
    if not names:
        answer = rich(bold("None."), f" All {len(shown)} {which} have their notes.")
    key = Key((("there", "in the conversation or the CRM"), ("missing", "missing")))
    table = _matrix(review, shown.head(8))
    leads = _weak_leads(review, weak, which)
    return Section(
        "weak_handoff", Head(answer, _weak_note(review, calls), "4"), tuple(b for b in (table, key, leads) if b)
    )


def _matrix(review: Review, calls: Frame) -> Table:
    fields = queries.seed(review.window, "required_context").sort_values("position")
    columns = [Column("Call", phone="title"), Column("Notes", "right", "figure", nowrap=True)]
    columns += [Column(str(f.label), "center", "hide") for f in fields.itertuples()]
    rows = []
    for call in calls.itertuples():
        there = [(str(f.label), bool(getattr(call, f"has_{f.field}") or False)) for f in fields.itertuples()]
        score = int(call.handoff_score) if call.handoff_score == call.handoff_score else sum(t for _, t in there)
        missing = [name[0].lower() + name[1:] for name, is_there in there if not is_there]
        when = review.window.local(call.starts_at.to_pydatetime())
        cells: tuple[Cell, ...] = (
            Text(
                rich(bold(str(review.people.loc[call.journey_id, "name"]))),
                rich(f"{text.day(when)}, {text.clock(when)}"),
            ),
            Number(text.of(score, len(there)), tone="warn" if call.is_weak_handoff else "bold"),
            *(Mark(is_there) for _, is_there in there),
        )
        rows.append(Row(cells, phone=rich(f"Missing: {', '.join(missing)}" if missing else "All there")))
    return Table(tuple(columns), tuple(rows))


def _weak_note(review: Review, calls: Frame) -> Rich:
    recent = calls[calls["is_recent"] | calls["is_upcoming"]]
    weak = int(recent["is_weak_handoff"].fillna(False).astype(bool).sum())
    told = f"Weak: fewer than {review.window.weak_handoff_below} of 8 notes. "
    if len(recent) < text.SMALL_BASE:
        return rich(told, f"Over eight weeks {text.of(weak, len(recent))} calls were weak.")
    found = wilson(weak, len(recent))
    span = text.percent_range(found.low, found.high)
    return rich(
        told,
        f"Over eight weeks {text.of(weak, len(recent))} booked calls were weak ({text.percent(found.rate)}, "
        f"range {span}).",
    )


def _weak_leads(review: Review, weak: Frame, which: str) -> Block | None:
    starts = {str(c.journey_id): review.window.local(c.starts_at.to_pydatetime()) for c in weak.itertuples()}
    risk = {str(c.journey_id): text.clean(c.no_show_risk_reasons) for c in weak.itertuples() if c.is_no_show_risk}

    def next_move(row: Any) -> Rich:
        words = text.sentence(text.clean(row.next_action))
        reasons = risk.get(row.journey_id)
        return rich(words, " ", warn("No-show risk: "), f"{reasons}.") if reasons else rich(words)

    ids = list(dict.fromkeys(str(j) for j in weak["journey_id"]))
    return lead_list(
        review,
        f"Weak notes, {which}",
        ids,
        "with weak notes",
        next_move=next_move,
        when=lambda row: text.day(starts[row.journey_id]),
        when_title="Call",
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
    note = rich("Cancelled and unmarked calls are not no-shows. ", _unmarked(review, unmarked))
    return Section("no_show", Head(answer, note, "5"), tuple(b for b in blocks if b is not None))


def _came(came: int, base: int) -> str:
    if base < text.SMALL_BASE:
        return f"{text.of(came, base)} came." if base else ""
    found = wilson(came, base)
    span = text.percent_range(found.low, found.high)
    return f"{text.percent(found.rate)} of leads came ({text.of(came, base)}), range {span}."


def _unmarked(review: Review, calls: Frame) -> str:
    if calls.empty:
        return ""
    names = [str(review.people["name"].get(j, "no conversation")) for j in calls["journey_id"]]
    verb = "call has" if len(names) == 1 else "calls have"
    it = "it" if len(names) == 1 else "them"
    named = text.stop(text.listed(names, 3))
    return f"{text.words(len(names)).capitalize()} past {verb} no outcome: {named} Mark {it} and this may move."


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
