"""Telling what is being done: a bar on a terminal, one plain line a step otherwise, nothing with --json."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.errors import shown

Progress = Callable[[str, int, int], None]


@contextmanager
def telling(is_quiet: bool = False) -> Iterator[Progress]:
    """A function to call with what is being done, how far it is and of how much (0: unknown). Writes to stderr."""
    if is_quiet:
        yield lambda what, done, total: None
    elif sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield _Lines()


class _Lines:
    """One line for each new step."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self.last:
            self.last = what
            print(f"{shown(what)} ...", file=sys.stderr, flush=True)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=escape(shown(what)), completed=done, total=total or None)

        yield tell
