"""The numbers: the week's counts on the left, eight-week rates with their ranges on the right; the leads behind."""

from __future__ import annotations

from typing import Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Head, More, Prose, Row, RunIn, Section, Table
from reports.cells import Interval, Number, Spark, Text, bold, few, link, rich
from reports.frame import Frame, Series, as_date, is_known
from reports.queries.window import WEEKS
from reports.rates import wilson
from reports.sections.common import Review
from reports.sections.five import coverage_words

LINK_DAYS: Final = 14
LONGEST_IN_WEEKS: Final = 30  # days; a longer horizon looks back over twice the weeks
# rates of the page: from, to, horizon, what it is called, what its base is
RATES: Final = (
    ("new_dm", "engaged", 7, "Replied with something real", "new leads"),
    ("engaged", "qualified", 14, "Then qualified", "engaged leads"),
    ("booking_link_sent", "booked_call", 14, "Link became a booked call", "links"),
    ("call_completed", "won", 30, "Became a client after the call", "calls that happened"),
    ("new_dm", "won", 60, "New lead became a client", "new leads"),
)


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
        f"play, {text.number(int(before['in_play']))} a week earlier{_undated(review)}.{_link_trend(review)}",
    )
    note = rich(
        "Dot: best estimate. Bar: 9 times in 10 the true rate lies in it. Black tick: the 8 weeks before. "
        "Leads who still have time to decide are allowed for, not counted as lost."
    )
    pair = Columns(((_counts(review),), (_rates(review),)), "numbers")
    return Section("numbers", Head(answer, note), (pair, _coverage(review), *_behind(review)), new_page=True)


def _undated(review: Review) -> str:
    number = int(review.in_play["days_in_stage"].isna().sum())
    return f"; {text.number(number)} more have no date" if number else ""


def _link_trend(review: Review) -> str:
    """Whether links turn into calls more or less often than eight weeks before; nothing where too few to say."""
    if not review.window.has_calendar:
        return ""
    frame = queries.conversion(review.window)
    mine = frame[(frame["from_stage"] == "booking_link_sent") & (frame["to_stage"] == "booked_call")]
    mine = mine[mine["horizon_days"] == LINK_DAYS]
    if mine.empty or int(mine.iloc[0]["entrants"]) < text.SMALL_BASE or not is_known(mine.iloc[0]["previous_rate"]):
        return ""
    row = mine.iloc[0]
    now, was = float(row["rate"]), float(row["previous_rate"])
    if text.percent(now) == text.percent(was):
        return f" Links turn into calls as often as two months ago ({text.percent(now)})."
    how = "more" if now > was else "less"
    inside = float(row["low"]) <= was <= float(row["high"])
    hedge = ", though the range holds both" if inside else ""
    return (
        f" Links turn into calls {how} often than two months ago ({text.percent(now)}, was {text.percent(was)}){hedge}."
    )


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
        if column == "calls_due" and not review.window.has_calendar:
            rows.append(Row((Text(rich(name), rich("needs your calendar")), Number("–"), None, None)))
            continue
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
        if end == "booked_call" and not review.window.has_calendar:
            rows.append(Row((Text(rich(name), rich("needs your calendar")), Number("–"), None, None, None)))
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
    unowned = int((people["who"] == "nobody").sum())
    way = link(f"The {text.number(unowned)} without an owner", "#unclear_ownership") if unowned else ""
    words = coverage_words(review)
    if not words:
        complete = int(((people["who"] != "nobody") & people["next_action"].notna()).sum())
        words = rich(f"{text.of(complete, len(people))} leads in play have a stage, an owner and a next action.")
    return Prose(rich(words, " ", way, "." if unowned else ""))


def _behind(review: Review) -> tuple[Block, ...]:
    """The leads behind the counts of the week, folded: every number leads to its leads."""
    window = review.window
    given = window.parameters()
    people = review.people
    started = people["started_at"]
    begun = people[people["is_prospect"] & (started >= given["week_at"]) & (started < given["end_at"])]
    links = _of_week(review, review.links)
    calls = _of_week(review, review.calls)
    won = queries.won_in_week(window)
    groups = (
        ("new lead", [str(j) for j in begun.sort_values(["started_at", "journey_id"]).index]),
        ("link", [str(j) for j in links["journey_id"]]),
        ("call due", [str(j) for j in calls["journey_id"]]),
        ("new client", [str(j) for j in won["journey_id"]]),
    )
    found: list[Block] = []
    for one, ids in groups:
        many = "calls due" if one == "call due" else f"{one}s"
        items = tuple(_item(review, j) for j in ids)
        if items:
            found.append(More(f"{text.plural(len(items), one, many)} last week", items))
    return tuple(found)


def _of_week(review: Review, frame: Frame) -> Frame:
    return frame[frame["week"].map(as_date) == review.window.week]


def _item(review: Review, journey: str) -> RunIn:
    if journey not in review.people.index:
        return RunIn("no conversation", "in the calendar only")
    row = review.people.loc[journey]
    return RunIn(str(row["name"]), review.label(row["stage"]))
