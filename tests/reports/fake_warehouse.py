"""An invented warehouse for tests of the review: the published tables as CONTRACT.md names them, filled by a small
simulation of ten weeks. Deterministic; invented people only. `seeds/` gives schema rules, as in the real one.
"""

from __future__ import annotations

import itertools
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.reports.fake_answers import answers
from tests.reports.fake_columns import COLUMNS
from tests.reports.fake_people import FIRST_NAMES, LAST_NAMES, WORDS
from tests.reports.fake_reports import account, active, conversion, faults, movement, spoil, unmatched
from tests.reports.fake_statistics import statistics
from tests.reports.fake_world import AS_OF, FIRST, ORDER, STALE, World

ROOT = Path(__file__).resolve().parents[2]
WEEK = "2026-W47"

SOURCES = ("story_reply", "comment_to_dm", "dm_ad", "keyword", "referral", "outbound", "organic_dm", "unknown")
WEIGHTS = (24, 22, 18, 10, 6, 5, 8, 2)
NOTES = ("source", "problem", "goal", "timing", "objection", "reason", "promise", "reminder")


def build(
    path: Path, people: int = 190, hostile: tuple[str, ...] = (), empty: bool = False, priced: bool = False
) -> Path:
    """Write the warehouse of about 165 prospects; `hostile` texts take the place of its words.

    `priced`: with what the statistics write after dbt; without it those tables are there and empty.
    """
    world = World(random.Random(7))
    if not empty:
        for number in range(people):
            _journey(world, number)
        movement(world)
        active(world)
        conversion(world)
        faults(world)
        unmatched(world)
        answers(world)
    if priced:
        statistics(world)
    account(world)
    if hostile:
        spoil(world, hostile)
    con = duckdb.connect(str(path))
    con.execute("set timezone = 'UTC'")
    for schema in ("marts", "reporting", "rules", "raw"):
        con.execute(f"create schema if not exists {schema}")
    for table, columns in COLUMNS.items():
        spelled = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        con.execute(f"create table {table} ({spelled})")
        if world.rows[table]:
            values = [tuple(row.get(n) for n in columns) for row in world.rows[table]]
            con.executemany(f"insert into {table} values ({', '.join('?' * len(columns))})", values)
    for seed in sorted((ROOT / "seeds").glob("*.csv")):
        con.execute(f"create table rules.{seed.stem} as select * from read_csv('{seed}', header=true)")
    con.close()
    return path


def _journey(w: World, number: int) -> None:
    """One person from the first message on, as far as the dice take them."""
    dice = w.dice
    key, at = f"j{number:03d}", FIRST + timedelta(minutes=dice.randrange(0, 70 * 1440))
    source = dice.choices(SOURCES, WEIGHTS)[0]
    role = dice.choices(("setter", "coach", "ai", "unknown"), (58, 20, 12, 10))[0]
    prospect = dice.random() > 0.12
    stays: list[dict[str, Any]] = []
    early = dice.random() < 0.32
    plan = _plan(dice, early, source)
    if number % 31 == 1:  # always some calls to come, and some new clients
        at, plan = AS_OF - timedelta(days=8, hours=number), list(ORDER[:5])
    elif number % 61 == 2:
        at, plan = AS_OF - timedelta(days=11, hours=number % 40), list(ORDER)
    stage_at = at
    for stage in plan:
        stay = {"stage": stage, "entered_at": stage_at}
        if stage_at > AS_OF:
            break
        stays.append(stay)
        stage_at = stage_at + timedelta(hours=dice.expovariate(1 / 34) + 1)
    if stays[-1]["stage"] in ORDER[:4] and dice.random() < 0.6:  # most of the silent are closed in time
        closed = stays[-1]["entered_at"] + timedelta(days=dice.uniform(5, 18))
        if closed < AS_OF:
            stays.append({"stage": dice.choice(("lost", "lost", "nurture")), "entered_at": closed})
    for before, after in itertools.pairwise(stays):
        before["exited_at"] = after["entered_at"]
    _write(w, key, number, at, source, role, prospect, stays)


def _plan(dice: random.Random, early: bool, source: str) -> list[str]:
    plan = ["new_dm"]
    if dice.random() < 0.24:
        return plan + (["lost"] if dice.random() < 0.5 else [])
    plan.append("engaged")
    if early and dice.random() < 0.6:
        plan.append("booking_link_sent")
        chance = 0.2
    elif dice.random() < 0.5:
        plan.append("qualified")
        if dice.random() < 0.14:
            return plan
        plan.append("booking_link_sent")
        chance = 0.75 if source == "referral" else 0.55
    else:
        return plan + dice.choices([["lost"], ["nurture"], []], (3, 3, 5))[0]
    if dice.random() > chance:
        return plan + dice.choices([["lost"], ["nurture"], []], (3, 2, 7))[0]
    plan += ["booked_call"]
    if dice.random() < 0.3:
        return plan
    plan.append("call_completed")
    return plan + dice.choices([["won"], ["lost"], ["nurture"], []], (5, 3, 2, 3))[0]


def _write(
    w: World, key: str, number: int, at: datetime, source: str, role: str, prospect: bool, stays: list[dict[str, Any]]
) -> None:
    dice = w.dice
    stage, entered = stays[-1]["stage"], stays[-1]["entered_at"]
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
    days = (AS_OF - entered).total_seconds() / 86400
    is_open = stage in STALE
    stale = is_open and days > STALE[stage]
    sensitive = number % 37 == 5 and is_open
    words = None if sensitive else WORDS[number % len(WORDS)]
    hot = stage in ("qualified", "booking_link_sent") and days < 7
    agrees = dice.random() > 0.2
    crm_stage = stage if agrees else dice.choice((None, "qualified", "booked_call", "new_dm"))
    crm_label = None if number % 9 == 0 else crm_stage or "hot"
    crm_stage = crm_stage if crm_label else None
    reason = None
    if stage in ("lost", "nurture") and dice.random() < 0.75:
        reason = dice.choice(
            ("not_a_fit", "price_mismatch", "no_response_after_link", "chose_another_option")
            if stage == "lost"
            else ("timing_later", "needs_content_nurture", "price_mismatch")
        )
    w.add(
        "marts.dim_leads",
        lead_id=f"l{number:03d}",
        display_name=f"{first} {last}",
        instagram_handle=f"{first.lower()}.{number}",
        first_seen_at=at,
        match_confidence=1.0,
    )
    won = stage == "won"
    w.add(
        "marts.fct_journeys",
        journey_id=key,
        lead_id=f"l{number:03d}",
        conversation_id=f"{first.lower()}_{number}",
        dm_format="instagram",
        journey_number=1,
        is_prospect=prospect,
        exclusion_reason=None if prospect else dice.choice(("current_client_support", "not_a_prospect")),
        person_kind="referral" if source == "referral" else "new",
        source=source,
        started_at=at,
        first_reply_minutes=dice.expovariate(1 / 90),
        first_reply_role=role,
        stage=stage,
        stage_entered_at=entered,
        days_in_stage=days,
        is_stale=stale,
        is_hot=hot,
        needs_human_review=sensitive or number % 23 == 3,
        review_reason="sensitive" if sensitive else ("voice_note" if number % 23 == 3 else None),
        crm_stage_label=crm_label,
        crm_agrees=None if crm_stage is None else crm_stage == stage,
        crm_stage=crm_stage,
        outcome_reason=reason,
        key_moment_role=role if won else None,
        won_at=entered if won else None,
        revenue_amount=1400 if won else None,
        currency="GBP",
    )
    follow = (is_open and days > 3) or sensitive
    owner = (
        "none"
        if not is_open
        else (
            "coach" if stage in ("booked_call", "call_completed") or sensitive else ("setter" if role == "ai" else role)
        )
    )
    w.add(
        "marts.fct_next_actions",
        journey_id=key,
        needs_follow_up=follow,
        next_action="Ask one useful question about fit, problem, timing or intent",
        next_owner=owner,
        next_due_on=(entered + timedelta(days=3)).date(),
        last_lead_words=words,
        moves_forward_when="they say what they want help with and why now",
        closes_out_when="they say no or do not answer two messages",
    )
    _stays(w, key, role, stays)
    _links_and_calls(w, key, role, stays, number)
    _leaks(w, key, stage, owner, entered, days, stale, follow, hot, agrees, reason, prospect, sensitive)


def _stays(w: World, key: str, role: str, stays: list[dict[str, Any]]) -> None:
    names = [s["stage"] for s in stays]
    for index, stay in enumerate(stays):
        after = names[index + 1] if index + 1 < len(names) else None
        broken = stay["stage"] == "booking_link_sent" and "qualified" not in names
        stay["exit_kind"] = "still_here" if after is None else after if after in ("lost", "nurture") else "advanced"
        end = stay.get("exited_at") or AS_OF
        w.add(
            "marts.fct_stage_stays",
            stay_id=f"{key}-{stay['stage']}",
            journey_id=key,
            stage=stay["stage"],
            entry_number=1,
            entered_at=stay["entered_at"],
            exited_at=stay.get("exited_at"),
            exit_kind=stay["exit_kind"],
            days_in_stage=(end - stay["entered_at"]).total_seconds() / 86400,
            signal="meaningful",
            evidence_kind="message",
            evidence_ref=f"{key}-m{index}",
            actor_role=role,
            confidence=0.9,
            is_allowed=not broken,
            violation="link_before_qualified" if broken else None,
        )


def _links_and_calls(w: World, key: str, role: str, stays: list[dict[str, Any]], number: int) -> None:
    dice = w.dice
    at = {s["stage"]: s["entered_at"] for s in stays}
    if "booking_link_sent" in at:
        booked = at.get("booked_call")
        ended = stays[-1]["stage"] in ("lost", "nurture")
        followed = at["booking_link_sent"] + timedelta(days=2) if dice.random() < 0.5 else None
        w.add(
            "marts.fct_booking_links",
            link_id=f"{key}-k",
            journey_id=key,
            sent_at=at["booking_link_sent"],
            sent_by_role=role,
            url_host="calendly.com",
            is_too_early="qualified" not in at,
            is_tied_to_words="qualified" in at and number % 3 > 0,
            follow_up_at=followed,
            booked_at=booked,
            hours_to_booking=(booked - at["booking_link_sent"]).total_seconds() / 3600 if booked else None,
            outcome="booked" if booked else "ended" if ended else "open",
        )
    if "booked_call" not in at:
        return
    notes = {
        f"has_{n}": dice.random() < p for n, p in zip(NOTES, (0.95, 0.8, 0.65, 0.6, 0.3, 0.7, 0.4, 0.55), strict=True)
    }
    score = sum(notes.values())
    starts = at.get("call_completed") or at["booked_call"] + timedelta(
        days=dice.randrange(4, 16), hours=dice.randrange(2, 9)
    )
    status = "completed" if "call_completed" in at else "upcoming" if starts > AS_OF else "unmarked"
    if status == "completed" and stays[-1]["stage"] != "won" and dice.random() < 0.5:
        status = dice.choice(("no_show", "no_show", "cancelled_by_invitee", "cancelled_by_host"))
    outcome = {"won": "closed", "lost": "not_a_fit"}.get(stays[-1]["stage"], "follow_up")
    w.add(
        "marts.fct_calls",
        call_id=f"{key}-c",
        journey_id=key,
        created_at=at["booked_call"],
        starts_at=starts,
        status=status,
        match_method="email",
        match_confidence=1.0,
        **notes,
        handoff_score=score,
        is_weak_handoff=score < 5,
        is_no_show_risk=score < 4,
        no_show_risk_reasons="handoff under 4 of 8" if score < 4 else None,
        offer_made="yes" if status == "completed" else None,
        call_outcome=outcome if status == "completed" else None,
        context_helped=score > 4,
        qualification_accurate=outcome != "not_a_fit",
        host="Ines",
    )
    if status == "no_show":
        w.add(
            "marts.fct_leaks",
            leak="leak_no_show",
            question="no_show",
            journey_id=key,
            stage="call_completed",
            owner="setter",
            since_at=starts,
            detail="link too early",
        )
    if status == "no_show" and number % 4 == 0:
        w.add(
            "marts.fct_leaks",
            leak="leak_no_show_left_alone",
            question="no_show_left_alone",
            journey_id=key,
            stage="call_completed",
            owner="setter",
            since_at=starts,
        )
    if status == "upcoming" and score < 5:
        for leak in ("weak_handoff", "booked_without_notes"):
            w.add(
                "marts.fct_leaks",
                leak=f"leak_{leak}",
                question=leak,
                journey_id=key,
                stage="booked_call",
                owner="coach",
                since_at=at["booked_call"],
                detail="goal, timing, objection",
            )


def _leaks(
    w: World,
    key: str,
    stage: str,
    owner: str,
    since: datetime,
    days: float,
    stale: bool,
    follow: bool,
    hot: bool,
    agrees: bool,
    reason: str | None,
    prospect: bool,
    sens: bool,
) -> None:
    if not prospect:
        return
    early = any(k["journey_id"] == key and k["is_too_early"] for k in w.rows["marts.fct_booking_links"])
    found = {
        "sitting_still": (stale, None),
        "stage_confusion": (not agrees and stage in STALE, "crm"),
        "link_not_booked": (
            stage == "booking_link_sent",
            "too early, no follow-up" if early else "in time, no follow-up",
        ),
        "unclear_ownership": (owner == "unknown", "nobody named"),
        "close_out": (stale and days > 16, "timing_later"),
        "repeating_reasons": (stage == "lost" and reason is not None, reason or ""),
        "hot": (hot, None),
        "needs_follow_up": (follow, "sensitive" if sens else "unanswered" if days < 8 else "follow_up_due"),
        "link_too_early": (early, "setter"),
        "qualified": (stage == "qualified", None),
        "sales_conversations": (stage not in ("new_dm", "engaged"), ""),
        "lost_without_reason": (stage == "lost" and reason is None, None),
        "link_without_follow_up": (stage == "booking_link_sent" and days > 3, owner),
        "asked_link_then_gone": (
            stage == "booking_link_sent" and days > 9,
            "no_need_said" if early else "booking_friction",
        ),
        "engaged_to_qualified": (
            early or (stage == "engaged" and days > 3),
            "link_before_qualified" if early else "no_question_asked",
        ),
        "nurture_overdue": (stage == "nurture" and days > 21, "timing_later"),
        "nurture_without_date": (stage == "nurture" and days <= 21, "timing_later"),
        "reopen_worthy": (reason in ("not_a_fit", "price_mismatch"), reason),
        "slow_first_reply": (days > 50, "setter"),
    }
    for leak, (there, detail) in found.items():
        if there:
            w.add(
                "marts.fct_leaks",
                leak=f"leak_{leak}",
                question=leak,
                journey_id=key,
                stage=stage,
                owner=owner,
                since_at=since,
                detail=detail,
            )


def week_start() -> date:
    """The Monday of the reviewed week."""
    return date(2026, 11, 16)
