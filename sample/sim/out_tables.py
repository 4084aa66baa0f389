"""Writes the sheets of ManyChat contacts and of HubSpot deals and contacts. Times are the account's, without a zone."""

from __future__ import annotations

import csv
import datetime as dt
import io
from random import Random

from .clock import local
from .model import Case, Deal, Person

DEAL_COLUMNS = [
    "Record ID",
    "Deal Name",
    "Pipeline",
    "Deal Stage",
    "Amount",
    "Currency",
    "Close Date",
    "Create Date",
    "Deal owner",
    "Closed Lost Reason",
    "Call Outcome",
    "Offer Made",
    "Main Objection",
    "Nurture Until",
    "Lead Source",
    "Notes",
    "Instagram Handle",
    "Associated Contact",
    "Associated Contact IDs",
]
ENTERED = ("Call booked", "Closed won", "Closed lost", "Nurture")


def minute(at: dt.datetime) -> str:
    """HubSpot's spelling of an instant."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def sheet(header: list[str], rows: list[list[str]], **how: object) -> str:
    """A table as CSV text, with the lines a download has."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", **how)  # type: ignore[arg-type]
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def manychat(cases: list[Case], extras: list[Person], rng: Random) -> str:
    """The contact sheet as a flow writes it to a spreadsheet: tabs, Excel serial dates with a decimal comma."""
    header = [
        "Subscriber ID",
        "First Name",
        "Last Name",
        "ig_username",
        "subscribed",
        "trigger_source",
        "keyword",
        "ad_name",
        "Tags",
        "Email",
        "Phone",
    ]
    rows = []
    word = {"keyword": "keyword", "comment_to_dm": "comment", "dm_ad": "instagram_ad", "story_reply": "story_reply"}
    chance = {"keyword": 0.97, "comment_to_dm": 0.96, "dm_ad": 0.94, "story_reply": 0.25, "organic_dm": 0.1}
    for case in cases:
        if not case.person or case.facts.get("excluded") or rng.random() > chance.get(case.source, 0.0):
            continue
        person, tags = case.person, []
        if case.keyword:
            tags.append(f"lm_{case.keyword}")
        if case.pending:
            tags.append("request")
        typed = [m.text for m in case.messages if "email" in m.tags]
        email = person.email if typed else ""
        rows.append(
            (
                case.start,
                [
                    number(rng),
                    person.first,
                    person.last,
                    person.handle,
                    "",
                    word.get(case.source, ""),
                    case.keyword or ("BACK" if case.source == "comment_to_dm" else ""),
                    case.story if case.source == "dm_ad" else "",
                    ", ".join(tags),
                    email,
                    "",
                ],
            )
        )
    for i, person in enumerate(extras):
        at = dt.datetime(2026, 8, 25, 8, tzinfo=dt.UTC) + dt.timedelta(days=5 * i, minutes=rng.randrange(900))
        rows.append(
            (
                at,
                [
                    number(rng),
                    person.first,
                    person.last,
                    person.handle,
                    "",
                    "keyword",
                    "guide",
                    "",
                    "lm_guide",
                    "",
                    "",
                ],
            )
        )
    for at, row in rows:
        row[4] = _serial(at)
    return sheet(header, [r for _, r in sorted(rows, key=lambda r: (r[0], r[1][0]))], delimiter="\t")


def number(rng: Random) -> str:
    """An id of nine digits."""
    return str(rng.randrange(100_000_000, 999_999_999))


def _serial(at: dt.datetime) -> str:
    days = (local(at).replace(tzinfo=None) - dt.datetime(1899, 12, 30)).total_seconds() / 86400
    return f"{days:.5f}".replace(".", ",")


def hubspot(cases: list[Case], extra: list[tuple[Person, Deal]]) -> tuple[str, str]:
    """Deals and contacts."""
    deals, contacts = [], []
    known = [(c.person, c.deal) for c in cases if c.person and c.deal] + list(extra)
    known.sort(key=lambda k: (k[1].created, k[0].handle))
    for i, (person, deal) in enumerate(known):
        contact, record = str(51001 + i), str(90211 + 3 * i)
        handle = person.handle if deal.with_handle else ""
        email = person.email if deal.with_email else ""
        phone = person.phone if i % 4 == 0 else ""
        full = f"{person.first} {person.last}"
        contacts.append(
            [contact, person.first, person.last, email, phone, handle, deal.client_since, minute(deal.created)]
        )
        if deal.deal:
            closed = minute(deal.closed) if deal.closed else ""
            entered = [minute(deal.entered[s]) if s in deal.entered else "" for s in ENTERED]
            deals.append(
                [
                    record,
                    f"{full} - Desk Strong",
                    "Coaching",
                    deal.stage,
                    deal.amount,
                    "GBP",
                    closed,
                    minute(deal.created),
                    deal.owner,
                    deal.lost_reason,
                    deal.call_outcome,
                    deal.offer,
                    deal.objection,
                    deal.nurture_until,
                    deal.source,
                    deal.note,
                    handle,
                    full,
                    contact,
                    *entered,
                ]
            )
    header = [*DEAL_COLUMNS, *(f'Date entered "{s} (Coaching)"' for s in ENTERED)]
    people = [
        "Record ID",
        "First Name",
        "Last Name",
        "Email",
        "Phone Number",
        "Instagram Handle",
        "Client Since",
        "Create Date",
    ]
    return sheet(header, deals, quoting=csv.QUOTE_ALL), sheet(people, contacts, quoting=csv.QUOTE_ALL)
