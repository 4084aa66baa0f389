"""rules, queue, change, forget: what people decide. What is still to come says so."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.errors import Code, UserError
from reports.commands.change import add_change
from reports.commands.queue import add_queue
from reports.commands.rules import rules


def add(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(rules)
    add_queue(app)
    add_change(app)
    app.command()(forget)


def forget(
    who: Annotated[str, typer.Argument(help="Name, handle, e-mail or phone of the person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person from everything this program wrote."""
    _not_yet("forget")


def _not_yet(command: str) -> None:
    """Raise: the command exists, what it does does not."""
    raise UserError(Code.E_CALL, f"not yet: `{command}` comes with the next version", "", "")
