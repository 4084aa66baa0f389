"""Writes one thread message by message: a clock, a voice for the lead, a style for each member of the team."""

from __future__ import annotations

import datetime as dt
import re
from random import Random
from typing import Any

from .banks import Banks, Line, fill
from .clock import END, awake, call_slot, local, say_date, say_day
from .model import Booking, Case, Message, Voice
from .voice import speak

TEAM = {
    "tom": Voice("tom", 31, "UK", frozenset(("lower", "abbr2")), ("💪", "😄", "👊")),
    "priya": Voice("priya", 34, "UK", frozenset(("excl", "emo", "stops")), ("🙌", "☺️", "💛", "✨")),
    "maren": Voice("maren", 46, "UK", frozenset(("stops", "split2")), ()),
    "jules": Voice("jules", 28, "FR", frozenset(("stops",)), ("🌿", "🙂")),
    "ai": Voice("ai", 0, "UK", frozenset(("stops",)), ("💙", "👉")),
    "auto": Voice("auto", 0, "UK", frozenset(("stops",)), ()),
    "someone": Voice("someone", 0, "UK", frozenset(), ()),
}
HUMANS = ("tom", "priya", "maren", "jules", "someone")
DURATIONS = {
    "en": "3 years;about 8 months;18 months;5 years or so;the best part of a year;ten years on and off;6 months;"
    "two winters;14 months;nearly 4 years;a good 7 months;four months solid;2 and a half years;eleven months;"
    "a year and a bit;nine weeks;most of my thirties;20 years give or take;five months;a decade",
    "es": "8 meses;tres años;más de un año;medio año;un par de años;diez años",
    "pt": "8 meses;uns três anos;mais de um ano;meio ano;dois anos;uma década",
    "fr": "8 mois;trois ans;plus d'un an;six mois;deux hivers;dix ans",
    "de": "8 Monaten;drei Jahren;über einem Jahr;einem halben Jahr;zwei Wintern;zehn Jahren",
    "it": "8 mesi;tre anni;più di un anno;sei mesi;due inverni;dieci anni",
}
SHE = [
    "Helen",
    "Dee",
    "Joanne",
    "Sunita",
    "Bev",
    "Nadine",
    "Carla",
    "Ruth",
    "Lorna",
    "Tess",
    "Maeve",
    "Anneke",
    "Shirin",
    "Colette",
    "Philippa",
    "Marta",
]
HE = ["Marcus", "Callum", "Patrick", "Owen", "Femi", "Gavin", "Imran", "Duncan", "Kofi", "Ray", "Piers", "Leonard"]


def joined(said: list[str]) -> str:
    """Wordings one after the other, each ended before the next begins."""
    ended = [s if re.search(r"[.!?:…👉🙂😄]$", s) else f"{s}." for s in said[:-1]]
    return " ".join([*ended, *said[-1:]])


class Over(Exception):
    """The sample's last day is reached: nothing more is written in this thread."""


class Talk:
    """One thread being written."""

    def __init__(self, case: Case, banks: Banks) -> None:
        self.case, self.banks = case, banks
        self.rng = Random(case.seed)
        self.at = case.start
        self.job_told = False
        self.known: set[str] = set()  # team members the lead has been told of
        assert case.person is not None
        self.person = case.person
        self.slots: dict[str, str] = {
            "coach": "Maren",
            "name": self._call_name(),
            "echo": "",
            "link": "",
            "friend": self.rng.choice(SHE),
            "mate": self.rng.choice(HE),
        }

    def _call_name(self) -> str:
        return self.person.first

    def fresh(self) -> dict[str, str]:
        """Slots of one wording: durations, numbers and dates are drawn anew each time."""
        rng, lang = self.rng, self.case.lang
        soon = local(self.at).date() + dt.timedelta(days=rng.randrange(20, 95))
        near = local(self.at).date() + dt.timedelta(days=rng.randrange(9, 24))
        american = self.person.voice.country in ("US", "CA")
        return {
            **self.slots,
            "dur": rng.choice(DURATIONS[lang].split(";")),
            "n": str(rng.randrange(3, 12)),
            "big": str(rng.choice((20, 25, 30, 35, 40, 45, 50, 60))),
            "age": str(self.person.voice.age),
            "next": str(self.person.voice.age + 1),
            "date": say_date(soon, lang, american),
            "near": say_date(near, lang, american),
            "day": self.slots.get("_call") or say_day(self.at + dt.timedelta(days=rng.randrange(1, 5)), lang),
            "_date": soon.isoformat(),
        }

    def wait(self, minutes: float, actor: str) -> None:
        """Moves the clock on, to an hour at which the actor is up."""
        seconds = self.rng.randrange(60)
        if actor == "auto":  # a machine answers within seconds of its trigger
            self.at += dt.timedelta(seconds=2 + seconds % 7)
        else:
            self.at = awake(self.at + dt.timedelta(minutes=minutes, seconds=seconds), actor, self.rng)
        if self.at > END:
            raise Over

    def wait_until(self, at: dt.datetime, actor: str) -> None:
        """Moves the clock to an instant, never back."""
        self.at = max(self.at + dt.timedelta(seconds=20), at)
        self.wait(0, actor)

    def add(self, actor: str, text: str, tags: str = "", kind: str = "text", value: str = "", **extra: Any) -> Message:
        """Puts down one message at the clock."""
        if self.case.messages and self.at <= self.case.messages[-1].at:
            self.at = self.case.messages[-1].at + dt.timedelta(seconds=self.rng.randrange(4, 40))
        if self.at > END:
            raise Over
        message = Message(self.at, actor, text, kind, frozenset(tags.split()), dict(extra), value)
        self.case.messages.append(message)
        return message

    def lead(
        self, acts: str, tags: str = "", after: float | None = None, kind: str = "text", value: str = "", **extra: Any
    ) -> Line:
        """The lead writes one wording of each act, as one message or a burst; returns the last wording, filled."""
        gap = self.rng.choice((2, 4, 9, 25, 60, 150, 400)) * self.case.pace if after is None else after
        self.wait(gap, "lead")
        said, line = [], Line("", "", "")
        for act in acts.split():
            unlike = ("m" if self.person.sex == "f" else "f") + ("j" if self.job_told else "")
            drawn, slots = self.banks.draw(self.rng, self.case.lang, act, unlike), self.fresh()
            self.job_told = self.job_told or "j" in drawn.flags or act == "work"
            line = Line(*(fill(part, slots) for part in drawn))
            self.case.facts[act] = Line(line.text, line.echo, line.more or slots["_date"])
            said.append(line.text)
        parts = speak(joined(said), self.person.voice, self.rng, self.case.lang)
        for i, part in enumerate(parts):
            if i:
                self.at += dt.timedelta(seconds=self.rng.randrange(6, 70))
            self.add("lead", part, tags, kind if i == 0 else "text", value, **(extra if i == 0 else {}))
        return line

    def says(self, text: str, tags: str = "", after: float | None = None, kind: str = "text", **extra: Any) -> None:
        """The lead writes exactly this."""
        self.wait(self.rng.choice((1, 3, 8, 30, 90)) * self.case.pace if after is None else after, "lead")
        self.add("lead", text, tags, kind, "", **extra)

    def team(
        self, actor: str, acts: str, tags: str = "", after: float | None = None, raw: str = "", value: str = ""
    ) -> Line:
        """A member of the team writes; a human says who they are the first time, unless the case hides it."""
        gap = self.rng.choice((3, 8, 20, 45, 110, 240)) if after is None else after
        self.wait({"auto": 0.1, "ai": 0.6}.get(actor, gap) if after is None else gap, actor)
        said, line = [], Line("", "", "")
        for act in acts.split():
            own = f"{act}_{actor}"
            found = (
                own
                if self.banks.has(self.case.lang, own) or (self.case.lang == "en" and self.banks.has("en", own))
                else act
            )
            drawn = self.banks.draw(self.rng, self.case.lang, found)
            line = Line(*(fill(part, self.fresh()) for part in drawn))
            said.append(line.text)
        intro = self._introduction(actor)
        if intro:
            said[0] = re.sub(
                r"^(hey|hi|hello|morning|hiya|hola|buenas|oi|coucou|bonjour|hallo|ciao)( again)?( [^\s,!]+)?[,!] *",
                "",
                said[0],
                flags=re.IGNORECASE,
            )
        text = f"{joined(said)} {raw}".strip()
        parts = speak(text, TEAM[actor], self.rng, self.case.lang)
        if intro:
            parts[0] = f"{intro} {parts[0]}"
        self.add(actor, " ".join(parts), f"{tags} introduced" if intro else tags, "text", value)
        return line

    def ask(self, actor: str, acts: str, after: float | None = None) -> Line:
        """A question of the team; one still open is answered first."""
        last = self.case.messages[-1]
        if last.actor != "lead" and "question" in last.tags:
            self.lead("detail", "meaningful")
        return self.team(actor, acts, "question", after)

    def _introduction(self, actor: str) -> str:
        if actor in self.known or actor in ("auto", "someone") or (actor in HUMANS and not self.case.introduced):
            return ""
        others = bool(self.known & {*HUMANS, "ai"} - {actor})
        self.known.add(actor)
        if actor == "maren" and not others and self.rng.random() < 0.3:
            return ""
        if actor == "ai" and self.rng.random() < 0.2:
            return ""
        return fill(self.banks.draw(self.rng, self.case.lang, f"intro_{actor}").text, self.fresh())

    def book(
        self, hours: float, calendar: str = "calendly", days: float | None = None, start: dt.datetime | None = None
    ) -> Booking:
        """A booking some hours from now, for a call some days later."""
        created = awake(self.at + dt.timedelta(hours=hours), "lead", self.rng)
        if created > END:
            raise Over
        later = dt.timedelta(days=self.case.call_days if days is None else days)
        start = start or call_slot(created + later, self.rng)
        if start < created + dt.timedelta(hours=3):
            start += dt.timedelta(days=2)
        booking = Booking(created.replace(second=0, microsecond=0), start, 30, calendar)
        self.case.bookings.append(booking)
        self.at = created
        self.slots["_call"] = say_day(start, self.case.lang)
        return booking
