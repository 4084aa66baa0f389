"""The one change of the week: which leak it mends, what to do, how it will be judged, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Card, Empty, More
from reports.cells import Interval, Rich, bold, link, rich
from reports.frame import Series, as_date, is_known
from reports.sections.common import Review, people_list
from reports.sections.places import PLACES

SURE: Final = 0.9  # chance that a leak is real, from which the headline may name it
NAMED: Final = 7  # leads named in the card
WATCH_WEEKS: Final = 4  # weeks whose leads are looked at

# leaks on the way to a call and the sale, as a headline says them; each has a change in the seed
SAID: Final = {
    "link_too_early": "booking links that go out before we know why someone wants them",
    "link_without_follow_up": "booking links that nobody follows up",
    "weak_handoff": "calls that are booked without notes",
    "no_show": "no-shows that nobody brings back",
    "unclear_ownership": "leads that belong to nobody",
    "slow_first_reply": "first messages that wait too long for a reply",
    "nurture_overdue": "nurture leads whose date has passed",
    "stage_confusion": "leads whose stage nobody can tell",
    "close_out": "conversations that are over and still open",
    "source_call_quality": "a source whose calls do not become clients",
}
HELD_BACK: Final = {  # why the costliest leak has no change this week
    "running": "Its change has begun and its date is still to come. Give it the time that was agreed.",
    "would_mix": "A change that touches the same number is still being judged. One at a time.",
    "made_it_worse": "Its change was tried before, and the verdict was worse.",
    "costs_little": "It costs less than one client in eight weeks, and that is not worth a change.",
}


@dataclass(frozen=True, slots=True)
class Worst:
    """The leak that the page puts first: the costliest, or without prices the most frequent, with its change.

    `change` is None where nothing is suggested; `why_not` says why. `terms`: how the change would be judged.
    """

    leak: str
    words: str
    found: int
    change: str | None
    price: tuple[float, float, float] | None = None  # clients in eight weeks: most likely, low, high
    why_not: str | None = None
    terms: Series | None = None


def worst_leak(review: Review) -> Worst | None:
    """The leak to mend first; None where nothing was found, or no price is surely above nothing.

    With prices it is the suggested one, else the one most surely the top; without, the most frequent one of those on
    the way to a call, of equals the one first in `SAID`.
    """
    prices = queries.optional(review.window, "rpt_leak_ranking")
    if prices is None:
        return _most_frequent(review)
    suggested = prices[prices["is_suggested"].fillna(False).astype(bool)]
    if suggested.empty:
        sure = prices[(prices["extra_won"] > 0) & (prices["p_real"] >= SURE)]
        if sure.empty:
            return None
        return _priced(sure.sort_values(["p_top", "extra_won", "leak"], ascending=[False, False, True]).iloc[0])
    return _priced(suggested.iloc[0])


def _priced(row: Series) -> Worst:
    leak = str(row["leak"])
    return Worst(
        leak,
        SAID.get(leak, leak.replace("_", " ")),
        int(row["found"]),
        str(row["suggested_change"]) if row["is_suggested"] else None,
        (float(row["extra_won"]), float(row["low"]), float(row["high"])),
        text.clean(row["why_not"]) or None,
        row,
    )


def _most_frequent(review: Review) -> Worst | None:
    changes = queries.seed(review.window, "operational_changes")
    changes = changes.drop_duplicates("leak", keep="last").set_index("leak")["change"]
    counts = review.recent_leaks.groupby("leak")["journey_id"].nunique()
    found = [(int(counts.get(leak, 0)), -i, leak) for i, leak in enumerate(SAID) if leak in changes.index][:7]
    number, _, leak = max(found, default=(0, 0, ""))
    return Worst(leak, SAID[leak], number, str(changes[leak])) if number else None


def change_card(review: Review) -> Block:
    """The one change: what to do, who, which leads, the measure, the date, its worth; or why there is none."""
    worst = worst_leak(review)
    if worst is None or worst.change is None:
        return _no_change(worst)
    change = queries.seed(review.window, "operational_changes").set_index("change").loc[worst.change]
    lines: tuple[tuple[str, Rich], ...] = (
        ("Do this", rich(text.sentence(text.clean(change["do_this"])))),
        ("Who", rich(bold(review.owner(change["who"])), ", from today.")),
        ("Which leads", _whom(review, worst)),
        ("Measured by", _measured(worst, str(change["metric"]))),
        ("Judged on", _judged(review, worst)),
        ("Worth", _worth(worst)),
    )
    price = None
    if worst.price is not None:
        likely, low, high = worst.price
        price = Interval(low, high, max(2.0, float(round(high * 1.2 + 0.5))), likely, tone="ink")
    return Card("The one change this week", text.clean(change["title"]), lines, price)


def _no_change(worst: Worst | None) -> Empty:
    title = "No change suggested this week"
    if worst is None:
        return Empty(title, rich("No leak stands out for sure. Leave things as they are."))
    why = HELD_BACK.get(worst.why_not or "", "Nothing safe can be done about it yet.")
    begin = f"The costliest leak is {worst.words}. "
    return Empty(title, rich(begin, why, " Leave the rest as it is. ", link("What each leak costs", "#cost"), "."))


def concerned(review: Review) -> tuple[More, ...]:
    """The leads in play that the one change concerns, folded; nothing where the card names them all."""
    worst = worst_leak(review)
    if worst is None or worst.change is None:
        return ()
    first = _in_play(review, worst)
    if len(first) <= NAMED:
        return ()
    return (people_list(review, f"The {text.number(len(first))} leads in play it has happened to", first),)


def _in_play(review: Review, worst: Worst) -> list[str]:
    found = review.leak(worst.leak)
    return review.promising([str(j) for j in found["journey_id"] if j in review.in_play.index])


def _whom(review: Review, worst: Worst) -> Rich:
    first = _in_play(review, worst)
    if not first:
        return rich("Every lead from today.")
    names = [str(n) for n in review.people.loc[first, "name"]]
    whom = f"the {len(names)} in play it has happened to" if len(names) > 1 else "the one in play it has happened to"
    place = PLACES.get(worst.leak)
    shown = link(whom, place) if place else whom
    return rich("First ", shown, f": {text.stop(text.listed(names, NAMED))} Then every lead from today.")


def _measured(worst: Worst, metric: str) -> Rich:
    """The measure, and where it stands now with its range."""
    row = worst.terms
    if row is None:
        return rich(text.sentence(metric_words(metric)))
    begin = text.sentence(text.clean(row["metric_words"]))
    if not is_known(row["current_rate"]) or not int(row["current_n"]):
        return rich(begin, " Nobody to measure yet.")
    cases, still = int(row["current_n"]), row["current_open"]
    share = text.of(int(row["current_k"]), cases)
    waiting = f", {int(still)} still open" if is_known(still) and int(still) else ""
    if cases < text.SMALL_BASE:
        return rich(begin, f" Now {share}{waiting}.")
    span = text.percent_range(float(row["current_low"]), float(row["current_high"]))
    return rich(begin, f" Now {text.percent(float(row['current_rate']))} ({share} so far{waiting}; range {span}).")


def _judged(review: Review, worst: Worst) -> Rich:
    row: Any = worst.terms
    if row is None:
        return rich("Four weeks after it starts, and the days each lead is given.")
    start = as_date(row["starts_on"])
    end = start + timedelta(weeks=WATCH_WEEKS, days=-1)
    unit = text.clean(row["unit"])
    period = f"{text.short_day(start)} to {text.short_day(end)}"
    date = text.long_day(as_date(row["evaluation_on"]))
    return rich(f"{date}, on {unit} of {period}, if there are at least {text.number(int(row['minimum_n']))}.")


def _worth(worst: Worst) -> Rich:
    if worst.price is None:
        return rich(
            bold("Not priced yet."),
            " Chosen because it is the most frequent leak on the way to a call: ",
            f"{text.plural(worst.found, 'lead')} in eight weeks. ",
            link("All leaks found", "#cost"),
            ".",
        )
    likely, low, high = worst.price
    clients = text.plural(round(likely), "client")
    return rich(
        bold(f"About {clients} in 8 weeks"),
        f", likely {round(low)} to {round(high)}. A ceiling: leads we rescue "
        "buy less often than leads who never needed rescuing.",
    )


def metric_words(metric: str) -> str:
    """A metric's key as it is said: link_to_booked_14d -> share that goes from link to booked within 14 days."""
    name, _, days = metric.rpartition("_")
    if not (days.endswith("d") and days[:-1].isdigit()):
        return metric.replace("_", " ")
    start, _, end = name.replace("_", " ").partition(" to ")
    inside = f"within {days[:-1]} days"
    return f"share that goes from {start} to {end} {inside}" if end else f"share {start} {inside}"
