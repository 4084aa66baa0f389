"""The only place that reads the published tables: small frames for one account, week and as_of.

Each function opens the warehouse read-only, fetches and closes, so that a reader never keeps a refresh waiting.
Counting is done in SQL; no function decides what a stage or a leak is.
"""

from reports.queries.calls import call_outcomes, calls, closings, links
from reports.queries.leads import at_instant, evidence, leaks, people
from reports.queries.trust import conversations_begun, data_trust, exports, label_faults, match_rates, rejects
from reports.queries.week import (
    cohorts,
    conversion,
    entries,
    movement,
    movement_checks,
    sources,
    weekly,
    won_in_week,
)
from reports.queries.window import Window, find_window, optional, seed

__all__ = [
    "Window",
    "at_instant",
    "call_outcomes",
    "calls",
    "closings",
    "cohorts",
    "conversations_begun",
    "conversion",
    "data_trust",
    "entries",
    "evidence",
    "exports",
    "find_window",
    "label_faults",
    "leaks",
    "links",
    "match_rates",
    "movement",
    "movement_checks",
    "optional",
    "people",
    "rejects",
    "seed",
    "sources",
    "weekly",
    "won_in_week",
]
