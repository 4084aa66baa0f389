"""The page: one safe file, the same bytes twice, made of nothing but our blocks and escaped prose."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from plotly.offline import get_plotlyjs, get_plotlyjs_version

from reports.blocks import MIMETYPE, PART, Chart, Head, Section, Table, plain
from reports.cells import Text, link, rich
from reports.page.page import PageError, build, build_index, plotly_js
from reports.render import render
from tests.reports.fake_warehouse import build as build_warehouse
from tests.reports.payloads import PAYLOADS

LOADING = {"src", "href", "action", "data", "srcset", "poster", "formaction", "xlink:href", "background", "ping"}
FORBIDDEN = {"iframe", "object", "embed", "form", "input", "base", "audio", "video", "img", "math"}


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source}


def code(*blocks: Section, error: str | None = None) -> dict[str, Any]:
    outputs = [{"data": {MIMETYPE: plain(b)}, "metadata": {}} for b in blocks]
    return {"cell_type": "code", "source": "", "outputs": outputs, "error": error}


def a_section(words: str = "Nobody.") -> Section:
    return Section("a", Head(rich(words)))


def assert_inert(html: str) -> None:
    """No element that runs or loads, no handler, no style attribute, no way out of the folder."""
    tags = parsed(html)
    for tag, attrs in tags.tags:
        assert tag not in FORBIDDEN, tag
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (tag, attrs)
        for name in LOADING & set(attrs):
            value = attrs[name] or ""
            assert value == "data:," or re.fullmatch(r"#[\w-]+|index\.html|review-[\w-]+\.html", value), (tag, value)
    assert [t for t, _ in tags.tags].count("script") in (0, 3)


def test_two_renders_are_equal_byte_for_byte(warehouse: Path, page: Path, tmp_path: Path) -> None:
    assert render(tmp_path, warehouse=warehouse).page.read_bytes() == page.read_bytes()


def test_the_page_is_private_and_named_by_its_week(page: Path) -> None:
    assert page.name == "review-2026-W47.html"
    assert page.stat().st_mode & 0o777 == 0o600
    assert page.parent.stat().st_mode & 0o777 == 0o700


def test_the_policy_names_the_hash_of_every_style_and_script(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    policy = next(a["content"] for t, a in parsed(html).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert not {"unsafe-inline", "unsafe-eval"} & set(re.findall(r"unsafe-\w+", policy))
    style = re.search(r'<style id="plotly.js-style-global">(.*?)</style>', html, re.DOTALL)
    assert style is not None
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    for content in (style.group(1), *scripts):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.count("sha256-") == len(scripts) + 2  # the style, and the empty attribute that the library sets


def test_the_drawing_library_is_the_installed_one_and_stands_there_once(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    assert plotly_js() == get_plotlyjs()
    assert html.count(f"plotly.js v{get_plotlyjs_version()}") == 1
    assert len(html.encode()) < 6_000_000


def test_the_whole_page_is_inert(page: Path) -> None:
    assert_inert(page.read_text(encoding="utf-8"))


def test_hostile_words_anywhere_stay_words(tmp_path: Path) -> None:
    warehouse = build_warehouse(tmp_path / "hostile.duckdb", people=60, hostile=PAYLOADS, priced=True)
    html = render(tmp_path, warehouse=warehouse).page.read_text(encoding="utf-8")
    assert_inert(html)
    assert "&lt;img src=x onerror=" in html  # they are there, as words
    assert "{{ 7*7 }}" in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\x0b-\x1f]", html.replace(plotly_js(), ""))
    data = next(s for s in parsed(html).scripts if s.startswith('{"charts"'))
    assert not re.search("[<>&]", data)
    assert "<" not in json.dumps([c["spec"]["data"] for c in json.loads(data)["charts"]]).replace("<extra></extra>", "")


def test_outputs_that_are_not_ours_are_dropped_and_counted() -> None:
    cell = code(a_section())
    cell["outputs"] += [
        {"data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}},
        {"data": {"application/vnd.plotly.v1+json": {}}, "metadata": PART},
    ]
    page = build([markdown("## Who?"), cell])
    assert page.dropped == 1
    assert "alert" not in page.html


def test_a_cell_that_failed_stops_the_page_without_telling_its_words() -> None:
    with pytest.raises(PageError, match="cell 2 of the notebook failed with KeyError"):
        build([markdown("# x"), code(error="KeyError")])


@pytest.mark.parametrize("prose", ["[x](http://a.example)", "![x](b.png)", "<http://a.example>"])
def test_prose_with_a_link_or_an_image_is_refused(prose: str) -> None:
    with pytest.raises(PageError, match="link or an image"):
        build([markdown(f"## T\n\n{prose}"), code(a_section())])


def test_html_in_prose_is_shown_as_text() -> None:
    page = build([markdown("## T <b>x</b>\n\n<script>window.x=1</script>"), code(a_section())])
    assert "&lt;script&gt;" in page.html
    assert_inert(page.html)


def test_a_heading_belongs_to_the_section_below_it_and_a_part_stands_alone() -> None:
    page = build([markdown("# Part\n\nWords."), markdown("## Question?"), code(a_section("Answer."))])
    assert page.html.index('class="part') < page.html.index("Question?") < page.html.index("Answer.")


def test_a_page_without_charts_carries_no_script() -> None:
    page = build([markdown("## T"), code(a_section())])
    assert "<script" not in page.html
    assert "script-src 'none'" in page.html


@pytest.mark.parametrize(
    "href", ["http://a.example", "javascript:x", "//a.example", "file:///etc", "../x.html", "#a b"]
)
def test_a_link_leads_only_to_the_page_and_its_neighbours(href: str) -> None:
    with pytest.raises(ValueError, match="link"):
        build([code(Section("a", Head(rich(link("x", href)))))])


def test_a_block_or_chart_the_page_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="no block"):
        build([{"cell_type": "code", "outputs": [{"data": {MIMETYPE: {"kind": "surprise"}}, "metadata": {}}]}])
    spec = {"data": [{"type": "sankey"}], "layout": {}, "config": {}}
    with pytest.raises(ValueError, match="sankey"):
        build([code(Section("a", blocks=(Chart(spec, "alt", 10),)))])


def test_chart_ids_go_by_position(page: Path) -> None:
    found = re.findall(r'<div class="plot" id="(f\d+)"', page.read_text(encoding="utf-8"))
    assert found == [f"f{n:03d}" for n in range(len(found))]
    assert len(found) == 6


def test_every_question_and_section_of_the_owner_is_there(page: Path, a_review: Any) -> None:
    html = page.read_text(encoding="utf-8")
    for title in a_review.questions["title"]:
        assert str(title) in html
    anchors = re.findall(r'<section class="sec[^"]*" id="([\w-]+)"', html)
    links = set(re.findall(r'href="#([\w-]+)"', html))
    assert links <= {*anchors, "change", "verdict"}
    assert len(anchors) == len(set(anchors))


def test_the_index_lists_the_weeks_newest_first(warehouse: Path, tmp_path: Path) -> None:
    for week in ("2026-W45", "2026-W47", "2026-W46"):
        render(tmp_path, week=week, warehouse=warehouse)
    html = (tmp_path / "reports/out/index.html").read_text(encoding="utf-8")
    assert re.findall(r"review-(\d{4}-W\d\d)\.html", html) == ["2026-W47", "2026-W46", "2026-W45"]
    assert_inert(html)
    assert "9–15 November 2026" in html
    assert "last week." in html.split("2026-W46", 1)[1]  # each week with its headline
    assert "No booking link until" in html
    assert build_index([]).count("<tr>") == 1


def test_a_table_cell_without_anything_is_empty() -> None:
    from reports.blocks import Column, Row

    table = Table((Column("A"), Column("B", "right")), (Row((Text(rich("x")), None)),))
    html = build([code(Section("a", blocks=(table,)))]).html
    assert '<td class="r p-wide"></td>' in html
