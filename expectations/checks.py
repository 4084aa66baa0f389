"""What the coach must be able to rely on, as data: each check is a column of a small frame and the bounds it must keep.

dbt tests say when a number would be wrong and stop the build. These say what must be known about this week's data: a
`warn` becomes a finding on top of the review, a `block` holds the publishing back. No check lives in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What happens when a check is not met."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation on one column; nulls mean that the question does not arise.

    `says` is shown to the coach: `{value}` is what was found, `{percent}` the same as a share.
    """

    name: str
    column: str
    severity: Severity
    says: str
    low: float | None = None
    high: float | None = None
    rows_column: str = ""  # how many rows the finding is about, where the frame counts them


WARN, BLOCK = Severity.WARN, Severity.BLOCK

# on the raw tables, one row per account: can this week's exports be trusted?
LANDING = (
    Check(
        "messages_are_recent",
        "days_since_newest_message",
        WARN,
        "The newest message is {value:.0f} days older than the date of this review. Download a fresh DM export.",
        high=7,
    ),
    Check(
        "calendar_is_there",
        "calendars_missing",
        WARN,
        "No calendar export was loaded, so booked calls, no-shows and call quality are unknown. "
        "Put a Calendly or .ics export into exports/.",
        high=0,
    ),
    Check(
        "calendar_is_as_fresh_as_the_messages",
        "calendar_days_behind",
        WARN,
        "The newest entry of the calendar export is {value:.0f} days older than the newest message. "
        "If anybody booked since, download it again.",
        high=14,
    ),
    Check(
        "crm_is_there",
        "crms_missing",
        WARN,
        "No CRM export was loaded, so sources, deals and wins that were kept there are missing.",
        high=0,
    ),
    Check(
        "no_file_is_refused",
        "files_refused",
        WARN,
        "{value:.0f} of the files in exports/ could not be read at all. `leakreview doctor` names each and what to do.",
        high=0,
        rows_column="files_refused",
    ),
    Check(
        "few_rows_are_refused",
        "share_quarantined",
        WARN,
        "{percent} of the rows could not be read and are left out. `leakreview doctor` lists them.",
        high=0.01,
        rows_column="rows_quarantined",
    ),
    Check(
        "messages_have_a_direction",
        "share_without_direction",
        BLOCK,
        "For {percent} of the messages it is unknown whether the lead or the team wrote them. "
        "Put your name as the export shows it into settings.toml: [account] name.",
        high=0.1,
        rows_column="messages_without_direction",
    ),
    Check(
        "the_team_answers",
        "all_silent_conversations",
        BLOCK,
        "Not one message of {value:.0f} conversations is from the team, so your own name was probably not recognised. "
        "Put it as the export shows it into settings.toml: [account] name.",
        high=0,
        rows_column="all_silent_conversations",
    ),
    Check(
        "conversations_have_handles",
        "share_with_handle",
        WARN,
        "Only {percent} of the conversations from a chat tool carry a handle, so few can be matched exactly.",
        low=0.5,
    ),
    Check(
        "volume_has_not_collapsed",
        "volume_ratio",
        WARN,
        "The last seven days hold {percent} of the messages of an ordinary week before. "
        "Either it was quiet, or the export is incomplete.",
        low=0.3,
    ),
    Check(
        "messages_are_not_repeated",
        "share_repeated",
        WARN,
        "{percent} of the messages stand twice at the same instant in one file; the export may be damaged.",
        high=0.05,
        rows_column="messages_repeated",
    ),
    Check(
        "no_date_lies_ahead",
        "dates_ahead",
        WARN,
        "{value:.0f} CRM or calendar entries were created more than a month after the newest message. "
        "Check date_format in settings.toml, or download a fresh DM export.",
        high=0,
        rows_column="dates_ahead",
    ),
    Check(
        "messages_are_judged",
        "unjudged_conversations",
        BLOCK,
        "Not one message of {value:.0f} conversations was judged; that is a fault of this program.",
        high=0,
        rows_column="unjudged_conversations",
    ),
)

# on the marts, one row per account: would the coach be misled?
REVIEW = (
    Check(
        "somebody_is_a_prospect",
        "conversations_without_prospects",
        BLOCK,
        "Not one of {value:.0f} conversations counts as a prospect, so every number would be empty.",
        high=0,
        rows_column="conversations_without_prospects",
    ),
    Check(
        "open_prospects_have_an_owner",
        "share_without_owner",
        WARN,
        "For {percent} of the open prospects it is unclear who owns the next step. Name your team in settings.toml.",
        high=0.2,
        rows_column="open_without_owner",
    ),
    Check(
        "sources_are_known",
        "share_source_unknown",
        WARN,
        "For {percent} of the prospects the source is unknown, so source to won says little about them.",
        high=0.4,
        rows_column="source_unknown",
    ),
    Check(
        "few_conversations_need_a_person",
        "share_needs_review",
        WARN,
        "{percent} of the prospects need a person to look before their stage can be relied on.",
        high=0.3,
        rows_column="needs_review",
    ),
    Check(
        "speakers_are_known",
        "share_speaker_unknown",
        WARN,
        "For {percent} of the answered prospects it is unknown who in the team wrote first, "
        "so setters and coach cannot be told apart.",
        high=0.3,
        rows_column="speaker_unknown",
    ),
    Check(
        "bookings_are_matched",
        "share_calls_unmatched",
        WARN,
        "{percent} of the calls on the calendar were not matched to a conversation or CRM entry.",
        high=0.3,
        rows_column="calls_unmatched",
    ),
    Check(
        "past_calls_are_marked",
        "share_calls_unmarked",
        WARN,
        "{percent} of the past calls have no outcome anywhere: neither held nor missed.",
        high=0.3,
        rows_column="calls_unmarked",
    ),
    Check(
        "wins_have_a_conversation",
        "share_won_without_conversation",
        WARN,
        "{percent} of the clients won have no conversation that could be found, so how they were won stays unknown.",
        high=0.5,
        rows_column="won_without_conversation",
    ),
)
