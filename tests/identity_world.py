"""A small account made by hand, to ask whose record is whose."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ingest.identify import identify
from ingest.settings import Account, Settings, TeamMember

Rows = list[dict[str, Any]]
T = dt.datetime(2026, 9, 10, 12, tzinfo=dt.UTC)
SETTINGS = Settings(
    account=Account(name="Hollis Marsh", handles=("hollis.marsh",), timezone="Europe/London"),
    team=(TeamMember(name="Perrin", role="setter", aliases=("studio@example.com",)),),
)


def at(minutes: float = 0, days: float = 0) -> dt.datetime:
    return T + dt.timedelta(days=days, minutes=minutes)


LATER = at(days=30)


class World:
    """Rows of one account; the times are minutes from T."""

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {
            name: [] for name in ("messages", "conversations", "crm_leads", "stage_changes", "bookings", "judgements")
        }
        self.decisions: Rows = []

    def thread(self, key: str, name: str, handle: str | None = None, begun: float = -1440, last: float = 1440) -> World:
        times = {"first_message_at": at(begun), "last_message_at": at(last)}
        row = {"conversation_id": key, "thread_key": key.rpartition("_")[2], "participant_name": name, **times}
        self.rows["conversations"].append({**row, "participant_handle": handle})
        return self

    def says(self, key: str, text: str, minutes: float, direction: str = "in", signal: str | None = None) -> World:
        message = f"{key}-{minutes}-{direction}"
        row = {
            "conversation_id": key,
            "message_id": message,
            "sent_at": at(minutes),
            "direction": direction,
            "text": text,
        }
        self.rows["messages"].append({**row, "participant_name": None, "participant_handle": None})
        return self.signal(key, signal, minutes, message_id=message) if signal else self

    def signal(self, key: str, signal: str, minutes: float, value: str = "", message_id: str = "") -> World:
        row = {"conversation_id": key, "message_id": message_id, "at": at(minutes), "signal": signal, "value": value}
        self.rows["judgements"].append(row)
        return self

    def link(self, key: str, minutes: float) -> World:
        return self.signal(key, "booking_link", minutes, "calendly.com")

    def crm(self, key: str, name: str = "", system: str = "hubspot", kind: str = "contact", **more: Any) -> World:
        row = {"lead_key": key, "display_name": name, "system": system, "record_kind": kind, "created_at": at(), **more}
        self.rows["crm_leads"].append(row)
        return self

    def booking(self, key: str, name: str = "", minutes: float | None = 0, **more: Any) -> World:
        created = None if minutes is None else at(minutes)
        self.rows["bookings"].append({"booking_key": key, "invitee_name": name, "created_at": created, **more})
        return self

    def identities(self, as_of: dt.datetime = LATER, settings: Settings = SETTINGS) -> Rows:
        return identify(**self.rows, settings=settings, decisions=self.decisions, as_of=as_of)

    def of(self, key: str, **more: Any) -> dict[str, Any]:
        found = [r for r in self.identities(**more) if r["record_key"] == key]
        assert len(found) == 1
        return found[0]


def told(row: dict[str, Any]) -> tuple[str | None, str | None, float, bool]:
    return row["conversation_id"], row["match_method"], row["match_confidence"], row["is_uncertain"]


OWN = (None, None, 1.0, False)
REVIEW = (None, None, 1.0, True)


def couple() -> World:
    world = World().thread("x_1000001", "Ada Wren", "ada.wren").thread("y_1000002", "Bo Quill", "bo.quill")
    for key in ("x_1000001", "y_1000002"):
        world.signal(key, "email", 0, "home@example.com")
    return world


def shop() -> World:
    return World().thread("k_1000001", "Kieran Doyle").link("k_1000001", -20)
