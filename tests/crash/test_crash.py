"""A refresh killed, interrupted, out of disk or run eight times at once: readers always see one whole generation."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest import generations, warehouse
from ingest.faultpoint import VARIABLE
from tests.crash import stub

ROOT = Path(__file__).resolve().parents[2]
POINTS = (
    "after_lock",
    "after_raw_written",
    "between_raw_renames",
    "after_raw_commit",
    "mid_dbt",
    "after_dbt",
    "after_expectations",
    "before_fsync",
    "after_rename",
    "before_pointer",
    "after_pointer",
    "mid_prune",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    return tmp_path


@pytest.fixture(scope="module")
def four_published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the values 1 to 4 published in turn: more than are kept, so that there is something to prune."""
    home = tmp_path_factory.mktemp("four")
    (home / "exports").mkdir()
    for value in range(1, 5):
        set_value(home, value)
        assert run(home)[0] == 0
    return home


@pytest.fixture
def old_home(four_published: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(four_published, tmp_path / "home"))


def set_value(home: Path, value: int) -> None:
    (home / "exports" / "value.txt").write_text(str(value))


def start(home: Path, *arguments: str, fault: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.stub", str(home), *arguments],
        cwd=ROOT,
        env={**os.environ, VARIABLE: fault},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Path, *arguments: str, fault: str = "") -> tuple[int, str, str]:
    process = start(home, *arguments, fault=fault)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def healed(home: Path, value: int) -> None:
    """A clean run ends as if nothing had happened, and leaves nothing behind."""
    code, _, err = run(home)
    assert (code, "Traceback" in err) == (0, False), err
    assert stub.values(home) == (value, value)
    data = home / "data"
    assert sorted(p.name for p in (data / "build").iterdir()) == []
    assert sorted(p.name for p in (data / "raw").iterdir()) == ["landed"]
    assert not list(data.glob("*.tmp")) and not list(data.glob("*.wal"))
    assert {p.stem for p in data.glob("gen-*.duckdb")} == {p.stem for p in data.glob("gen-*.json")}
    assert len(list(data.glob("gen-*.duckdb"))) <= generations.KEEP


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_leaves_what_was_published_and_the_next_run_heals(old_home: Path, point: str) -> None:
    set_value(old_home, 5)
    code, _, _ = run(old_home, fault=point)
    assert code == -signal.SIGKILL
    assert stub.values(old_home) in ((4, 4), (5, 5))
    healed(old_home, 5)


@pytest.mark.parametrize("point", [p for p in POINTS if p != "mid_prune"])  # there is nothing to prune yet
def test_a_kill_in_the_first_run_leaves_nothing_published_or_all(home: Path, point: str) -> None:
    set_value(home, 1)
    code, _, _ = run(home, fault=point)
    assert code == -signal.SIGKILL
    found = generations.current(home)
    assert found is None or stub.values(home) == (1, 1)
    healed(home, 1)


def test_kills_at_random_moments(home: Path) -> None:
    chance = random.Random(7)
    set_value(home, 0)
    assert run(home)[0] == 0
    killed = 0
    for value in range(1, 13):
        set_value(home, value)
        process = start(home)
        time.sleep(chance.uniform(0.3, 1.2))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        a, b = stub.values(home)
        assert a == b and 0 <= a <= value
    assert killed
    healed(home, 12)


@pytest.mark.parametrize("point", ["after_raw_written:full", "before_fsync:full", "after_rename:full"])
def test_a_full_disk_is_told_and_the_old_generation_stays(home: Path, point: str) -> None:
    set_value(home, 1)
    assert run(home)[0] == 0
    set_value(home, 2)
    code, _, err = run(home, fault=point)
    assert code == 2 and "the disk is full" in err and "Traceback" not in err
    assert stub.values(home)[0] in (1, 2)
    healed(home, 2)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_an_interrupt_ends_cleanly(home: Path, number: signal.Signals, code: int) -> None:
    set_value(home, 1)
    assert run(home)[0] == 0
    set_value(home, 2)
    process = start(home, fault="after_dbt:wait")
    assert process.stdout is not None and process.stdout.readline().startswith("waiting")
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == code and "Traceback" not in err
    assert stub.values(home) == (1, 1)
    healed(home, 2)


def test_of_eight_at_once_one_works_and_seven_say_so(home: Path) -> None:
    set_value(home, 1)
    first = start(home, fault="after_lock:wait")
    assert first.stdout is not None and first.stdout.readline().startswith("waiting")
    others = [start(home) for _ in range(7)]
    answers = [(p.communicate(timeout=60), p.returncode) for p in others]
    assert [code for _, code in answers] == [75] * 7
    assert all(f"another refresh is running (process {first.pid}" in err for (_, err), _ in answers)
    first.kill()
    first.communicate()
    healed(home, 1)


def test_readers_during_publishes_see_one_generation_each(home: Path) -> None:
    set_value(home, 0)
    assert run(home)[0] == 0
    stop = threading.Event()
    seen: list[tuple[int, int]] = []
    faults: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(stub.values(home))
            except BaseException as error:
                faults.append(error)
                return
            time.sleep(0.05)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for value in range(1, 6):
        set_value(home, value)
        assert run(home)[0] == 0
    stop.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert len(seen) > 20 and all(a == b for a, b in seen)
    assert stub.values(home) == (5, 5)


def test_nothing_new_publishes_nothing(home: Path) -> None:
    set_value(home, 1)
    assert run(home)[0] == 0
    before = (home / "data" / "CURRENT").read_bytes()
    code, out, _ = run(home)
    assert code == 0 and "Nothing changed" in out
    assert (home / "data" / "CURRENT").read_bytes() == before


def test_a_damaged_pointer_is_repaired_by_a_run_with_nothing_new(home: Path) -> None:
    set_value(home, 1)
    assert run(home)[0] == 0
    pointer = home / "data" / "CURRENT"
    before = pointer.read_bytes()
    pointer.write_bytes(b"garbage")
    code, out, _ = run(home)
    assert code == 0 and "CURRENT is missing or damaged" in out
    assert pointer.read_bytes() == before


def test_a_damaged_generation_is_built_anew(home: Path) -> None:
    set_value(home, 1)
    assert run(home)[0] == 0
    set_value(home, 2)
    assert run(home)[0] == 0
    found = generations.current(home)
    assert found is not None
    content = bytearray(found.path.read_bytes())
    content[9000] ^= 4
    found.path.write_bytes(content)
    assert stub.values(home) == (1, 1)
    code, out, _ = run(home)
    assert code == 0 and "Published" in out
    assert stub.values(home) == (2, 2)


def test_an_older_as_of_stands_beside_the_current_one(home: Path) -> None:
    set_value(home, 1)
    assert run(home, "--as-of", "2026-09-30")[0] == 0
    before = (home / "data" / "CURRENT").read_bytes()
    code, out, _ = run(home, "--as-of", "2026-09-01")
    assert code == 0 and "beside the current one" in out
    assert (home / "data" / "CURRENT").read_bytes() == before
    with warehouse.open_published(home, "2026-09-01") as con:
        assert con.execute("select as_of from raw.settings").fetchall()[0][0].isoformat().startswith("2026-09-01T23:59")
    code, out, _ = run(home, "--as-of", "2026-09-01")
    assert code == 0 and "Nothing changed" in out
    assert run(home, "--as-of", "2026-10-05")[0] == 0
    assert (home / "data" / "CURRENT").read_bytes() != before


@pytest.mark.parametrize("umask", [0o000, 0o022], ids=oct)
def test_every_file_is_private_whatever_the_umask(home: Path, umask: int) -> None:
    set_value(home, 1)
    before = os.umask(umask)
    try:
        assert run(home)[0] == 0
    finally:
        os.umask(before)
    paths = [path for path in (home / "data").rglob("*")]
    open_ones = [str(p) for p in [*paths, home / "data"] if p.stat().st_mode & 0o077]
    assert paths and not open_ones


def test_a_disk_that_may_not_be_written_is_told(home: Path) -> None:
    set_value(home, 1)
    assert run(home)[0] == 0
    set_value(home, 2)
    code, _, err = run(home, fault="before_fsync:readonly")
    assert code == 2 and "E_PERMISSION: it may not be written or read" in err
    assert stub.values(home) == (1, 1)
    healed(home, 2)


def test_exports_are_never_touched(home: Path) -> None:
    set_value(home, 1)
    path = home / "exports" / "value.txt"
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert run(home)[0] == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
