"""What was planted: the rates the hidden states were dealt by, those the written sample holds, and the two changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from .clock import AS_OF, LONDON
from .truth import stamp

Answer = dict[str, Any]
CHANGES = (
    {
        "id": "first_question",
        "made_on": "2026-09-21",
        "operational_change": "change the first question after a DM ad",
        "change": "One concrete question about the body in the first reply instead of 'how can we help'",
        "from_stage": "new_dm",
        "to_stage": "engaged",
        "horizon_days": 7,
        "direction": "up",
        "weeks": 4,
        "evaluate_on": "2026-10-26",
        "minimum_n": 40,
        "has_effect": True,
        "true_before": 0.62,
        "true_after": 0.84,
        "expected_verdict": "better",
    },
    {
        "id": "shorter_link_text",
        "made_on": "2026-10-19",
        "operational_change": "tighten the booking link rule",
        "change": "A shorter text around the booking link",
        "from_stage": "booking_link_sent",
        "to_stage": "booked_call",
        "horizon_days": 14,
        "direction": "up",
        "weeks": 3,
        "evaluate_on": "2026-11-22",
        "minimum_n": 30,
        "has_effect": False,
        "true_before": 0.36,
        "true_after": 0.36,
        "expected_verdict": "cannot tell yet",
    },
)


def share(rows: Iterable[Answer], hit: Callable[[Answer], Any]) -> dict[str, Any]:
    """How many, how many of them hit, and the rate."""
    found = list(rows)
    done = sum(bool(hit(r)) for r in found)
    return {"n": len(found), "hits": done, "rate": round(done / len(found), 4) if found else None}


def _booked(a: Answer) -> bool:
    return bool(a["link"].get("booked_at"))


def _won(a: Answer) -> bool:
    return "won" in a["entered_at"]


def _all_journeys(leads: list[Answer]) -> list[Answer]:
    return [*leads, *(j for a in leads for j in a["earlier_journeys"])]


def _converted(a: Answer, change: dict[str, Any]) -> bool:
    start, end = (a["entered_at"].get(change[k]) for k in ("from_stage", "to_stage"))
    limit = dt.timedelta(days=change["horizon_days"])
    return bool(start and end and dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(start) <= limit)


def _change(change: dict[str, Any], leads: list[Answer]) -> dict[str, Any]:
    day = dt.datetime.combine(dt.date.fromisoformat(change["made_on"]), dt.time(), tzinfo=LONDON)
    span = dt.timedelta(weeks=change["weeks"])
    at = change["from_stage"]
    out = dict(change)
    for name, low, high in (("before", day - span, day), ("after", day, day + span)):
        rows = [a for a in _all_journeys(leads) if stamp(low) <= a["entered_at"].get(at, "") < stamp(high)]
        out[f"realised_{name}"] = {
            "from": stamp(low),
            "to": stamp(high),
            **share(rows, lambda a: _converted(a, change)),
        }
    return out


def _follow_up(links: list[Answer]) -> dict[str, Any]:
    """Links nobody had booked after three days: with and without a word from the team."""
    quiet = []
    for a in links:
        sent = dt.datetime.fromisoformat(a["link"]["at"])
        booked = a["link"]["booked_at"] and dt.datetime.fromisoformat(a["link"]["booked_at"])
        young = sent > AS_OF.replace(tzinfo=None) - dt.timedelta(days=7)
        if not young and not (booked and booked - sent < dt.timedelta(days=3)):
            quiet.append(a)
    told = [
        a
        for a in quiet
        if a["link"]["follow_up_at"] and (not _booked(a) or a["link"]["follow_up_at"] < a["link"]["booked_at"])
    ]
    return {
        "rule": "links still open after 3 days",
        "true_rate": {"followed_up": 0.24, "left_alone": 0.06},
        "followed_up": share(told, _booked),
        "left_alone": share((a for a in quiet if a not in told), _booked),
    }


def _sources(leads: list[Answer]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for a in leads:
        key = "keyword: guide" if a["keyword"] == "guide" else a["original_source"]
        row = out.setdefault(
            key, {"leads": 0, "qualified": 0, "links": 0, "booked": 0, "showed": 0, "not_a_fit": 0, "won": 0}
        )
        row["leads"] += 1
        row["qualified"] += "qualified" in a["entered_at"]
        row["links"] += bool(a["link"]["sent"])
        row["booked"] += bool(a["calls"])
        row["showed"] += any(c["status"] == "completed" for c in a["calls"])
        row["not_a_fit"] += a["reason"] == "not_a_fit" and bool(a["calls"])
        row["won"] += _won(a)
    return dict(sorted(out.items()))


def planted(leads_and_others: list[Answer]) -> dict[str, Any]:
    """The planted leaks in the order of what they cost, the sources, and the changes."""
    leads = [a for a in leads_and_others if a["is_lead"]]
    links = [a for a in leads if a["link"]["sent"]]
    early = [a for a in links if a["link"]["too_early"]]
    in_time = [a for a in links if not a["link"]["too_early"]]
    calls = [c for a in leads for c in a["calls"] if c["status"] in ("completed", "no_show")]
    weak, strong = ([c for c in calls if (c["handoff_score"] < 5) == w] for w in (True, False))
    return {
        "leaks": [
            {
                "rank": 1,
                "leak": "booking link sent too early",
                "suggested_change": "tighten the booking link rule",
                "true_rate": {"early": 0.2, "in_time": 0.55},
                "booked_early": share(early, _booked),
                "booked_in_time": share(in_time, _booked),
                "won_early": share(early, _won),
                "won_in_time": share(in_time, _won),
                "sent_by": {
                    r: sum(a["link"]["sent_by"] == r for a in early)
                    for r in ("ai", "setter", "automation", "coach", "va", "unknown")
                },
            },
            {
                "rank": 2,
                "leak": "weak handoff",
                "true_no_show": {"weak": 0.44, "strong": 0.12},
                "no_show_weak": share(weak, lambda c: c["status"] == "no_show"),
                "no_show_strong": share(strong, lambda c: c["status"] == "no_show"),
            },
            {"rank": 3, "leak": "link with no follow-up", **_follow_up(links)},
        ],
        "sources": {"poor_calls": "keyword: guide", "best_calls": "referral", "table": _sources(leads)},
        "changes": [_change(dict(c), leads) for c in CHANGES],
    }
