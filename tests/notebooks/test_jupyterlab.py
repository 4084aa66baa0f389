"""The weekly notebook in JupyterLab, in a real browser: opens with its code collapsed, and all cells run."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports import lab
from reports.render import browser
from tests.reports.fake_warehouse import build

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-the-test"
FIGURES, LAYERS = 6, 3  # a drawn figure has three svg layers


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    if browser() is None:
        pytest.skip("no Chromium or Chrome on this machine: the notebook is not opened in JupyterLab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    warehouse = build(tmp_path / "fake.duckdb")
    variables = {"LEAKREVIEW_WAREHOUSE": str(warehouse), "PYTHONPATH": str(ROOT), "JUPYTER_TOKEN": TOKEN}
    running = subprocess.Popen(
        [*lab.command(tmp_path, port, browser=False), "--allow-root"],
        env=lab.environment(tmp_path) | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(120):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.5)
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait(30)


def test_the_notebook_opens_with_code_collapsed_and_runs(server: str) -> None:
    from playwright.sync_api import sync_playwright

    dialogs: list[str] = []
    outside: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page: Any = chromium.new_page(viewport={"width": 1300, "height": 900})
        page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
        page.on(
            "request", lambda r: None if server in r.url or r.url[:5] in ("data:", "blob:") else outside.append(r.url)
        )
        page.goto(f"{server}/doc/tree/weekly_leak_review.ipynb?token={TOKEN}", timeout=120_000)
        page.wait_for_selector(".jp-CodeCell", timeout=120_000)
        idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
        page.wait_for_selector(idle, state="attached", timeout=120_000)
        # the indicator says idle before there is a kernel; cells that are run then are lost without a word
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=120_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        drawn = page.locator(".js-plotly-plot .main-svg")
        for _ in range(240):
            if drawn.count() >= FIGURES * LAYERS:
                break
            time.sleep(0.5)
        assert drawn.count() == FIGURES * LAYERS
        assert page.locator(".lr table").count() > 20
        assert page.locator(".jp-InputPlaceholder:visible, .jp-CodeMirrorEditor:visible").count() == 0
        assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
        chromium.close()
    assert (dialogs, [u for u in outside if not u.startswith(server.replace("http", "ws"))]) == ([], [])
