"""The only place that reads the published tables: small frames for one account, week and as_of.

Each function opens the warehouse read-only, fetches and closes, so that a reader never keeps a refresh waiting.
Counting is done in SQL; no function decides what a stage or a leak is.
"""

from reports.queries.answers import (
    buyer_base,
    buyers,
    content_to_won,
    first_replies,
    first_reply_median,
    moved_in_week,
    source_to_won,
)
from reports.queries.calls import call_outcomes, calls, closings, links
from reports.queries.leads import at_instant, evidence, leaks, people
from reports.queries.trust import (
    conversation_names,
    conversations_begun,
    data_trust,
    exports,
    label_faults,
    match_rates,
    rejects,
)
from reports.queries.week import (
    active_leads,
    cohorts,
    conversion,
    entries,
    movement,
    movement_checks,
    sources,
    stage_times,
    weekly,
    won_in_week,
)
from reports.queries.window import Window, find_window, optional, seed

__all__ = [
    "Window",
    "active_leads",
    "at_instant",
    "buyer_base",
    "buyers",
    "call_outcomes",
    "calls",
    "closings",
    "cohorts",
    "content_to_won",
    "conversation_names",
    "conversations_begun",
    "conversion",
    "data_trust",
    "entries",
    "evidence",
    "exports",
    "find_window",
    "first_replies",
    "first_reply_median",
    "label_faults",
    "leaks",
    "links",
    "match_rates",
    "moved_in_week",
    "movement",
    "movement_checks",
    "optional",
    "people",
    "rejects",
    "seed",
    "source_to_won",
    "sources",
    "stage_times",
    "weekly",
    "won_in_week",
]
