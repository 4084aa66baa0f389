"""A refresh whose reading, building and checking are stand-ins, so that hundreds of kills cost seconds.

Run as `python -m tests.crash.stub HOME`. Locks, landing, sweeping, publishing and pruning are the real ones. The build
holds two tables that must always agree, with the number that stands in exports/value.txt.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from ingest import landed as parquet
from ingest import warehouse
from ingest.shapes import RAW_TABLES
from reports import cli, refresh, summary

AS_OF = datetime(2026, 9, 30, tzinfo=UTC)
ROWS = 20_000


def land(home: Path, source: Path, given: str, progress: object) -> Any:
    """Raw tables of one settings row; the count of accounts is what was read."""
    from ingest import as_of as moments

    moment = moments.resolve(given, "UTC", AS_OF)
    tables = {"settings": [parquet.table("settings", [{"account_id": "default", "as_of": moment}])]}
    counts = parquet.write(home / "data" / "raw", tables)
    account = SimpleNamespace(account_id="default", as_of=moment, quarantined_share=0.0, max_quarantine_share=0.1)
    return SimpleNamespace(accounts=(account,), counts=counts, refused=(), rows_loaded=1, rows_quarantined=0, files=1)


class Stub:
    """Both workers in one: `dbt` builds, `checks` finds nothing."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self.module, self.environment = module, environment

    def send(self, command: dict[str, Any]) -> None:
        """Build at once."""
        value = int((Path(self.environment["HOME_FOR_STUB"]) / "exports" / "value.txt").read_text())
        with duckdb.connect(self.environment["LEAKREVIEW_WAREHOUSE"]) as con:
            con.execute("create schema raw; create schema marts")
            folder = self.environment["LEAKREVIEW_RAW"]
            for name in RAW_TABLES:
                con.execute(f"create table raw.{name} as select * from read_parquet('{folder}/{name}/*.parquet')")
            con.execute(f"create table marts.a as select range as i, {value} as value from range({ROWS})")
            con.execute(f"create table marts.b as select range as i, {value} as value from range({ROWS})")

    def answer(self) -> dict[str, Any]:
        """All models pass."""
        return {"success": True, "nodes": 2, "failed": []}

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """No finding."""
        return {"findings": []}

    def stop(self) -> None:
        """Nothing runs."""


def install(home: Path) -> None:
    """Put the stand-ins in the place of what they stand for."""
    import ingest
    from reports import workers

    @contextmanager
    def worker(module: str, data: Path, **environment: str) -> Iterator[Stub]:
        yield Stub(module, {**environment, "HOME_FOR_STUB": str(home)})

    module = SimpleNamespace(land=land, Landed=object)
    sys.modules["ingest.land"] = module  # type: ignore[assignment]
    ingest.land = module  # type: ignore[attr-defined]
    workers.worker = worker  # type: ignore[assignment]


def values(home: Path) -> tuple[int, int]:
    """The one value of each of the two tables; raises when a table mixes two."""
    with warehouse.open_published(home) as con:
        ((a, n, lowest),) = con.execute("select max(value), count(*), min(value) from marts.a").fetchall()
        ((b, m, least),) = con.execute("select max(value), count(*), min(value) from marts.b").fetchall()
    assert (n, m, lowest, least) == (ROWS, ROWS, a, b)
    return a, b


def main() -> int:
    """One refresh by the command line's own rules for errors and codes."""
    os.umask(0o077)
    home = Path(sys.argv[1])
    install(home)
    signal.signal(signal.SIGTERM, cli._terminate)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
    assert refresh and summary  # imported before anything can be killed, as in a warm process
    return cli.run(["--home", str(home), "refresh", *sys.argv[2:]])


if __name__ == "__main__":
    sys.exit(main())
