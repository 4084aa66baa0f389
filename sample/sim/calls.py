"""From the booking on: reminders, cancellations, no-shows, outcomes."""

from __future__ import annotations

import datetime as dt

from .clock import AS_OF, END, local
from .closings import crm_close, win
from .model import Booking
from .talk import Talk


def after_booking(talk: Talk, booking: Booking) -> None:
    """The lead says so, gets a reminder or not; then the call, if it lies in the past."""
    case, rng = talk.case, talk.rng
    booking.utm = str(case.facts.get("utm", ""))
    if rng.random() < 0.86 and not case.facts.get("proposed"):
        talk.lead("booked", "says_booked", after=rng.uniform(0.3, 6))
        if rng.random() < 0.55:
            talk.team(case.handler if case.handler != "someone" else "someone", "booked_ok", "")
    call = case.call
    if call in ("cancelled", "host_cancelled") and booking.start < AS_OF:
        _cancel(talk, booking, by_host=call == "host_cancelled")
        return
    if call == "rescheduled" and booking.start < AS_OF:
        booking = _reschedule(talk, booking)
    if (case.strong and rng.random() < 0.8) or (not case.strong and rng.random() < 0.12):
        when = booking.start - dt.timedelta(hours=rng.uniform(4, 26))
        if when > talk.at:
            talk.wait_until(when, "jules")
            who = rng.choice(("jules", "jules", case.handler))
            talk.team(who if who != "someone" else "jules", "reminder", "reminder unprompted question", after=1)
            if rng.random() < 0.7:
                talk.lead("reminder_ok", "thanks_only", after=rng.uniform(5, 120))
    if booking.end > END:
        return
    talk.at = max(talk.at, booking.end)
    _call(talk, booking)


def _cancel(talk: Talk, booking: Booking, by_host: bool) -> None:
    case, rng = talk.case, talk.rng
    when = booking.start - dt.timedelta(hours=rng.uniform(3, 30))
    talk.wait_until(when, "lead")
    booking.status, booking.canceled_by, booking.canceled_at = "canceled", "host" if by_host else "invitee", talk.at
    if by_host:
        talk.team("maren", "host_cancel", "says_cancelled", after=0)
        talk.lead("cancel_shrug", "thanks_only", after=40)
        return
    booking.cancel_reason = rng.choice(("", "work", "something came up", "ill"))
    talk.lead("cancelled", "says_cancelled", after=0.5)
    if rng.random() < 0.7:
        talk.team(case.handler, "cancel_ok", "")


def _reschedule(talk: Talk, booking: Booking) -> Booking:
    when = booking.start - dt.timedelta(hours=talk.rng.uniform(4, 20))
    talk.wait_until(when, "lead")
    booking.status, booking.canceled_by, booking.cancel_reason, booking.canceled_at = (
        "canceled",
        "invitee",
        "Rescheduled",
        talk.at,
    )
    new = talk.book(0, booking.calendar, days=3)
    new.utm = booking.utm
    talk.lead("resched", "says_booked", after=2)
    return new


def _call(talk: Talk, booking: Booking) -> None:
    case, rng = talk.case, talk.rng
    talk.slots.pop("_call", None)
    call = case.call or "done"
    if call == "unmarked":
        return
    if call.startswith("no_show"):
        booking.no_show = True
        _no_show(talk, call)
        return
    booking.outcome_known = True
    case.facts["held"] = booking
    talk.at = booking.end
    outcome = case.outcome or "pending"
    if rng.random() < 0.75:
        talk.lead("after_call", "thanks_only", after=rng.uniform(15, 900))
    _outcome(talk, outcome)


def _no_show(talk: Talk, call: str) -> None:
    case, rng = talk.case, talk.rng
    who = case.handler
    if call == "no_show" and rng.random() < 0.45:
        return
    talk.team(who, "noshow_1", "unprompted says_no_show question", after=rng.uniform(20, 400))
    if call == "no_show_rebooked":
        talk.lead("noshow_excuse", "")
        new = talk.book(rng.uniform(0.2, 8), days=2)
        talk.lead("booked", "says_booked", after=2)
        if new.end > END:
            return
        talk.at = new.end
        case.call = "done"
        _call(talk, new)
    elif call == "no_show_lost":
        talk.team(who, "noshow_2", "unprompted", after=rng.uniform(3, 5) * 1440)
        talk.team(
            who, "close_file", "unprompted closes_file", after=rng.uniform(4, 6) * 1440, value="no_show_not_reengaged"
        )
        crm_close(
            talk,
            "lost",
            rng.choice(("no-showed and did not re-engage", "no show, never came back", "no-show, no reply")),
            60,
        )
    elif rng.random() < 0.5:
        talk.lead("noshow_excuse", "")


def _outcome(talk: Talk, outcome: str) -> None:
    case, rng = talk.case, talk.rng
    case.outcome = outcome
    if outcome == "won":
        if rng.random() < 0.5:
            talk.lead("paid", "paid", after=rng.uniform(60, 2800))
        win(talk)
    elif outcome in ("price", "other"):
        if rng.random() < 0.6:
            talk.lead(f"no_{outcome}", "clear_no objection", value=outcome, after=rng.uniform(600, 4000))
            talk.team(case.handler, "bye_ok", "")
        crm_close(
            talk,
            "lost",
            {"price": "price too high", "other": "went with someone else"}[outcome],
            rng.uniform(200, 3000),
        )
    elif outcome == "not_a_fit":
        crm_close(
            talk,
            "lost",
            rng.choice(("not a fit", "not a fit, wants massage", "not a fit - medical first")),
            rng.uniform(60, 900),
        )
    elif outcome == "follow_up":
        day = local(talk.at).date() + dt.timedelta(days=rng.randrange(3, 9))
        case.facts["agreed"] = day
        talk.lead("decide_later", "put_off", after=rng.uniform(100, 1500))
        if rng.random() < 0.35:
            talk.team(case.handler, "follow_call", "unprompted question", after=rng.uniform(4, 8) * 1440)
