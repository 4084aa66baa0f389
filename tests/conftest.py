"""What every test shares: the option that rewrites golden files, the peer suites, and no way out to a network."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCAL = {socket.AF_UNIX} if hasattr(socket, "AF_UNIX") else set()
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what was read as the new expectation."""
    parser.addoption("--update-golden", action="store_true", help="write the expected.json of golden cases anew")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


def suites_folder() -> Path | None:
    """The peer suites, beside the checkout or where LEAKREVIEW_SHARED says; None where they are absent."""
    shared = Path(os.environ.get("LEAKREVIEW_SHARED", ROOT.parent / "shared"))
    return shared / "suites" if (shared / "suites").is_dir() else None


def shared_folder() -> Path | None:
    """The reference material that is no part of the checkout; None where it is absent."""
    suites = suites_folder()
    return suites.parent if suites else None


@pytest.fixture
def suites() -> Path:
    """Folder of the peer suites; skips with one clear line where it is absent."""
    found = suites_folder()
    if found is None:
        pytest.skip("peer suites absent: set LEAKREVIEW_SHARED to the folder that holds suites/")
    return found


@pytest.fixture
def shared() -> Path:
    """Folder with suites/ and labelled/; skips with one clear line where it is absent."""
    found = shared_folder()
    if found is None:
        pytest.skip("reference material absent: set LEAKREVIEW_SHARED to the folder that holds suites/ and labelled/")
    return found


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is tested may leave the machine: only loopback and unix sockets connect."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family not in LOCAL and host not in LOOPBACK:
            raise OSError(f"a test tried to reach {host!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@dataclass(frozen=True)
class Called:
    """One call of the command line: its exit code, what it printed, and how long it took."""

    code: int
    out: str
    err: str
    seconds: float


def leakreview(home: Path, *arguments: str, **environment: str) -> Called:
    """Call the command line on a home, in a process of its own as a user would."""
    command = [sys.executable, "-m", "reports.cli", "--home", str(home), *arguments]
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600, check=False
    )
    return Called(done.returncode, done.stdout, done.stderr, time.perf_counter() - started)


@dataclass(frozen=True)
class Sample:
    """A home with the sample exports, published once per test run; nobody may change it."""

    home: Path
    refresh: Called


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample coach's home, refreshed for real."""
    home = tmp_path_factory.mktemp("sample")
    shutil.copytree(ROOT / "sample" / "exports", home / "exports")
    shutil.copyfile(ROOT / "sample" / "settings.toml", home / "settings.toml")
    called = leakreview(home, "refresh")
    assert called.code == 0, called.err
    return Sample(home, called)
