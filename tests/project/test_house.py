"""The house: what is locked, what is private, what stays small, and that each truth has one home."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from ingest import inputs
from ingest.files import private_folder
from ingest.shapes import RAW_TABLES

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
PACKAGES = ("ingest", "expectations", "reports")
LOCKS = {"requirements.lock": 100, "requirements-dev.lock": 100, "requirements-metrics.lock": 10}  # at least so many


def tracked() -> list[Path]:
    """Files that are in the repository, or would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def locked(name: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))


def normal(requirement: str) -> str:
    return re.split(r"[\s<>=!~\[;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9-]+==)", text)[1:]
    assert len(blocks) > LOCKS[name]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [normal(r) for r in project["project"]["dependencies"]]
    for_work = [normal(r) for r in [*project["dependency-groups"]["dev"], *project["build-system"]["requires"]]]
    assert not set(asked) - locked("requirements.lock").keys()
    assert not {*asked, *for_work} - locked("requirements-dev.lock").keys()
    both = locked("requirements-dev.lock")
    assert all(both[package] == version for package, version in locked("requirements.lock").items())
    optional = locked("requirements-metrics.lock")
    assert not {normal(r) for r in project["dependency-groups"]["metrics"]} - optional.keys()
    assert all(both.get(package, version) == version for package, version in optional.items())


def test_no_python_file_is_long() -> None:
    own = [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]
    long_ones = {str(p.relative_to(ROOT)): n for p in own if (n := len(p.read_text().splitlines())) > LONGEST_FILE}
    assert own and not long_ones


def test_the_macro_lands_exactly_the_raw_tables() -> None:
    macro = (ROOT / "macros" / "land_raw.sql").read_text()
    names = re.findall(r"'(\w+)'", macro[macro.index("macro raw_tables") :])
    assert names == list(RAW_TABLES)


def test_nothing_private_is_tracked() -> None:
    private = re.compile(
        r"^(exports|records|data|accounts|reports/out)/|^settings\.toml$|\.(duckdb|parquet|xlsx|key|wal)$"
    )
    assert not [str(p.relative_to(ROOT)) for p in tracked() if private.search(p.relative_to(ROOT).as_posix())]


@pytest.mark.parametrize(
    "name",
    (
        *("exports/a.zip", "records/secret.key", "data/CURRENT", "data/gen-1.duckdb", "accounts/x/settings.toml"),
        *("settings.toml", "reports/out/review.html", "a.xlsx", "b.parquet", "x.duckdb.wal", "target/manifest.json"),
        "uv.lock",
    ),
)
def test_what_people_put_here_is_ignored(name: str) -> None:
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_no_wheel_carries_private_output(tmp_path: Path) -> None:
    out = ROOT / "reports" / "out"
    planted = out / "planted-review.html"
    private_folder(out)
    planted.write_text("private")
    try:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    finally:
        planted.unlink()
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "reports/cli.py" in names
    assert not [name for name in names if name.startswith(("reports/out/", "tests/", "sample/", "data/"))]


def test_every_fingerprinted_file_exists() -> None:
    assert not [name for name in inputs.PROJECT_FILES if not (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["Makefile", ".ci/run"])
def test_telemetry_is_off_and_bytecode_kept_where_we_start_things(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "DBT_SEND_ANONYMOUS_USAGE_STATS" in text and "DO_NOT_TRACK" in text and "GX_ANALYTICS_ENABLED" in text
    assert re.search(r"^(unset|unexport) PYTHONDONTWRITEBYTECODE$", text, flags=re.MULTILINE)
    assert name != ".ci/run" or (ROOT / name).stat().st_mode & 0o111


def test_there_is_no_address_of_a_registry_or_machine() -> None:
    foreign = re.compile(r"https?://[\w.-]*(pypi|pythonhosted|npmjs)\b|/wor[k]/[a-z]")
    texts = [p for p in tracked() if p.suffix in (".py", ".md", ".toml", ".yml", ".sql", ".lock", "", ".cfg")]
    assert not [str(p.relative_to(ROOT)) for p in texts if foreign.search(p.read_text(errors="replace"))]
