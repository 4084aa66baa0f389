"""Runs checks with Great Expectations on small pandas frames, in a context that lives in memory and tells nobody."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from expectations.checks import Check, Severity

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

KEY = "account_id"
# ids only: neither rows nor values beyond the measured column are kept in a result
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [KEY],
    "include_unexpected_rows": False,
    "partial_unexpected_count": 0,
}
SEVERITY = {Severity.BLOCK: "critical", Severity.WARN: "warning"}


class CheckBroken(Exception):
    """A check could not be run: our failure, not the data's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check that was not met, in one account: a row of reporting.rpt_findings."""

    account_id: str
    finding: str
    severity: str
    detail: str
    rows: int | None


def run(frame: pd.DataFrame, checks: Sequence[Check], name: str) -> list[Finding]:
    """Findings of every check that is not met, by check and account.

    Raises CheckBroken when an expectation raised instead of answering, or was dropped.
    """
    results = _validate(frame, checks, name)
    if len(results) != len(checks):
        raise CheckBroken(f"{name}: {len(checks)} checks were asked, {len(results)} answered")
    findings: list[Finding] = []
    for check in checks:
        result = results[check.name]
        if raised(result.exception_info):
            raise CheckBroken(check.name)
        findings += _findings(check, result, frame)
    return findings


def raised(exception_info: Any) -> bool:
    """Whether an expectation raised: its info is one dictionary, or one for each metric."""
    if not exception_info:
        return False
    if "raised_exception" in exception_info:
        return bool(exception_info["raised_exception"])
    return any(raised(info) for info in exception_info.values() if isinstance(info, dict))


def measure(con: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame:
    """The frame of a measuring query, numbers as doubles so that a missing one is a null to every check."""
    frame = con.execute(query).df()
    return frame.astype({column: "float64" for column in frame.columns if column != KEY})


def as_rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data."""
    return [asdict(finding) for finding in findings]


def _validate(frame: pd.DataFrame, checks: Sequence[Check], name: str) -> dict[str, Any]:
    """The result of each check, by its name."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"  # read when the package is imported
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(
        name=name,
        expectations=[
            gx.expectations.ExpectColumnValuesToBeBetween(
                column=check.column,
                min_value=check.low,
                max_value=check.high,
                severity=SEVERITY[check.severity],
                meta={"check": check.name},
            )
            for check in checks
        ],
    )
    results = batch.validate(suite, result_format=RESULT_FORMAT).results
    return {str(result.expectation_config.meta["check"]): result for result in results}


def _findings(check: Check, result: Any, frame: pd.DataFrame) -> list[Finding]:
    """One finding for each account that fails a check."""
    if result.success:
        return []
    failing = result.result["unexpected_index_list"]
    by_account = frame.set_index(KEY)
    found = []
    for entry in sorted(failing, key=lambda e: str(e[KEY])):
        account, value = str(entry[KEY]), float(entry[check.column])
        rows = int(by_account[check.rows_column].loc[account]) if check.rows_column else None
        says = check.says.format(value=value, percent=_percent(value))
        found.append(Finding(account, check.name, check.severity.value, says, rows))
    return found


def _percent(share: float) -> str:
    """A share in whole percent; never a bare 0 % for what is not nothing."""
    return "under 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"
