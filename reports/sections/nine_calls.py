"""Two of the nine questions, about links and calls to come: link but no booking, weak context."""

from __future__ import annotations

from typing import Any, Final

from reports import figures, queries, text
from reports.blocks import Block, Column, Empty, Head, Key, Row, Section, Table
from reports.cells import Cell, Mark, Number, Rich, Text, bold, rich, warn
from reports.frame import Frame
from reports.rates import wilson
from reports.sections.common import Review, lead_list

CALENDAR_STEPS: Final = (
    "In Calendly open Meetings, then Export.",
    "Choose the last 90 days, all statuses.",
    "Put the file in the exports folder and run the review again.",
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
        "lead had not said what they want help with and why now.",
        _links_before(review),
    )

    def next_move(row: Any) -> Rich:
        begin = warn("Too early") if early_of.get(row.journey_id) else "In time"
        end = ", followed up" if followed.get(row.journey_id) else ", no follow-up"
        return rich(begin, f"{end}. ", text.sentence(text.clean(row.next_action)))

    if not review.window.has_calendar:
        note = rich(
            "Without your calendar a link that was booked looks open too: who booked is not known yet. Too early: at "
            "that moment the lead had not said what they want help with and why now."
        )
        counts = counts.iloc[:0]
    leads = lead_list(
        review, "Link sent, not booked", review.promising(ids), "with a link and no call", shown=5, next_move=next_move
    )
    blocks: list[Block] = [] if counts.empty else [key, figures.link_outcomes(counts)]
    return Section("link_not_booked", Head(answer, note, "3"), (*blocks, *((leads,) if leads else ())))


def _links_before(review: Review) -> str:
    """The eight weeks before, in the same words; nothing where no link was sent."""
    before = review.links[~review.links["is_recent"]]
    if before.empty:
        return ""
    early = int(before["is_too_early"].fillna(False).astype(bool).sum())
    booked = int((before["outcome"] == "booked").sum())
    sent = text.plural(len(before), "link")
    return f" The eight weeks before: {sent}, {early} too early, {booked} booked."


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
    earlier = calls[~(calls["is_recent"] | calls["is_upcoming"])]
    before = int(earlier["is_weak_handoff"].fillna(False).astype(bool).sum())
    was = f" The eight weeks before: {text.of(before, len(earlier))}." if len(earlier) else ""
    if len(recent) < text.SMALL_BASE:
        return rich(told, f"Over eight weeks {text.of(weak, len(recent))} calls were weak.{was}")
    found = wilson(weak, len(recent))
    span = text.percent_range(found.low, found.high)
    return rich(
        told,
        f"Over eight weeks {text.of(weak, len(recent))} booked calls were weak ({text.percent(found.rate)}, "
        f"range {span}).{was}",
    )


def _weak_leads(review: Review, weak: Frame, which: str) -> Block | None:
    """Who has weak notes: the calls shown above, then everyone else in play who booked and has none."""
    starts = {str(c.journey_id): review.window.local(c.starts_at.to_pydatetime()) for c in review.calls.itertuples()}
    risk = {str(c.journey_id): text.clean(c.no_show_risk_reasons) for c in weak.itertuples() if c.is_no_show_risk}
    shown = list(dict.fromkeys(str(j) for j in weak["journey_id"]))
    others = {str(j) for j in review.leak("booked_without_notes")["journey_id"]} & set(review.in_play.index)
    passed = review.promising(sorted(others - set(shown)))

    def next_move(row: Any) -> Rich:
        words = text.sentence(text.clean(row.next_action))
        reasons = risk.get(row.journey_id)
        return rich(words, " ", warn("No-show risk: "), f"{reasons}.") if reasons else rich(words)

    return lead_list(
        review,
        f"Weak notes, {which}{' and past ones that nobody marked' if passed else ''}",
        [*shown, *passed],
        "with weak notes",
        next_move=next_move,
        when=lambda row: text.day(starts[row.journey_id]) if row.journey_id in starts else text.days(row.days_in_stage),
        when_title="Call",
    )
