"""Whether to believe the page: what the data lacks, and how the numbers are made."""

from __future__ import annotations

from typing import Any, Final

from reports import queries, text
from reports.blocks import Block, Column, Columns, Definitions, Fold, Head, Row, Section, Table
from reports.cells import Number, Rich, Text, bold, rich
from reports.frame import Frame, is_known
from reports.sections.common import Review
from reports.sections.unmatched import unmatched

REJECTS_SHOWN: Final = 8
OLD_DAYS: Final = 8  # an export older than this misses part of the reviewed week
KINDS: Final = (
    ("prospect", "Prospects: every rate on this page"),
    ("current_client_support", "Clients with a support question"),
    ("not_a_prospect", "Not prospects: pitches, friends, spam"),
)


def trust(review: Review) -> Section:
    """Can you trust this page: where it comes from, who is counted, what could not be joined or read."""
    exports = queries.exports(review.window)
    rejects = queries.rejects(review.window)
    old = [
        NAMES.get(str(r.format), str(r.format)) for r in exports.itertuples() if _age(review, r.newest_at) >= OLD_DAYS
    ]
    refused = int(rejects["rows"].sum()) if not rejects.empty else 0
    begin = "Yes for the week." if not old else "Yes, with one caution." if len(old) == 1 else "Only in part."
    missing = [
        name for name, there in (("calendar", review.window.has_calendar), ("CRM", review.window.has_crm)) if not there
    ]
    if missing and not old:
        begin = "Yes, for what the messages say."
    caution = f" {text.listed(old)}: the export is older than the week." if old else ""
    unread = f" {text.plural(refused, 'row')} could not be read." if refused else ""
    answer = rich(bold(begin), caution, _not_exported(missing), unread)
    blocks: list[Block] = []
    if not exports.empty:
        blocks.append(_exports_table(review, exports))
    blocks.append(Columns(((_counted(queries.conversations_begun(review.window)),), (_joined(review),))))
    blocks += unmatched(review)
    if not rejects.empty:
        blocks += _reject_table(rejects)
    note = rich("Everything the page left out is listed here. Nothing is dropped in silence.")
    return Section("trust", Head(answer, note), tuple(blocks))


def _not_exported(missing: list[str]) -> str:
    """What was never exported, and so is on no page."""
    if not missing:
        return ""
    knows = "they know" if len(missing) > 1 else "it knows"
    return f" No {' and no '.join(missing)} was exported: what only {knows} is not here."


# export formats as the owner knows them
NAMES: Final = {
    "instagram": "Instagram messages",
    "dm_messages": "Messages (CSV)",
    "manychat": "ManyChat contacts",
    "hubspot": "HubSpot",
    "hubspot_contacts": "HubSpot contacts",
    "hubspot_deals": "HubSpot deals",
    "mapped_csv": "CSV by mapping",
    "labels_jsonl": "Decisions (labels.jsonl)",
    "gohighlevel": "GoHighLevel",
    "calendly": "Calendly",
    "ics": "Calendar (.ics)",
    "stage_history": "Stage history",
    "labels": "Labels",
}


def _age(review: Review, moment: Any) -> int:
    """Days from the newest entry of an export to the moment of the review; 0 where it is not known."""
    if not is_known(moment):
        return 0
    return (review.window.local(review.window.as_of).date() - review.window.local(moment.to_pydatetime()).date()).days


def _exports_table(review: Review, exports: Frame) -> Table:
    rows = []
    for row in exports.itertuples():
        known = is_known(row.newest_at)
        when = review.window.local(row.newest_at.to_pydatetime()) if known else None
        age = _age(review, row.newest_at)
        is_old = age >= OLD_DAYS
        told = "Older than the week: what came later is not on this page." if is_old else "Complete for the week."
        if age < 0:
            told = "Goes on past this page: what came later is left out."
        left = f" {text.plural(int(row.rows_left_out), 'row')} left out on purpose." if row.rows_left_out else ""
        rows.append(
            Row(
                (
                    Text(rich(bold(NAMES.get(str(row.format), str(row.format).replace("_", " "))))),
                    Text(rich(f"{text.day(when)}, {text.clock(when)}" if when else "–")),
                    Number(text.days(float(age)) if known and age >= 0 else "–", tone="warn" if is_old else "plain"),
                    Number(text.number(row.rows_loaded or 0)),
                    Number(text.number(row.rows_refused or 0)),
                    Text(rich((told if known else "No dates in it.") + left)),
                )
            )
        )
    columns = (
        Column("Where it comes from", phone="title"),
        Column("Newest entry", phone="half", short="newest"),
        Column("Age", "right", "figure"),
        Column("Rows read", "right", "half", short="rows"),
        Column("Not readable", "right", "half"),
        Column("What that means"),
    )
    return Table(columns, tuple(rows))


def _counted(counted: Frame) -> Table:
    found = counted.set_index("kind")
    rows = []
    for kind, words in KINDS:
        mine = found.loc[kind] if kind in found.index else {"last_week": 0, "weeks": 0}
        rows.append(Row((Text(rich(words)), Number(str(int(mine["last_week"]))), Number(str(int(mine["weeks"]))))))
    sums = (int(counted["last_week"].sum()), int(counted["weeks"].sum()))
    rows.append(Row((Text(rich("All")), Number(str(sums[0])), Number(str(sums[1]))), "total"))
    columns = (Column("Conversations begun"), Column("last week", "right"), Column("8 weeks", "right"))
    return Table(columns, tuple(rows), "plain", rich("Who is counted"))


# checks of the data-trust table that are shown: name, words, is a high number bad
CHECKS: Final = (
    ("bookings_unmatched", "Bookings of no lead we know", True),
    ("crm_records_without_conversation", "CRM rows with no conversation", False),
    ("waiting_for_a_person", "Waiting for a person’s decision", True),
    ("source_unknown", "Source not known", False),
    ("team_messages_unknown_speaker", "Team messages whose writer is not known", False),
    ("calls_without_outcome", "Calls without an outcome", True),
    ("facts_without_a_time", "Facts without a time of their own", False),
    ("open_with_context", "Leads in play with context", False),
    ("coverage", "Leads in play with stage, owner, action, context", False),
)
COUNTED_ONLY: Final = ("facts_without_a_time",)  # nobody knows of how many


def _joined(review: Review) -> Table:
    checks = queries.data_trust(review.window).set_index("check_name")
    unsure = int(queries.match_rates(review.window)["unsure"].sum())
    rows = []
    for name, words, is_bad in CHECKS:
        if name in checks.index and checks.loc[name, "total"]:
            found, total = int(checks.loc[name, "found"]), int(checks.loc[name, "total"])
            said = text.number(found) if name in COUNTED_ONLY else text.of(found, total)
            rows.append(Row((Text(rich(words)), Number(said, tone="warn" if is_bad and found else "bold"))))
    rows.append(
        Row(
            (
                Text(rich("Bookings joined on a guess, please confirm")),
                Number(str(unsure), tone="warn" if unsure else "bold"),
            )
        )
    )
    return Table((Column(), Column("", "right")), tuple(rows), "plain", rich("What could not be joined or told"))


def _reject_table(rejects: Frame) -> tuple[Block, ...]:
    """Rows and files that were not loaded, those beyond the first few folded."""
    rows = []
    for row in rejects.itertuples():
        line = f", from line {int(row.first_line)}" if row.first_line == row.first_line else ""
        rows.append(
            Row(
                (
                    Text(rich(bold(text.shorten(row.file, 60)), line)),
                    Number(text.number(int(row.rows)), tone="bold"),
                    Text(rich(text.shorten(row.reason, 200))),
                )
            )
        )
    columns = (Column("Not loaded", phone="title"), Column("Rows", "right", "figure"), Column("Why, and what to do"))
    rest = tuple(rows[REJECTS_SHOWN:])
    folded = (Fold(f"{text.number(len(rest))} more not loaded", Table(columns, rest)),) if rest else ()
    return (Table(columns, tuple(rows[:REJECTS_SHOWN])), *folded)


def how_made(review: Review) -> Section:
    """How each number is made, in a few plain sentences."""
    zone = review.window.timezone.rpartition("/")[2].replace("_", " ")
    items: tuple[tuple[str, Rich], ...] = (
        (
            "Last week",
            rich(
                f"Monday 00:00 to Sunday 24:00, {zone} time. A past week is built from what was known then, and comes "
                "out the same."
            ),
        ),
        (
            "Lead, and who is counted",
            rich(
                "One person, whatever systems they appear in. A lead who comes back after won, "
                "lost or nurture starts again and keeps the first source. Clients and "
                "non-prospects are counted apart."
            ),
        ),
        (
            "Stage",
            rich("The furthest point that the conversation or the calendar proves. CRM words like “hot” move nobody."),
        ),
        (
            "Rates with leads still deciding",
            rich(
                "A lead from last week has had less time than one from two months ago. "
                "We use how long earlier leads took to allow for that."
            ),
        ),
        (
            "Ranges",
            rich(
                "9 times in 10 the true rate lies inside; for prices, 8 times in 10. Under 10 leads we write "
                "“3 of 8” and no percentage."
            ),
        ),
        ("Too early", rich("At the moment of the link the lead had not said what they want help with and why now.")),
        ("Hot", rich("Qualified or further, not closed, and wrote in the last 7 days or asked for the call.")),
        ("Sitting still", rich("Longer in the stage than its limit. Limits are in the settings.")),
        ("To close out", rich("Sitting still, with two messages of yours unanswered, or past a deadline.")),
        (
            "Weak notes",
            rich(
                f"Fewer than {review.window.weak_handoff_below} of the eight notes are in the conversation or the CRM."
            ),
        ),
        (
            "Sensitive words",
            rich("Never printed and never in an export. The list says that they exist and who answers."),
        ),
        (
            "One change",
            rich(
                "The measure, the date and the smallest number of leads are fixed before the change starts. "
                "Better or worse only when 9 in 10 likely."
            ),
        ),
    )
    return Section("made", Head(), (Definitions(items),))
