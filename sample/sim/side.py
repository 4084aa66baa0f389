"""What lies beside the conversations: leads the CRM alone knows, and whose call was agreed in the chat."""

from __future__ import annotations

import datetime as dt
from random import Random

from .model import Case, Deal, Person
from .people import People


def phone_bookers(cases: list[Case], rng: Random) -> None:
    """A dozen of the in-time bookings are calls whose time the team proposes in the chat."""
    pool = [
        c
        for c in cases
        if c.path == "intime" and c.booked == "fast" and c.lang == "en" and c.tied and c.call in ("", "done", "no_show")
    ]
    for case in rng.sample(pool, min(12, len(pool))):
        case.facts["by_phone"] = True


def crm_only(people: People, rng: Random) -> list[tuple[Person, Deal]]:
    """Deals and contacts without a conversation in the exports."""
    base = dt.datetime(2026, 8, 27, 9, 0, tzinfo=dt.UTC)
    plans = (
        ("Closed won", "", "Referral"),
        ("Closed lost", "price", "Instagram DM"),
        ("Nurture", "", "Webinar"),
        ("Call booked", "", "Referral"),
        ("Closed lost", "current client / support issue", ""),
        ("hot", "", "Other / check"),
        ("Qualified", "", "Instagram DM"),
        ("Tom's pile", "", ""),
        ("Closed lost", "cold", "IG Ad"),
        ("Closed lost", "needs content first", ""),
        ("Closed lost", "waiting for a new offer", "Instagram story"),
    )
    out: list[tuple[Person, Deal]] = []
    for i, (stage, reason, source) in enumerate(plans):
        created = base + dt.timedelta(days=7 * i, minutes=rng.randrange(400))
        deal = Deal(
            created,
            stage,
            rng.choice(("Tom Ashdown", "Priya Raman", "Maren Holloway")),
            source=source,
            lost_reason=reason,
        )
        if stage.startswith("Closed"):
            deal.closed = created + dt.timedelta(days=rng.randrange(1, 9))
            deal.entered[stage] = deal.closed
        if stage == "Closed won":
            deal.amount = "960.0"
        if stage == "Nurture":
            deal.nurture_until = "2027-01-11"
            deal.entered[stage] = created + dt.timedelta(days=2)
        out.append((people.new("en"), deal))
    for i in range(8):
        created = base + dt.timedelta(days=10 * i + 3)
        out.append((people.new("en"), Deal(created, "", deal=False)))
    return out
