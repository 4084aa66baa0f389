"""The real dbt and the real checks, when the refresh that started them is killed or interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ingest import generations
from ingest.faultpoint import VARIABLE
from tests.conftest import ROOT, Sample, leakreview

pytestmark = pytest.mark.warehouse


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 143)],
    ids=["killed", "terminated"],
)
def test_workers_end_with_their_refresh_and_nothing_is_lost(
    sample: Sample, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    home = Path(shutil.copytree(sample.home, tmp_path / "home"))
    settings = (home / "settings.toml").read_bytes()
    (home / "settings.toml").write_bytes(settings + b"\n# changed\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "reports.cli", "--home", str(home), "refresh"],
        cwd=ROOT,
        env={**os.environ, VARIABLE: "mid_dbt:wait"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("waiting at mid_dbt")
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) >= 2
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert (process.returncode, alive, "Traceback" in err) == (code, [], False)
    found = generations.current(home)
    assert found is not None and not found.notes
    (home / "settings.toml").write_bytes(settings)
    again = leakreview(home, "refresh")
    assert again.code == 0 and "Nothing changed" in again.out
    assert sorted((home / "data" / "build").iterdir()) == []
