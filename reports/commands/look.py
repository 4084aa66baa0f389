"""audit, export, formats, sample, doctor, lab: looking at what is there."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from reports.commands.make import AsOf, Json, print_result, run_refresh


def add(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    for command in (audit, export, formats, sample, doctor, lab):
        app.command()(command)


def audit(
    context: typer.Context,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many leads.")] = 20,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Place the last DM leads in a stage, with the evidence for each. A DM export alone is enough."""
    from reports import summary
    from reports.audit import last_leads, lines

    outcome = run_refresh(context.obj, as_of, "duckdb", as_json, allow_sample=True)
    leads = last_leads(outcome.found.path, last)
    if as_json:
        print_result({"as_of": outcome.found.generation.as_of, "leads": leads})
        return
    print_result(summary.joined([*([summary.SAMPLE] if outcome.is_sample else []), *lines(leads)]))


def export(
    context: typer.Context,
    report: Annotated[str, typer.Argument(help="source-to-won, leads, leaks or movement.")],
    file_format: Annotated[str, typer.Option("--format", help="csv, xlsx, parquet or json.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="Folder to write to; default: reports/out/.")] = None,
    show_names: Annotated[bool, typer.Option("--show-names", help="With names, contacts and quotes.")] = False,
    as_json: Json = False,
) -> None:
    """Write a report for other people; without names unless they are asked for."""
    from reports.export import export as write

    path, rows = write(context.obj, report, file_format, out, show_names)
    print_result({"path": str(path), "rows": rows} if as_json else f"{path} ({rows} rows)")


def formats(as_json: Json = False) -> None:
    """List every export that can be read, how to get it, and its columns."""
    from ingest.formats import all_formats

    known = [
        {"name": f.name, "title": f.title, "how_to_get": f.how_to_get, "columns": list(f.columns)}
        for f in all_formats()
    ]
    if as_json:
        print_result({"formats": known})
        return
    parts = [f"{f['title']} ({f['name']})\n  {f['how_to_get']}\n  {', '.join(f['columns'])}" for f in known]
    print_result("\n\n".join(parts))


def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to; made if missing.")],
) -> None:
    """Write the bundled sample exports: an invented coach's, to try things out."""
    from reports.sample import write

    files = write(folder)
    print_result(f"{files} files written to {folder}. Try: leakreview --home {folder} review")


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Say whether everything is in order. Exit code 1 when something must be put right."""
    from reports.doctor import examine, is_sick

    lines = examine(context.obj)
    if as_json:
        print_result({"lines": [asdict(line) for line in lines]})
    else:
        print_result("\n".join(f"{line.state:<8}{line.topic:<12} {line.says}" for line in lines))
    if is_sick(lines):
        raise typer.Exit(1)


def lab(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open JupyterLab on the notebooks, on this machine only."""
    from reports.lab import serve

    raise typer.Exit(serve(context.obj, port, browser))
