"""The first screens: headline, the one change and the last verdict, seven answers, the numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Head, Prose, Row, Section, Table, Top
from reports.cells import Interval, Number, Rich, Spark, Text, bold, few, link, rich
from reports.frame import Series, is_known
from reports.queries.window import WEEKS
from reports.rates import wilson
from reports.sections.change import change_card, worst_leak
from reports.sections.common import Review
from reports.sections.front import ANSWERS, anchor_of, early_links
from reports.sections.verdict import review_sooner, verdict

LONGEST_IN_WEEKS: Final = 30  # days; a longer horizon looks back over twice the weeks
# rates of the page: from, to, horizon, what it is called, what its base is
RATES: Final = (
    ("new_dm", "engaged", 7, "Replied with something real", "new leads"),
    ("engaged", "qualified", 14, "Then qualified", "engaged leads"),
    ("booking_link_sent", "booked_call", 14, "Link became a booked call", "links"),
    ("call_completed", "won", 30, "Became a client after the call", "calls that happened"),
    ("new_dm", "won", 60, "New lead became a client", "new leads"),
)


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
    )
    pair = Columns(((change_card(review),), (verdict(review),)), "change")
    return Section("top", blocks=(*review_sooner(review), pair), top=top)


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
    stock = f"{text.number(len(review.in_play))} leads are in play, {text.number(before)} a week before."
    if not links:
        return rich("No booking link went out last week. ", stock)
    who = "to someone who had" if early == 1 else "to people who had"
    sentence = f"{early_links(early, links)} sent last week went {who} not yet said what they want and why now. "
    return rich(sentence, link("What became of such links", "#links"), f". {stock}")


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
    return Section("seven", Head(), (table,))


def numbers(review: Review) -> Section:
    """The week's counts on the left, eight-week rates with their ranges on the right."""
    now, before = review.weekly.iloc[-1], review.weekly.iloc[-2]
    closed = queries.closings(review.window)
    out = int(closed["in_week"].sum()) + int(now["clients"])
    came = int(now["new_leads"])
    said = "More leads came in than we closed out" if came > out else "We closed out as many leads as came in, or more"
    answer = rich(
        bold(f"{said}:"),
        f" {text.number(came)} in, {text.number(out)} out. On Sunday night {text.number(int(now['in_play']))} were in "
        f"play, {text.number(int(before['in_play']))} a week earlier.",
    )
    note = rich(
        "Dot: best estimate. Bar: 9 times in 10 the true rate lies in it. Black tick: the 8 weeks before. "
        "Leads who still have time to decide are allowed for, not counted as lost."
    )
    body: list[Block] = [Columns(((_counts(review),), (_rates(review),)), "numbers"), _coverage(review)]
    return Section("numbers", Head(answer, note), tuple(body), new_page=True)


def _counts(review: Review) -> Table:
    weeks = review.weekly
    now, before = weeks.iloc[-1], weeks.iloc[-2]
    rows = []
    for name, column, tone in (
        ("New leads", "new_leads", "blue"),
        ("Links sent", "links", "blue"),
        ("of which too early", "early_links", "warn"),
        ("Calls due", "calls_due", "blue"),
        ("New clients", "clients", "blue"),
        ("Leads in play, Sunday night", "in_play", "blue"),
    ):
        value = int(now[column])
        sub = text.money(now["revenue"], review.window.currency) if column == "clients" and now["revenue"] else ""
        figure = Number(text.number(value), sub, "bigwarn" if tone == "warn" and value else "big")
        spark = Spark(tuple(float(v) for v in weeks[column].iloc[1:]), "warn" if tone == "warn" else "blue")
        rows.append(Row((Text(rich(name)), figure, Number(text.number(int(before[column]))), spark)))
    columns = (
        Column("Last week", phone="title"),
        Column("", "right", "figure"),
        Column("Before", "right", "half"),
        Column("8 weeks", "right", "half"),
    )
    return Table(columns, tuple(rows))


def _rates(review: Review) -> Table:
    frame = queries.conversion(review.window)
    rows = []
    for start, end, horizon, name, base in RATES:
        mine = frame[(frame["from_stage"] == start) & (frame["to_stage"] == end) & (frame["horizon_days"] == horizon)]
        if mine.empty or not mine.iloc[0]["entrants"]:
            continue
        rows.append(_rate_row(name, base, horizon, mine.iloc[0]))
        if end == "booked_call":
            rows += _came(review)
    columns = (
        Column("Last 8 weeks", phone="title"),
        Column("Rate", "right", "figure"),
        Column("Range", phone="half", nowrap=True),
        Column("Before", "right", "half", nowrap=True),
        Column(width="mid", ends=("0", f"100{text.NBSP}%")),
    )
    if not rows:
        words = rich(few("No rate can be said yet: nobody has had the time a rate needs."))
        rows = [Row((Text(words), None, None, None, None))]
    return Table(columns, tuple(rows))


def _rate_row(name: str, base: str, horizon: int, row: Series) -> Row:
    entrants, converted = int(row["entrants"]), int(row["converted"])
    still = round(float(row["share_open"] or 0) * entrants)
    weeks = f" of {2 * WEEKS} weeks" if horizon > LONGEST_IN_WEEKS else ""
    sub = f"{text.of(converted, entrants)} {base}{weeks}, within {horizon} days" + (
        f"; {still} still open" if still else ""
    )
    previous = row["previous_rate"]
    known = is_known(previous)
    if entrants < text.SMALL_BASE:
        few_words = Text(rich(few(text.TOO_FEW)))
        wide = Interval(float(row["low"]), float(row["high"]), 1, too_few=True)
        return Row(
            (Text(rich(name), rich(sub)), Number(text.of(converted, entrants), tone="bold"), few_words, None, wide)
        )
    drawn = Interval(float(row["low"]), float(row["high"]), 1, float(row["rate"]), float(previous) if known else None)
    return Row(
        (
            Text(rich(name), rich(sub)),
            Number(text.percent(float(row["rate"])), tone="big"),
            Number(text.percent_range(float(row["low"]), float(row["high"]))),
            Number(text.percent(float(previous)) if known else "–"),
            drawn,
        )
    )


def _came(review: Review) -> list[Row]:
    """Came to the call: calls with a known outcome; cancelled and unmarked ones are not counted."""
    frame = queries.call_outcomes(review.window).set_index("status")
    if frame.empty:
        return []

    def count(column: str, *status: str) -> int:
        return int(frame[column].reindex(list(status)).fillna(0).sum())

    came, missed = count("calls", "completed"), count("calls", "no_show")
    cancelled = count("calls", "cancelled_by_invitee", "cancelled_by_host", "cancelled")
    unmarked = count("calls", "unmarked")
    if not came + missed:
        return []
    found = wilson(came, came + missed)
    earlier = count("before", "completed"), count("before", "no_show")
    previous = earlier[0] / sum(earlier) if sum(earlier) >= text.SMALL_BASE else None
    sub = f"{text.of(came, came + missed)}; {cancelled} cancelled and {unmarked} unmarked not counted"
    small = came + missed < text.SMALL_BASE
    figure = text.of(came, came + missed) if small else text.percent(found.rate)
    return [
        Row(
            (
                Text(rich("Came to the call"), rich(sub)),
                Number(figure, tone="bold" if small else "big"),
                Text(rich(few(text.TOO_FEW))) if small else Number(text.percent_range(found.low, found.high)),
                Number(text.percent(previous) if previous is not None else "–"),
                Interval(found.low, found.high, 1, found.rate, previous, too_few=small),
            )
        )
    ]


def _coverage(review: Review) -> Prose:
    people = review.in_play
    complete = int(((people["who"] != "nobody") & people["next_action"].notna()).sum())
    unowned = int((people["who"] == "nobody").sum())
    share = f" ({text.percent(complete / len(people))})" if len(people) >= text.SMALL_BASE else ""
    words = f"{text.of(complete, len(people))} leads in play{share} have a stage, an owner and a next action. "
    way = link(f"The {text.number(unowned)} without an owner", "#unclear_ownership") if unowned else ""
    return Prose(rich(words, way, "." if unowned else ""))
