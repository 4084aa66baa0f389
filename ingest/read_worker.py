"""Reads exports in child processes, several at a time."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from ingest.children import answers, be_lean, start
from ingest.errors import Code
from ingest.files import private_folder
from ingest.read_export import FIRST, read_export, refuse
from ingest.row_sink import Reading, Task
from ingest.shapes import Outcome, Reject

WORKERS = 2
PART = "part"  # folder of a part while it is read
CODE = "from ingest.read_worker import main; main()"


def read_in_children(tasks: Sequence[Task]) -> Iterator[Reading]:
    """Readings as they come. A child that dies (out of memory) costs only the file that it died of."""
    shares: list[list[Task]] = [[] for _ in range(WORKERS)]
    weights = [0] * WORKERS
    for task in sorted(tasks, key=lambda t: (-t.size, t.key)):
        lightest = weights.index(min(weights))
        shares[lightest].append(task)
        weights[lightest] += task.size
    left = {task.key: task for task in tasks}
    for reading in _run([share for share in shares if share]):
        del left[reading.key]
        yield reading
    for task in left.values():
        found = list(_run([[task]]))
        reason = "reading it ended the process, most likely for want of memory; split the file"
        yield found[0] if found else refuse(task, Reject(Outcome.REFUSED, Code.E_TOO_BIG, reason, count=0))


@contextmanager
def second_part(task: Task) -> Iterator[Callable[[], tuple[Path, Reading] | None]]:
    """Read the second of two parts of an export in a child, into a folder of its own that goes with the block."""
    folder = private_folder(task.folder / PART)
    try:
        with _children([[replace(task, folder=folder, begin=FIRST)]]) as (child,):
            yield lambda: next(((folder, reading) for reading in _readings(child)), None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(shares: list[list[Task]]) -> Iterator[Reading]:
    """Readings of as many children as there are shares; of one that dies, those it had finished."""
    with _children(shares) as children:
        for child in children:
            yield from _readings(child)
            child.wait()


@contextmanager
def _children(shares: list[list[Task]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A child for each share; they end with the block. What to read lies in a file: none waits for the other."""
    with ExitStack() as stack:
        children = [_child(stack.enter_context(TemporaryFile()), share) for share in shares]
        try:
            yield children
        finally:
            for child in children:
                child.kill()
                child.wait()
                if child.stdout:
                    child.stdout.close()


def _child(told: IO[bytes], share: list[Task]) -> subprocess.Popen[bytes]:
    pickle.dump(share, told)
    told.seek(0)
    return start(CODE, told)


def _readings(child: subprocess.Popen[bytes]) -> Iterator[Reading]:
    assert child.stdout
    while True:
        try:
            yield pickle.load(child.stdout)
        except (EOFError, pickle.UnpicklingError):  # finished, or died in the middle of a word
            return


def main() -> None:
    """Read what stands on standard input, write the readings to standard output."""
    be_lean()
    out = answers()
    for task in pickle.load(sys.stdin.buffer):
        pickle.dump(read_export(task), out)
        out.flush()
