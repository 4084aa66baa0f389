"""Today's list: who waits for whom, their own words, why, and what to do next."""

from __future__ import annotations

from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Empty, Head, Jump, More, Owner, RunIn, Section, Today
from reports.cells import Quote, bold, rich
from reports.frame import Frame, Series
from reports.sections.common import ROLE_WORDS, SENSITIVE, TEAM, Review, details, quote_of, stage_of

SHOWN: Final = 6
MOST_RUN_IN: Final = 24  # names that stand open in a row


def todays_list(review: Review) -> Section:
    """Everyone who waits for the team, per owner of the next move, the most promising first; no owner yet last."""
    people = review.people[review.people["needs_follow_up"] & review.people["is_latest"]]
    note = rich(
        "Words in this typeface between quotation marks are the lead’s own, copied from the conversation. "
        "What to do next is a suggestion; say it in your own words."
    )
    if people.empty:
        return Section(
            "today", Head(note=note), (Empty("Nobody waits for you", rich("Every message has its answer.")),)
        )
    labels = queries.seed(review.window, "sources").set_index("source")["label"]
    why = details(review, "needs_follow_up")
    blocks: list[Block] = []
    shown = 0
    for role in TEAM:
        mine = people[people["owner"] == role]
        if not mine.empty:
            owner = _owner(review, role, mine, why, labels)
            shown += len(owner.leads)
            blocks.append(owner)
    rest = people[~people["owner"].isin(TEAM)]
    if not rest.empty:
        blocks.append(_nobody(review, rest))
    wait = "lead waits" if len(people) == 1 else "leads wait"
    answer = rich(f"{text.number(len(people))} {wait} for one of you. ", bold(f"Start with these {shown}."))
    return Section("today", Head(answer, note), tuple(blocks))


def _order(review: Review, people: Frame) -> list[str]:
    """Sensitive conversations first, then the most promising."""
    order = review.promising(list(people.index))
    return sorted(order, key=lambda j: not _is_sensitive(people.loc[j]))


def _is_sensitive(row: Any) -> bool:
    return "sensitive" in text.clean(row["review_reason"])


def _owner(review: Review, role: str, people: Frame, why: dict[str, str], labels: Series) -> Owner:
    order = _order(review, people)
    leads = [_lead(review, people.loc[j], why.get(j, ""), labels) for j in order[:SHOWN]]
    name = review.team.get(role)
    items = tuple(_run_in(review, people.loc[j]) for j in order[SHOWN:])
    count = f"{len(leads)} of {len(order)} shown, the most promising first"
    more = More(f"{text.number(len(items))} more for {name or 'the ' + ROLE_WORDS[role]}", items) if items else None
    return Owner(review.person(role), count, tuple(leads), more)


def _nobody(review: Review, people: Frame) -> Owner:
    order = _order(review, people)
    items = tuple(_run_in(review, people.loc[j]) for j in order)
    return Owner("No owner yet", "Give each a name.", (), More(f"All {len(items)}", items, len(items) > MOST_RUN_IN))


def _run_in(review: Review, row: Any) -> RunIn:
    return RunIn(str(row["name"]), f"{review.label(row['stage'])}, {text.days(row['days_in_stage'])}")


def _lead(review: Review, row: Any, why: str, labels: Series) -> Today:
    sensitive = _is_sensitive(row)
    quote = Quote(None, SENSITIVE) if sensitive else quote_of(row)
    days = text.days(row["days_in_stage"])
    forward, close = text.clean(row["moves_forward_when"]), text.clean(row["closes_out_when"])
    then = [f"Moves forward when {forward}." if forward else "", f"Close it when {close}." if close else ""]
    return Today(
        name=str(row["name"]),
        stage=stage_of(review, row),
        when=f"{days}, hot" if row["is_hot"] else days,
        source=str(labels.get(row["source"], "")) if row["source"] != "unknown" else "",
        quote=quote,
        why=rich("Sensitive message. A person answers this one, never the AI. " if sensitive else "", why),
        do=text.sentence(text.clean(row["next_action"])) or "Open the conversation and decide.",
        then=" ".join(t for t in then if t),
    )


JUMPS: Final = (
    ("1 Sitting still", "sitting_still"),
    ("2 Confusion", "stage_confusion"),
    ("3 Link, no call", "link_not_booked"),
    ("4 Weak context", "weak_handoff"),
    ("5 No-shows", "no_show"),
    ("6 No owner", "unclear_ownership"),
    ("7 Close out", "close_out"),
    ("8 Reasons", "repeating_reasons"),
    ("9 Sources", "source_call_quality"),
    ("First replies", "first_replies"),
    ("Engaged to qualified", "between"),
    ("No follow-up", "unfollowed"),
    ("Parked", "parked"),
    ("No reason", "no_reason"),
    ("Labels", "labels"),
    ("Costs", "cost"),
    ("Movement", "movement"),
    ("Links", "links"),
    ("Handover", "handover"),
    ("People", "team"),
    ("Buyers", "buyers"),
    ("Qualified", "qualified"),
    ("Every lead", "five"),
    ("Rules", "rules"),
    ("CRM", "crm"),
    ("Trust", "trust"),
    ("How it is made", "made"),
)


def five_minutes() -> Jump:
    """The line that ends the five-minute read."""
    return Jump("That is the five-minute read. The rest is for looking things up.", JUMPS)
