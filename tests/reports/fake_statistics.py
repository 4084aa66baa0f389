"""Rows of the tables that the statistics write, as they look with enough leads: prices, quality, a change, a note."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.reports.fake_world import World

TERMS = {
    "who": "setter",
    "stage": "booking_link_sent",
    "metric": "link_to_booked_14d",
    "metric_words": "Share of booking links that become a booked call within 14 days",
    "unit": "links",
    "direction": "up",
    "horizon_days": 14,
    "starts_on": date(2026, 11, 23),
    "evaluation_on": date(2027, 1, 4),
    "minimum_n": 40,
    "current_n": 96,
    "current_k": 36,
    "current_open": 16,
    "current_rate": 0.41,
    "current_low": 0.33,
    "current_high": 0.50,
}
CHANGE: dict[str, Any] = {
    "change_id": "2026-10-05-first_question_after_ad",
    "change_on": date(2026, 10, 5),
    "change": "first_question_after_ad",
    "title": "Change the first question after a DM ad",
    "who": "setter",
    "stage": "new_dm",
    "metric": "engaged_to_qualified_14d",
    "metric_words": "Share of engaged leads who qualify within 14 days",
    "unit": "engaged leads",
    "direction": "up",
    "horizon_days": 14,
    "evaluation_on": date(2026, 11, 16),
    "minimum_n": 30,
    "recorded_on": date(2026, 10, 5),
    "before_n": 58,
    "before_k": 18,
    "before_rate": 18 / 58,
    "before_low": 0.22,
    "before_high": 0.42,
    "since_n": 14,
    "since_k": 6,
    "since_rate": 6 / 14,
    "since_low": 0.24,
    "since_high": 0.64,
    "p_better": 0.8,
    "bayes_factor": 0.5,
    "verdict": "cannot_tell",
    "weeks_more": 3,
}
NOTE = {
    "note_id": "2026-11-20-offer",
    "noted_on": date(2026, 11, 20),
    "kind": "offer",
    "title": "Six weeks instead of twelve",
    "is_review_sooner": True,
}


def statistics(w: World) -> None:
    """Fill the tables of the statistics."""
    for rank, (leak, found, extra, low, high, top, change, why) in enumerate(
        (
            ("link_too_early", 34, 3.3, 1.9, 5.2, 0.62, "tighten_link_rule", None),
            ("no_show", 6, 0.8, 0.2, 1.8, 0.05, "no_show_lane", "costs_less"),
            ("unclear_ownership", 3, None, None, None, None, "change_owner_of_qualified", "too_few"),
        ),
        start=1,
    ):
        w.add(
            "reporting.rpt_leak_ranking",
            leak=f"leak_{leak}",
            rank=rank,
            found=found,
            cases=found,
            extra_won=extra,
            extra_won_before=extra and extra / 2,
            low=low,
            high=high,
            p_top=top,
            p_real=0.95 if extra else None,
            needs=0 if extra else 2,
            suggested_change=change,
            why_not=why,
            is_suggested=why is None,
            **TERMS,
        )
    for source, calls, came, closed, rate, low, high, best in (
        ("referral", 9, 8, 6, 0.55, 0.35, 0.73, 0.93),
        ("story_reply", 12, 9, 4, 0.36, 0.2, 0.53, 0.07),
        ("dm_ad", 3, 3, 2, 0.45, 0.2, 0.7, None),
    ):
        w.add("reporting.rpt_source_quality", source=source, **_quality(calls, came, closed, rate, low, high, best))
    for kind, name, links, best in (
        ("role", "setter", 30, 0.6),
        ("role", "coach", 14, 0.4),
        ("owner", "Tom Ashdown", 30, 0.7),
        ("owner", "Ines Lopes", 14, 0.3),
    ):
        w.add(
            "reporting.rpt_setter_quality",
            kind=kind,
            setter=name,
            links=links,
            early=links // 3,
            booked=links // 2,
            won_per_link=0.2,
            won_per_link_low=0.1,
            won_per_link_high=0.33,
            is_enough_links=True,
            **_quality(links // 2, links // 3, links // 5, 0.4, 0.25, 0.6, best),
        )
    w.add("reporting.rpt_change_log", **CHANGE)
    w.add("reporting.rpt_change_notes", **NOTE)


def _quality(
    calls: int, came: int, closed: int, rate: float, low: float, high: float, best: float | None
) -> dict[str, Any]:
    return {
        "window_weeks": 26,
        "calls": calls,
        "showed": came,
        "accurate": closed,
        "closed": closed,
        "quality": rate,
        "low": low,
        "high": high,
        "p_best": best,
        "p_above_average": best,
        "verdict": "too_few" if best is None else "above" if best > 0.9 else "like_the_rest",
    }
