"""The reporting tables of the invented warehouse, and hostile texts put wherever words of an export can stand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.reports.fake_world import AS_OF, FIRST, ORDER, World


def movement(w: World) -> None:
    prospects = {j["journey_id"] for j in w.rows["marts.fct_journeys"] if j["is_prospect"]}
    stays = [s for s in w.rows["marts.fct_stage_stays"] if s["journey_id"] in prospects]
    for index in range(10):
        start = FIRST.replace(hour=0) + timedelta(weeks=index)
        end = start + timedelta(weeks=1)
        for stage in (*ORDER, "lost", "nurture"):
            mine = [s for s in stays if s["stage"] == stage]
            exits = [s for s in mine if s["exited_at"] and start <= s["exited_at"] < end]
            count = {
                k: sum(s["exit_kind"] == k for s in exits)
                for k in ("advanced", "moved_back", "lost", "nurture", "returned")
            }
            opening = sum(s["entered_at"] < start and (s["exited_at"] is None or s["exited_at"] >= start) for s in mine)
            entered = sum(start <= s["entered_at"] < end for s in mine)
            w.add(
                "reporting.rpt_weekly_movement",
                week_start_on=start.date(),
                stage=stage,
                opening=opening,
                entered=entered,
                advanced=count["advanced"],
                moved_back=count["moved_back"],
                lost=count["lost"],
                nurtured=count["nurture"],
                returned=count["returned"],
                closing=opening + entered - len(exits),
            )


def active(w: World) -> None:
    """Who was in play in each of ten weeks; who did not move wrote, heard from us or was silent, in turns."""
    order = (*ORDER, "lost", "nurture")
    prospects = {j["journey_id"] for j in w.rows["marts.fct_journeys"] if j["is_prospect"]}
    for index in range(10):
        start = FIRST.replace(hour=0) + timedelta(weeks=index)
        end = start + timedelta(weeks=1)
        for number, journey in enumerate(sorted(prospects)):
            stays = [s for s in w.rows["marts.fct_stage_stays"] if s["journey_id"] == journey and s["entered_at"] < end]
            seen = [s for s in stays if s["exited_at"] is None or s["exited_at"] >= start]
            here = [s for s in seen if s["stage"] in ORDER[:6]]
            if not here:
                continue
            last = seen[-1]["stage"]
            if last in ("lost", "nurture"):
                did = "closed"
            elif last != here[0]["stage"]:
                did = "won" if last == "won" else "moved_on"
                assert order.index(last) > order.index(here[0]["stage"])
            else:
                did = ("wrote", "heard", "quiet", "quiet")[number % 4]
            w.add(
                "reporting.rpt_active_leads",
                week_start_on=start.date(),
                journey_id=journey,
                stage=here[0]["stage"],
                is_new=here[0]["entered_at"] >= start,
                did=did,
            )


def conversion(w: World) -> None:
    figures = (
        ("new_dm", "engaged", 7, 124, 92, 0.74, 0.70, 0.77, 0.02, 0.72),
        ("engaged", "qualified", 14, 92, 33, 0.36, 0.31, 0.41, 0.11, 0.38),
        ("qualified", "booking_link_sent", 14, 33, 27, 0.82, 0.7, 0.9, 0.06, 0.8),
        ("booking_link_sent", "booked_call", 14, 44, 18, 0.41, 0.33, 0.50, 0.16, 0.47),
        ("call_completed", "won", 30, 14, 6, 0.41, 0.26, 0.56, 0.1, 0.44),
        ("new_dm", "won", 60, 124, 7, 0.054, 0.033, 0.082, 0.31, 0.059),
    )
    for a, b, horizon, n, converted, rate, low, high, share, before in figures:
        w.add(
            "reporting.rpt_stage_conversion",
            from_stage=a,
            to_stage=b,
            segment_kind="all",
            segment="all",
            horizon_days=horizon,
            entrants=n,
            converted=converted,
            rate=rate,
            low=low,
            high=high,
            share_open=share,
            previous_rate=before,
        )


def faults(w: World) -> None:
    for rule, role, allowed, seen in (
        ("meaningful_reply", "lead", True, 92),
        ("clear_enough", "lead", True, 33),
        ("link_with_reason", "setter", True, 20),
        ("link_with_reason", "coach", True, 8),
        ("link_before_qualified", "setter", False, 11),
        ("link_before_qualified", "ai", False, 4),
        ("event_created", "lead", True, 18),
        ("booked_without_link", "coach", False, 2),
        ("call_happened", "coach", True, 15),
        ("client_joins", "coach", True, 6),
        ("won_from_link", "coach", False, 1),
        ("lost_from_engaged", "setter", True, 21),
        ("nurture_from_engaged", "setter", True, 14),
    ):
        w.add("marts.fct_movement_checks", rule=rule, actor_role=role, allowed=allowed, seen=seen)
    w.add(
        "marts.fct_rejects",
        file="hubspot-deals.csv",
        line=14,
        format="hubspot",
        code="E_DATE_ORDER",
        reason="A date could be read two ways; set date_format.",
    )
    w.add("marts.fct_label_faults", label="hot", field="stage", place="hubspot", problem="vague", rows=9)
    w.add("marts.fct_label_faults", label="dead", field="lost_reason", place="hubspot", problem="vague", rows=4)
    w.add("marts.fct_label_faults", label="maybe", field="stage", place="hubspot", problem="unmapped", rows=2)
    w.add("marts.fct_label_faults", label="Tom's pile", field="stage", place="hubspot", problem="private", rows=2)
    for name, found, total in (
        ("bookings_unmatched", 3, 47),
        ("crm_records_without_conversation", 6, 118),
        ("waiting_for_a_person", 4, 190),
        ("source_unknown", 3, 165),
        ("calls_without_outcome", 2, 41),
        ("coverage", 50, 54),
        ("facts_without_a_time", 7, 7),
    ):
        w.add("reporting.rpt_data_trust", check_name=name, found=found, total=total, share=found / total)
    for format_, newest, rows, refused in (
        ("instagram", datetime(2026, 11, 22, 21, 40, tzinfo=UTC), 38204, 3),
        ("hubspot", datetime(2026, 11, 22, 18, 2, tzinfo=UTC), 1871, 1),
        ("calendly", datetime(2026, 11, 22, 22, 15, tzinfo=UTC), 407, 0),
        ("manychat", datetime(2026, 10, 31, 9, 0, tzinfo=UTC), 2950, 0),
    ):
        w.add(
            "raw.files",
            file=f"{format_}.csv",
            format=format_,
            exported_at=newest,
            rows_loaded=rows,
            rows_refused=refused,
            rows_left_out=0,
        )


def unmatched(w: World) -> None:
    """A person with a booking and a deal and two likely leads, a booking of nobody, and a bare contact."""
    one, other = (w.rows["marts.fct_journeys"][i]["conversation_id"] for i in (0, 1))
    why = ("one name agrees; booked 30 minutes after the link", "one name agrees; booked 2 days after the link")
    near = [
        {"conversation_id": one, "score": 0.8, "why": why[0]},
        {"conversation_id": other, "score": 0.75, "why": why[1]},
    ]
    made = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    for kind, crm, key, lead, name, suggestions in (
        ("booking", None, "b1", "u1", "Sarah Uttley", near),
        ("crm", "deal", "7", "u1", "Sarah Uttley", near[1:]),
        ("booking", None, "b2", "u2", "Bertram Quill", []),
        ("crm", "contact", "8", "u3", "Cleo Fenn", []),
    ):
        w.add(
            "reporting.rpt_unmatched",
            record_kind=kind,
            system="hubspot" if crm else None,
            crm_record_kind=crm,
            record_key=key,
            lead_id=lead,
            display_name=name,
            created_at=made,
            is_uncertain=bool(suggestions),
            suggestions=json.dumps(suggestions) if suggestions else None,
        )


def account(w: World) -> None:
    w.add(
        "raw.settings",
        account_name="Coach Studio",
        timezone="Europe/London",
        currency="GBP",
        as_of=AS_OF,
        has_calendar=True,
        has_crm=True,
        follow_up_days=3,
        weak_handoff_below=5,
    )
    for name, role in (("Ines", "coach"), ("ines@studio.example", "coach"), ("Tom", "setter"), ("Priya", "va")):
        w.add("raw.team", name=name, role=role)


def spoil(w: World, hostile: tuple[str, ...]) -> None:
    """Put hostile texts wherever words of an export can stand."""
    free = {
        "marts.dim_leads": ("display_name", "instagram_handle"),
        "marts.fct_journeys": ("crm_stage_label", "trigger_text", "source_label", "review_reason"),
        "marts.fct_next_actions": ("last_lead_words", "next_action", "moves_forward_when"),
        "marts.fct_leaks": ("detail",),
        "marts.fct_label_faults": ("label", "place"),
        "marts.fct_rejects": ("file", "reason"),
        "marts.fct_calls": ("host", "no_show_risk_reasons"),
        "raw.settings": ("account_name",),
        "raw.files": ("format",),
        "raw.team": ("name",),
        "reporting.rpt_buyers": ("began_with", "trigger_text", "problem_words", "main_objection"),
        "reporting.rpt_source_to_won": ("content_ref",),
        "reporting.rpt_setter_quality": ("setter",),
        "reporting.rpt_unmatched": ("display_name",),
        "reporting.rpt_change_log": ("title",),
        "reporting.rpt_change_notes": ("title",),
    }
    turn = 0
    for table, columns in free.items():
        for row in w.rows[table]:
            for column in columns:
                row[column] = hostile[turn % len(hostile)]
                turn += 1
