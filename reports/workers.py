"""Worker processes of a refresh: dbt and the checks import for seconds, so they start early and wait for their turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.inputs import PROJECT

GRACE = 5.0  # seconds between asking a worker to go and killing it
QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
    "PYTHONUNBUFFERED": "1",
}


class WorkerDied(Exception):
    """A worker ended before it answered; its log says why."""


@dataclass(slots=True)
class Worker:
    """A running worker: one question, one answer, in turn."""

    name: str
    process: subprocess.Popen[str]
    log: Path
    is_ready: bool = False

    def send(self, command: Mapping[str, Any]) -> None:
        """Give the next command; the answer is fetched with `answer`."""
        if not self.is_ready:
            self.answer()
            self.is_ready = True
        try:
            self._stdin().write(json.dumps(command) + "\n")
            self._stdin().flush()
        except BrokenPipeError as error:
            raise WorkerDied(self.name) from error

    def answer(self) -> dict[str, Any]:
        """Wait for the answer. Raises WorkerDied where none comes or the worker itself failed."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        answer = json.loads(line) if line.endswith("\n") else {"raised": "nothing"}
        if "raised" in answer:
            raise WorkerDied(self.name)
        return dict(answer)

    def ask(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Give a command and wait for its answer."""
        self.send(command)
        return self.answer()

    def stop(self) -> None:
        """Let the worker go and wait until it is gone: no file is open in it after this."""
        if self.process.poll() is None:
            try:
                self._stdin().close()  # it exits at once
                self.process.wait(GRACE)
            except (subprocess.TimeoutExpired, BrokenPipeError):
                self.process.kill()
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _stdin(self) -> Any:
        assert self.process.stdin is not None
        return self.process.stdin


@contextmanager
def worker(module: str, data: Path, **environment: str) -> Iterator[Worker]:
    """Start `python -m module` in a session of its own, telemetry off, its log in data/logs; stop it at the end."""
    name = module.rpartition(".")[2]
    log = data / "logs" / f"{name}.log"
    known = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        cwd=PROJECT,
        env={**known, **QUIET, "LEAKREVIEW_WORKER_LOG": str(log), **environment},
        umask=0o077 if os.name == "posix" else -1,
        start_new_session=True,  # Ctrl-C reaches us alone; we end the workers in order
    )
    started = Worker(name, process, log)
    try:
        yield started
    finally:
        started.stop()
