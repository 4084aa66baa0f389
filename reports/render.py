"""Renders a notebook to one self-contained HTML file in `reports/out/`; on wish to PDF, with the system's chromium."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from ingest.errors import Code, UserError
from reports import text
from reports.page.page import PageError, build, build_index
from reports.queries.window import Window, find_window
from reports.run_notebook import ROOT, run

WEEKLY: Final = ROOT / "notebooks" / "weekly_leak_review.ipynb"
AUDIT: Final = ROOT / "notebooks" / "audit_last_20.ipynb"
DEFAULT_ACCOUNT: Final = "default"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
OPENING: Final = 200_000  # characters of a page within which its headline and its change stand
_HEADLINE: Final = re.compile(r"<h1>([^<]*)</h1>")
_CHANGE: Final = re.compile(r'<section class="change"[^>]*><p class="kicker">[^<]*</p><h2>([^<]*)</h2>')
_REVIEW: Final = re.compile(r"review-(\d{4}-W\d{2})\.html")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was written, as of when: the page, the PDF if there is one, and what the user should be told."""

    page: Path
    week: str
    as_of: str
    pdf: Path | None
    notes: tuple[str, ...]


def render(
    home: Path,
    week: str | None = None,
    as_of: str | None = None,
    account: str | None = None,
    pdf: bool = False,
    warehouse: Path | None = None,
) -> Rendered:
    """Render the weekly review of `home` (`warehouse`: of that file) and the index of past weeks.

    The same tables, week and moment give the same bytes. UserError where nothing is published or a cell failed.
    """
    window = _window(home, week, as_of, account, warehouse)
    name = text.week_name(window.week)
    folder = out_folder(home, window.account_id)
    page, notes = _page(WEEKLY, window)
    target = write_private(page_of(home, window), page)
    write_private(folder / "index.html", build_index(_past(folder)))
    printed = None
    if pdf:
        printed = to_pdf(target)
        if printed is None:
            notes = (*notes, "No PDF: it needs Chromium or Chrome on this machine. The HTML prints just as well.")
    return Rendered(target, name, window.as_of.isoformat(), printed, notes)


def render_audit(home: Path, last: int = 20, account: str | None = None, warehouse: Path | None = None) -> Rendered:
    """Render the audit of the last leads. UserError as `render`."""
    window = _window(home, None, None, account, warehouse)
    page, notes = _page(AUDIT, window, last)
    target = write_private(out_folder(home, window.account_id) / "audit.html", page)
    return Rendered(target, text.week_name(window.week), window.as_of.isoformat(), None, notes)


def _window(home: Path, week: str | None, as_of: str | None, account: str | None, warehouse: Path | None) -> Window:
    from ingest.warehouse import published

    return find_window(week, as_of, account, warehouse or published(home, as_of).path)


def _page(notebook: Path, window: Window, last: int | None = None) -> tuple[str, tuple[str, ...]]:
    environment = {
        "LEAKREVIEW_WAREHOUSE": str(window.warehouse),
        "LEAKREVIEW_WEEK": text.week_name(window.week),
        "LEAKREVIEW_ACCOUNT": window.account_id,
        **({"LEAKREVIEW_LAST": str(last)} if last else {}),
    }
    try:
        page = build(run(notebook, environment))
    except PageError as error:
        fix = "Open it with leakreview lab and run the cells to see why"
        raise UserError(Code.E_IO, str(error), notebook.name, fix) from error
    notes = (
        (f"{page.dropped} outputs of the notebook are not ours and were left out of the page.",) if page.dropped else ()
    )
    return page.html, notes


def page_of(home: Path, window: Window) -> Path:
    """Where the review of a week stands."""
    return out_folder(home, window.account_id) / f"review-{text.week_name(window.week)}.html"


def out_folder(home: Path, account: str) -> Path:
    """Where the pages of an account stand; private, made if need be."""
    folder = home / "reports" / "out"
    if account != DEFAULT_ACCOUNT:
        folder = folder / account
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_private(path: Path, content: str) -> Path:
    """Write a page for its owner only, whole or not at all, byte for byte as given."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 by itself
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _past(folder: Path) -> list[dict[str, str]]:
    """The reviews in a folder, newest first, each with its headline and the change it suggested."""
    found = sorted((m.group(1) for p in folder.iterdir() if (m := _REVIEW.fullmatch(p.name))), reverse=True)
    weeks = []
    for name in found:
        start = text.week_start(name)
        days = text.day_range(start, start + timedelta(days=6))
        file = f"review-{name}.html"
        with (folder / file).open(encoding="utf-8", errors="replace") as page:
            said = _said(page.read(OPENING))
        weeks.append({"name": name, "days": days, "file": file, **said})
    return weeks


def _said(page: str) -> dict[str, str]:
    """A page's headline and the title of its one change, as text; empty where the page has none."""
    found = {}
    for key, pattern in (("headline", _HEADLINE), ("change", _CHANGE)):
        match = pattern.search(page)
        found[key] = html.unescape(match.group(1)) if match else ""
    return found


def browser() -> str | None:
    """The system's Chromium or Chrome, None where there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def to_pdf(page: Path, timeout: int = 120) -> Path | None:
    """Print a page to PDF beside it; None where no browser is found. UserError when the browser fails."""
    program = browser()
    if program is None:
        return None
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="leakreview-pdf-") as profile:
        command = [
            *(program, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}"),
            *(("--no-sandbox",) if os.geteuid() == 0 else ()),
            *("--virtual-time-budget=15000", f"--print-to-pdf={target}", page.resolve().as_uri()),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as error:
            raise UserError(Code.E_IO, "printing took too long", page.name, "Print the HTML from a browser") from error
    if done.returncode or not target.exists():
        raise UserError(Code.E_IO, "the browser could not print the page", page.name, "Print the HTML from a browser")
    target.chmod(0o600)
    return target
