"""What a refresh came to, in plain words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.errors import shown

if TYPE_CHECKING:
    from ingest.land import Landed
    from reports.refresh import Outcome

MOST_TOLD = 5
SAMPLE = "exports/ is empty: this is the bundled sample of an invented coach. Put your own exports into exports/."


def of_refresh(outcome: Outcome) -> list[str]:
    """Lines for the terminal."""
    generation = outcome.found.generation
    lines = [SAMPLE] if outcome.is_sample else []
    lines += [shown(note) for note in outcome.found.notes]
    if not outcome.is_new:
        same = f"{generation.file} (as of {day(generation.as_of)})"
        return [*lines, f"Nothing changed since {same}; nothing was published."]
    if outcome.landed is not None:
        lines += of_landing(outcome.landed)
    warnings = [f for f in outcome.findings if f["severity"] == "warn"]
    if warnings:
        lines.append(f"To know about this week's data ({len(warnings)}):")
        lines += [f"  - {_account(f)}{f['detail']}" for f in warnings]
    place = "beside the current one, which stays" if generation.is_side else "data/CURRENT names it"
    return [*lines, f"Published {generation.file} as of {day(generation.as_of)} ({place})."]


def of_landing(landed: Landed) -> list[str]:
    """Lines on what was read and what was not."""
    counts = landed.counts
    lines = [
        f"Read {plural(landed.files, 'export file')}: {plural(counts['messages'], 'message')} in "
        f"{plural(counts['conversations'], 'conversation')}, {plural(counts['crm_leads'], 'CRM row')}, "
        f"{plural(counts['bookings'], 'booking')}."
    ]
    if landed.rows_quarantined:
        lines.append(f"{plural(landed.rows_quarantined, 'row')} could not be read; leakreview doctor lists them.")
    if landed.refused:
        lines.append(f"{plural(len(landed.refused), 'file')} could not be read:")
        lines += [f"  - {shown(r.file)}: {r.code}: {r.reason}" for r in landed.refused[:MOST_TOLD]]
        if len(landed.refused) > MOST_TOLD:
            lines.append(f"  - and {len(landed.refused) - MOST_TOLD} more; leakreview doctor lists them")
    return lines


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The same for programs."""
    generation = outcome.found.generation
    return {
        "file": generation.file,
        "run_id": generation.run_id,
        "as_of": generation.as_of,
        "accounts": generation.accounts,
        "is_new": outcome.is_new,
        "is_side": generation.is_side,
        "is_sample": outcome.is_sample,
        "counts": generation.counts,
        "landing": landing_json(outcome.landed) if outcome.landed else None,
        "findings": list(outcome.findings),
        "notes": list(outcome.found.notes),
    }


def landing_json(landed: Landed) -> dict[str, Any]:
    """What was read, for programs."""
    return {
        "files": landed.files,
        "rows_loaded": landed.rows_loaded,
        "rows_quarantined": landed.rows_quarantined,
        "counts": landed.counts,
        "refused": [{"file": r.file, "code": r.code, "reason": r.reason} for r in landed.refused],
        "as_of": {account.account_id: account.as_of.isoformat() for account in landed.accounts},
    }


def must_be_looked_at(outcome: Outcome) -> bool:
    """Whether --strict ends with exit code 1: anything refused, quarantined or found."""
    landed = outcome.landed
    return bool(outcome.findings or (landed and (landed.refused or landed.rows_quarantined)))


def plural(count: int, one: str) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{count:,} {one if count == 1 else one + 's'}"


def day(moment: str) -> str:
    """An ISO moment to the minute."""
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"


def joined(lines: Iterable[str]) -> str:
    """Lines as one text."""
    return "\n".join(lines)


def _account(finding: dict[str, Any]) -> str:
    return "" if finding["account_id"] == "default" else f"{shown(finding['account_id'])}: "
