"""queue list, export, import: what needs a person, and what the person decided."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from reports.commands.make import Json, print_result

ShowWords = Annotated[
    bool, typer.Option("--show-words", help="With the words that a decision hangs on, the sensitive ones too.")
]


def add_queue(app: typer.Typer) -> None:
    """Put `queue` and its commands on the command line."""
    says = "Conversations that need a person."
    group = typer.Typer(name="queue", help=says, no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_cases)
    group.command("export")(export)
    group.command("import")(import_decisions)
    app.add_typer(group)


def list_cases(context: typer.Context, show_words: ShowWords = False, as_json: Json = False) -> None:
    """List what needs a person: why, since when, what is shown meanwhile, and what to decide."""
    from reports import summary
    from reports.queue import cases

    found, waiting = cases.waiting(context.obj)
    if as_json:
        rows = [cases.as_json(found, case, show_words) for case in waiting]
        print_result({"as_of": found.generation.as_of, "waiting": rows})
        return
    notes = [summary.SAMPLE] if found.generation.is_sample else []
    if cases.is_behind(context.obj, found):
        notes.append("Decisions were written down since the last refresh: leakreview refresh puts them in their place.")
    print_result(summary.joined([*notes, *cases.told(found, waiting, show_words)]))


def export(
    context: typer.Context,
    file_format: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="Folder to write to; default: reports/out/.")] = None,
    as_json: Json = False,
) -> None:
    """Write a private file to decide in: one line a case, with the words, the options and empty columns."""
    from reports.queue import export_file

    path, lines = export_file(context.obj, file_format, out)
    told = f"{path} ({lines} to decide). It holds people's own words: keep it here, delete it when it is imported."
    print_result({"path": str(path), "lines": lines} if as_json else told)


def import_decisions(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file with decisions, as exported and filled in.")],
    by: Annotated[str, typer.Option("--by", help="Who decided.")] = "coach",
    as_json: Json = False,
) -> None:
    """Take the decisions of a file as evidence of the highest rank; lines that cannot be used are told one by one."""
    from ingest.errors import Code, UserError
    from reports.queue import import_file

    if not by.strip():
        raise UserError(Code.E_CALL, "nobody is named", "--by", "Say who decided")
    found = import_file(context.obj, file, by.strip(), datetime.now(UTC))
    for problem in found.problems:
        print(problem, file=sys.stderr)
    if found.problems and not found.written and not found.known:
        fix = "Put the lines right and import the file again"
        raise UserError(Code.E_SHAPE, "no line could be taken", file.name, fix)
    if as_json:
        counts = {"written": found.written, "known": found.known, "undecided": found.undecided}
        print_result({**counts, "problems": list(found.problems)})
        return
    known = f", {found.known} known before" if found.known else ""
    left = f", {found.undecided} still open" if found.undecided else ""
    wrong = f", {len(found.problems)} could not be used" if found.problems else ""
    then = " Run leakreview refresh to see them in their place." if found.written else ""
    print_result(f"Decisions written down: {found.written}{known}{left}{wrong}.{then}")
