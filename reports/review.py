"""The reviews, section by section: what the cells of the notebooks call, each one call a section.

`open_review` finds the published warehouse and the week; every other function takes that review and gives a `Section`
that the page and JupyterLab can show.
"""

from __future__ import annotations

from reports.queries import find_window
from reports.sections.audit import audit
from reports.sections.between import engaged_to_qualified, unfollowed_links
from reports.sections.buyers import buyers
from reports.sections.common import Review
from reports.sections.costs import leak_costs
from reports.sections.crm import crm
from reports.sections.five import five_questions
from reports.sections.handover import handover
from reports.sections.labels import labels
from reports.sections.links import links
from reports.sections.movement import eight_weeks, movement
from reports.sections.nine_calls import link_not_booked, weak_handoff
from reports.sections.nine_no_shows import no_show
from reports.sections.nine_reasons import repeating_reasons
from reports.sections.nine_sources import source_call_quality
from reports.sections.nine_stages import close_out, sitting_still, stage_confusion, unclear_ownership
from reports.sections.numbers import numbers
from reports.sections.opening import headline, seven_questions
from reports.sections.parked import lost_without_reason, parked
from reports.sections.readings import cohorts
from reports.sections.replies import first_replies
from reports.sections.rules import really_qualified, rules_kept
from reports.sections.source_to_won import content_to_won, source_to_won, trust_top
from reports.sections.team import team
from reports.sections.today import five_minutes, todays_list
from reports.sections.trust import how_made, trust

__all__ = [
    "Review",
    "audit",
    "buyers",
    "close_out",
    "cohorts",
    "content_to_won",
    "crm",
    "eight_weeks",
    "engaged_to_qualified",
    "first_replies",
    "five_minutes",
    "five_questions",
    "handover",
    "headline",
    "how_made",
    "labels",
    "leak_costs",
    "link_not_booked",
    "links",
    "lost_without_reason",
    "movement",
    "no_show",
    "numbers",
    "open_review",
    "parked",
    "really_qualified",
    "repeating_reasons",
    "rules_kept",
    "seven_questions",
    "sitting_still",
    "source_call_quality",
    "source_to_won",
    "stage_confusion",
    "team",
    "todays_list",
    "trust",
    "trust_top",
    "unclear_ownership",
    "unfollowed_links",
    "weak_handoff",
]


def open_review(week: str | None = None, as_of: str | None = None, account: str | None = None) -> Review:
    """The review of a week ("2026-W47"; None: the last whole one) as of a moment; UserError where nothing is there."""
    return Review(find_window(week, as_of, account))
