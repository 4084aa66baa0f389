"""The seven front-page questions in one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reports import queries, text
from reports.blocks import More
from reports.cells import Rich, bold, rich
from reports.frame import as_date
from reports.sections.common import Review, people_list
from reports.sections.places import PLACES

Answer = Callable[[Review], Rich | None]


def anchor_of(leak: str) -> str:
    """Where the list of a front-page question stands."""
    return PLACES.get(leak, "#today")


def _hot(review: Review) -> Rich | None:
    people = review.in_play[review.in_play["is_hot"]]
    if people.empty:
        return None
    names = [str(review.people.loc[j, "name"]) for j in review.promising(list(people.index))]
    verb = "is" if len(names) == 1 else "are"
    wish = "wants" if len(names) == 1 else "want"
    said = f" {verb} qualified or further, and wrote in the last days or {wish} the call: "
    return rich(bold(text.plural(len(names), "lead")), said, text.stop(text.listed(names)))


def _follow_up(review: Review) -> Rich | None:
    people = review.people[review.people["needs_follow_up"] & review.people["is_latest"]]
    if people.empty:
        return None
    counts = people.groupby("who").size().sort_values(ascending=False, kind="stable")
    parts = [f"{who} {n}" for who, n in counts.items() if who != "nobody"]
    if counts.get("nobody", 0):
        parts.append(f"{counts['nobody']} with no owner")
    return rich(bold(text.plural(len(people), "lead")), f": {', '.join(parts)}.")


def _too_early(review: Review) -> Rich | None:
    links = review.links[review.links["is_recent"]]
    week = links[links["week"].map(lambda w: w.date() if hasattr(w, "date") else w) == review.window.week]
    early = week["is_too_early"].fillna(False).astype(bool)
    open_ = links[links["is_too_early"].fillna(False).astype(bool) & (links["outcome"] == "open")]
    if not len(week) and not len(open_):
        return None
    said = f"{early_links(int(early.sum()), len(week))}" if len(week) else "No link"
    still = f" {text.plural(len(open_), 'early link is', 'early links are')} still open." if len(open_) else ""
    went = "" if len(week) else " went out"
    return rich(bold(said), f"{went} last week.", still)


def behind(review: Review) -> tuple[More, ...]:
    """The leads of two answers that stand together in no other list, folded: who is hot, whose link came too early."""
    hot = review.promising(list(review.in_play.index[review.in_play["is_hot"]]))
    links = review.links[review.links["is_recent"] & review.links["is_too_early"].fillna(False).astype(bool)]
    links = links[links["journey_id"].isin(review.people.index)]
    in_week = links["week"].map(as_date) == review.window.week
    groups = (
        ("hot lead", hot),
        ("early link of last week", list(links["journey_id"][in_week])),
        ("early link still open", list(links["journey_id"][links["outcome"] == "open"])),
    )
    return tuple(
        people_list(
            review, text.plural(len(ids), one, one.replace(" link ", " links ") if " link " in one else None), ids
        )
        for one, ids in groups
        if ids
    )


def early_links(early: int, links: int) -> str:
    """How many of some links were too early, also when none was."""
    return f"{text.of(early, links)} links" if early else f"None of {text.plural(links, 'link')}"


def _without_notes(review: Review) -> Rich | None:
    if not review.window.has_calendar:
        return rich("Nobody can tell yet: it needs your calendar.")
    found = review.leak("booked_without_notes")
    found = found[found["journey_id"].isin(review.in_play.index)]
    calls = review.calls[review.calls["is_upcoming"]]
    if found.empty:
        return None
    names = [str(review.people.loc[j, "name"]) for j in review.promising(list(found["journey_id"]))]
    base = (
        f"{len(names)} of {len(calls)} calls to come" if len(calls) >= len(names) else text.plural(len(names), "call")
    )
    return rich(bold(base), f": {text.stop(text.listed(names, 3))}")


def _qualified(review: Review) -> Rich | None:
    ids, in_crm = really_qualified(review)
    if not ids:
        return None
    return rich(bold(f"{len(ids)}."), crm_words(ids, in_crm))


def really_qualified(review: Review) -> tuple[list[str], set[str]]:
    """Leads in play who are qualified by what they said, the most promising first; and those the CRM calls so."""
    people = review.in_play
    ids = [str(j) for j in review.leak("qualified")["journey_id"] if j in people.index]
    place = people["crm_stage"].map(review.stages["position"]).astype(float)
    first, last = review.stages["position"]["qualified"], review.stages["position"]["call_completed"]
    return review.promising(ids), set(people.index[place.between(first, last)])


def crm_words(ids: list[str], in_crm: set[str]) -> str:
    """How the CRM's count compares; nothing where it has none."""
    if not in_crm:
        return ""
    return f" The CRM says {len(in_crm)}, and {len(in_crm & set(ids))} of those are the same people."


def _close_out(review: Review) -> Rich | None:
    found = review.leak("close_out")
    if found.empty:
        return None
    return rich(bold(text.plural(len(found), "conversation")), f" of {len(review.in_play)} in play. You decide.")


def _sales(review: Review) -> Rich | None:
    frame = queries.sources(review.window)
    if frame.empty or not frame["qualified"].sum():
        return None
    top = frame.sort_values(["qualified", "position"], ascending=[False, True]).head(2)
    said = [f"{row.label} ({text.of(int(row.qualified), int(row.leads))})" for row in top.itertuples() if row.qualified]
    few = int((frame["leads"] < text.SMALL_BASE).sum())
    rest = f" For {text.words(few)} of the {text.words(len(frame))} sources it is too early to say." if few else ""
    return rich(bold(f"{text.listed(said)}."), " Counted are leads who said what they want and why now.", rest)


ANSWERS: Mapping[str, Answer] = {
    "hot": _hot,
    "needs_follow_up": _follow_up,
    "link_too_early": _too_early,
    "booked_without_notes": _without_notes,
    "qualified": _qualified,
    "close_out": _close_out,
    "sales_conversations": _sales,
}
