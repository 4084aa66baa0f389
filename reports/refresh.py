"""From exports to a published warehouse: read, build, check, publish, or leave everything as it was and say why.

Write, audit, publish: the build file is nobody's until every check has passed, then a rename makes it a generation.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import as_of as moments
from ingest import generations, inputs, records
from ingest.errors import Code, UserError
from ingest.faultpoint import faultpoint
from ingest.files import need_space
from ingest.generations import Found, Generation
from ingest.inputs import Inputs
from ingest.lock import refresh_lock
from reports import gates
from reports.gates import FAILED, NotPublished

if TYPE_CHECKING:
    from ingest.land import Landed
    from reports.workers import Worker

ENGINES = ("duckdb", "spark")
BUILD = "warehouse.duckdb"

Progress = Callable[[str, int, int], None]  # what is being done, how far, of how much (0: unknown)


@dataclass(frozen=True, slots=True)
class Run:
    """One refresh: whose, from where, as of when, and what was there before it."""

    home: Path
    source: Path
    data: Path
    seen: Inputs
    given: str  # as_of as the call said it; empty: found from the exports
    before: Found | None
    progress: Progress

    @property
    def build(self) -> Path:
        """The file that dbt builds in."""
        return self.data / "build" / BUILD


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh came to: the generation to read now, and what was read and found on the way to a new one."""

    found: Found
    is_new: bool
    is_sample: bool
    landed: Landed | None = None
    findings: tuple[dict[str, Any], ...] = ()


def refresh(
    home: Path,
    as_of: str | None = None,
    engine: str = "duckdb",
    progress: Progress | None = None,
    allow_sample: bool = False,
) -> Outcome:
    """Publish what the exports of `home` say as of a moment; when nothing changed, publish nothing.

    Raises UserError (refused), Busy (another refresh is running) or NotPublished (a check held it back).
    """
    given = moments.normal(as_of)
    _check_engine(engine)
    source = source_of(home, allow_sample)
    from ingest import warehouse  # brings duckdb

    data = warehouse.prepare(home)
    with refresh_lock(home):
        faultpoint("after_lock")
        warehouse.sweep(data)
        seen = inputs.look(home, source, given, engine)
        before = generations.current(home)
        known = _already_there(data, seen, given, before)
        if known is not None:
            return Outcome(known, is_new=False, is_sample=seen.is_sample)
        need_space(data, seen.export_bytes + (before.path.stat().st_size if before else 0))
        return _build(Run(home, source, data, seen, given, before, progress or _silent))


def source_of(home: Path, allow_sample: bool) -> Path:
    """Where the exports are read from: the home, or the bundled sample when the home has none and that is allowed.

    Raises UserError (E_NOTHING).
    """
    if inputs.has_exports(home):
        return home
    sample = inputs.sample_home()
    if allow_sample and inputs.has_exports(sample):
        return sample
    fix = "Put your exports there (leakreview formats says how to get them), or try leakreview review with the sample"
    raise UserError(Code.E_NOTHING, "there is no export to read", "exports/", fix)


def _check_engine(engine: str) -> None:
    if engine not in ENGINES:
        raise UserError(Code.E_CALL, f"there is no engine {engine!r}", "--engine", "Use duckdb")
    if engine == "spark":
        raise UserError(Code.E_CALL, "the engine spark is not in this version", "--engine", "Use duckdb")


def _already_there(data: Path, seen: Inputs, given: str, before: Found | None) -> Found | None:
    """The generation that these inputs would make, when it is what readers get anyway."""
    if before is None:
        return None
    if before.generation.fingerprint == seen.fingerprint:
        if before.notes:
            generations.point_to(data, before.generation)
        return before
    for candidate in generations.generations(data):
        is_older = bool(given) and candidate.as_of < before.generation.as_of
        if candidate.fingerprint == seen.fingerprint and is_older and generations.fault(data, candidate) is None:
            return Found(candidate, data / candidate.file)
    return None


def _build(run: Run) -> Outcome:
    """Everything between looking and publishing; the workers import while ingest reads."""
    from ingest import warehouse
    from ingest.land import land
    from reports.workers import worker

    with ExitStack() as stack:
        dbt = stack.enter_context(worker("reports.dbt_worker", run.data, **dbt_environment(run.data, run.build)))
        checks = stack.enter_context(worker("reports.check_worker", run.data))
        landed = land(run.home, run.source, run.given, run.progress)
        faultpoint("after_raw_commit")
        gates.check_landed(landed)
        findings = _audit(run, dbt, checks)
    faultpoint("after_expectations")
    run.progress("Publishing", 0, 0)
    counts = warehouse.check_build(run.build)
    gates.reconcile(landed.counts, counts)
    generation = replace(_draft(run, landed), sha256=generations.sha256_of(run.build), counts=counts)
    path = generations.publish(run.data, run.build, generation)
    return Outcome(Found(generation, path), True, run.seen.is_sample, landed, tuple(findings))


def dbt_environment(data: Path, build: Path) -> dict[str, str]:
    """What dbt needs to know; everything it writes stays inside data/."""
    return {
        "LEAKREVIEW_WAREHOUSE": str(build),
        "LEAKREVIEW_RAW": str(data / "raw" / "landed"),
        "DBT_PROJECT_DIR": str(inputs.PROJECT),
        "DBT_PROFILES_DIR": str(inputs.PROJECT),
        "DBT_TARGET_PATH": str(data / "dbt" / "target"),
        "DBT_LOG_PATH": str(data / "logs"),
    }


def _audit(run: Run, dbt: Worker, checks: Worker) -> list[dict[str, Any]]:
    """Build with dbt while the raw tables are checked, then check the marts; findings of both.

    Raises NotPublished when a model, a test or a blocking check fails.
    """
    from reports.changes import parse
    from reports.workers import WorkerDied

    log = records.read(run.home, "changes")
    parse(log)  # a damaged log is told before anything is built
    try:
        run.progress("Building the tables", 0, 0)
        dbt.send({"do": "build"})
        on_raw = checks.ask({"do": "landing", "folder": str(run.data / "raw" / "landed")})["findings"]
        gates.hold_back(run.data, on_raw)
        faultpoint("mid_dbt")
        built = dbt.answer()
        dbt.stop()  # it would keep the file open
        faultpoint("after_dbt")
        gates.check_built(built)
        run.progress("Checking what was built", 0, 0)
        told = {"warehouse": str(run.build), "landing": on_raw, "changes": log}
        on_marts = checks.ask({"do": "review", **told})["findings"]
    except WorkerDied as error:
        says = f"{str(error).replace('_', ' ')} ended before it was done; data/logs/{error}.log says why"
        raise NotPublished(FAILED, says) from error
    gates.hold_back(run.data, [*on_raw, *on_marts])
    return [*on_raw, *on_marts]


def _draft(run: Run, landed: Landed) -> Generation:
    """The record of the new generation, but for what is only known of the finished file."""
    latest = max(account.as_of for account in landed.accounts)
    sequence = generations.next_sequence(run.data)
    run_id = generations.run_id(sequence, run.seen.fingerprint)
    last = run.before.generation if run.before else None
    is_older = last is not None and last.is_sample == run.seen.is_sample and latest < datetime.fromisoformat(last.as_of)
    return Generation(
        file=generations.file_name(latest, run_id),
        sha256="",
        run_id=run_id,
        sequence=sequence,
        fingerprint=run.seen.fingerprint,
        as_of=latest.astimezone(UTC).isoformat(),
        as_of_given=run.given,
        accounts={account.account_id: account.as_of.isoformat() for account in landed.accounts},
        is_side=bool(run.given) and is_older,
        is_sample=run.seen.is_sample,
        counts={},
        versions=inputs.engine_versions(),
    )


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""
