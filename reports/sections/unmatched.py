"""Bookings and CRM rows of no conversation: whose they may be, and why we think so."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import orjson

from reports import queries, text
from reports.blocks import Block, Column, Fold, Prose, Row, Table
from reports.cells import Span, Text, bold, few, named, rich
from reports.sections.common import Review

SHOWN: Final = 6
KINDS: Final = {
    "booking": ("booking", "bookings"),
    "deal": ("deal", "deals"),
    "contact": ("contact", "contacts"),
    "subscriber": ("chat contact", "chat contacts"),
    "stage_history": ("logged stage", "logged stages"),
}


def unmatched(review: Review) -> tuple[Block, ...]:
    """A row a person: every booking of no conversation, and every CRM row that may belong to one; nothing if none."""
    found = queries.optional(review.window, "rpt_unmatched")
    if found is None:
        return ()
    names = {
        str(row.conversation_id): text.clean(row.name) or text.clean(row.handle)
        for row in queries.conversation_names(review.window).itertuples()
    }
    people: dict[tuple[str, str], list[Any]] = {}
    for row in found.sort_values(["record_kind", "created_at", "record_key"]).itertuples():
        people.setdefault((str(row.lead_id), text.clean(row.display_name)), []).append(row)
    listed = [rows for rows in people.values() if any(r.record_kind == "booking" or _suggestions(r) for r in rows)]
    if not listed:
        return ()
    listed.sort(key=lambda rows: (-max(_best(r) for r in rows), text.clean(rows[0].display_name)))
    lines = tuple(_row(review, rows, names) for rows in listed)
    columns = (Column("In no conversation", phone="title"), Column("Made", nowrap=True), Column("Whose it may be"))
    rest = lines[SHOWN:]
    folded = (Fold(f"{text.number(len(rest))} more in no conversation", Table(columns, rest)),) if rest else ()
    how = "To decide: leakreview queue export, name the conversation or say nobody, then leakreview queue import."
    return (Table(columns, lines[:SHOWN]), *folded, Prose(rich(how), "text"))


def _suggestions(row: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = orjson.loads(row.suggestions) if isinstance(row.suggestions, str) else []
    return told


def _best(row: Any) -> float:
    return max((float(one["score"]) for one in _suggestions(row)), default=0.0)


def _row(review: Review, rows: list[Any], names: dict[str, str]) -> Row:
    """One person: the name on the records, what they are, when the first was made, and up to three conversations."""
    kinds = Counter(str(r.crm_record_kind if r.record_kind == "crm" else r.record_kind) for r in rows)
    what = text.listed([text.plural(kinds[kind], *KINDS[kind]) for kind in KINDS if kind in kinds])
    made = min((r.created_at for r in rows if r.created_at == r.created_at), default=None)
    when = text.day(review.window.local(made.to_pydatetime())) if made is not None else "–"
    likeliest = max(rows, key=lambda r: (_best(r), r.record_kind == "booking"))
    called = _called([str(one["conversation_id"]) for one in _suggestions(likeliest)], names)
    spans: list[str | Span] = []
    for one in _suggestions(likeliest):
        who = called[str(one["conversation_id"])]
        spans += [" Or " if spans else "", named(who), f" ({one['score']:.2f}): {one['why']}."]
    name = text.shorten(rows[0].display_name, 40) or "No name"
    return Row((Text(rich(bold(name)), rich(what)), Text(rich(when)), Text(rich(*(spans or [few("nobody near")])))))


def _called(conversations: list[str], names: dict[str, str]) -> dict[str, str]:
    """What to call some conversations: by name, and where two have one name by their ids as well."""
    given = {key: text.shorten(names.get(key) or key, 40) for key in conversations}
    often = Counter(given.values())
    return {key: name if often[name] == 1 else f"{name}, {text.shorten(key, 50)}" for key, name in given.items()}
