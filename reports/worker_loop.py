"""The child's end of a worker process: say ready, then answer one JSON line for each JSON line that comes in.

Whatever a library prints goes to the log file; only our own answers reach the parent. When the parent goes away,
however it goes, standard input ends and so does the worker, at once and in the middle of whatever it does.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Command = dict[str, Any]
Handler = Callable[[Command], Command]

INTERRUPTED = 130


def serve(handlers: Mapping[str, Handler], prepare: Callable[[], None]) -> None:
    """Run `prepare`, then answer commands (key `do` names the handler) until standard input ends.

    A handler answers with plain data; what it raises becomes the answer `{"raised": <type>}`, the log has the rest.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    _log_to(os.environ["LEAKREVIEW_WORKER_LOG"])
    commands: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(commands,), daemon=True).start()
    _answer(answers, _guarded(lambda _: prepare() or {"ready": True}, {}))  # type: ignore[func-returns-value]
    while True:
        command = json.loads(commands.get())
        _answer(answers, _guarded(handlers[command["do"]], command))


def _guarded(handler: Handler, command: Command) -> Command:
    """The handler's answer, or the name of what it raised."""
    import traceback

    try:
        return handler(command)
    except BaseException as error:  # the whole of it goes to the log; a worker must answer, whatever happened
        traceback.print_exc()
        sys.stderr.flush()
        return {"raised": type(error).__name__}


def _answer(answers: Any, answer: Command) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _read(commands: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        commands.put(line)
    os._exit(INTERRUPTED)  # the parent is gone


def _log_to(path: str) -> None:
    """Send standard output and error of this process and of its libraries to a private file."""
    Path(path).unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
