"""The one change of the week, and what came of the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from reports import queries, text
from reports.blocks import Block, Card, Empty, Verdict
from reports.cells import Interval, Rich, bold, link, rich
from reports.sections.common import Review

WATCH_WEEKS: Final = 4  # weeks whose leads are looked at
HORIZON_DAYS: Final = 14  # days each of them is given


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


@dataclass(frozen=True, slots=True)
class Worst:
    """The leak that the page puts first: the costliest, or without prices the most frequent, with its change."""

    leak: str
    words: str
    change: str  # key of the seed
    found: int
    price: tuple[float, float, float] | None = None  # clients in eight weeks: most likely, low, high


def worst_leak(review: Review) -> Worst | None:
    """The leak to mend first; None where nothing was found or every price includes zero.

    Priced, it is the one most surely the top (`p_top`) that has a suggested change; not priced, the most frequent one
    of those on the way to a call. Of equals the one first in `SAID`.
    """
    prices = queries.optional(review.window, "rpt_leak_ranking")
    if prices is not None:
        known = prices[prices["suggested_change"].notna() & prices["leak"].isin(list(SAID)) & (prices["extra_won"] > 0)]
        if known.empty:
            return None
        row = known.sort_values(["p_top", "leak"], ascending=[False, True]).iloc[0]
        price = (float(row["extra_won"]), float(row["low"]), float(row["high"]))
        leak = str(row["leak"])
        return Worst(leak, SAID[leak], str(row["suggested_change"]), int(row["found"]), price)
    changes = queries.seed(review.window, "operational_changes")
    changes = changes.drop_duplicates("leak", keep="last").set_index("leak")["change"]
    counts = review.recent_leaks.groupby("leak")["journey_id"].nunique()
    found = [(int(counts.get(leak, 0)), -i, leak) for i, leak in enumerate(SAID) if leak in changes.index][:7]
    number, _, leak = max(found, default=(0, 0, ""))
    return Worst(leak, SAID[leak], str(changes[leak]), number) if number else None


def change_card(review: Review) -> Block:
    """The one change: what to do, who, which leads, the measure, the date, its worth; or why there is none."""
    worst = worst_leak(review)
    if worst is None:
        return Empty("No change suggested this week", rich("No leak stands out for sure. Leave things as they are."))
    changes = queries.seed(review.window, "operational_changes").set_index("change")
    if worst.change not in changes.index:
        return Empty(
            "No change suggested this week", rich("The costliest leak has no safe change. Leave things as they are.")
        )
    change = changes.loc[worst.change]
    lines: tuple[tuple[str, Rich], ...] = (
        ("Do this", rich(text.sentence(text.clean(change["do_this"])))),
        ("Who", rich(bold(review.owner(change["who"])), ", from today.")),
        ("Which leads", _whom(review, worst)),
        ("Measured by", rich(text.sentence(metric_words(str(change["metric"]))))),
        ("Judged on", _judged(review)),
        ("Worth", _worth(worst)),
    )
    price = None
    if worst.price is not None:
        likely, low, high = worst.price
        price = Interval(low, high, max(2.0, float(round(high * 1.2 + 0.5))), likely, tone="ink")
    return Card("The one change this week", text.clean(change["title"]), lines, price)


def _whom(review: Review, worst: Worst) -> Rich:
    found = review.leak(worst.leak)
    first = review.promising([str(j) for j in found["journey_id"] if j in review.in_play.index])
    if not first:
        return rich("Every lead from today.")
    names = [str(n) for n in review.people.loc[first, "name"]]
    whom = f"the {len(names)} in play it has happened to" if len(names) > 1 else "the one in play it has happened to"
    return rich(f"First {whom}: {text.stop(text.listed(names, 7))} Then every lead from today.")


def _judged(review: Review) -> Rich:
    start = review.window.week + timedelta(weeks=1)
    end = start + timedelta(weeks=WATCH_WEEKS)
    judged = end + timedelta(days=HORIZON_DAYS)
    period = f"{text.short_day(start)} to {text.short_day(end - timedelta(days=1))}"
    return rich(f"{text.long_day(judged)}, on leads of {period}.")


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
    row = log.iloc[-1]
    told = {str(name): text.clean(value) for name, value in row.items()}
    title = told.get("verdict") or "Cannot tell yet."
    return Verdict(
        "Last change", text.sentence(title), rich(text.sentence(told.get("title") or told.get("change", "")))
    )
