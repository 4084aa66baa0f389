"""How a journey closes: won, closed in the CRM, or not now."""

from __future__ import annotations

import datetime as dt

from .clock import END, awake
from .new_dms import human, react
from .talk import Over, Talk

PRICES = ("1440.0", "1440.0", "1440.0", "960.0", "2400.0")


def win(talk: Talk, crm: bool = True) -> None:
    """Joins: the CRM's closing, the welcome message, or only one of them."""
    case, rng = talk.case, talk.rng
    at = awake(talk.at + dt.timedelta(hours=rng.uniform(1, 40)), "priya", rng)
    if crm:
        if at > END:
            raise Over
        case.closings.append(("won", at.replace(second=0), ""))
        case.facts["amount"] = rng.choice(PRICES)
    talk.wait_until(at + dt.timedelta(minutes=rng.uniform(5, 90)), "jules")
    if not crm or rng.random() < 0.75:
        talk.team(
            rng.choice(("maren", "jules", case.handler)) if case.handler != "someone" else "maren",
            "welcome",
            "confirms_client",
            after=2,
        )
        if rng.random() < 0.6:
            talk.lead("excited", "thanks_only", after=rng.uniform(3, 200))


def crm_close(talk: Talk, stage: str, reason: str, minutes: float, until: str = "") -> None:
    """Somebody closes the deal in the CRM some minutes from now."""
    at = awake(talk.at + dt.timedelta(minutes=minutes), "priya", talk.rng).replace(second=0)
    if at > END:
        raise Over
    talk.case.closings.append((stage, at, reason))
    if until:
        talk.case.facts["until"] = until


def not_now(talk: Talk, kind: str) -> None:
    """The words that say later, and the team's answer to them."""
    line = talk.lead(f"later_{kind}", "not_now", value=kind)
    value = {"date": line.more, "event": line.echo or "event", "neither": ""}[kind]
    talk.case.messages[-1].value = value
    talk.slots["later"] = line.echo
    talk.team(human(talk), f"later_ok_{kind}", "promise" if kind != "neither" else "")
    if talk.rng.random() < 0.5:
        react(talk)
