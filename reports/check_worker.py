"""The checks of a refresh in a process of their own: their packages import for seconds, so it starts early and waits.

Run as `python -m reports.check_worker` by the refresh. It measures the raw Parquet while dbt builds, the marts after.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.shapes import RAW_TABLES
from reports.worker_loop import Command, serve

FINDINGS = """create or replace table reporting.rpt_findings (
    account_id varchar, finding varchar, severity varchar, detail varchar, rows bigint, area varchar
)"""


def main() -> None:
    """Import, then check when told to."""

    def prepare() -> None:
        import great_expectations  # noqa: F401

    serve({"landing": landing, "review": review}, prepare)


def landing(command: Command) -> Command:
    """Findings on the raw Parquet below `folder`."""
    from expectations import run
    from expectations.checks import LANDING
    from expectations.landing import ACCOUNTS
    from ingest.warehouse import reader

    folder = Path(command["folder"])
    with reader(folder) as con:
        con.execute("create schema raw")
        for name in RAW_TABLES:
            parts = str(folder / name / "*.parquet").replace("'", "''")
            con.execute(f"create view raw.{name} as select * from read_parquet('{parts}')")
        return {"findings": run.as_rows(run.run(run.measure(con, ACCOUNTS), LANDING, "landing"))}


def review(command: Command) -> Command:
    """Statistics and findings of the marts in the build file `warehouse`; all findings are written into it."""
    from expectations import run
    from expectations.checks import REVIEW
    from expectations.review import ACCOUNTS
    from ingest.warehouse import connect

    with connect(Path(command["warehouse"]), read_only=False) as con:
        _write_statistics(con, command.get("changes", []))
        findings = run.as_rows(run.run(run.measure(con, ACCOUNTS), REVIEW, "review"))
        _write(con, [("raw", command["landing"]), ("marts", findings)])
    return {"findings": findings}


def _write_statistics(con: Any, log: list[Command]) -> None:
    """What SQL cannot say; `log`: entries of the log of changes."""
    from reports.changes import parse
    from reports.statistics import write_tables

    write_tables(con, parse(log))


def _write(con: Any, findings: Sequence[tuple[str, list[Command]]]) -> None:
    """The table of findings, from which the review is told on top."""
    con.execute("create schema if not exists reporting")
    con.execute(FINDINGS)
    keys = ("account_id", "finding", "severity", "detail", "rows")
    rows = [[*(found[key] for key in keys), area] for area, some in findings for found in some]
    if rows:
        con.executemany("insert into reporting.rpt_findings values (?, ?, ?, ?, ?, ?)", rows)


if __name__ == "__main__":
    main()
