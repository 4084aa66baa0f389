"""What holds a publishing back: refused rows beyond measure, a failed model or test, a blocking check, lost rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import Code, UserError
from ingest.files import write_atomic

if TYPE_CHECKING:
    from ingest.land import Landed

TOO_MANY_REJECTS, FAILED = 3, 4  # exit codes
CHECKS_FILE = "checks.json"
WHY = "data/logs/dbt_worker.log says why"


class NotPublished(Exception):
    """The refresh ended without publishing; `code` is the exit code, the text one line for people."""

    def __init__(self, code: int, says: str) -> None:
        """Keep both."""
        super().__init__(says)
        self.code = code


def check_landed(landed: Landed) -> None:
    """Refuse when nothing was loaded; hold back when too much was refused."""
    if not landed.rows_loaded:
        first = next(iter(landed.refused), None)
        where, why = (first.file, first.reason) if first else ("exports/", "they hold no row")
        raise UserError(Code.E_NOTHING, f"not one file could be loaded ({why})", where, "Run leakreview doctor")
    for account in landed.accounts:
        if account.quarantined_share > account.max_quarantine_share:
            says = (
                f"{account.quarantined_share:.0%} of the rows of account {account.account_id} could not be read, more "
                f"than thresholds.max_quarantine_share allows ({account.max_quarantine_share:.0%}); nothing was "
                "published. leakreview doctor lists them"
            )
            raise NotPublished(TOO_MANY_REJECTS, says)


def check_built(built: dict[str, Any]) -> None:
    """Name the first model or test that failed; what dbt says of it stays in the log, since it can quote data."""
    if built["success"]:
        return
    failed = built["failed"]
    if not failed:
        says = f"the dbt project cannot be built ({built['stopped'] or 'no model ran'})"
    else:
        first, more = failed[0], len(failed) - 1
        rows = f" on {first['rows']} rows" if first["kind"] == "test" and first["rows"] else ""
        others = f", and {more} more" if more else ""
        says = f"{first['kind']} {first['name']} ({first['path']}) failed{rows}{others}"
    raise NotPublished(FAILED, f"{says}; nothing was published. {WHY}")


def hold_back(data: Path, findings: list[dict[str, Any]]) -> None:
    """Keep the findings for the doctor; raise when one of them blocks."""
    write_atomic(data / CHECKS_FILE, json.dumps(findings, indent=1, ensure_ascii=False).encode())
    blocking = [f for f in findings if f["severity"] == "block"]
    if blocking:
        account = "" if blocking[0]["account_id"] == "default" else f" (account {blocking[0]['account_id']})"
        raise NotPublished(FAILED, f"{blocking[0]['finding']}: {blocking[0]['detail']} Nothing was published{account}")


def reconcile(landed: dict[str, int], built: dict[str, int]) -> None:
    """Every row that was read stands in the build."""
    for name, rows in sorted(landed.items()):
        if built.get(f"raw.{name}") != rows:
            says = f"raw.{name} holds {built.get(f'raw.{name}', 0)} rows where {rows} were read; nothing was published"
            raise NotPublished(FAILED, says)
