"""load, refresh, review: from exports to what people read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reports.refresh import Outcome
    from reports.render import Rendered

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD[THH:MM]",
        help="The moment to look from; a day means its end. Default: the day of the newest entry of all exports.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def add(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(load)
    app.command()(refresh)
    app.command()(review)


def load(context: typer.Context, as_of: AsOf = None, as_json: Json = False) -> None:
    """Read exports/ into raw tables only: the first step of a refresh."""
    from ingest import as_of as moments
    from ingest import warehouse
    from ingest.land import land
    from ingest.lock import refresh_lock
    from reports import gates, summary
    from reports.progress import telling
    from reports.refresh import source_of

    home: Path = context.obj
    given = moments.normal(as_of)
    source = source_of(home, allow_sample=False)
    warehouse.prepare(home)
    with refresh_lock(home), telling(as_json) as progress:
        landed = land(home, source, given, progress)
    print_result(summary.landing_json(landed) if as_json else summary.joined(summary.of_landing(landed)))
    gates.check_landed(landed)


def refresh(
    context: typer.Context,
    as_of: AsOf = None,
    engine: Annotated[str, typer.Option(help="duckdb, or spark where it is installed.")] = "duckdb",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when anything must be looked at.")] = False,
    as_json: Json = False,
) -> None:
    """Read the exports, build, check and publish. Does nothing when nothing changed."""
    from reports import summary

    outcome = run_refresh(context.obj, as_of, engine, as_json)
    print_result(summary.as_json(outcome) if as_json else summary.joined(summary.of_refresh(outcome)))
    if strict and summary.must_be_looked_at(outcome):
        raise typer.Exit(1)


def review(
    context: typer.Context,
    week: Annotated[
        str | None, typer.Option(metavar="YYYY-Www", help="The week to review; default: the newest one that is over.")
    ] = None,
    as_of: AsOf = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write a PDF too; needs a system chromium.")] = False,
    as_json: Json = False,
) -> None:
    """Refresh if anything changed, then write the weekly leak review to reports/out/.

    An older --week is built from what was known then, unless --as-of says otherwise.
    """
    from reports import summary
    from reports.progress import telling
    from reports.render import render

    outcome = run_refresh(context.obj, as_of, "duckdb", as_json, allow_sample=True)
    if not as_json:
        print_result(summary.joined(summary.of_refresh(outcome)))
    accounts = sorted(outcome.found.generation.accounts)
    built = {account: outcome.found.path for account in accounts}
    if week and not as_of:
        built |= {account: _built_then(context.obj, week, account, built[account], as_json) for account in accounts}
    with telling(as_json) as progress:
        progress("Writing the review", 0, 0)
        written = [render(context.obj, week, account=name, pdf=pdf, warehouse=path) for name, path in built.items()]
    if as_json:
        print_result({**summary.as_json(outcome), "pages": [_paths(one) for one in written]})
    else:
        print_result(summary.joined(line for one in written for line in _told(one)))
    if open_it:
        typer.launch(str(written[0].page))


def _built_then(home: Path, week: str, account: str, newest: Path, is_quiet: bool) -> Path:
    """The tables for a week: the newest ones, or for a week before the last whole one a build as of its own time."""
    from reports.past_week import own_moment
    from reports.queries import find_window
    from reports.render import page_of

    window = find_window(week, None, account, newest)
    moment = own_moment(window, page_of(home, window))
    if moment is None:
        return newest
    return run_refresh(home, moment, "duckdb", is_quiet, allow_sample=True).found.path


def _paths(rendered: Rendered) -> dict[str, str | None]:
    return {
        "week": rendered.week,
        "as_of": rendered.as_of,
        "page": str(rendered.page),
        "pdf": str(rendered.pdf) if rendered.pdf else None,
    }


def _told(rendered: Rendered) -> list[str]:
    """Where a review is, as of when, and what its reader should know."""
    from reports.summary import day

    pdf = [f"As PDF: {rendered.pdf}"] if rendered.pdf else []
    made = f"{rendered.week}, as of {day(rendered.as_of)}"
    return [f"Your weekly leak review ({made}): {rendered.page}", *pdf, *rendered.notes]


def run_refresh(home: Path, as_of: str | None, engine: str, is_quiet: bool, allow_sample: bool = False) -> Outcome:
    """One refresh with its progress shown."""
    from reports.progress import telling
    from reports.refresh import refresh

    with telling(is_quiet) as progress:
        return refresh(home, as_of, engine, progress, allow_sample)


def print_result(result: dict[str, Any] | str) -> None:
    """A result on stdout: text as it is, data as JSON."""
    if isinstance(result, str):
        print(result)
        return
    import orjson

    sys.stdout.write(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode() + "\n")
