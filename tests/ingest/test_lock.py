"""One refresh at a time: who holds the lock, who takes it over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.lock import Busy, refresh_lock

HOLD = """
import sys, time
from pathlib import Path
from ingest.lock import refresh_lock
with refresh_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(30)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process  # type: ignore[misc]
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_is_told_who_holds_it_and_since_when(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    started = time.monotonic()
    with pytest.raises(Busy, match=f"process {holder.pid}, since 20"), refresh_lock(tmp_path):
        pass
    assert time.monotonic() - started < 1


def test_a_lock_of_a_killed_process_is_taken_over(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert json.loads((tmp_path / "data" / ".lock").read_text())["pid"] == holder.pid
    with refresh_lock(tmp_path):
        assert json.loads((tmp_path / "data" / ".lock").read_text())["pid"] == os.getpid()


def test_words_of_a_living_pid_hold_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".lock").write_text(json.dumps({"pid": os.getppid(), "started": "2026-01-01T00:00:00+00:00"}))
    with refresh_lock(tmp_path):
        pass


def test_garbage_in_the_lock_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".lock").write_bytes(b"\xff\xfe nonsense")
    with refresh_lock(tmp_path):
        pass


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), refresh_lock(tmp_path):
        raise RuntimeError
    with refresh_lock(tmp_path):
        pass
