"""What every section uses: the review with its frames, and lists of leads in the same six columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from reports import queries, text
from reports.blocks import Column, Leads, More, Row, RunIn, Table
from reports.cells import Quote, Rich, Stage, Text, named, rich, warn
from reports.frame import Frame

if TYPE_CHECKING:
    from reports.queries import Window

SHOWN: Final = 4  # rows of a list before it folds
MOST_NAMES: Final = 2  # of one role; more are called by their role
NOBODY: Final = ("unknown", "")
TEAM: Final = ("coach", "setter", "va", "ai")
ROLE_WORDS: Final = {"coach": "coach", "setter": "setter", "va": "VA", "ai": "AI"}
SENSITIVE: Final = "Words not shown here: sensitive. Open the conversation."


@dataclass(frozen=True)
class Review:
    """One review: its window and the frames that several sections share, each read once."""

    window: Window

    @cached_property
    def people(self) -> Frame:
        """Every journey, with `name` and `who` to show, indexed by journey_id."""
        frame = queries.people(self.window)
        given = {row.lead_id: (_known(row.display_name), _known(row.instagram_handle)) for row in frame.itertuples()}
        names = text.short_names(given)
        frame["name"] = [names[lead] for lead in frame["lead_id"]]
        frame["who"] = [self.owner(role) for role in frame["owner"]]
        for flag in ("is_prospect", "is_stale", "is_hot", "needs_human_review", "needs_follow_up", "is_open"):
            frame[flag] = frame[flag].fillna(False).astype(bool)
        return frame.set_index("journey_id", drop=False).rename_axis(None)

    @cached_property
    def in_play(self) -> Frame:
        """Open prospects: a lead's latest journey in an open stage."""
        frame = self.people
        return frame[frame["is_prospect"] & frame["is_open"] & frame["is_latest"]]

    @cached_property
    def leaks(self) -> Frame:
        """Leaks found."""
        return queries.leaks(self.window)

    @cached_property
    def recent_leaks(self) -> Frame:
        """Leaks of the last eight weeks."""
        begin = self.window.parameters()["begin_at"]
        return self.leaks[self.leaks["since_at"] >= begin]

    @cached_property
    def stages(self) -> Frame:
        """The stages in pipeline order, indexed by stage."""
        return (
            queries.seed(self.window, "stages").sort_values("position").set_index("stage", drop=False).rename_axis(None)
        )

    @cached_property
    def open_stages(self) -> Frame:
        """The stages of leads in play."""
        return self.stages[self.stages["is_open"]]

    @cached_property
    def questions(self) -> Frame:
        """The questions of the owner, indexed by their key."""
        frame = queries.seed(self.window, "review_questions").sort_values("position")
        return frame.set_index("question", drop=False).rename_axis(None)

    @cached_property
    def weekly(self) -> Frame:
        """Nine weeks of counts, the reviewed week last."""
        return queries.weekly(self.window)

    @cached_property
    def links(self) -> Frame:
        """Booking links of sixteen weeks."""
        return queries.links(self.window)

    @cached_property
    def calls(self) -> Frame:
        """Calls of sixteen weeks and to come."""
        return queries.calls(self.window)

    @cached_property
    def team(self) -> dict[str, str]:
        """Names by role: "Tom", "Lou and Tom"; a role without a name, or with more than two people, is left out."""
        rows = self.window.frame("select role, name from raw.team where account_id = $account order by role, name")
        names = {str(role): text.first_names(group["name"]) for role, group in rows.groupby("role")}
        return {role: text.listed(known) for role, known in names.items() if 0 < len(known) <= MOST_NAMES}

    def owner(self, role: Any) -> str:
        """Who has the next move, as it is said in a list."""
        name = text.clean(role)
        if name in NOBODY:
            return "nobody"
        if name in TEAM:
            return self.team.get(name, {"va": "VA", "ai": "AI"}.get(name, f"the {name}"))
        return {"lead": "the lead", "none": "–"}.get(name, name)

    def person(self, role: str) -> str:
        """Somebody of the team by name and role: "Tom, setter", "Desky (AI)"; the role alone where nobody is named."""
        words = ROLE_WORDS.get(role, role)
        name = self.team.get(role)
        if name:
            several = "s" if " and " in name else ""
            return f"{name} ({words})" if role == "ai" else f"{name}, {words}{several}"
        return {"automation": "Automation", "unknown": "Not known"}.get(role, words[0].upper() + words[1:])

    def label(self, stage: str) -> str:
        """A stage as it is said."""
        return str(self.stages["label"].get(stage, stage))

    def title(self, question: str) -> str:
        """A question in the owner's words."""
        return str(self.questions["title"].get(question, question))

    def leak(self, *names: str) -> Frame:
        """The journeys of some leaks, one row each, that are known to the review."""
        found = self.leaks[self.leaks["leak"].isin(names)]
        return found[found["journey_id"].isin(self.people.index)].drop_duplicates("journey_id")

    def promising(self, journeys: Sequence[str]) -> list[str]:
        """Journeys in the order in which they are worth a reply: hot, further along, fresher, by name."""
        rows = self.people.loc[list(journeys)]
        order = rows.sort_values(
            ["is_hot", "position", "days_in_stage", "name", "journey_id"],
            ascending=[False, False, True, True, True],
            na_position="last",
            kind="stable",
        )
        return [str(j) for j in order.index]


def _known(value: Any) -> str | None:
    return text.clean(value) or None


def quote_of(row: Any) -> Quote:
    """A lead's last words, or why they are not shown."""
    words = _known(row.words)
    if words:
        return Quote(text.shorten(words))
    sensitive = "sensitive" in (_known(row.review_reason) or "")
    return Quote(None, "Not shown: sensitive" if sensitive else "no words in the export")


def stage_of(review: Review, row: Any) -> Stage:
    """A lead's stage with its swatch."""
    return Stage(row.stage, review.label(row.stage))


def who_of(row: Any) -> Text:
    """The owner of the next move; nobody in rust."""
    return Text(rich(warn(row.who) if row.who == "nobody" else row.who))


LEAD_COLUMNS: Final = (
    Column("Lead"),
    Column("Stage"),
    Column("Here for", nowrap=True),
    Column("In their words"),
    Column("Next"),
    Column("Who"),
)


def lead_list(
    review: Review,
    caption: str,
    journeys: Sequence[str],
    rest: str,
    when: Callable[[Any], str] | None = None,
    next_move: Callable[[Any], Rich] | None = None,
    shown: int = SHOWN,
    when_title: str = "Here for",
) -> Leads | None:
    """Leads in six columns, the first `shown` as rows and the others folded under "n more `rest`"; None for nobody.

    `when` and `next_move` say what stands in the third and fifth column; by default days in stage and next action.
    """
    if not journeys:
        return None
    columns = tuple(Column(when_title, nowrap=True) if c.title == "Here for" else c for c in LEAD_COLUMNS)
    people = review.people.loc[list(journeys)]
    when = when or (lambda row: text.days(row.days_in_stage))
    move = next_move or (lambda row: rich(text.sentence(text.clean(row.next_action))))
    rows, items = [], []
    for index, row in enumerate(people.itertuples()):
        if index < shown:
            cells = (Text(rich(named(row.name))), stage_of(review, row), Text(rich(when(row))), quote_of(row))
            rows.append(Row((*cells, Text(move(row)), who_of(row))))
        else:
            words = f"{when(row)}, no owner" if row.who == "nobody" else when(row)
            items.append(RunIn(str(row.name), words))
    count = f": {min(shown, len(journeys))} of {len(journeys)}" if len(journeys) > shown else ""
    more = More(f"{text.number(len(items))} more {rest}", tuple(items)) if items else None
    return Leads(f"{caption}{count}", Table(columns, tuple(rows), "leads"), more)


def people_list(review: Review, summary: str, journeys: Sequence[str]) -> More:
    """Leads by name and stage, folded under a line."""
    rows = review.people.loc[list(journeys)].itertuples()
    return More(
        summary, tuple(RunIn(str(r.name), f"{review.label(r.stage)}, {text.days(r.days_in_stage)}") for r in rows)
    )


def details(review: Review, *names: str) -> dict[str, str]:
    """What was found, per journey, for some leaks: their details in words, joined."""
    found: dict[str, list[str]] = {}
    rows = review.leaks[review.leaks["leak"].isin(names)]
    for row in rows.itertuples():
        words = detail_words(text.clean(row.detail))
        if words and words not in found.setdefault(str(row.journey_id), []):
            found[str(row.journey_id)].append(words)
    return {key: " ".join(text.sentence(w) for w in words) for key, words in found.items()}


# codes that the leak models give as detail, as they are said to the owner
DETAIL_WORDS: Final = {
    "sensitive": "A sensitive message is open",
    "unanswered": "Their last message has no answer",
    "nurture_due": "The date you agreed has come",
    "outcome_missing": "The call has passed and no outcome is marked",
    "decision_due": "The date for their decision has passed",
    "follow_up_due": "Silent since, and nobody has followed up",
    "review": "A person has to decide",
    "crm": "The CRM says another stage",
    "no_response_after_link": "No response after the link",
    "no_show_not_reengaged": "No-showed and did not re-engage",
    "timing_later": "Silent after two messages",
    "link_before_qualified": "The link came before they were qualified",
    "booked_before_qualified": "Booked before they were qualified",
    "booked_without_link": "Booked without a link",
    "call_without_booking": "A call that nobody booked",
    "won_without_call": "Joined without a call",
    "stage_skipped": "A step was skipped",
    "moved_back": "Moved back",
    "booked_again": "They booked again by themselves",
    "nobody named": "Nobody is named: give this lead to one person",
    "no_need_said": "They asked for the link before they said what for",
    "no_timing_said": "They said what for, and not why now",
    "booking_friction": "They said what and why now: something about booking held them back",
    "qualified_by_label_only": "The CRM says qualified, and nothing they wrote does",
    "qualified_for_being_friendly": "Called qualified for being friendly",
    "price_without_question": "The price was answered and nobody asked what it is for",
    "no_question_asked": "Engaged, and nobody asked the next question",
}


def detail_words(detail: str) -> str:
    """A leak's detail as sentences: its codes said in words, anything else as it stands."""
    parts = [part.strip() for part in detail.split(",")]
    if all(part in DETAIL_WORDS for part in parts):
        return ". ".join(DETAIL_WORDS[part] for part in parts)
    return detail.replace("_", " ") if detail.replace("_", "").isalpha() else detail


def top_stage(review: Review, journeys: Sequence[str]) -> str | None:
    """The open stage that most of these journeys are in; of equals the earlier one."""
    counts = review.people.loc[list(journeys)].groupby("stage").size() if journeys else None
    if counts is None or counts.empty:
        return None
    best = [stage for stage in review.open_stages.index if counts.get(stage, 0) == counts.max()]
    return best[0] if best else None
