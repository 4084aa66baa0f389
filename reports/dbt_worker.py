"""dbt in a process of its own: it keeps the DuckDB file open after a run, and importing it takes seconds.

Run as `python -m reports.dbt_worker` by the refresh: imports and parses while ingest still reads, then waits.
"""

from __future__ import annotations

from typing import Any

from reports.worker_loop import Command, serve

FAILED = ("error", "fail", "runtime error")


def main() -> None:
    """Parse the project, then build when told to."""
    parsed: list[Any] = []

    def prepare() -> None:
        from dbt.cli.main import dbtRunner

        parsed.append(dbtRunner().invoke(["--quiet", "parse"]).result)

    def build(_: Command) -> Command:
        from dbt.cli.main import dbtRunner

        # unit tests try the models on invented rows: they belong to whoever changes a model, not to a week's data
        arguments = ["--log-level", "warn", "build", "--exclude-resource-type", "unit_test"]
        run = dbtRunner(manifest=parsed[0]).invoke(arguments)
        results = getattr(run.result, "results", None) or []
        failed = [_failure(r) for r in results if str(r.status) in FAILED]
        stopped = type(run.exception).__name__ if run.exception is not None else ""
        return {"success": bool(run.success), "nodes": len(results), "failed": failed, "stopped": stopped}

    serve({"build": build}, prepare)


def _failure(result: Any) -> Command:
    """One failed node without a word of data: dbt's messages quote values, the log in data/logs has them."""
    node = result.node
    kind = "test" if str(node.resource_type) in ("test", "unit_test") else str(node.resource_type)
    return {
        "kind": kind,
        "name": str(node.name),
        "path": str(node.original_file_path),
        "status": str(result.status),
        "rows": int(result.failures or 0),
        "unique_id": str(node.unique_id),
    }


if __name__ == "__main__":
    main()
