"""Judges a share of the conversations in a process of its own.

The child is a Python of its own, fed with a pickled share: it never imports the program that called us, so that a
script or a notebook needs no guard.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from ingest.judge.share import Share, judge_share

CODE = "from ingest.judge.worker import main; main()"
_ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def in_child(share: Share) -> Iterator[Callable[[], bool]]:
    """Start judging a share beside us; what is given waits for it and tells whether all of it was judged."""
    path = os.pathsep.join(p for p in (str(_ROOT), os.environ.get("PYTHONPATH")) if p)
    command = [sys.executable, "-c", CODE]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path}, cwd=_ROOT
    )
    try:
        assert child.stdin
        try:
            with child.stdin as pipe:
                pickle.dump(share, pipe)
        except BrokenPipeError:
            pass  # it died at once: its code tells
        yield lambda: child.wait() == 0
    finally:
        child.kill()
        child.wait()


def main() -> None:
    """Judge the share that stands on standard input."""
    sys.meta_path.insert(0, SimpleNamespace(find_spec=_no_pandas))
    judge_share(pickle.load(sys.stdin.buffer), lambda _: None)


def _no_pandas(name: str, path: object = None, target: object = None) -> None:
    """Refuse what pyarrow imports at the first list it is given: half a second, and nothing here needs it."""
    if name == "pandas":
        raise ImportError(name)
