"""The known answer: what the hidden states and the written evidence make of each conversation, by the placement rules.

Keys are those of a labelled truth file; times are naive UTC. Nothing here is read by the pipeline.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from .clock import AS_OF, local
from .model import Booking, Case, Message

ROLE = {
    "tom": "setter",
    "priya": "setter",
    "maren": "coach",
    "jules": "va",
    "ai": "ai",
    "auto": "automation",
    "someone": "unknown",
}
ORDER = ("new_dm", "engaged", "qualified", "booking_link_sent", "booked_call", "call_completed")
SOFT = {
    "thanks_only",
    "put_off",
    "reaction",
    "friendly_only",
    "says_booked",
    "says_cancelled",
    "paid",
    "email",
    "clear_no",
    "wants_nothing_yet",
    "not_now",
}
THREE_DAYS = dt.timedelta(days=3)


def stamp(at: dt.datetime) -> str:
    """Naive UTC ISO text."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds")


class Journey:
    """One pass of a case: its messages, bookings and closings up to the end of the sample."""

    def __init__(
        self, case: Case, messages: list[Message], bookings: list[Booking], closings: list[tuple[str, dt.datetime, str]]
    ) -> None:
        self.case, self.messages = case, messages
        self.bookings = sorted((b for b in bookings if b.created <= AS_OF), key=lambda b: b.created)
        self.closings = [c for c in closings if c[1] <= AS_OF]
        self.lead = [m for m in messages if m.actor == "lead"]
        self.team = [m for m in messages if m.actor != "lead"]
        self.entered = self._entered()

    def _first(self, messages: list[Message], *tags: str) -> Message | None:
        return next((m for m in messages if m.tags & set(tags)), None)

    def _qualified_at(self) -> dt.datetime | None:
        what = why = False
        for m in self.lead:
            if m.tags & {"red_flag", "sensitive"}:
                return None
            what = what or bool(m.tags & {"problem", "goal"})
            why = why or bool(m.tags & {"timing", "intent"})
            if what and why:
                return m.at
        return None

    def links(self) -> list[Message]:
        """Messages with a booking link, and proposed times that ended up in the calendar."""
        phone = any(b.calendar == "ics" for b in self.bookings)
        return [m for m in self.team if "link" in m.tags or ("proposes_time" in m.tags and phone)]

    def _entered(self) -> dict[str, dt.datetime]:
        found: dict[str, dt.datetime] = {"new_dm": self.messages[0].at}
        engaged, qualified = self._first(self.lead, "meaningful"), self._qualified_at()
        if engaged:
            found["engaged"] = engaged.at
        if qualified:
            found["qualified"] = qualified
        if self.links():
            found["booking_link_sent"] = self.links()[0].at
        if self.bookings:
            found["booked_call"] = self.bookings[0].created
        done = [
            b.end for b in self.bookings if b.status == "active" and (b.no_show or b.outcome_known) and b.end <= AS_OF
        ]
        if done:
            found["call_completed"] = min(done)
        for stage, test in (("won", "confirms_client"), ("lost", "clear_no"), ("nurture", "not_now")):
            crm = [at for s, at, _ in self.closings if s == stage]
            said = [
                m.at
                for m in self.messages
                if test in m.tags or (stage == "lost" and m.value == "not_a_fit" and "closes_file" in m.tags)
            ]
            times = crm or said if stage == "won" else [*crm, *said]
            if times:
                found[stage] = min(times)
        return found

    def stage(self) -> str:
        """The stage at the end of the sample."""
        if self.case.returns == "soon" and self._first(self.lead, "intent"):
            return "qualified"
        closed = [s for s in ("won", "lost", "nurture") if s in self.entered]
        if closed:
            return max(closed, key=lambda s: self.entered[s])
        reached = [s for s in ORDER if s in self.entered]
        now = reached[-1]
        live = [b for b in self.bookings if b.status == "active"]
        if self.bookings and not live:
            return [s for s in reached if s not in ("booked_call", "call_completed")][-1]
        if live and not (live[-1].no_show or live[-1].outcome_known) and now == "call_completed":
            return "booked_call"
        return now

    def reason(self) -> str | None:
        """One of the nine reasons, or none where nobody gave a proper one."""
        stage = self.stage()
        if stage not in ("lost", "nurture"):
            return None
        words = " ".join(r for s, _, r in self.closings if s == stage)
        if stage == "nurture":
            said = [m.value for m in self.lead if "not_now" in m.tags]
            return {"content": "needs_content_nurture", "offer": "needs_offer_change_follow_up"}.get(
                said[-1] if said else "", "timing_later"
            )
        for m in self.messages:
            if "clear_no" in m.tags:
                return {"price": "price_mismatch"}.get(m.value, "chose_another_option")
            if "closes_file" in m.tags and m.value == "not_a_fit":
                return "not_a_fit"
        for part, name in (
            ("not a fit", "not_a_fit"),
            ("price", "price_mismatch"),
            ("someone else", "chose_another_option"),
            ("chose", "chose_another_option"),
            ("link", "no_response_after_link"),
            ("show", "no_show_not_reengaged"),
            ("client", "current_client_or_support"),
        ):
            if part in words:
                return name
        return None

    def _turn_is_ours(self) -> bool:
        for m in reversed(self.messages):
            if m.actor != "lead":
                return False
            if m.kind == "voice" or not (m.tags & SOFT):
                return True
        return False

    def _waiting(self) -> bool:
        """A put-off, link, open question, no-show or cancellation left alone for longer than three days."""
        settled = [b.end for b in self.bookings if b.status == "active"]
        if settled and max(settled) > AS_OF:
            return False
        floor = max((b.end if b.status == "active" else b.created for b in self.bookings), default=self.messages[0].at)
        events = [b.end for b in self.bookings if b.no_show] + [b.canceled_at for b in self.bookings if b.canceled_at]
        if self.bookings and self.bookings[-1].no_show is False:
            events = [e for e in events if e >= self.bookings[-1].created]
        answered = max(
            (m.at for m in self.lead if not m.tags & {"reaction", "thanks_only", "friendly_only"}),
            default=self.messages[0].at - THREE_DAYS,
        )
        for m in self.messages:
            if m.at >= floor and (
                "put_off" in m.tags
                or m in self.links()
                or ("question" in m.tags and m.actor != "lead" and m.at > answered)
            ):
                events.append(m.at)
        if not events or AS_OF - max(self.messages[-1].at, *events) < THREE_DAYS:
            return False
        since = max([min(events), *(m.at for m in self.lead)])
        return not any("unprompted" in m.tags and m.at > since for m in self.team)

    def follow_up(self) -> bool:
        """Whose turn, by the six cases of the rules."""
        stage, case = self.stage(), self.case
        if case.facts.get("sensitive"):
            return True
        if stage in ("won", "lost") or case.facts.get("excluded") == "not_a_prospect":
            return False
        if self._turn_is_ours():
            return True
        if stage == "nurture":
            until = case.facts.get("until") or next((m.value for m in reversed(self.lead) if "not_now" in m.tags), "")
            return bool(until[:4].isdigit()) and until <= local(AS_OF - dt.timedelta(seconds=1)).date().isoformat()
        past = [b for b in self.bookings if b.status == "active" and b.end <= AS_OF]
        if any(not b.no_show and not b.outcome_known for b in past):
            return True
        if stage == "call_completed" and case.outcome in ("follow_up", "pending") and past:
            agreed = case.facts.get("agreed")
            due = dt.datetime.combine(agreed, dt.time(23, 59), tzinfo=dt.UTC) if agreed else past[-1].end + THREE_DAYS
            return due < AS_OF and not any("unprompted" in m.tags and m.at > past[-1].end for m in self.team)
        return self._waiting()

    def owner(self, excluded: bool) -> str:
        """Who has the next move."""
        stage, follow = self.stage(), self.follow_up()
        told: set[str] = set()
        last = ""
        for m in self.case.messages:
            if m.actor in ("tom", "priya", "maren", "jules", "someone"):
                told |= {m.actor} if "introduced" in m.tags else set()
                last = ROLE[m.actor] if m.actor in told else "unknown"
        human = last or "coach"
        if self.case.facts.get("sensitive"):
            return "coach"
        if excluded:
            return human if follow else "none"
        if stage in ("won", "lost"):
            return "none"
        if stage == "booked_call":
            return "coach"
        return human if stage == "nurture" or follow else "lead"

    def link(self) -> dict[str, Any]:
        """The facts of the first booking link."""
        links = self.links()
        if not links:
            return {"sent": False}
        first = links[0]
        qualified = self.entered.get("qualified")
        before = [m for m in self.team if m.at < first.at]
        after = [b.created for b in self.bookings if b.created >= first.at.replace(second=0)]
        follow = [m.at for m in self.team if "unprompted" in m.tags and m.at > first.at]
        return {
            "sent": True,
            "at": stamp(first.at),
            "too_early": qualified is None or qualified > first.at,
            "tied_to_words": "tied" in first.tags or bool(before and "echo" in before[-1].tags),
            "sent_by": ROLE[first.actor],
            "count": len(links),
            "follow_up_at": stamp(follow[0]) if follow else None,
            "booked_at": stamp(after[0]) if after else None,
        }

    def handoff(self, booking: Booking) -> int:
        """How many of the eight things a call needs were in the chat before it."""
        seen = set().union(*(m.tags for m in self.messages if m.at <= booking.start))
        first = self.link()
        has = [
            self.case.source != "unknown",
            "problem" in seen,
            "goal" in seen,
            "timing" in seen,
            "objection" in seen,
            bool(first.get("tied_to_words")),
            "promise" in seen,
            "reminder" in seen,
        ]
        return sum(has)

    def call_facts(self) -> list[dict[str, Any]]:
        """Each booking of the journey as it stands at the end of the sample."""
        out = []
        for b in self.bookings:
            status = (
                "no_show"
                if b.no_show
                else "cancelled"
                if b.status == "canceled"
                else "completed"
                if b.outcome_known
                else "upcoming"
                if b.end > AS_OF
                else "unmarked"
            )
            if b.cancel_reason == "Rescheduled":
                status = "rescheduled"
            elif status == "cancelled":
                status = f"cancelled_by_{b.canceled_by}"
            out.append(
                {
                    "created_at": stamp(b.created),
                    "starts_at": stamp(b.start),
                    "calendar": b.calendar,
                    "status": status,
                    "handoff_score": self.handoff(b),
                    "name": b.name,
                    "outcome": self.case.outcome if b.outcome_known else None,
                }
            )
        return out
