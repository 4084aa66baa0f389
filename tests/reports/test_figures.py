"""Each chart on a five-row frame: valid for the drawing library, in the house look, with nothing live in its labels."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from reports import figures, figures_weeks, plot
from reports.blocks import Chart
from reports.outputs import PLOTLY_MIMETYPE

STAGES = [("new_dm", "New DM", 2.0), ("engaged", "Engaged", 3.0)]
WEEKS = [date(2026, 11, 9), date(2026, 11, 16)]
EVIL = "<a href=http://evil.example>x</a> $1$"


def still() -> Chart:
    frame = pd.DataFrame({
        "name": ["Ann", "Bea", EVIL, "Dee", "Eli"], "stage": ["new_dm", "new_dm", "engaged", "engaged", "engaged"],
        "days_in_stage": [0.2, 4.7, 4.1, 31.0, 1.0], "is_stale": [False, True, True, True, False],
        "owner": ["Tom", "", "Ines", "Tom", "Tom"],
    })  # fmt: skip
    return figures.sitting_still(frame, STAGES)


def outcomes() -> Chart:
    frame = pd.DataFrame({
        "is_too_early": [True, True, False, False, False], "outcome": ["booked", "ended", "booked", "open", "ended"],
        "links": [6, 21, 31, 9, 22],
    })  # fmt: skip
    return figures.link_outcomes(frame)


def calls() -> Chart:
    frame = pd.DataFrame({
        "week_start": [WEEKS[0], WEEKS[0], WEEKS[1], WEEKS[1], date(2020, 1, 6)],
        "status": ["completed", "no_show", "cancelled_by_host", "unmarked", "completed"],
        "name": ["Ann", EVIL, "Cem", "Dee", "too old"],
    })  # fmt: skip
    return figures.calls_by_week(frame, WEEKS)


def entries() -> Chart:
    frame = pd.DataFrame({
        "stage": ["new_dm", "engaged", "qualified", "booking_link_sent", "won"],
        "label": ["New DM", "Engaged", "Qualified", "Booking link sent", "Won"], "entered": [352, 259, 91, 96, 0],
        "broken": [0, 0, 0, 34, 0], "broken_words": ["", "", "", "skipped Qualified", ""],
    })  # fmt: skip
    return figures_weeks.entries_per_stage(frame)


def in_out() -> Chart:
    frame = pd.DataFrame({
        "week_start": pd.date_range("2026-10-19", periods=5, freq="7D"), "came_in": [45, 47, 43, 48, 46],
        "lost": [27, 27, 24, 27, 12], "nurture": [15, 17, 16, 16, 8], "won": [2, 1, 2, 1, 3],
    })  # fmt: skip
    return figures_weeks.in_and_out(frame)


def curves() -> Chart:
    days = [0, 3, 7, 14, 21]
    frame = pd.DataFrame({
        "group": ["early"] * 5 + ["late"] * 5, "day": days * 2,
        "rate": [0, 0.1, 0.15, 0.2, 0.2, 0, 0.3, 0.45, 0.53, 0.54],
        "low": [0, 0.05, 0.09, 0.11, 0.11, 0, 0.2, 0.35, 0.43, 0.43],
        "high": [0, 0.2, 0.26, 0.33, 0.33, 0, 0.4, 0.55, 0.64, 0.64],
    })  # fmt: skip
    return figures_weeks.link_curves(
        frame, [("early", "Early: 20 in 100", True), ("late", "In time: 53 in 100", False)]
    )


CHARTS = {"still": still, "outcomes": outcomes, "calls": calls, "entries": entries, "in_out": in_out, "curves": curves}


@pytest.fixture(params=CHARTS, ids=str)
def chart(request: pytest.FixtureRequest) -> Chart:
    return CHARTS[request.param]()


def test_the_library_accepts_the_figure(chart: Chart) -> None:
    go.Figure(data=chart.spec["data"], layout=chart.spec["layout"])


def test_the_figure_is_in_the_house_look(chart: Chart) -> None:
    layout, config = chart.spec["layout"], chart.spec["config"]
    assert layout["margin"]["l"] in (0, 24)  # 24 only where an axis has numbers
    assert layout["height"] == chart.height
    assert layout["dragmode"] is False
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert all(layout[a]["fixedrange"] and layout[a]["tickangle"] == 0 for a in ("xaxis", "yaxis"))
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""
    assert config["displayModeBar"] is False
    assert "template" not in layout
    assert chart.alt


def test_no_label_is_markup(chart: Chart) -> None:
    words = json.dumps(chart.spec, ensure_ascii=False)
    assert "<a" not in words
    assert "<b" not in words
    assert "<span" not in words
    assert "$" not in words


def test_hover_templates_hold_no_words_of_people(chart: Chart) -> None:
    for trace in chart.spec["data"]:
        assert "evil" not in trace.get("hovertemplate", "")


def test_the_same_frame_gives_the_same_figure(chart: Chart) -> None:
    again = next(make() for make in CHARTS.values() if make().alt == chart.alt)
    assert json.dumps(chart.spec, sort_keys=True) == json.dumps(again.spec, sort_keys=True)


def test_jupyterlab_gets_the_figure_and_the_page_gets_the_block(chart: Chart) -> None:
    bundle = chart._repr_mimebundle_()
    assert bundle[PLOTLY_MIMETYPE]["config"]["showSendToCloud"] is False
    assert bundle["application/vnd.leakreview.block+json"]["kind"] == "chart"
    assert bundle["text/plain"] == chart.alt


def points(chart: Chart) -> int:
    return sum(len(t["x"]) for t in chart.spec["data"] if t.get("mode") == "markers")


def test_a_dot_is_a_lead_and_old_ones_stand_on_the_last_tick() -> None:
    assert points(still()) == 5
    assert max(x for t in still().spec["data"] for x in t["x"]) == figures.CAP_DAYS


def test_a_pile_that_grows_too_tall_stands_beside_itself_and_then_says_how_many_more() -> None:
    def pile(number: int) -> Chart:
        frame = pd.DataFrame({
            "name": [f"n{i}" for i in range(number)], "stage": "engaged", "days_in_stage": 40.0, "is_stale": True,
            "owner": "",
        })  # fmt: skip
        return figures.sitting_still(frame, STAGES)

    assert points(pile(60)) == 60
    assert pile(60).height < 300
    most = figures.TALLEST * figures.MOST_COLUMNS
    assert points(pile(most + 12)) == most
    assert "+12" in [a["text"] for a in pile(most + 12).spec["layout"]["annotations"]]


def test_a_lead_without_a_date_is_counted_and_not_drawn() -> None:
    frame = pd.DataFrame({
        "name": ["Ann", "Bea"], "stage": ["new_dm", "new_dm"], "days_in_stage": [float("nan"), 1.0],
        "is_stale": [False, False], "owner": ["", ""],
    })  # fmt: skip
    chart = figures.sitting_still(frame, STAGES)
    assert points(chart) == 1
    assert "2 leads" in [a["text"] for a in chart.spec["layout"]["annotations"]]


def test_a_mark_is_a_call_of_the_shown_weeks() -> None:
    assert points(calls()) == 4


def test_bars_of_outcomes_are_a_whole() -> None:
    ends = [max(t["x"]) for t in outcomes().spec["data"]]
    assert ends[1] == pytest.approx(100)
    assert ends[-1] == pytest.approx(100)


def test_printed_totals_are_the_sums() -> None:
    told = [a["text"] for a in in_out().spec["layout"]["annotations"]]
    assert told == ["45", "47", "43", "48", "46", "44", "45", "42", "44", "23"]


def test_a_trace_the_page_does_not_know_is_refused() -> None:
    spec: dict[str, Any] = {"data": [{"type": "pie"}], "layout": {}}
    with pytest.raises(ValueError, match="pie"):
        plot.checked(spec)


def test_a_frame_without_rows_is_still_a_figure() -> None:
    empty = pd.DataFrame({"name": [], "stage": [], "days_in_stage": [], "is_stale": [], "owner": []})
    assert points(figures.sitting_still(empty, STAGES)) == 0
