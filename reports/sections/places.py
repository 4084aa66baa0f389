"""Where the list of each leak stands on the page."""

from __future__ import annotations

from typing import Final

PLACES: Final = {
    "hot": "#seven",
    "needs_follow_up": "#today",
    "link_too_early": "#seven",
    "link_not_booked": "#link_not_booked",
    "link_without_follow_up": "#unfollowed",
    "asked_link_then_gone": "#unfollowed",
    "booked_without_notes": "#weak_handoff",
    "weak_handoff": "#weak_handoff",
    "outcome_missing": "#no_show",
    "no_show": "#no_show",
    "no_show_left_alone": "#no_show",
    "qualified": "#qualified",
    "engaged_to_qualified": "#between",
    "close_out": "#close_out",
    "sitting_still": "#sitting_still",
    "stage_confusion": "#stage_confusion",
    "unclear_ownership": "#unclear_ownership",
    "slow_first_reply": "#first_replies",
    "nurture_overdue": "#parked",
    "nurture_without_date": "#parked",
    "reopen_worthy": "#parked",
    "lost_without_reason": "#no_reason",
    "repeating_reasons": "#repeating_reasons",
    "sales_conversations": "#source_call_quality",
    "source_call_quality": "#source_call_quality",
}
