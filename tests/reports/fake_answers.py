"""What the invented warehouse says of buyers, sources and the five questions, counted from its journeys."""

from __future__ import annotations

from typing import Any

from tests.reports.fake_world import ORDER, STALE, World


def answers(w: World) -> None:
    journeys = [j for j in w.rows["marts.fct_journeys"] if j["is_prospect"]]
    stays: dict[str, dict[str, Any]] = {}
    for stay in w.rows["marts.fct_stage_stays"]:
        stays.setdefault(stay["journey_id"], {})[stay["stage"]] = stay["entered_at"]
    owners = {a["journey_id"]: a["next_owner"] for a in w.rows["marts.fct_next_actions"]}
    for number, j in enumerate(journeys):
        if j["stage"] in STALE:
            _five(w, number, j, owners[j["journey_id"]])
        if j["stage"] == "won":
            _buyer(w, number, j, stays[j["journey_id"]])
    open_ = len(w.rows["reporting.rpt_five_questions"])
    for moment, missing in (("now", 4), ("week_before", 9)):
        w.add(
            "reporting.rpt_coverage",
            moment=moment,
            leads=open_,
            with_owner=open_ - missing,
            with_next_move=open_,
            with_context=open_,
            complete=open_ - missing,
            share=(open_ - missing) / open_,
        )
    for source in sorted({j["source"] for j in journeys}):
        _source(w, source, [j for j in journeys if j["source"] == source], stays)


def _five(w: World, number: int, j: dict[str, Any], owner: str) -> None:
    w.add(
        "reporting.rpt_five_questions",
        journey_id=j["journey_id"],
        lead_id=j["lead_id"],
        stage=j["stage"],
        has_owner=owner != "unknown",
        has_context=True,
        has_next_move=True,
        has_way_out=True,
        has_source=j["source"] != "unknown",
        has_problem=number % 3 > 0,
        has_goal=number % 4 == 0,
        has_timing=number % 2 == 0,
        has_objection=number % 5 == 0,
    )


def _buyer(w: World, number: int, j: dict[str, Any], stays: dict[str, Any]) -> None:
    booked = stays.get("booked_call")
    w.add(
        "reporting.rpt_buyers",
        journey_id=j["journey_id"],
        lead_id=j["lead_id"],
        won_at=j["won_at"],
        source=j["source"],
        began_with="story: morning routine" if number % 2 else None,
        trigger_text="GUIDE",
        problem_words="my back goes every time I lift",
        main_objection="price" if number % 2 else "time",
        path=" > ".join(s for s in ORDER if s in stays),
        is_out_of_turn=False,
        key_moment_role=j["key_moment_role"],
        days_to_booked=(booked - j["started_at"]).total_seconds() / 86400 if booked else None,
        days_to_won=(j["won_at"] - j["started_at"]).total_seconds() / 86400,
        slowest_stage="booking_link_sent",
    )


def _source(w: World, source: str, mine: list[dict[str, Any]], stays: dict[str, dict[str, Any]]) -> None:
    def reached(stage: str) -> int:
        return sum(stage in stays[j["journey_id"]] for j in mine)

    w.add(
        "reporting.rpt_source_to_won",
        source=source,
        source_label=source.replace("_", " "),
        keyword="guide" if source == "keyword" else None,
        leads=len(mine),
        engaged=reached("engaged"),
        qualified=reached("qualified"),
        link_sent=reached("booking_link_sent"),
        booked=reached("booked_call"),
        showed=reached("call_completed"),
        won=reached("won"),
        revenue=1400 * reached("won"),
    )
