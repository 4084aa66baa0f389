"""The weekly review of the sample against a bare `dbt build` of the same project, and a refresh with nothing new."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.refresh import dbt_environment

MOST_RATIO = 4.0
MOST_NOTHING_NEW = 0.15
DBT = "from dbt.cli.main import cli; cli()"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one command, those of its child processes with it."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        """For the table."""
        return f"{self.wall:6.2f} s wall, {self.cpu:6.2f} CPU s"


def cost(arguments: list[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a Python command from the checkout; raises RuntimeError with what it said where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    given = {**os.environ, "PYTHONPATH": str(ROOT), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **(environment or {})}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=given, cwd=ROOT, check=False
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def leakreview(home: Path, command: str) -> Cost:
    """One command in a home that has no exports of its own, so that the sample is taken."""
    return cost(["-m", "reports.cli", "--home", str(home), command])


def main() -> bool:
    """Print what each takes; True where a mark was missed."""
    folder = Path(tempfile.mkdtemp(prefix="leakreview-bench-"))
    try:
        home, other = folder / "home", folder / "other"
        home.mkdir()
        review = leakreview(home, "review")
        shutil.copytree(ROOT / "sample" / "exports", other / "exports")
        shutil.copyfile(ROOT / "sample" / "settings.toml", other / "settings.toml")
        first, again = leakreview(other, "refresh"), leakreview(other, "refresh")
        environment = dbt_environment(home / "data", folder / "bare.duckdb")
        environment |= {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
        bare = cost(["-c", DBT, "build"], environment)
    finally:
        shutil.rmtree(folder)
    ratio, nothing_new = review.wall / bare.wall, again.wall / first.wall
    print(f"bare dbt build            {bare}")
    print(f"review of the sample      {review}: {ratio:.2f} times (at most {MOST_RATIO:.0f})")
    print(f"refresh                   {first}")
    print(f"refresh with nothing new  {again}: {nothing_new:.2f} of the first (at most {MOST_NOTHING_NEW})")
    return ratio > MOST_RATIO or nothing_new > MOST_NOTHING_NEW


if __name__ == "__main__":
    sys.exit(main())
