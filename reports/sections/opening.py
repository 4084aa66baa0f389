"""The first screens: headline, the one change and the last verdict, seven answers, the numbers."""

from __future__ import annotations

from datetime import timedelta

from reports import text
from reports.blocks import Block, Column, Columns, Head, Prose, Row, Section, Table, Top
from reports.cells import Rich, Text, bold, link, rich
from reports.frame import Series
from reports.past_week import spelled
from reports.sections.change import change_card, concerned, worst_leak
from reports.sections.common import Review
from reports.sections.front import ANSWERS, anchor_of, behind, early_links
from reports.sections.links import booked_in_time
from reports.sections.verdict import review_sooner, verdict


def headline(review: Review) -> Section:
    """Masthead, headline, one sentence; under it the one change beside the last change's verdict."""
    window, now = review.window, review.weekly.iloc[-1]
    start = window.week
    local = window.local(window.as_of)
    week_number = start.isocalendar().week
    days = text.day_range(start, start + timedelta(days=6))
    built = f"As of {text.long_day(local, year=False)}, {text.clock(local)}, {window.timezone.rpartition('/')[2]}"
    top = Top(
        account=window.account_name,
        week=f"Week {week_number}, {days}. {built}".replace("_", " "),
        headline=_headline(review, int(now["clients"])),
        standfirst=_standfirst(review, now),
        foot=f"{window.account_name}, week {week_number} of {start.isocalendar().year}. Names are shown because this "
        "copy is for the team. Keep it off shared drives. Earlier weeks are in the index.",
        as_of=spelled(local),
    )
    pair = Columns(((change_card(review),), (verdict(review),)), "change")
    return Section("top", blocks=(*_another_moment(review), *review_sooner(review), pair, *concerned(review)), top=top)


def _another_moment(review: Review) -> tuple[Block, ...]:
    """A line on top where the week is not the last whole one of the moment; nothing on the usual page."""
    local = review.window.local(review.window.as_of)
    last = text.last_whole_week(local)
    if review.window.week == last:
        return ()
    day, name = text.long_day(local), text.week_name(review.window.week)
    if review.window.week > last:
        words = f"What is counted by week ends on {day}; the rest of the week is not on this page."
        return (Prose(rich(bold("This week is not over. "), words), "notice"),)
    words = (
        f"Only what is counted by week is of this week. Rates, prices, verdicts and lists are as of {day}. For the "
        f"page as it was then: leakreview review --week {name}, without --as-of."
    )
    return (Prose(rich(bold("An older week, seen from later. "), words), "notice"),)


def _headline(review: Review, clients: int) -> str:
    if review.people.empty:
        return "No leads yet. Put your exports into the exports folder and run the review again."
    won = f"{text.words(clients).capitalize()} new client{'' if clients == 1 else 's'} last week."
    worst = worst_leak(review)
    if worst is None:
        return f"{won} No leak stands out."
    still = "still " if worst.why_not == "running" else ""
    return f"{won} The {'costliest' if worst.price is not None else 'most frequent'} leak is {still}{worst.words}."


def _standfirst(review: Review, now: Series) -> Rich:
    if review.people.empty:
        return rich("Nothing has been loaded for this account.")
    links, early = int(now["links"]), int(now["early_links"])
    before = int(review.weekly.iloc[-2]["in_play"])
    stock = (
        f"{text.number(int(now['in_play']))} leads were in play on Sunday night, {text.number(before)} a week before."
    )
    if not links:
        return rich("No booking link went out last week. ", stock)
    who = "to someone who had" if early == 1 else "to people who had"
    sentence = f"{early_links(early, links)} sent last week went {who} not yet said what they want and why now. "
    return rich(sentence, *_what_became(review), f" {stock}")


def _what_became(review: Review) -> Rich:
    """What links like these led to over eight weeks, against the others; just the way there where they are few."""
    if not review.window.has_calendar:
        return rich("What became of such links only your calendar can tell.")
    recent = review.links[review.links["is_recent"]]
    early = recent["is_too_early"].fillna(False).astype(bool)
    if min(int(early.sum()), int((~early).sum())) < text.SMALL_BASE:
        return rich(link("What became of such links", "#links"), ".")
    such, others = (100 * booked_in_time(part) for part in (recent[early], recent[~early]))
    words = f"such links led to a call {such:.0f} times in 100, the others {others:.0f} times in 100"
    return rich("Over eight weeks ", link(words, "#links"), ".")


def seven_questions(review: Review) -> Section:
    """One answer a row for the owner's front page, each with the way to its list."""
    rows = []
    front = review.questions[review.questions["kind"] == "front"]
    for question in front.itertuples():
        answer = ANSWERS.get(question.leak)
        words = answer(review) if answer else None
        if words is None:
            words = rich(str(question.empty_state))
        else:
            words = rich(words, " ", link("the list", anchor_of(question.leak)))
        rows.append(Row((Text(rich(str(question.title))), Text(words))))
    table = Table((Column(width="broad"), Column()), tuple(rows))
    return Section("seven", Head(), (table, *behind(review)))
