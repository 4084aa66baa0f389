"""Writes the sample exports and their known answers: `python sample/simulate.py [folder]`, the same bytes each time."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent))

from sim.answers import answer
from sim.banks import Banks
from sim.clock import AS_OF
from sim.early_stages import dm_sale, engaged, lost, nurture, qualified, qualify
from sim.finish import make_deals, name_bookings, strangers
from sim.links import early, link_and_after
from sim.model import Case
from sim.new_dms import new_dm
from sim.out_calendar import phone_calendar
from sim.out_calendly import calendly, month_end
from sim.out_instagram import decorate, instagram_zip
from sim.out_tables import hubspot, manychat
from sim.people import People, settle
from sim.plan import draw_cases
from sim.planted import planted
from sim.scripted import give_person, play, script_cases
from sim.side import crm_only, phone_bookers
from sim.talk import Over, Talk

# one of the seeds for which chance left every planted rate near the one it was dealt by
SEED = 20261105
HERE = Path(__file__).resolve().parent


def _in_time(talk: Talk) -> None:
    case = talk.case
    qualify(talk, both=case.strong or talk.rng.random() < 0.4, goal=True if case.strong else talk.rng.random() < 0.25)
    link_and_after(talk)


WRITERS: dict[str, Callable[[Talk], None]] = {
    "new_dm": new_dm,
    "engaged": engaged,
    "qualified": qualified,
    "dm_sale": dm_sale,
    "lost": lost,
    "nurture": nurture,
    "early": early,
    "intime": _in_time,
}


def write_cases() -> tuple[list[Case], People, Banks]:
    """All conversations, written in the order in which they began."""
    cases = draw_cases(SEED)
    phone_bookers(cases, Random(SEED + 4))
    scripts = script_cases(len(cases))
    people = People(Random(SEED + 1))
    for case in scripts:
        give_person(case, people)
    cases += scripts
    settle(cases, SEED + 2, people)
    banks = Banks()
    for case in sorted(cases, key=lambda c: (c.start, c.number)):
        if case.path == "script":
            play(case, banks)
            continue
        with contextlib.suppress(Over):
            WRITERS[case.path](Talk(case, banks))
    written = [c for c in cases if c.messages]
    return sorted(written, key=lambda c: (c.start, c.number)), people, banks


def build() -> dict[str, bytes]:
    """Every file of the sample by its path below the sample folder."""
    cases, people, _ = write_cases()
    rng = Random(SEED + 3)
    name_bookings(cases, rng)
    make_deals(cases, rng)
    decorate(cases, rng)
    extra = crm_only(people, rng)
    others = strangers(rng)
    deals, contacts = hubspot(cases, extra)
    files: dict[str, bytes] = {
        "exports/instagram-maren.deskstrong-2026-11-22-Qk3vT8aZ.zip": instagram_zip(cases, Random(SEED + 5)),
        "exports/ManyChat contacts.tsv": manychat(cases, [people.new("en") for _ in range(16)], rng).encode(),
        "exports/hubspot-crm-exports-all-deals-2026-11-22.csv": deals.encode(),
        "exports/hubspot-crm-exports-all-contacts-2026-11-22.csv": contacts.encode(),
        "exports/Maren phone calls.ics": phone_calendar(cases).encode(),
    }
    for year, month, day in ((2026, 9, 30), (2026, 10, 31)):
        name = f"exports/calendly/calendly-events-export-{year}-{month:02d}-{day:02d}.csv"
        files[name] = calendly(cases, others, month_end(year, month, day), SEED).encode()
    files["exports/calendly/calendly-events-export-2026-11-22.csv"] = calendly(cases, others, AS_OF, SEED).encode()
    answers: dict[str, Any] = {"as_of": "2026-11-22", "timezone": "Europe/London", "week": "2026-W47"}
    found = [answer(c) for c in cases]
    answers["planted"] = planted(found)
    answers["unmatched"] = {"bookings": [b.name for b in others], "crm_only": [f"{p.first} {p.last}" for p, _ in extra]}
    answers["conversations"] = found
    lines = json.dumps({k: v for k, v in answers.items() if k != "conversations"}, ensure_ascii=False, indent=1)
    rows = ",\n".join("  " + json.dumps(a, ensure_ascii=False) for a in found)
    files["answers.json"] = f'{lines[:-2]},\n "conversations": [\n{rows}\n ]\n}}\n'.encode()
    return files


def main(folder: Path) -> None:
    """Writes every file below the folder."""
    for name, data in build().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
