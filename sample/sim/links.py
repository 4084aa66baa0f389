"""The booking link, in time or too early, and what follows it; the return weeks later."""

from __future__ import annotations

import datetime as dt

from .calls import after_booking
from .clock import END, call_slot, local, say_day
from .closings import crm_close, not_now
from .new_dms import human, pain
from .opening import open_with
from .talk import Talk

LINKS = {
    "ai": "https://calendly.com/marenholloway/intro-call",
    "auto": "https://calendly.com/marenholloway/intro-call",
    "tom": "https://deskstrong.example/call",
    "priya": "https://calendly.com/marenholloway/back-strategy-call",
    "maren": "https://calendly.com/marenholloway/back-strategy-call",
    "jules": "https://calendly.com/marenholloway/back-strategy-call",
    "someone": "https://calendly.com/marenholloway/back-strategy-call",
}


def link_url(talk: Talk, actor: str) -> str:
    """The link this member of the team sends; Priya's often carries a token that comes back with the booking."""
    url = LINKS[actor]
    if actor == "priya" and talk.rng.random() < 0.5:
        token = f"dm{talk.rng.randrange(10000, 99999)}"
        talk.case.facts["utm"] = token
        url += f"?utm_source=instagram&utm_content={token}"
    return url


def link_and_after(talk: Talk) -> None:
    """Sends the link in time, tied to the lead's words or not, then plays what follows."""
    case, rng = talk.case, talk.rng
    actor = case.handler
    if case.booked and case.facts.get("by_phone"):
        _phone_call(talk, actor)
        return
    if case.tied:
        _tie(talk)
        if case.strong and rng.random() < 0.5:
            talk.team(actor, "link_tied", "link tied promise", raw=_with_promise(talk, actor))
        else:
            talk.team(actor, "link_tied", "link tied", raw=link_url(talk, actor))
    else:
        talk.slots["echo"] = ""
        talk.team(actor, "link_plain", "link", raw=link_url(talk, actor))
    after_link(talk)


def _with_promise(talk: Talk, actor: str) -> str:
    return f"{link_url(talk, actor)} {talk.banks.draw(talk.rng, talk.case.lang, 'promise').text}"


def _tie(talk: Talk) -> None:
    facts = talk.case.facts
    choices = [facts[k].echo for k in ("why", "goal", "pain") if k in facts and facts[k].echo]
    if choices:
        talk.slots["echo"] = talk.rng.choice(choices)


def _phone_call(talk: Talk, actor: str) -> None:
    """A time proposed in the chat, which ends up in the phone calendar."""
    case, rng = talk.case, talk.rng
    start = call_slot(talk.at + dt.timedelta(days=2), rng)
    clock = local(start).strftime("%I:%M" if start.minute else "%I").lstrip("0") + local(start).strftime("%p").lower()
    _tie(talk)
    offer = f"{say_day(start, 'en')} at {clock}?"
    talk.team(actor, "propose_time", "proposes_time tied", raw=offer)
    talk.lead("time_yes", "says_booked intent")
    words = rng.choice(("my email is", "email", "for the invite:", "its", "use this one"))
    talk.says(f"{words} {talk.person.email}", "email", after=1)
    booking = talk.book(0.3, "ics", start=start)
    case.facts["proposed"] = True
    after_booking(talk, booking)


def early(talk: Talk) -> None:
    """The link before the lead is qualified, in one of its shapes."""
    case = talk.case
    sender, kind = str(case.facts["link_by"]), case.early_kind
    sayable = case.source not in ("keyword", "comment_to_dm", "outbound")
    if kind == "W" and case.source in ("outbound", "referral", "returning"):
        kind = "E"
    case.facts["plain_answer"] = True
    if kind == "W":
        case.facts["link_first"] = case.source not in ("keyword", "comment_to_dm")
        open_with(talk, "question" if case.source in ("organic_dm",) else "none")
    elif kind == "P":
        open_with(talk, "pain" if sayable else "none")
        pain(talk)
    elif kind == "Q":
        open_with(talk, "none")
        talk.lead("price_q", "meaningful asks_price question")
    elif kind == "A":
        open_with(talk, "question" if sayable and case.source != "referral" else "none")
        talk.lead("link_ask", "meaningful asked_for_link")
    else:
        open_with(talk, "question" if sayable and case.source == "organic_dm" else "none")
        talk.lead("vague", "meaningful")
    talk.slots["echo"] = ""
    act = {"Q": "link_price", "A": "link_asked"}.get(kind, "link_early")
    talk.team(sender, act, "link early", raw=link_url(talk, sender))
    after_link(talk)


def after_link(talk: Talk) -> None:
    """Booked at once, booked late, or not at all."""
    case, rng = talk.case, talk.rng
    if case.booked == "fast":
        if _doubt(talk):
            pass
        elif rng.random() < 0.3:
            talk.lead("putoff_soft", "put_off")
        after_booking(talk, talk.book(case.book_hours))
        return
    if case.booked:
        if rng.random() < 0.6:
            talk.lead("putoff", "put_off")
        start = talk.at
        if case.booked == "late_followed":
            talk.team(
                case.handler if case.handler != "someone" else "someone",
                "follow_link",
                "unprompted question",
                after=rng.uniform(3.1, 4.6) * 1440,
            )
            after_booking(talk, talk.book(rng.uniform(1, 30)))
        else:
            talk.at = start
            after_booking(talk, talk.book(case.book_hours))
        return
    _unbooked(talk)


def _doubt(talk: Talk) -> bool:
    """The lead names what holds them back, and the team answers it."""
    case = talk.case
    if case.objection not in ("time", "trust", "partner", "fit", "energy") or case.lang != "en":
        return False
    talk.lead(f"obj_{case.objection}", "meaningful objection", value=case.objection)
    talk.team(case.handler, f"answer_{case.objection}", "promise" if case.strong and talk.rng.random() < 0.5 else "")
    return True


def _unbooked(talk: Talk) -> None:
    case, rng = talk.case, talk.rng
    kind = case.close
    if kind in ("silent", "put_off") and _doubt(talk):
        kind = "put_off"
    if kind in ("put_off", "crm_no_response", "nurture_date", "offer") or (kind == "silent" and rng.random() < 0.3):
        talk.lead("putoff", "put_off")
        if rng.random() < 0.3:
            talk.team(case.handler, "putoff_ok", "")
    elif kind == "what":
        talk.lead("what_call", "meaningful question")
        if rng.random() < 0.7:
            who = "ai" if case.facts.get("link_by") == "ai" else case.handler
            talk.team(who, "what_a", "question")
            if rng.random() < 0.4 and case.path == "early":
                talk.lead("pain why" if "pain" not in case.facts else "why", "meaningful problem timing")
                case.facts["late_qualified"] = True
    for i in range(case.follow_ups):
        act = "follow_link" if i == 0 else "follow_last" if i == case.follow_ups - 1 else "follow_again"
        talk.team(case.handler, act, "unprompted question", after=rng.uniform(3.0, 5.5) * 1440)
    _close(talk, kind)


def _close(talk: Talk, kind: str) -> None:
    case, rng = talk.case, talk.rng
    if kind in ("clear_price", "clear_other"):
        act = kind.removeprefix("clear_")
        talk.lead(f"no_{act}", "clear_no objection", value=act, after=rng.uniform(300, 4000))
        talk.team(case.handler, "bye_ok", "")
        if rng.random() < 0.5:
            crm_close(talk, "lost", {"price": "price mismatch", "other": "chose another option"}[act], 500)
    elif kind == "crm_no_response":
        talk.team(
            case.handler,
            "close_file",
            "unprompted closes_file",
            after=rng.uniform(5, 8) * 1440,
            value="no_response_after_link",
        )
        crm_close(
            talk,
            "lost",
            rng.choice(("no response after link", "No reply after booking link", "no response after link sent")),
            120,
        )
    elif kind == "crm_vague":
        crm_close(talk, "lost", rng.choice(("dead", "cold", "maybe", "follow up later")), rng.uniform(9, 15) * 1440)
    elif kind == "nurture_date":
        not_now(talk, "date")
        if case.returns == "later":
            come_back(talk)
    elif kind == "offer":
        talk.lead("offer_change", "not_now objection", value="offer", after=rng.uniform(600, 3000))
        talk.team(case.handler, "offer_ok", "promise")


def come_back(talk: Talk) -> None:
    """Weeks later the same person writes again: the next journey begins."""
    case, rng = talk.case, talk.rng
    gap = dt.timedelta(days=rng.uniform(22, 40))
    if talk.at + gap > END - dt.timedelta(days=2):
        return
    case.facts["second_from"] = len(case.messages)
    for fact in ("pain", "why", "intent", "goal"):
        case.facts.pop(fact, None)
    talk.at += gap
    line = talk.lead("comeback", "meaningful returning problem intent", after=0)
    talk.slots["echo"] = line.echo
    talk.team(human(talk), "comeback_a", "question echo")
    talk.lead("why", "meaningful timing")
    case.strong, case.tied = True, True
    case.booked = "fast" if rng.random() < 0.5 else ""
    case.close, case.follow_ups = ("" if case.booked else "silent"), 1
    case.call, case.outcome = ("done", "won") if case.booked and rng.random() < 0.6 else ("done", "follow_up")
    case.book_hours, case.call_days = 3.0, 2.0
    link_and_after(talk)
