"""JupyterLab as we start it: this machine only, with a token, nothing told to anybody, its files in the home."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import warehouse
from ingest.errors import UserError
from reports import lab

NOTEBOOKS = lab.PROJECT / "notebooks"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A running server and what it says about itself."""
    home = tmp_path_factory.mktemp("lab")
    warehouse.prepare(home)
    command = lab.command(home, free_port(), browser=False)
    process = subprocess.Popen(
        command, env=lab.environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home
    )
    runtime = home / "data" / "jupyter" / "runtime"
    deadline = time.monotonic() + 90
    while not list(runtime.glob("jpserver-*.json")) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.2)
    (about,) = runtime.glob("jpserver-*.json")
    yield home, json.loads(about.read_text())
    process.terminate()
    process.wait(30)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_listens_on_this_machine_alone_and_asks_for_the_token(server: tuple[Path, dict[str, str]]) -> None:
    _, about = server
    assert about["hostname"] == "127.0.0.1" and len(about["token"]) >= 32
    assert status(f"{about['url']}api/contents") == 403
    assert status(f"{about['url']}api/contents?token={about['token']}") == 200
    assert status(f"{about['url']}api/contents/{lab.START}?token={about['token']}") == 200


def test_its_settings_ask_for_no_news_and_save_nothing(server: tuple[Path, dict[str, str]]) -> None:
    home, _ = server
    overrides = json.loads((home / "data" / "jupyter" / "settings" / "overrides.json").read_text())
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert overrides["@jupyterlab/docmanager-extension:plugin"]["autosave"] is False
    assert not [p for p in home.iterdir() if p.name != "data"]


@pytest.mark.parametrize(
    "option",
    [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.news_url=",
        "--LabApp.extension_manager=readonly",
    ],
)
def test_options(tmp_path: Path, option: str) -> None:
    warehouse.prepare(tmp_path)
    command = lab.command(tmp_path, browser=False)
    assert option in command and "--ServerApp.open_browser=False" in command
    assert not [part for part in command if "token" in part.lower() or "password" in part.lower()]


def test_a_token_of_the_environment_does_not_replace_the_own_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "")
    assert "JUPYTER_TOKEN" not in lab.environment(tmp_path)


def test_without_notebooks_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no notebooks"):
        lab.command(tmp_path, notebooks=tmp_path / "none")
