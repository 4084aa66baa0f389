"""The command line. Nothing heavy is imported before a command needs it; what goes wrong is one line and a code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType, TracebackType
from typing import Annotated

import typer
from typer.exceptions import TyperException

from ingest.errors import Code, UserError
from reports.commands import look, make, people

REFUSED, BUSY, OURS, INTERRUPTED, TERMINATED = 2, 75, 70, 130, 143

app = typer.Typer(
    name="leakreview",
    help="Turns the exports of an Instagram coaching business into one weekly leak review.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
make.add(app)
look.add(app)
people.add(app)


@app.callback()
def _home(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(envvar="LEAKREVIEW_HOME", help="Folder with exports/ and settings.toml; default: the checkout."),
    ] = None,
) -> None:
    """Keep the home for the command."""
    from ingest.inputs import PROJECT

    chosen = (home or PROJECT).expanduser().absolute()
    if not chosen.is_dir():
        raise UserError(Code.E_CALL, "there is no such folder", str(home), "Make it, or name another one with --home")
    os.environ["LEAKREVIEW_HOME"] = str(chosen)  # for the processes we start
    context.obj = chosen


def main() -> None:
    """Run a command and exit with its code. Private files from the first moment on, no traceback for a user's error."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _terminate)
    sys.excepthook = _our_fault
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of a call; errors of the user are told on stderr."""
    from ingest.files import as_user_error
    from ingest.lock import Busy
    from reports.gates import NotPublished

    command = typer.main.get_command(app)
    try:
        code = command.main(arguments or ["--help"], prog_name="leakreview", standalone_mode=False)
    except NotPublished as error:
        return _tell(str(error), error.code)
    except Busy as error:
        return _tell(str(error), BUSY)
    except UserError as error:
        return _tell(str(error), REFUSED)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _tell(str(as_user_error(error)), REFUSED)
    except (typer.Abort, KeyboardInterrupt):
        return _tell("interrupted; what was published stays as it was", INTERRUPTED)
    except TyperException as error:  # a call that is not one: unknown option, missing argument
        says = error.format_message() if hasattr(error, "format_message") else str(error)
        return _tell(" ".join(says.split()), REFUSED)
    return int(code or 0)


def _tell(says: str, code: int) -> int:
    """Tell what went wrong; whatever a file name holds, it does not speak to the terminal."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in says)
    print(f"leakreview: {safe}", file=sys.stderr)
    return code


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """Leave by the same way as any error, so that workers are stopped and nothing half stays."""
    raise SystemExit(TERMINATED)


def _our_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A mistake of ours: one line; the traceback may quote a conversation and goes to a private file."""
    path = Path(os.environ.get("LEAKREVIEW_HOME", "."), "data", "logs", "error.log")
    lines = "".join(traceback.format_exception(kind, error, trace))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(lines)
        where = f"; {path} holds the details"
    except OSError:
        where = ""
    last = traceback.extract_tb(trace)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    print(f"leakreview: a fault of this program ({kind.__name__} at {place}){where}", file=sys.stderr, flush=True)
    os._exit(OURS)


if __name__ == "__main__":
    main()
