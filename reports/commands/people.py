"""rules, queue, forget: what people decide. They come with the next versions and say so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.errors import Code, UserError
from reports.commands.change import add_change

RULES_FOR = ("ai", "setter", "va", "solo", "all")


def add(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(rules)
    app.add_typer(_group("queue", "Conversations that need a person.", queue_list, queue_export, queue_import))
    add_change(app)
    app.command()(forget)


def rules(
    reader: Annotated[str, typer.Option("--for", help="Who reads them: ai, setter, va, solo or all.")] = "all",
    check: Annotated[bool, typer.Option("--check", help="Only say whether docs/rules/ is up to date.")] = False,
) -> None:
    """Write the rules down for the AI, the setter, the VA or the solo coach."""
    if reader not in RULES_FOR:
        fix = f"Use one of {', '.join(RULES_FOR)}"
        raise UserError(Code.E_CALL, f"there are no rules for {reader!r}", "--for", fix)
    _not_yet("rules")


def queue_list() -> None:
    """List the conversations that need a person."""
    _not_yet("queue list")


def queue_export() -> None:
    """Write them to a file to decide in."""
    _not_yet("queue export")


def queue_import(file: Annotated[Path, typer.Argument(help="The file with decisions.")]) -> None:
    """Take the decisions of a file as evidence of the highest rank."""
    _not_yet("queue import")


def forget(
    who: Annotated[str, typer.Argument(help="Name, handle, e-mail or phone of the person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person from everything this program wrote."""
    _not_yet("forget")


def _group(name: str, says: str, *commands: object) -> typer.Typer:
    """A command with commands of its own."""
    group = typer.Typer(name=name, help=says, no_args_is_help=True, rich_markup_mode=None)
    for command in commands:
        own = command.__name__.removeprefix(f"{name}_")  # type: ignore[attr-defined]
        group.command(own)(command)  # type: ignore[type-var]
    return group


def _not_yet(command: str) -> None:
    """Raise: the command exists, what it does does not."""
    raise UserError(Code.E_CALL, f"not yet: `{command}` comes with the next version", "", "")
