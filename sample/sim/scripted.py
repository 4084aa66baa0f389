"""Plays the conversations of voices/scripts_*.toml that were written out by hand, line by line."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from typing import Any

from .banks import VOICES, Banks
from .clock import FIRST_DAY, LONDON
from .model import Case, Deal, Person
from .opening import story_share
from .people import DOMAINS, People, plain
from .talk import Over, Talk

UNITS = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0}


def script_cases(first_number: int) -> list[Case]:
    """One case per script; the text is kept with it."""
    cases: list[Case] = []
    for path in sorted(VOICES.glob("scripts_*.toml")):
        for script in tomllib.loads(path.read_text(encoding="utf-8"))["script"]:
            number = first_number + len(cases)
            day = FIRST_DAY + dt.timedelta(days=int(script["day"]))
            hour = 7 + (number * 37 % 14)
            start = dt.datetime.combine(day, dt.time(hour, number * 17 % 60, number * 29 % 60), tzinfo=LONDON)
            case = Case(
                number, 0, "script", script["source"], start.astimezone(dt.UTC), 5000 + number, variant=script["name"]
            )
            case.lang, case.keyword, case.pending = (
                script.get("lang", "en"),
                script.get("keyword", ""),
                script.get("pending", False),
            )
            case.facts["script"] = script
            for key in ("excluded", "sensitive", "review", "reason"):
                if script.get(key):
                    case.facts[key] = script[key]
            cases.append(case)
    return cases


def give_person(case: Case, people: People) -> None:
    """A person for the script; a shown name of its own replaces the drawn one."""
    person = people.new(case.lang)
    shown = case.facts["script"].get("display", "")
    if shown:
        base = plain(shown) or "user"
        email = f"{base}@{DOMAINS[case.number % len(DOMAINS)]}"
        person = Person(
            shown.split()[0],
            shown.split()[-1],
            shown,
            f"{base[:14]}{case.number % 90 + 10}",
            email,
            "",
            case.lang,
            person.voice,
        )
    case.person = person


def _extra(talk: Talk, kind: str) -> dict[str, Any]:
    if kind == "story_reply":
        return story_share(talk)
    return {k: True for k in ("voice", "photo", "unsent", "call") if k == kind}


def play(case: Case, banks: Banks) -> None:
    """Writes the script's messages, bookings and closings."""
    talk = Talk(case, banks)
    for raw in case.facts["script"]["lines"].strip().splitlines():
        if raw.startswith("@"):
            _event(case, talk, raw[1:])
            continue
        head, text, tail = (part.strip() for part in (raw + " ").split(" | "))
        who, gap = head.split()
        minutes = 0.0 if gap == "0" else float(gap[:-1]) * UNITS[gap[-1]]
        actor = "lead" if who == "L" else who
        words = tail.split()
        options = dict(w.split("=", 1) for w in words if "=" in w)
        tags = [w for w in words if "=" not in w]
        if actor != "lead" and re.search(rf"\b{actor}\b|\bI'm {actor}|automated assistant", text, re.IGNORECASE):
            tags.append("introduced")
        if actor == "maren" and case.facts.get("excluded") == "not_a_prospect":
            tags.append("introduced")
        talk.at += dt.timedelta(minutes=minutes)
        kind = options.get("kind", "text")
        talk.add(actor, text, " ".join(tags), kind, options.get("value", ""), **_extra(talk, kind))
    if case.facts["script"].get("crm") and case.person:
        since = (case.start - dt.timedelta(days=30 + case.number % 40)).date().isoformat()
        case.deal = Deal(
            case.start - dt.timedelta(days=45), "", client_since=since, deal=bool(case.facts.get("reason"))
        )
        if case.facts.get("reason"):
            case.deal.stage, case.deal.lost_reason = "Closed lost", "current client / support issue"
            case.deal.created, case.deal.closed = case.start, case.start + dt.timedelta(days=1)


def _event(case: Case, talk: Talk, what: str) -> None:
    try:
        if what == "book":
            case.call_days = 3
            talk.book(0.2)
        elif what == "held":
            case.bookings[-1].outcome_known = True
            case.outcome = "won"
            talk.at = case.bookings[-1].end + dt.timedelta(hours=3)
        elif what == "won":
            case.closings.append(("won", talk.at.replace(second=0), ""))
            case.facts["amount"] = "1440.0"
    except Over:
        return
