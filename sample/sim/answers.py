"""One line of the known answers per conversation, in the keys of a labelled truth file."""

from __future__ import annotations

from typing import Any

from .model import Case
from .truth import Journey, stamp


def journeys(case: Case) -> list[Journey]:
    """The one or two journeys of a case."""
    cut = case.facts.get("second_from")
    if not cut or cut >= len(case.messages):
        return [Journey(case, case.messages, case.bookings, case.closings)]
    at = case.messages[cut].at
    first = Journey(
        case, case.messages[:cut], [b for b in case.bookings if b.created < at], [c for c in case.closings if c[1] < at]
    )
    second = Journey(
        case,
        case.messages[cut:],
        [b for b in case.bookings if b.created >= at],
        [c for c in case.closings if c[1] >= at],
    )
    return [first, second]


def answer(case: Case) -> dict[str, Any]:
    """One line of the known answers."""
    runs = journeys(case)
    last = runs[-1]
    excluded = case.facts.get("excluded")
    kind = (
        "current_client"
        if excluded == "current_client_support"
        else {"referral": "referral", "returning": "old"}.get(case.source, "new")
    )
    source = case.source
    if len(runs) > 1:
        kind, source = "old", "returning"
    objections = [m.value for m in last.lead if "objection" in m.tags and m.value]
    lead = not excluded
    out: dict[str, Any] = {
        "id": f"s{case.number:03d}",
        "thread": case.thread,
        "display_name": case.person.display if case.person else "",
        "is_lead": lead,
        "exclude_reason": excluded,
        "person_kind": kind,
        "source": source,
        "original_source": case.source,
        "keyword": case.keyword or None,
        "language": case.lang,
        "stage": last.stage() if lead else None,
        "entered_at": {k: stamp(v) for k, v in last.entered.items()} if lead else {},
        "reason": last.reason() if lead else case.facts.get("reason"),
        "objection": {"offer": "fit"}.get(objections[0], objections[0]) if objections else None,
        "link": last.link(),
        "no_show": any(b.no_show for b in last.bookings),
        "calls": last.call_facts(),
        "needs_follow_up": last.follow_up(),
        "next_owner": last.owner(bool(excluded)),
        "human_review": bool(case.facts.get("sensitive") or case.facts.get("review")),
        "n_messages": len(case.messages),
        "hidden": {
            "path": case.path,
            "variant": case.variant,
            "early_kind": case.early_kind if case.path == "early" else "",
            "block": case.block,
            "handler": case.handler,
            "first_reply_from": case.opener,
            "strong_handoff": case.strong,
            "trap": case.trap,
            "voice": case.person.voice.key if case.person else "",
        },
        "earlier_journeys": [
            {
                "stage": j.stage(),
                "source": case.source,
                "reason": j.reason(),
                "entered_at": {k: stamp(v) for k, v in j.entered.items()},
                "link": j.link(),
            }
            for j in runs[:-1]
        ],
    }
    return out
