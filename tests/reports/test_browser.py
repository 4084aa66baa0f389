"""The page in a real browser: charts drawn, lists open, nothing said in the console, nothing asked of a network."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.page.page import build
from reports.render import browser, render, to_pdf, write_private
from tests.reports.fake_warehouse import build as build_warehouse
from tests.reports.payloads import PAYLOADS

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
WIDTHS = (390, 1440)
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    program = browser()
    if program is None:
        pytest.skip("no Chromium or Chrome on this machine: the page is not looked at in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield running
        running.close()


class Seen:
    """A page that was opened, and everything it said, asked for or popped up."""

    def __init__(self, chromium: Any, path: Path, width: int) -> None:
        self.said: list[str] = []
        self.page = chromium.new_page(viewport={"width": width, "height": 900})
        self.page.on("console", lambda m: self.said.append(f"console: {m.text}"))
        self.page.on("pageerror", lambda e: self.said.append(f"error: {e}"))
        self.page.on("dialog", lambda d: (self.said.append("dialog"), d.dismiss()))
        self.page.on("request", self._asked)
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-drawn]", state="attached", timeout=60_000)
        self.session = self.page.context.new_cdp_session(self.page)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.said.append(f"request: {request.url}")

    def value(self, expression: str) -> Any:
        """An expression's value, asked for beside the page's policy."""
        return self.session.send("Runtime.evaluate", {"expression": expression})["result"].get("value")

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())


@pytest.fixture(params=WIDTHS, ids=lambda w: f"{w}px")
def seen(chromium: Any, priced_page: Path, request: pytest.FixtureRequest) -> Iterator[Seen]:
    opened = Seen(chromium, priced_page, request.param)
    yield opened
    opened.page.close()


def test_nothing_is_said_asked_or_popped_up(seen: Seen) -> None:
    for index in range(seen.count(".plot")):
        seen.page.locator(".plot").nth(index).scroll_into_view_if_needed()
        seen.page.locator(".plot").nth(index).hover()
    assert seen.said == []


def test_every_chart_is_drawn_with_its_marks(seen: Seen) -> None:
    assert seen.count(".plot") == 6
    for index in range(6):
        plot = seen.page.locator(".plot").nth(index)
        marks = plot.locator(".point, .points path, .fills path, .lines path, .js-fill, .js-line").count()
        assert marks > 0, f"chart {index} is empty"
        box = plot.bounding_box()
        assert box
        assert box["width"] > 250


def test_nothing_scrolls_sideways(seen: Seen) -> None:
    width = seen.value("document.documentElement.clientWidth")
    assert seen.value("document.documentElement.scrollWidth") == width
    right = "[...document.querySelectorAll('main *:not(svg *)')].map(e => e.getBoundingClientRect().right)"
    assert seen.value(f"Math.max(...{right})") <= width


def test_folded_lists_open(seen: Seen) -> None:
    summary = seen.page.locator("summary").first
    summary.click()
    assert seen.page.locator("details[open] .run").first.is_visible()


def questions(kind: str) -> dict[str, str]:
    """The owner's questions of one kind: key and title, in their order."""
    with (ROOT / "seeds" / "review_questions.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] == kind]
    return {r["question"]: r["title"] for r in sorted(rows, key=lambda r: int(r["position"]))}


def test_each_of_the_nine_questions_has_its_answer_and_something_to_look_at(seen: Seen) -> None:
    asked = questions("weekly")
    assert len(asked) == 9
    for number, (anchor, title) in enumerate(asked.items(), start=1):
        section = seen.page.locator(f"#{anchor}")
        assert section.locator("h2").inner_text().strip() == title
        assert section.locator(".n").inner_text().strip() == str(number)
        answer = section.locator(".ans")
        said = answer.inner_text() if answer.count() else section.locator(".empty").inner_text()
        assert len(said.split()) > 2
        assert section.locator(".plot, table, .empty").count() > 0


def test_each_of_the_seven_front_page_questions_is_answered_in_a_line(seen: Seen) -> None:
    rows = seen.page.locator("#seven tbody tr")
    assert rows.count() == 7
    for index, title in enumerate(questions("front").values()):
        cells = rows.nth(index).locator("td")
        assert cells.nth(0).inner_text().strip() == title
        assert len(cells.nth(1).inner_text().split()) > 1


def test_every_lead_in_play_has_its_five_answers_once_the_list_is_open(seen: Seen) -> None:
    section = seen.page.locator("#five")
    lists = section.locator("details")
    for index in range(lists.count()):
        lists.nth(index).locator("summary").click()
    rows = section.locator("details tbody tr")
    told = [row for row in rows.all() if row.is_visible()]
    in_play = section.locator("td.p-figure").first.inner_text().split(" of ")[1]
    assert len(told) == int(in_play)
    empty = "[...document.querySelectorAll('#five details td')].filter(td => !td.innerText.trim()).length"
    assert seen.value(empty) == 0


def test_the_one_change_and_the_verdict_are_drawn_from_the_start(seen: Seen) -> None:
    names = seen.page.locator("#change dt").all_inner_texts()
    assert names == ["Do this", "Who", "Which leads", "Measured by", "Judged on", "Worth"]
    assert seen.page.locator("#change .price svg circle").count() == 1
    assert seen.page.locator("#verdict svg line").count() > 2
    assert "Review sooner" in seen.page.locator(".notice").inner_text()


def test_every_jump_leads_somewhere(seen: Seen) -> None:
    links = "[...document.querySelectorAll('a[href^=\"#\"]')]"
    assert seen.value(f"{links}.length") > 20
    assert seen.value(f"{links}.filter(a => !document.querySelector(a.getAttribute('href'))).length") == 0


def test_on_a_phone_rows_are_cards_and_on_a_desk_tables(chromium: Any, page: Path) -> None:
    for width, visible in ((390, False), (1440, True)):
        opened = Seen(chromium, page, width)
        assert opened.page.locator(".t-leads thead").first.is_visible() is visible
        opened.page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_words_do_nothing_in_a_browser(chromium: Any, tmp_path: Path, width: int) -> None:
    warehouse = build_warehouse(tmp_path / "hostile.duckdb", people=60, hostile=PAYLOADS, priced=True)
    opened = Seen(chromium, render(tmp_path, warehouse=warehouse).page, width)
    for index in range(opened.count(".plot")):
        opened.page.locator(".plot").nth(index).hover()
    assert opened.said == []
    assert opened.value("window.__pwn") is None
    assert opened.count("main a[href^='http'], main script, main iframe, main img") == 0
    assert opened.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    opened.page.close()


def test_the_policy_stops_a_script_that_got_in(chromium: Any, page: Path, tmp_path: Path) -> None:
    html = page.read_text(encoding="utf-8").replace(
        "<main class",
        '<script>window.__pwn=1</script><img src="http://127.0.0.1:9/x" onerror="window.__pwn=2"><main class',
    )
    opened = Seen(chromium, write_private(tmp_path / "planted.html", html), 1440)
    assert opened.value("window.__pwn") is None
    assert any("Content Security Policy" in said for said in opened.said)
    opened.page.close()


def test_a_pdf_has_every_chart(page: Path, tmp_path: Path) -> None:
    if browser() is None:
        pytest.skip("no Chromium or Chrome on this machine: no PDF")
    copy = write_private(tmp_path / "review-2026-W47.html", page.read_text(encoding="utf-8"))
    pdf = to_pdf(copy)
    assert pdf is not None
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    assert pdf.stat().st_mode & 0o777 == 0o600
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    assert 8 <= pages <= 40


def test_without_a_browser_there_is_no_pdf_and_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, warehouse: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    rendered = render(tmp_path, pdf=True, warehouse=warehouse)
    assert rendered.pdf is None
    assert rendered.notes == ("No PDF: it needs Chromium or Chrome on this machine. The HTML prints just as well.",)


def test_an_empty_page_needs_no_script(tmp_path: Path) -> None:
    assert "<script" not in build([]).html
