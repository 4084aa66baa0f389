"""The linters of `make lint`, as tests: `.ci/run` runs the tests, so green means all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
LINTERS = {
    "ruff": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "imports": ("lint-imports",),
    "sqlfluff": ("sqlfluff", "lint", "models", "tests/data", "analyses"),
}


@pytest.mark.parametrize("name", LINTERS)
def test_linter(name: str) -> None:
    program, *arguments = LINTERS[name]
    done = subprocess.run([str(BIN / program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"


def test_notebooks_hold_no_outputs() -> None:
    notebooks = sorted(str(path) for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    command = [sys.executable, "-m", "nbstripout", "--verify", "--keep-id", *notebooks]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
