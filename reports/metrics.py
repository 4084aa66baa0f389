"""The measures a change can be judged by: what is counted, over which stages, within how many days.

Light on purpose: the command line needs the names without the statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Metric:
    """A share of leads (or calls) that gets from one stage to another within a fixed number of days.

    `first` and `last` are the stages it spans: what acts on one of them can touch the number.
    """

    code: str
    first: str
    last: str
    horizon_days: int
    words: str  # "Share of ..."
    unit: str  # what is counted, plural
    is_up: bool = True  # more is better


_ALL: Final = (
    Metric(
        "new_to_engaged_7d",
        "new_dm",
        "engaged",
        7,
        "Share of new leads who reply with something real within 7 days",
        "new leads",
    ),
    Metric(
        "engaged_to_qualified_14d",
        "engaged",
        "qualified",
        14,
        "Share of engaged leads who qualify within 14 days",
        "engaged leads",
    ),
    Metric(
        "qualified_to_link_14d",
        "qualified",
        "booking_link_sent",
        14,
        "Share of qualified leads who get the booking link within 14 days",
        "qualified leads",
    ),
    Metric(
        "link_to_booked_14d",
        "booking_link_sent",
        "booked_call",
        14,
        "Share of booking links that become a booked call within 14 days",
        "links",
    ),
    Metric("show_rate", "booked_call", "call_completed", 0, "Share of calls that the lead comes to", "calls"),
    Metric(
        "rebooked_14d",
        "call_completed",
        "call_completed",
        14,
        "Share of missed calls that are booked again within 14 days",
        "missed calls",
    ),
    Metric("won_60d", "new_dm", "won", 60, "Share of new leads who become clients within 60 days", "new leads"),
    Metric(
        "nurture_to_engaged_30d",
        "nurture",
        "nurture",
        30,
        "Share of nurture leads who are talking again within 30 days",
        "nurture leads",
    ),
    Metric(
        "stale_share",
        "new_dm",
        "call_completed",
        14,
        "Share of stays in a stage that last longer than its limit",
        "stays",
        is_up=False,
    ),
)
METRICS: Final = {metric.code: metric for metric in _ALL}
