"""PostHog's funnel cases as accounts: each person a lead whose stages a CRM logged, each step of the funnel a stage."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# the open stages that evidence of a CRM can enter, in order: step one is the first of them
STAGES = ("engaged", "qualified", "booking_link_sent", "booked_call", "call_completed")
FIRST = datetime(2021, 5, 1, tzinfo=UTC)  # of cases that give an order and no times: an event an hour
MANY = re.compile(r"user_(\d+)\.\.(\d+) ")


@dataclass(frozen=True)
class Case:
    """One funnel: its steps, people with their events in order, and PostHog's answer."""

    name: str
    steps: tuple[str, ...]
    window: str | None
    has_breakdown: bool
    people: dict[str, tuple[tuple[str, datetime], ...]]
    expected: dict[str, Any]


def case_of(listed: dict[str, Any]) -> Case:
    """A case as listed. The n-th of equal steps is met by a person's n-th such event: a stage is entered once."""
    people: dict[str, tuple[tuple[str, datetime], ...]] = {}
    events: list[dict[str, Any]]
    for name, events in listed["people"].items():
        many = MANY.match(name)
        names = [f"user{n}" for n in range(int(many[1]), int(many[2]) + 1)] if many else [name.split(" ")[0]]
        people |= dict.fromkeys(names, tuple(_numbered(events)))
    return Case(
        listed["name"],
        tuple(name for name, _ in _numbered([{"event": step, "ts": None} for step in listed["steps"]])),
        listed["window"],
        any("browser" in event for events in listed["people"].values() for event in events),
        people,
        listed["expected"],
    )


def _numbered(events: list[dict[str, Any]]) -> list[tuple[str, datetime]]:
    seen: Counter[str] = Counter()
    found = []
    for position, event in enumerate(events):
        seen[event["event"]] += 1
        told = datetime.fromisoformat(event["ts"]).replace(tzinfo=UTC) if event["ts"] else None
        found.append((f"{event['event']} #{seen[event['event']]}", told or FIRST + timedelta(hours=position)))
    return found


def write_account(folder: Path, case: Case) -> None:
    """The case's events as the log of a CRM, and settings that say which event enters which stage."""
    (folder / "exports").mkdir(parents=True)
    stages = "\n".join(f"{json.dumps(step)} = {json.dumps(STAGES[n])}" for n, step in enumerate(case.steps))
    settings = f'[account]\ntimezone = "UTC"\n\n[labels.stage]\n{stages}\n'
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    with (folder / "exports" / "stage_history.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("lead_key", "stage", "entered_at", "changed_by"))
        for person, events in case.people.items():
            writer.writerows((f"{person}@example.com", event, at.isoformat(), "log") for event, at in events)
