"""After the talking: whose name stands on which booking, what the CRM says, and where the systems disagree."""

from __future__ import annotations

import datetime as dt
from random import Random

from .answers import journeys
from .clock import AS_OF, END
from .model import Booking, Case, Deal

STAGE_LABELS = {
    "new_dm": "New lead",
    "engaged": "In conversation",
    "qualified": "Qualified",
    "booking_link_sent": "Link sent",
    "booked_call": "Call booked",
    "call_completed": "Call done",
    "won": "Closed won",
    "lost": "Closed lost",
    "nurture": "Nurture",
}
VAGUE = ("hot", "warm", "maybe", "follow up", "interested", "follow up later")
PRIVATE = ("Tom's pile", "MH to look", "Contract Sent")
OWNERS = {"tom": "Tom Ashdown", "priya": "Priya Raman", "maren": "Maren Holloway", "jules": "Jules Perrault"}
SOURCES = {
    "referral": "Referral",
    "dm_ad": "IG Ad",
    "story_reply": "Instagram story",
    "comment_to_dm": "ManyChat comment",
    "keyword": "ManyChat keyword",
    "outbound": "Outbound",
    "returning": "Old lead",
    "organic_dm": "Instagram DM",
}
OUTCOMES = {
    "won": ("showed, closed", "closed on the call", "showed - joined", "completed, sale"),
    "follow_up": ("showed, follow up", "follow-up, decides later"),
    "pending": ("showed, follow up - thinking about it", "follow up"),
    "not_a_fit": ("showed, not a fit", "not a fit", "not a fit, needs a doctor first"),
    "price": ("showed, offer made, too expensive", "showed, lost on price"),
    "other": ("showed, went elsewhere", "showed, no"),
}


def name_bookings(cases: list[Case], rng: Random) -> None:
    """Names, addresses and answers of the booking form; a few people book under another name."""
    booked = [c for c in cases if c.bookings]
    traps = ["spouse", "shop", "spouse_said", "nickname", "stranger"]
    open_cases = [
        c
        for c in booked
        if c.path in ("intime", "early")
        and c.lang == "en"
        and c.bookings[0].calendar == "calendly"
        and not c.facts.get("utm")
    ]
    for case, trap in zip(rng.sample(open_cases, len(traps)), traps, strict=True):
        case.trap = trap
    for case in booked:
        person = case.person
        assert person is not None
        name, email = f"{person.first} {person.last}", person.email
        handle = rng.random() < 0.72
        help_with = ""
        said = [m for m in case.messages if "says_booked" in m.tags]
        if case.trap in ("spouse", "spouse_said"):
            other = rng.choice(("Jacqueline", "Mick", "Paulette", "Ned"))
            name, email, handle = (
                f"{other} {person.last}",
                f"{other.lower()}.{email.split('@')[0].split('.')[-1]}@example.com",
                False,
            )
            if case.trap == "spouse" or not said:
                help_with = f"this is for {person.first}, booking from my mail"
            else:
                said[0].text += f". it's under {other}'s name, we share the mail"
        elif case.trap == "shop":
            name, email, handle = (
                f"{person.last} & Daughters Upholstery",
                f"hello@{person.last.lower()}upholstery.example",
                True,
            )
        elif case.trap == "nickname":
            name, handle = person.display, True
        elif case.trap == "stranger":
            name, email, handle = "Bartholomew Quince", "b.quince@example.org", False
            case.facts["review"] = True
        if case.strong and not help_with and rng.random() < 0.6:
            line = case.facts.get("pain") or case.facts.get("comeback")
            help_with = line.echo if line else ""
        heard = (
            SOURCES[case.source] if rng.random() < 0.35 and case.source in ("referral", "story_reply", "dm_ad") else ""
        )
        for booking in case.bookings:
            booking.name, booking.email = name, email
            booking.answers = tuple(
                (q, a)
                for q, a in (
                    ("Instagram handle", rng.choice(("", "@")) + person.handle if handle else ""),
                    ("What would you like help with?", help_with),
                    ("How did you hear about Maren?", heard),
                )
                if q
            )


def _label(case: Case, stage: str, rng: Random) -> str:
    if stage in ("won", "lost", "nurture"):
        return STAGE_LABELS[stage]
    roll = rng.random()
    if roll < 0.2:
        return rng.choice(VAGUE)
    if roll < 0.26:
        return rng.choice(PRIVATE)
    if roll < 0.4:  # the CRM lags behind or runs ahead of what happened
        return STAGE_LABELS[
            rng.choice(("new_dm", "engaged", "qualified", "booking_link_sent", "booked_call", "call_completed"))
        ]
    return STAGE_LABELS[stage]


def make_deals(cases: list[Case], rng: Random) -> None:
    """Which leads the CRM knows, and what it says of them."""
    keep = {
        "new_dm": 0.05,
        "engaged": 0.14,
        "qualified": 0.45,
        "booking_link_sent": 0.4,
        "booked_call": 0.8,
        "call_completed": 0.97,
    }
    for case in cases:
        runs = journeys(case)
        stage = runs[-1].stage()
        if case.facts.get("excluded") or case.deal:
            continue
        needs = bool(case.closings) or any(b.outcome_known for b in case.bookings)
        if not needs and rng.random() > keep.get(stage, 0.0):
            continue
        created = min(runs[0].entered.get("engaged", case.start) + dt.timedelta(hours=rng.uniform(1, 30)), END)
        first = min((at for _, at, _ in case.closings), default=None)
        if first and first < created:
            created = first - dt.timedelta(minutes=30)
        deal = Deal(created.replace(second=0), "", OWNERS.get(case.handler, ""))
        _fill_deal(case, deal, stage, rng)
        case.deal = deal


def _fill_deal(case: Case, deal: Deal, stage: str, rng: Random) -> None:
    closed = case.closings[-1] if case.closings else None
    deal.stage = (
        STAGE_LABELS[closed[0]]
        if closed
        else _label(case, stage if stage not in ("won", "lost", "nurture") else "engaged", rng)
    )
    if closed:
        deal.entered[deal.stage] = closed[1]
        if closed[0] != "nurture":
            deal.closed = closed[1]
        if closed[0] == "lost":
            deal.lost_reason = closed[2]
        deal.nurture_until = str(case.facts.get("until", ""))
    for name in ("Call booked",):
        if case.bookings and rng.random() < 0.5:
            deal.entered[name] = min(case.bookings[0].created + dt.timedelta(minutes=rng.randrange(5, 600)), END)
    held = [b for b in case.bookings if b.outcome_known]
    if held:
        deal.call_outcome = rng.choice(OUTCOMES[case.outcome or "pending"])
        if case.outcome == "follow_up" and case.facts.get("agreed"):
            deal.call_outcome = f"follow up, decides by {case.facts['agreed'].strftime('%-d %B')}"
        deal.offer = "no" if case.outcome == "not_a_fit" else rng.choice(("yes", "yes", "yes, 12 weeks", "Yes"))
        deal.objection = {"price": "price", "other": "has another option"}.get(case.outcome, case.objection)
        deal.note = rng.choice(
            ("", "", "notes from the DM helped", "had to ask everything again" if not case.strong else "")
        )
    elif any(b.no_show for b in case.bookings):
        deal.call_outcome = rng.choice(("no show", "No-show", "did not show"))
    deal.amount = str(case.facts.get("amount", "")) or ("1440.0" if held and rng.random() < 0.3 else "")
    deal.source = SOURCES[case.source] if rng.random() < 0.5 else ""
    if rng.random() < 0.04:
        deal.source = "Other / check"
    if rng.random() < 0.12 and deal.owner:
        deal.owner = OWNERS["jules" if case.handler != "jules" else "tom"]
    deal.with_handle, deal.with_email = rng.random() < 0.78, bool(case.bookings) or rng.random() < 0.5


def strangers(rng: Random) -> list[Booking]:
    """Bookings that belong to no conversation: found the page by themselves, or the DM is in no export."""
    rows = (
        ("Oswin Tarrant", "oswin.tarrant@example.net", "Google"),
        ("Marjolein Vos", "m.vos@example.org", "a podcast"),
        ("Desmond Achterby", "des@achterby.example", ""),
        ("Petra Lindqvist", "petra.lindqvist@example.com", "my physio"),
        ("Farida Nouri", "farida.n@mail.example", "Instagram"),
    )
    out = []
    for i, (name, email, heard) in enumerate(rows):
        created = dt.datetime(2026, 9, 7, 11, 12, tzinfo=dt.UTC) + dt.timedelta(days=17 * i, minutes=rng.randrange(600))
        start = (created + dt.timedelta(days=3)).replace(hour=9 + i, minute=0, second=0)
        answers = (
            ("Instagram handle", ""),
            ("What would you like help with?", "stiff back" if i % 2 else ""),
            ("How did you hear about Maren?", heard),
        )
        out.append(Booking(created.replace(second=0), start, 30, "calendly", name=name, email=email, answers=answers))
    return [b for b in out if b.created < AS_OF]
