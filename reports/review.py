"""The weekly leak review, section by section: what the cells of the notebooks call, each one call a section.

`open_review` finds the published warehouse and the week; every other function takes that review and gives a `Section`
that the page and JupyterLab can show.
"""

from __future__ import annotations

from reports.queries import find_window
from reports.sections.audit import audit
from reports.sections.common import Review
from reports.sections.costs import leak_costs
from reports.sections.handover import handover
from reports.sections.links import links
from reports.sections.movement import cohorts, eight_weeks, movement
from reports.sections.nine_calls import link_not_booked, no_show, weak_handoff
from reports.sections.nine_reasons import repeating_reasons
from reports.sections.nine_sources import source_call_quality
from reports.sections.nine_stages import close_out, sitting_still, stage_confusion, unclear_ownership
from reports.sections.opening import headline, numbers, seven_questions
from reports.sections.rules import really_qualified, rules_kept
from reports.sections.team import team
from reports.sections.today import five_minutes, todays_list
from reports.sections.trust import crm, how_made, trust

__all__ = [
    "Review",
    "audit",
    "close_out",
    "cohorts",
    "crm",
    "eight_weeks",
    "five_minutes",
    "handover",
    "headline",
    "how_made",
    "leak_costs",
    "link_not_booked",
    "links",
    "movement",
    "no_show",
    "numbers",
    "open_review",
    "really_qualified",
    "repeating_reasons",
    "rules_kept",
    "seven_questions",
    "sitting_still",
    "source_call_quality",
    "stage_confusion",
    "team",
    "todays_list",
    "trust",
    "unclear_ownership",
    "weak_handoff",
]


def open_review(week: str | None = None, as_of: str | None = None, account: str | None = None) -> Review:
    """The review of a week ("2026-W47"; None: the last whole one) as of a moment; UserError where nothing is there."""
    return Review(find_window(week, as_of, account))
