"""From exports to the raw tables: load, unite, judge, identify, and write all of it as Parquet for schema `raw`.

Rows later than as_of stay in raw; the models leave them out. What is found about a person here (whose record is whose)
is found with what was known at as_of alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest import as_of as moments
from ingest import landed, told
from ingest.children import spare_pandas
from ingest.cycles import no_cycles
from ingest.identify import identify
from ingest.identity.records import SIGNALS, TYPED
from ingest.judge import Helper, helper, judged_files
from ingest.load import LoadSummary, load
from ingest.row_sink import Reading
from ingest.settings import AccountHome, accounts
from ingest.unite import United, unite

Progress = Callable[[str, int, int], None]

MANY = 30_000  # messages
CHAT_TOOLS = ("manychat",)  # their contact sheets are no CRM: they know no deal and no outcome
# of the messages, what tells whose a record is
IDENTIFYING = (
    *("conversation_id", "message_id", "participant_name", "participant_handle", "sent_at", "direction", "text"),
)
TELLING = ("account_id", "conversation_id", "message_id", "at", "signal", "value")  # the same of the judgements


@dataclass(frozen=True, slots=True)
class Refusal:
    """One file that could not be read at all."""

    account_id: str
    file: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountLanded:
    """One account as it was read."""

    account_id: str
    as_of: datetime
    rows_read: int
    rows_quarantined: int
    max_quarantine_share: float

    @property
    def quarantined_share(self) -> float:
        """Rows that could not be read, of all."""
        return self.rows_quarantined / self.rows_read if self.rows_read else 0.0


@dataclass(frozen=True, slots=True)
class Landed:
    """What was read and written."""

    accounts: tuple[AccountLanded, ...]
    counts: dict[str, int]  # rows by raw table
    files: int  # that were loaded
    parsed: int  # of these, new or changed
    rows_loaded: int
    rows_quarantined: int
    rows_left_out: int
    duplicates: int  # messages that several exports show
    refused: tuple[Refusal, ...]


@no_cycles()
def land(home: Path, source: Path, given: str, progress: Progress) -> Landed:
    """Read the exports of `source` (the home, or the sample) and write the raw tables of `home`.

    `given` is an as_of as `ingest.as_of.normal` keeps it. Raises UserError where nothing can be loaded, settings are
    wrong, or no date is known.
    """
    spare_pandas()
    owners = accounts(source)
    progress("Reading the exports", 0, 0)
    summary = load(home, owners, lambda done, total, _: progress("Reading the exports", done, total))
    progress("Putting conversations together", 0, 0)
    with ExitStack() as stack:
        beside = stack.enter_context(helper()) if _are_many(summary) else None  # gets ready while we unite
        united = unite(summary)
        as_ofs = {owner.account_id: _as_of(owner, summary, given) for owner in owners}
        said = told.told(home, owners, summary, united)
        judged = {owner.account_id: _judged(home, owner, united, progress, beside) for owner in owners}
    progress("Finding out who is who", 0, 0)
    tables = {name: list(summary.tables(name)) for name in ("crm_leads", "stage_changes", "bookings")}
    whole = {name: _one(name, parts) for name, parts in tables.items()}
    identities = [
        _identities(home, o, united, whole, [*judged[o.account_id], said.judgements], as_ofs[o.account_id][0])
        for o in owners
    ]
    rows = _settings_rows(owners, summary, as_ofs)
    progress("Writing the raw tables", 0, 0)
    counts = landed.write(
        home / "data" / "raw",
        {
            "messages": [united.messages],
            "conversations": [united.conversation_table()],
            **tables,
            "judgements": [*(path for paths in judged.values() for path in paths), said.judgements],
            "identities": identities,
            "files": summary.tables("files"),
            "rejects": [*summary.tables("rejects"), landed.table("rejects", said.rejects)],
            **{name: [landed.table(name, found)] for name, found in rows.items()},
        },
    )
    return _landed(owners, summary, united, as_ofs, counts)


def _as_of(owner: AccountHome, summary: LoadSummary, given: str) -> tuple[datetime, datetime]:
    """The as_of of an account, and the one it would have without being told."""
    times = [r.exported_at for r in _of(summary, owner.account_id) if r.exported_at]
    newest = datetime.fromisoformat(max(times, key=datetime.fromisoformat)) if times else None
    zone = owner.settings.account.timezone
    if newest is None and given:
        return (moment := moments.resolve(given, zone, None)), moment
    return moments.resolve(given, zone, newest), moments.resolve("", zone, newest)


def _are_many(summary: LoadSummary) -> bool:
    """Whether so many messages may be new that a second process pays for judging them."""
    return summary.parsed > 0 and sum(r.rows.get("messages", 0) for r in summary.readings) >= MANY


def _judged(home: Path, owner: AccountHome, united: United, progress: Progress, beside: Helper | None) -> list[Path]:
    """What rules and the model find in the conversations of an account."""
    return judged_files(home, united, owner, lambda done, total: progress("Judging", done, total), beside)


def _identities(
    home: Path,
    owner: AccountHome,
    united: United,
    whole: dict[str, pa.Table],
    judged: Sequence[pa.Table | Path],
    as_of: datetime,
) -> pa.Table:
    """Whose every record of an account is."""
    own = pc.field("account_id") == owner.account_id
    bookings = whole["bookings"].filter(own)
    leads, changes = (whole[name].filter(own) for name in ("crm_leads", "stage_changes"))
    messages = landed.schema_of("messages").empty_table()
    if bookings.num_rows or leads.num_rows or changes.num_rows:  # else a conversation is only ever itself
        columns = IDENTIFYING if bookings.num_rows else IDENTIFYING[:-1]  # words only tell whose a booking is
        messages = pq.read_table(united.messages, columns=list(columns), filters=own)
    conversations = united.conversation_table().filter(own)
    rows = identify(
        messages,
        conversations,
        leads,
        changes,
        bookings,
        _telling(judged, SIGNALS if bookings.num_rows else TYPED).filter(own),  # times only tell whose a booking is
        owner.settings,
        told.booking_decisions(home, owner.account_id, _rows(conversations), as_of),
        as_of,
    )
    return landed.table("identities", rows)


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Rows of a table, made when they are asked for."""
    yield from table.to_pylist()


def _telling(judged: Sequence[pa.Table | Path], signals: Sequence[str]) -> pa.Table:
    """Of judgements those that tell whose a record is."""
    is_telling, columns = pc.field("signal").isin(signals), list(TELLING)
    parts = [
        part.select(columns).filter(is_telling)
        if isinstance(part, pa.Table)
        else pq.read_table(part, columns=columns, filters=is_telling)
        for part in judged
    ]
    return pa.concat_tables(parts)


def _settings_rows(
    owners: Sequence[AccountHome], summary: LoadSummary, as_ofs: dict[str, tuple[datetime, datetime]]
) -> dict[str, list[dict[str, Any]]]:
    """Rows of raw.settings, team, labels and keywords."""
    rows: dict[str, list[dict[str, Any]]] = {"settings": [], "team": [], "labels": [], "keywords": []}
    for owner in owners:
        of, settings = {"account_id": owner.account_id}, owner.settings
        rows["settings"].append(_settings_row(owner, summary, *as_ofs[owner.account_id]))
        team = {name: member.role for member in reversed(settings.team) for name in (member.name, *member.aliases)}
        rows["team"] += [{**of, "name": name, "role": role} for name, role in sorted(team.items())]
        for field, labels in (("stage", settings.labels.stage), ("source", settings.labels.source)):
            rows["labels"] += [{**of, "field": field, "label": k, "value": v} for k, v in sorted(labels.items())]
        words = sorted(settings.keywords.items())
        rows["keywords"] += [{**of, "keyword": word, "lead_magnet": magnet} for word, magnet in words]
    return rows


def _settings_row(owner: AccountHome, summary: LoadSummary, as_of: datetime, default: datetime) -> dict[str, Any]:
    """One row of raw.settings: the account, the moment, what systems it has, and its thresholds."""
    account, limits = owner.settings.account, owner.settings.thresholds
    readings = _of(summary, owner.account_id)
    found = [name for reading in readings for name in reading.owner_names]
    calendars = [r for r in readings if r.rows.get("bookings")]
    systems = [r for r in readings if r.rows.get("crm_leads") or r.rows.get("stage_changes")]
    newest = [datetime.fromisoformat(r.exported_at) for r in calendars if r.exported_at]
    return {
        "account_id": owner.account_id,
        "account_name": next(iter([*account.names, *found]), None),
        "timezone": account.timezone,
        "currency": account.currency,
        "as_of": as_of,
        "default_as_of": default,
        "has_calendar": bool(calendars),
        "has_crm": any(not (r.format or "").startswith(CHAT_TOOLS) for r in systems),
        "calendar_exported_at": max(newest, default=None),
        "review_confidence": limits.review_confidence,
        "follow_up_days": limits.follow_up_days,
        "reentry_days": limits.reentry_days,
        "hot_days": limits.hot_days,
        "weak_handoff_below": limits.weak_handoff_below,
        "no_show_risk_handoff_below": limits.no_show_risk_handoff_below,
        "no_show_risk_days": limits.no_show_risk_days,
        "rescued_worth": limits.rescued_worth,
    }


def _landed(
    owners: Sequence[AccountHome],
    summary: LoadSummary,
    united: United,
    as_ofs: dict[str, tuple[datetime, datetime]],
    counts: dict[str, int],
) -> Landed:
    """The account of it all."""
    found = []
    for owner in owners:
        readings = _of(summary, owner.account_id)
        quarantined = sum(r.quarantined for r in readings)
        read = sum(r.loaded for r in readings) + quarantined
        limit = owner.settings.thresholds.max_quarantine_share
        found.append(AccountLanded(owner.account_id, as_ofs[owner.account_id][0], read, quarantined, limit))
    rejects = [row for part in summary.tables("rejects") for row in _refused(part)]
    return Landed(
        tuple(found),
        counts,
        summary.loaded_files,
        summary.parsed,
        summary.rows_loaded,
        summary.rows_quarantined,
        summary.rows_left_out,
        united.duplicates,
        tuple(Refusal(r["account_id"], r["file"], r["code"], r["reason"]) for r in rejects),
    )


def _refused(part: pa.Table) -> list[dict[str, Any]]:
    """Rows of raw.rejects that are about whole files."""
    of_files = part.select(["account_id", "file", "outcome", "code", "reason"]).filter(pc.field("outcome") == "refused")
    rows: list[dict[str, Any]] = of_files.to_pylist()
    return rows


def _of(summary: LoadSummary, account_id: str) -> list[Reading]:
    return [reading for reading in summary.readings if reading.account_id == account_id]


def _one(name: str, parts: list[pa.Table]) -> pa.Table:
    """The parts of a raw table in one, if need be without rows."""
    schema = landed.schema_of(name)
    return pa.concat_tables([schema.empty_table(), *(part.select(schema.names).cast(schema) for part in parts)])
