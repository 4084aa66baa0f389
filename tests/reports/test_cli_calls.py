"""The command line without data: help, refusals, exit codes, and that nothing heavy is imported."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reports import cli
from tests.conftest import ROOT, leakreview

COMMANDS = (
    *("load", "refresh", "review", "audit", "export", "formats", "sample", "doctor", "lab", "rules", "forget"),
    *("queue", "change"),
)
HEAVY = ("pandas", "dbt", "plotly", "great_expectations", "duckdb", "pyarrow", "numpy", "pydantic", "rich")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code and output of a call in this process."""
    code = cli.run(["--home", str(home), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert cli.run(["--help"]) == 0
    out = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name} " not in out] == []


def test_no_argument_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 0
    assert "Usage: leakreview" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], home: Path, command: str) -> None:
    code, out, err = call(capsys, home, command, "--help")
    assert (code, err) == (0, "") and f"leakreview {command}" in out


def test_help_is_there_at_once_and_imports_nothing_heavy() -> None:
    code = f"""
import sys
from reports import cli
cli.run(["--help"])
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    best = 9.0
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        best = min(best, time.perf_counter() - started)
    assert done.stdout.rstrip().endswith("[]")
    assert best < 0.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("refresh",), "there is no export to read in exports/. Put your exports there"),
        (("load",), "there is no export to read in exports/. Put your exports there"),
        (("refresh", "--as-of", "2026-02-30"), '"2026-02-30" is no date'),
        (("refresh", "--as-of", "yesterday"), "2026-09-30T18:00"),
        (("refresh", "--engine", "spark"), "spark is not in this version"),
        (("refresh", "--engine", "abacus"), "Use duckdb"),
        (("refresh", "--nope"), "--nope"),
        (("nonsense",), "nonsense"),
        (("export",), "Missing argument 'report'"),
        (("export", "nonsense"), "source-to-won, leads, leaks, movement"),
        (("export", "leads", "--format", "pdf"), "csv, xlsx, parquet, json"),
        (("export", "leads"), "nothing is published yet"),
        (("audit", "--last", "0"), "greater than or equal to 1"),
        (("forget", "anna"), "not yet"),
        (("rules", "--for", "nobody"), "ai, setter, va, solo, all"),
        (("queue", "list"), "nothing is published yet"),
        (("queue", "export"), "nothing is published yet"),
        (("queue", "export", "--format", "pdf"), "jsonl or csv"),
        (("queue", "import"), "Missing argument"),
        (("queue", "import", "x.jsonl"), "there is no such file"),
        (("queue", "import", "x.jsonl", "--by", " "), "nobody is named"),
        (("sample",), "DIR"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], home: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = call(capsys, home, *arguments)
    assert (code, out) == (2, "")
    assert says in err and err.startswith("leakreview: ") and len(err.splitlines()) == 1


def test_a_home_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = call(capsys, tmp_path / "nowhere", "doctor")
    assert code == 2 and "there is no such folder" in err


def test_the_home_comes_from_the_environment_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports.cli", "doctor"],
        cwd=ROOT,
        env={**os.environ, "LEAKREVIEW_HOME": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "nowhere" in done.stderr


def test_a_file_name_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "evil\x1b]8;;x\x07\u202e.csv").write_text("nothing,known\n1,2\n")
    called = leakreview(tmp_path, "refresh")
    assert called.code == 2 and "evil" in called.err
    assert not {"\x1b", "\x07", "\u202e"} & set(called.err + called.out)


def test_an_unknown_setting_is_refused_by_name(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    (home / "exports").mkdir()
    (home / "exports" / "a.csv").write_text("a\n1\n")
    (home / "settings.toml").write_text('[account]\nnmae = "Coach"\n')
    code, _, err = call(capsys, home, "refresh")
    assert code == 2 and 'unknown key "account.nmae"' in err and 'did you mean "name"' in err


def test_our_own_fault_is_one_line_and_its_details_are_private(tmp_path: Path) -> None:
    (tmp_path / "data" / "logs").mkdir(parents=True)
    code = f"""
import sys
from reports import cli, doctor
def broken(home):
    raise ValueError("words of a person")
doctor.examine = broken
sys.argv = ["leakreview", "--home", {str(tmp_path)!r}, "doctor"]
cli.main()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    log = tmp_path / "data" / "logs" / "error.log"
    assert done.returncode == cli.OURS
    assert "words of a person" not in done.stderr and "Traceback" not in done.stderr
    assert "words of a person" in log.read_text() and log.stat().st_mode & 0o077 == 0


def test_doctor_on_an_empty_home_is_content(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code, out, _ = call(capsys, home, "doctor")
    assert code == 0 and "nothing yet: run leakreview review" in out
    assert "thresholds.follow_up_days = 3" in out


@pytest.mark.parametrize("name", ["data", "records", "data/gen.duckdb"])
def test_doctor_finds_what_others_could_read(capsys: pytest.CaptureFixture[str], home: Path, name: str) -> None:
    (home / "data").mkdir(mode=0o700)
    (home / "records").mkdir(mode=0o700)
    (home / "data" / "gen.duckdb").touch(mode=0o600)
    assert call(capsys, home, "doctor")[0] == 0
    (home / name).chmod(0o755)
    code, out, _ = call(capsys, home, "doctor")
    assert code == 1 and f"{name} can be read by others" in out


def test_formats_say_how_to_get_each(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code, out, _ = call(capsys, home, "formats")
    assert code == 0
    for name in ("instagram", "manychat", "hubspot_deals", "calendly", "dm_messages", "ics"):
        assert f"({name})" in out


def test_sample_writes_what_it_says_and_never_over_anything(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code, out, _ = call(capsys, home, "sample", str(home / "try"))
    assert code == 0 and "files written" in out
    assert (home / "try" / "settings.toml").is_file() and any((home / "try" / "exports").iterdir())
    code, _, err = call(capsys, home, "sample", str(home / "try"))
    assert code == 2 and "is there already" in err
