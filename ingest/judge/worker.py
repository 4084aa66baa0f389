"""Judges shares of the conversations in a child process. What it needs it reads while it waits for the first share."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ingest.children import answers, be_lean, start
from ingest.judge.judge import prepare
from ingest.judge.share import Share, judge_share

CODE = "from ingest.judge.worker import main; main()"
DONE = b"done\n"


@dataclass(frozen=True, slots=True)
class Helper:
    """The process beside us."""

    child: subprocess.Popen[bytes]

    def judge(self, share: Share) -> None:
        """Give it a share to judge; `has_judged` must be asked before the next one."""
        assert self.child.stdin
        try:
            pickle.dump(share, self.child.stdin)
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # it died: its answer tells

    def has_judged(self) -> bool:
        """Wait for it; whether all of the share was judged."""
        assert self.child.stdout
        return self.child.stdout.readline() == DONE


@contextmanager
def helper() -> Iterator[Helper]:
    """Start the process; it ends with the block."""
    with start(CODE) as child:
        try:
            yield Helper(child)
        finally:
            child.kill()
            assert child.stdin
            with suppress(BrokenPipeError):  # it died before it had read everything
                child.stdin.close()


def main() -> None:
    """Judge the shares that come on standard input, one after the other."""
    be_lean()
    out = answers()
    prepare()
    while True:
        try:
            share = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        judge_share(share, lambda _: None)
        out.write(DONE)
        out.flush()
