"""Reads exports in child processes, several at a time.

A child is this module run anew, fed with pickled tasks: unlike multiprocessing's own way it never imports the program
that called us, so that a script or a notebook needs no guard.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from ingest.errors import Code
from ingest.read_export import read_export, refuse
from ingest.row_sink import Reading, Task
from ingest.shapes import Outcome, Reject

WORKERS = 2
_ROOT = Path(__file__).resolve().parent.parent


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


def _run(shares: list[list[Task]]) -> Iterator[Reading]:
    """Readings of as many children as there are shares; of one that dies, those it had finished."""
    path = os.pathsep.join(p for p in (str(_ROOT), os.environ.get("PYTHONPATH")) if p)
    command = [sys.executable, "-P", "-m", "ingest.read_worker"]  # -P: not from the folder we happen to be in
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})
        for _ in shares
    ]
    try:
        for child, share in zip(children, shares, strict=True):
            assert child.stdin
            try:
                with child.stdin as pipe:
                    pickle.dump(share, pipe)
            except BrokenPipeError:
                continue  # it died at once: nothing will come from it
        for child in children:
            assert child.stdout
            yield from _readings(child.stdout)
            child.wait()
    finally:
        for child in children:
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()


def _readings(pipe: IO[bytes]) -> Iterator[Reading]:
    while True:
        try:
            yield pickle.load(pipe)
        except (EOFError, pickle.UnpicklingError):  # finished, or died in the middle of a word
            return


def main() -> None:
    """Read what stands on standard input, write the readings to standard output."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library might print must not get between the readings
    for task in pickle.load(sys.stdin.buffer):
        pickle.dump(read_export(task), out)
        out.flush()


if __name__ == "__main__":
    main()
