"""Makes a home out of the labelled training conversations: real export files, settings, and the truth beside them."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

CONVERSATIONS = Path(__file__).resolve().parents[1] / "training" / "conversations"
AS_OF = "2026-09-30T00:00"

Truth = dict[str, Any]

MESSAGE_COLUMNS = (
    "conversation_id", "participant_name", "participant_handle", "sent_at", "direction", "sent_by", "kind", "text",
    "context",
)  # fmt: skip
BOOKING_COLUMNS = ("key", "name", "email", "phone", "booked", "starts", "ends", "status", "no_show")
LEAD_COLUMNS = ("key", "name", "handle", "created", "stage", "entered", "reason", "amount", "outcome", "offer", "until")
MAPPINGS = """
[[mapping]]
file = "bookings.csv"
record = "bookings"
[mapping.columns]
booking_key = "key"
invitee_name = "name"
invitee_email = "email"
invitee_phone = "phone"
created_at = "booked"
starts_at = "starts"
ends_at = "ends"
status = "status"
no_show = "no_show"

[[mapping]]
file = "leads.csv"
record = "crm_leads"
[mapping.columns]
lead_key = "key"
display_name = "name"
instagram_handle = "handle"
created_at = "created"
stage = "stage"
stage_entered_at = "entered"
lost_reason = "reason"
amount = "amount"
call_outcome = "outcome"
offer_made = "offer"
nurture_until = "until"
"""


def conversations(folder: Path = CONVERSATIONS) -> Iterator[tuple[str, list[Truth]]]:
    """Topic and its labelled conversations, in order."""
    for path in sorted(folder.glob("*.jsonl")):
        yield path.stem, [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def make_home(home: Path, topics: Iterable[tuple[str, list[Truth]]]) -> Path:
    """One account per topic below `home`; returns the truth file, one conversation a line, keyed by account."""
    truths: list[Truth] = []
    for topic, labelled in topics:
        account = home / "accounts" / topic
        (account / "exports").mkdir(parents=True)
        (account / "settings.toml").write_text(_settings(labelled), encoding="utf-8")
        _write(account / "exports" / "dm_messages.csv", MESSAGE_COLUMNS, _messages(labelled))
        _write(account / "exports" / "bookings.csv", BOOKING_COLUMNS, _bookings(labelled))
        _write(account / "exports" / "leads.csv", LEAD_COLUMNS, _leads(labelled))
        truths += [_truth(topic, one) for one in labelled]
    path = home / "truth.jsonl"
    path.write_text("".join(json.dumps(t, ensure_ascii=False) + "\n" for t in truths), encoding="utf-8")
    return path


def _write(path: Path, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)


def _settings(labelled: list[Truth]) -> str:
    team = {member["name"]: member["role"] for one in labelled for member in one["team"]}
    keywords = {word: name for one in labelled for word, name in one["keywords"].items()}
    links = sorted({link for one in labelled for link in one.get("booking_links", [])})
    lines = ["[account]", 'name = "Coach Studio"', 'timezone = "UTC"', "[booking]", f"links = {json.dumps(links)}"]
    lines += ["[keywords]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in sorted(keywords.items()))]
    for name, role in sorted(team.items()):
        lines += ["[[team]]", f"name = {json.dumps(name, ensure_ascii=False)}", f'role = "{role}"']
    return "\n".join(lines) + "\n" + MAPPINGS


def _messages(labelled: list[Truth]) -> list[tuple[Any, ...]]:
    return [
        (
            one["id"], one["participant_name"], one["handle"], m["at"], m["direction"], m.get("sent_by") or "",
            m["kind"], m["text"], m["context"],
        )
        for one in labelled
        for m in one["messages"]
    ]  # fmt: skip


def _bookings(labelled: list[Truth]) -> list[tuple[Any, ...]]:
    rows: dict[str, list[Any]] = {}
    for one in labelled:
        key = ""
        for number, event in enumerate(e for e in one["events"] if e["kind"] == "calendar"):
            what = event["what"]
            if what == "created":
                key = f"{one['id']}-{number}"
                who = [event.get("name", ""), event.get("email", ""), event.get("phone", "")]
                rows[key] = [key, *who, event["at"], event["starts"], event["ends"], "active", ""]
            elif key and what in ("completed", "cancelled"):
                rows[key][7] = what
            elif key and what == "no_show":
                rows[key][8] = "yes"
    return [tuple(row) for row in rows.values()]


def _leads(labelled: list[Truth]) -> list[tuple[Any, ...]]:
    rows = []
    for one in labelled:
        closings = [e for e in one["events"] if e["kind"] == "crm"]
        calls = [e for e in one["events"] if e["kind"] == "calendar" and e["what"] == "completed"]
        if closings or any(e.get("outcome") for e in calls):
            last = closings[-1] if closings else {}
            call = calls[-1] if calls else {}
            rows.append(
                (
                    one["id"], one["participant_name"], one["handle"], one["messages"][0]["at"], last.get("what", ""),
                    last.get("at", ""), last.get("reason", ""), last.get("amount", ""), call.get("outcome", ""),
                    call.get("offer_made", ""), last.get("until", ""),
                )
            )  # fmt: skip
    return rows


def _truth(topic: str, one: Truth) -> Truth:
    kept = {k: v for k, v in one.items() if k not in ("messages", "events", "team", "keywords", "booking_links")}
    entered_at = {stage: _instant(one, where) for stage, where in one["entered"].items()}
    return kept | {"account": topic, "thread": one["id"], "entered_at": entered_at}


def _instant(one: Truth, where: int | str) -> str:
    """When a stage was entered, without a zone (UTC): of a message, or of the N-th event of its kind."""
    if isinstance(where, int):
        at = one["messages"][where]["at"]
    else:
        kind, _, number = where.partition(":")
        at = [e for e in one["events"] if e["kind"] == kind][int(number)]["at"]
    return dt.datetime.fromisoformat(at).strftime("%Y-%m-%dT%H:%M:%S")
