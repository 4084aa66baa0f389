"""`[[mapping]]` of the settings: how any other CSV becomes one of our records, without code."""

from __future__ import annotations

import difflib
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ingest.errors import shown

STRICT = ConfigDict(frozen=True, extra="forbid")

Record = Literal["crm_leads", "dm_messages", "bookings", "stage_history"]

# fields a mapping may name, by record (CONTRACT: settings.toml); those of NEEDED must be mapped
FIELDS: dict[str, tuple[str, ...]] = {
    "crm_leads": (
        *("lead_key", "contact_key", "display_name", "email", "phone", "instagram_handle", "created_at", "updated_at"),
        *("stage", "stage_entered_at", "status", "source", "content_ref", "keyword", "campaign", "ad_title"),
        *("lead_magnet", "tags", "owner", "amount", "currency", "won_at", "lost_at", "closed_at", "lost_reason"),
        *("call_outcome", "offer_made", "main_objection", "nurture_until", "client_since", "note"),
    ),
    "dm_messages": (
        *("conversation_id", "participant_name", "participant_handle", "sent_at", "direction", "sent_by"),
        *("kind", "text", "context"),
    ),
    "bookings": (
        *("booking_key", "event_name", "invitee_name", "invitee_email", "invitee_phone", "instagram_handle"),
        *("created_at", "starts_at", "ends_at", "status", "canceled_at", "canceled_by", "cancel_reason", "no_show"),
        *("host", "answers", "note", "utm_source", "utm_campaign", "utm_content"),
    ),
    "stage_history": ("lead_key", "stage", "entered_at", "changed_by"),
}
NEEDED: dict[str, tuple[str, ...]] = {
    "crm_leads": ("lead_key",),
    "dm_messages": ("conversation_id", "sent_at", "direction"),
    "bookings": ("starts_at",),
    "stage_history": ("lead_key", "stage", "entered_at"),
}


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """`, did you mean "x"?` or the list of what is known."""
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f', did you mean "{close[0]}"?' if close else f"; known are {', '.join(known)}"


def _zone(name: str) -> str:
    """An IANA zone name that this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'"{shown(name)}" is no IANA time zone, such as "Europe/London"') from error
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class Mapping(BaseModel):
    """`[[mapping]]`: any other CSV, without code."""

    model_config = STRICT
    file: Annotated[str, Field(min_length=1)]
    record: Record
    date_format: Annotated[str, Field(min_length=2)] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: str | None = None
    skip_rows: Annotated[int, Field(ge=0, le=1000)] = 0
    decimal: Literal[".", ","] | None = None
    timezone: Zone | None = None
    columns: dict[str, str]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """The encoding exists, every field belongs to the record, and none that is needed is left out."""
        if self.encoding is not None:
            _check_encoding(self.encoding)
        known = FIELDS[self.record]
        for field in self.columns:
            if field not in known:
                raise ValueError(f'unknown field "{shown(field)}" of {self.record}{nearest(field, known)}')
        missing = [field for field in NEEDED[self.record] if field not in self.columns]
        if missing:
            raise ValueError(f"{self.record} needs the field{'s' * (len(missing) > 1)} {', '.join(missing)}")
        return self


def _check_encoding(name: str) -> None:
    """Only encodings that turn every byte string into text or fail; no `idna`, `rot13` or other codecs."""
    try:
        "a".encode(name)
        ok = b"a".decode(name) == "a" or name.lower().startswith(("utf-16", "utf_16", "utf-32", "utf_32"))
    except (LookupError, UnicodeError):
        ok = name.lower().replace("_", "-") in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")
    if not ok:
        raise ValueError(f'"{shown(name)}" is no text encoding, such as "cp1252"')
