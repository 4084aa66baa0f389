"""rules: the written rules for the AI, the setter, the VA and the solo coach."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from reports.commands.make import Json, print_result


def rules(
    context: typer.Context,
    reader: Annotated[str, typer.Option("--for", help="Who reads them: ai, setter, va, solo or all.")] = "all",
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether docs/rules/ is up to date; exit code 1 when it is not.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the rules down for the AI, the setter, the VA or the solo coach, from the seeds, to docs/rules/."""
    from reports.rules import stale, write

    if not check:
        paths = [str(path) for path in write(context.obj, reader)]
        print_result({"paths": paths} if as_json else "\n".join(paths))
        return
    old = [str(path) for path in stale(context.obj, reader)]
    if as_json:
        print_result({"stale": old})
    elif old:
        print("\n".join(f"{path} is not what the seeds say. Run leakreview rules" for path in old), file=sys.stderr)
    else:
        print_result("The written rules are what the seeds say.")
    if old:
        raise typer.Exit(1)
