"""The tables written after dbt: measures counted lead by lead, verdicts from a log, and no data at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from reports.changes import Change
from reports.metrics import METRICS
from reports.statistics import write_tables
from reports.statistics.cohorts import cohort
from reports.statistics.tables import COLUMNS
from tests.reports.statistics_world import AS_OF, Con, ago, call, cases, lead, put, rows, world

TODAY = date(2026, 11, 22)
CHANGE = Change(
    id="c1",
    kind="change",
    account="default",
    on=TODAY - timedelta(days=42),
    recorded_on=TODAY - timedelta(days=42),
    title="One question first",
    change="tighten_link_rule",
    stage="booking_link_sent",
    metric="link_to_booked_14d",
    direction="up",
    evaluation_on=TODAY,
    minimum_n=10,
)


def counted(con: Con, metric: str, source: str | None = None) -> tuple[int, int]:
    """Entrants of a measure over all time, and those who got there within its days."""
    found = cohort(con, "default", metric, source).count(0, 99_999, METRICS[metric].horizon_days)
    return found.n, found.k


def linked(con: Con, name: str, days: float, booked_after: float | None) -> None:
    """A lead who got the link so many days before the review, and booked or not."""
    stages = {"new_dm": days + 1, "booking_link_sent": days}
    lead(con, name, stages | ({"booked_call": days - booked_after} if booked_after is not None else {}))


# --- the measures ---


@pytest.mark.parametrize(
    "metric",
    ["new_to_engaged_7d", "engaged_to_qualified_14d", "qualified_to_link_14d", "link_to_booked_14d", "won_60d"],
)
def test_a_measure_between_two_stages_counts_who_got_there_in_time(metric: str) -> None:
    con, days = world("default"), METRICS[metric].horizon_days
    first, last = METRICS[metric].first, METRICS[metric].last
    lead(con, "in time", {first: 90, last: 90 - days + 0.5})
    lead(con, "too late", {first: 90, last: 90 - days - 0.5})
    lead(con, "never", {first: 90})
    lead(con, "elsewhere", {"lost": 90})
    lead(con, "no prospect", {first: 90, last: 89}, is_prospect=False)
    lead(con, "other account", {first: 90, last: 89}, account="other")
    assert counted(con, metric) == (3, 1)


def test_a_stage_reached_before_counts_as_no_wait_and_a_source_can_be_picked() -> None:
    con = world("default")
    lead(con, "booked first", {"booked_call": 50, "booking_link_sent": 48}, source="referral")
    lead(con, "open", {"booking_link_sent": 48})
    assert counted(con, "link_to_booked_14d") == (2, 1)
    assert counted(con, "link_to_booked_14d", "referral") == (1, 1)


def test_a_cancelled_call_that_falls_back_is_no_link() -> None:
    con = world("default")
    lead(con, "a", {"booked_call": 50, "booking_link_sent": 40})
    con.execute("update marts.fct_stage_stays set signal = 'call_cancelled' where stage = 'booking_link_sent'")
    assert counted(con, "link_to_booked_14d") == (0, 0)


def test_show_rate_counts_calls_that_are_over_and_known() -> None:
    con = world("default")
    lead(con, "a", {"booked_call": 30})
    for name, status in (("c1", "completed"), ("c2", "no_show"), ("c3", "unmarked"), ("c4", "cancelled")):
        call(con, name, "a", 20, status)
    assert counted(con, "show_rate") == (2, 1)


def test_rebooked_counts_a_booking_made_after_the_missed_call() -> None:
    con = world("default")
    for name, again in (("soon", 5.0), ("late", 20.0), ("never", None)):
        lead(con, name, {"booked_call": 60})
        call(con, f"{name}-1", name, 50, "no_show")
        if again is not None:
            call(con, f"{name}-2", name, 50 - again - 3, created_at=ago(50 - again))
    assert counted(con, "rebooked_14d") == (3, 1)


def test_out_of_nurture_counts_any_later_journey_of_the_same_person() -> None:
    con = world("default")
    lead(con, "parked", {"engaged": 100, "nurture": 90}, lead_id="ana")
    lead(con, "back", {"new_dm": 70, "engaged": 70}, lead_id="ana")
    lead(con, "asleep", {"engaged": 100, "nurture": 90})
    assert counted(con, "nurture_to_engaged_30d") == (2, 1)


def test_stale_counts_stays_over_the_limit_of_their_stage() -> None:
    con = world("default")
    lead(con, "quick", {"new_dm": 60, "engaged": 59, "lost": 56})  # limits: 3 and 4 days
    lead(con, "slow", {"new_dm": 60, "engaged": 50})
    assert counted(con, "stale_share") == (4, 2)


# --- tables ---


@pytest.mark.parametrize("accounts", [(), ("default",), ("anna", "ben")], ids=["none", "one", "two"])
def test_without_data_every_table_is_there(accounts: tuple[str, ...]) -> None:
    con = world(*accounts)
    write_tables(con)
    for table, columns in COLUMNS.items():
        assert [row["column_name"] for row in rows(con, f"describe reporting.{table}")] == list(columns)
    assert rows(con, "select * from reporting.rpt_source_quality") == []
    ranked = rows(con, "select * from reporting.rpt_leak_ranking where is_suggested")
    assert ranked == []
    listed = rows(con, "select account_id, count(*) as n from reporting.rpt_leak_ranking group by all order by all")
    assert [row["account_id"] for row in listed] == list(accounts)


def full_world(*accounts: str) -> Con:
    con = world(*accounts)
    for account in accounts:
        for i in range(12):
            name = f"{account}-{i}"
            won = {"won": 20.0 - i / 10} if i % 3 == 0 else {}
            lead(
                con,
                name,
                {"new_dm": 40, "qualified": 35, "booking_link_sent": 34, "booked_call": 30} | won,
                account=account,
            )
            put(
                con,
                "marts.fct_booking_links",
                account_id=account,
                link_id=name,
                journey_id=name,
                sent_at=ago(34),
                booked_at=ago(30),
                sent_by_role="setter" if i % 2 else "ai",
                is_too_early=i % 4 == 0,
            )
            outcome = "closed" if i % 3 == 0 else "not_a_fit" if i % 3 == 1 else "follow_up"
            status = "no_show" if i == 11 else "completed"
            known = {} if status == "no_show" else {"call_outcome": outcome, "qualification_accurate": i % 3 != 1}
            call(con, name, name, 25, status, account_id=account, **known)
    return con


def test_call_quality_counts_the_chain_of_a_source() -> None:
    con = full_world("default")
    write_tables(con)
    (found,) = rows(con, "select * from reporting.rpt_source_quality")
    assert (found["source"], found["calls"], found["showed"], found["accurate"], found["closed"]) == (
        "keyword",
        12,
        11,
        7,
        4,
    )
    assert found["low"] < found["quality"] < found["high"] and found["p_best"] == 1.0


def test_a_lead_who_still_thinks_is_not_counted_as_a_no() -> None:
    con = full_world("default")
    write_tables(con)
    query = "select quality from reporting.rpt_source_quality"
    decided = rows(con, query)[0]["quality"]
    con.execute("update marts.fct_calls set starts_at = starts_at + interval 24 day where call_outcome = 'follow_up'")
    write_tables(con)  # those who closed took five days: a call of yesterday says nothing yet
    assert rows(con, query)[0]["quality"] > decided + 0.02


def test_setters_are_compared_by_links_and_by_calls() -> None:
    con = full_world("default")
    write_tables(con)
    found = {row["setter"]: row for row in rows(con, "select * from reporting.rpt_setter_quality")}
    assert set(found) == {"ai", "setter"} and {row["kind"] for row in found.values()} == {"role"}
    assert (found["ai"]["links"], found["ai"]["early"], found["ai"]["booked"], found["ai"]["calls"]) == (6, 3, 6, 6)
    assert not found["ai"]["is_enough_links"]
    assert 0 < found["ai"]["won_per_link_low"] < found["ai"]["won_per_link"] < found["ai"]["won_per_link_high"] < 1


def test_an_owner_of_the_crm_is_compared_where_the_build_knows_one() -> None:
    con = full_world("default")
    con.execute("create schema intermediate")
    con.execute(
        "create table intermediate.int_journey_records as select journey_id, 'Robin' as owner from marts.fct_journeys"
    )
    write_tables(con)
    (found,) = rows(con, "select setter, calls, links from reporting.rpt_setter_quality where kind = 'owner'")
    assert (found["setter"], found["calls"], found["links"]) == ("Robin", 12, 12)


def test_one_account_does_not_move_the_numbers_of_another() -> None:
    query = "select * from reporting.rpt_source_quality where account_id = 'anna'"
    alone, together = full_world("anna"), full_world("anna", "ben")
    for con in (alone, together):
        write_tables(con)
    assert rows(alone, query) == rows(together, query)


def test_writing_twice_and_in_another_order_of_rows_gives_the_same() -> None:
    con = full_world("default")
    cases(con, "leak_link_too_early", {("keyword", True): (20, 60, 8), ("keyword", False): (20, 60, 35)})
    write_tables(con, [CHANGE])
    first = {table: rows(con, f"select * from reporting.{table}") for table in COLUMNS}
    for table in ("fct_calls", "fct_stage_stays", "fct_booking_links", "fct_journeys"):
        mixed = f"select * from marts.{table} order by hash(columns(*)::varchar) desc"
        con.execute(f"create or replace table marts.{table} as {mixed}")
    write_tables(con, [CHANGE])
    assert {table: rows(con, f"select * from reporting.{table}") for table in COLUMNS} == first


def test_the_costliest_leak_is_suggested_with_all_the_change_card_needs() -> None:
    con = full_world("default")
    cases(con, "leak_link_too_early", {("keyword", True): (30, 60, 6), ("keyword", False): (20, 60, 40)})
    cases(con, "leak_weak_handoff", {("keyword", True): (9, 20, 15), ("keyword", False): (9, 20, 17)}, "call_completed")
    put(
        con,
        "marts.fct_leaks",
        account_id="default",
        leak="leak_link_too_early",
        journey_id="default-1",
        since_at=ago(9),
    )
    put(
        con,
        "marts.fct_leaks",
        account_id="default",
        leak="leak_link_too_early",
        journey_id="default-2",
        since_at=ago(80),
    )
    write_tables(con)
    found = rows(con, "select * from reporting.rpt_leak_ranking order by rank")
    top = found[0]
    assert (top["leak"], top["suggested_change"], top["is_suggested"]) == (
        "leak_link_too_early",
        "tighten_link_rule",
        True,
    )
    assert sum(row["is_suggested"] for row in found) == 1
    assert (top["found"], top["cases"], top["price_kind"]) == (1, 30, "association_upper_bound")
    assert (top["metric"], top["direction"], top["who"]) == ("link_to_booked_14d", "up", "setter")
    assert (top["starts_on"], top["evaluation_on"]) == (date(2026, 11, 23), date(2027, 1, 4))
    assert (top["current_n"], top["current_k"], top["current_open"], top["minimum_n"]) == (12, 12, 0, 10)
    assert {row["leak"]: row["why_not"] for row in found}["leak_nurture_overdue"] == "not_priced"


def test_the_price_of_the_eight_weeks_before_is_that_of_their_cases() -> None:
    con = full_world("default")
    cases(con, "leak_link_too_early", {("keyword", True): (30, 600, 60, 10), ("keyword", False): (20, 600, 400, 9)})
    write_tables(con)
    query = "select extra_won, extra_won_before from reporting.rpt_leak_ranking where leak = 'leak_link_too_early'"
    (found,) = rows(con, query)
    assert found["extra_won_before"] == pytest.approx(found["extra_won"] / 3)


def test_a_rescued_lead_can_be_worth_less() -> None:
    con = full_world("default")
    cases(con, "leak_link_too_early", {("keyword", True): (30, 600, 60), ("keyword", False): (20, 600, 400)})
    query = "select extra_won from reporting.rpt_leak_ranking where leak = 'leak_link_too_early'"
    write_tables(con)
    full = rows(con, query)[0]["extra_won"]
    put(con, "reporting.rpt_settings", account_id="default", setting="rescued_worth", value="0.5")
    write_tables(con)
    assert rows(con, query)[0]["extra_won"] == pytest.approx(full / 2)


# --- verdicts ---


def changed_world(booked_before: int, booked_since: int) -> Con:
    """20 links before the change, all with their days before it, and 20 since; `CHANGE` is judged today."""
    con = world("default")
    for i in range(20):
        linked(con, f"before-{i}", 65 + i / 2, 3 if i < booked_before else None)
        linked(con, f"since-{i}", 18 + i, 3 if i < booked_since else None)
    return con


def log(con: Con, *changes: Change) -> list[dict[str, object]]:
    write_tables(con, changes)
    return rows(con, "select * from reporting.rpt_change_log order by change_on, change_id")


@pytest.mark.parametrize(("before", "since", "verdict"), [(4, 14, "better"), (14, 4, "worse"), (8, 9, "cannot_tell")])
def test_a_change_is_judged_on_leads_that_had_their_days(before: int, since: int, verdict: str) -> None:
    con = changed_world(before, since)
    linked(con, "too young", 5, 1)  # entered since, but has not had 14 days
    linked(con, "in between", 50, 1)  # entered before, but its days reach past the change
    (found,) = log(con, CHANGE)
    assert (found["before_n"], found["before_k"], found["since_n"], found["since_k"]) == (20, before, 20, since)
    assert (found["verdict"], found["judged_on"]) == (verdict, TODAY if verdict != "cannot_tell" else None)


def test_a_change_before_its_date_is_not_due_and_one_in_the_future_is_not_there() -> None:
    con = changed_world(4, 14)
    later = replace(CHANGE, evaluation_on=TODAY + timedelta(days=15))
    (found,) = log(con, later)
    assert (found["verdict"], found["weeks_more"], found["since_n"]) == ("not_due", 3, 20)
    assert log(con, replace(CHANGE, on=TODAY + timedelta(days=1))) == []
    assert log(con, replace(CHANGE, account="other")) == []


@pytest.mark.parametrize(
    ("other", "is_mixed"),
    [
        (replace(CHANGE, id="c2", on=TODAY - timedelta(days=20)), True),
        (replace(CHANGE, id="c2", on=TODAY - timedelta(days=20), metric="show_rate", stage="call_completed"), False),
        (replace(CHANGE, id="c2", on=TODAY - timedelta(days=20), metric="show_rate", stage="booked_call"), True),
        (replace(CHANGE, id="c2", on=CHANGE.on), True),
        (Change("n1", "offer", "default", TODAY - timedelta(days=20), TODAY, "New price"), True),
        (Change("n1", "ad", "default", CHANGE.on - timedelta(days=9), TODAY, "New ads"), True),
        (Change("n1", "ad", "default", CHANGE.on - timedelta(days=80), TODAY, "Old ads"), False),
        (Change("n1", "offer", "other", TODAY - timedelta(days=20), TODAY, "Not ours"), False),
    ],
    ids=[
        "same number",
        "later stage",
        "a stage it spans",
        "same day",
        "offer",
        "ads just before",
        "long ago",
        "other account",
    ],
)
def test_what_could_touch_the_same_number_mixes_it_up(other: Change, is_mixed: bool) -> None:
    found = {row["change_id"]: row for row in log(changed_world(4, 14), CHANGE, other)}["c1"]
    assert found["verdict"] == ("confounded" if is_mixed else "better")
    assert found["confounded_by"] == (other.title if is_mixed else None)


def test_leads_from_before_an_earlier_change_are_not_compared_with() -> None:
    con = changed_world(4, 14)
    for i in range(20):
        linked(con, f"old-{i}", 90 + i / 2, 3)
    earlier = Change("n1", "ad", "default", TODAY - timedelta(days=80), TODAY, "Old ads")
    (with_all,) = log(con, CHANGE)
    (cut,) = log(con, CHANGE, earlier)
    assert (with_all["before_n"], cut["before_n"]) == (40, 20)


def test_a_change_for_one_source_counts_only_its_leads() -> None:
    con = changed_world(4, 14)
    lead(con, "r", {"booking_link_sent": 20, "booked_call": 19}, source="referral")
    (found,) = log(con, replace(CHANGE, source="referral"))
    assert (found["before_n"], found["since_n"], found["p_better"], found["source"]) == (0, 1, None, "referral")


def test_a_change_that_runs_is_not_suggested_again_nor_is_what_it_would_mix_with() -> None:
    con = changed_world(4, 14)
    for i in range(6):
        lead(con, f"client-{i}", {"qualified": 170 + i, "booked_call": 160, "won": 150})
    for leak in ("leak_link_too_early", "leak_link_without_follow_up", "leak_slow_first_reply"):
        cases(con, leak, {("keyword", True): (30, 60, 6), ("keyword", False): (20, 60, 40)})
    write_tables(con, [replace(CHANGE, evaluation_on=TODAY + timedelta(days=15))])
    found = {r["leak"]: r for r in rows(con, "select * from reporting.rpt_leak_ranking where extra_won is not null")}
    assert found["leak_link_too_early"]["why_not"] == "running"
    assert found["leak_link_without_follow_up"]["why_not"] == "would_mix"
    assert found["leak_slow_first_reply"]["is_suggested"]


def test_notes_call_for_an_earlier_review_for_two_weeks() -> None:
    con = world("default")
    notes = [
        Change(f"n{d}", "ai_rules", "default", TODAY - timedelta(days=d), TODAY, "Stops at price") for d in (3, 30)
    ]
    write_tables(con, notes)
    found = rows(con, "select note_id, kind, is_review_sooner from reporting.rpt_change_notes order by noted_on")
    assert [(r["note_id"], r["is_review_sooner"]) for r in found] == [("n30", False), ("n3", True)]


def test_days_begin_at_midnight_of_the_account() -> None:
    con = world("default")
    con.execute("update raw.settings set timezone = 'America/Los_Angeles'")
    for name, hour in (("night before", 6), ("first of the day", 8)):  # the change began at 07:00 UTC
        at = datetime(CHANGE.on.year, CHANGE.on.month, CHANGE.on.day, hour, tzinfo=UTC)
        lead(con, name, {"booking_link_sent": (AS_OF - at).total_seconds() / 86400})
    (found,) = log(con, CHANGE)
    assert found["since_n"] == 1
