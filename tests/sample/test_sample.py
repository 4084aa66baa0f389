"""The bundled sample: the same bytes each time, everything present that it promises, invented people only."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
ZIP = next((SAMPLE / "exports").glob("instagram-*.zip"))
OWNER = "Maren Holloway | Desk Strong"
STAGES = [
    "new_dm",
    "engaged",
    "qualified",
    "booking_link_sent",
    "booked_call",
    "call_completed",
    "won",
    "lost",
    "nurture",
]
SOURCES = ["story_reply", "comment_to_dm", "dm_ad", "keyword", "referral", "outbound", "returning", "organic_dm"]
REASONS = [
    "not_a_fit",
    "timing_later",
    "price_mismatch",
    "no_response_after_link",
    "no_show_not_reengaged",
    "chose_another_option",
    "current_client_or_support",
    "needs_content_nurture",
    "needs_offer_change_follow_up",
]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return json.loads((SAMPLE / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def leads(answers: dict[str, Any]) -> list[dict[str, Any]]:
    return [c for c in answers["conversations"] if c["is_lead"]]


@pytest.fixture(scope="module")
def threads() -> dict[str, dict[str, Any]]:
    """Thread folder -> message_1.json, strings repaired, group and broadcast threads left out."""
    found = {}
    with zipfile.ZipFile(ZIP) as archive:
        for name in archive.namelist():
            if name.endswith("message_1.json") and "/broadcast/" not in name:
                body = json.loads(archive.read(name))
                if len(body["participants"]) == 2:
                    found[name.split("/")[-2]] = body
    return found


def repaired(text: str) -> str:
    return text.encode("latin-1").decode("utf-8")


def files_below(folder: Path) -> dict[str, bytes]:
    hidden = ("__pycache__", ".mypy_cache", ".ruff_cache")
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not set(p.parts) & set(hidden))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def test_the_simulator_writes_the_committed_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLE / "simulate.py", tmp_path], check=True, timeout=120)
    written = files_below(tmp_path)
    assert written.pop("answers.json") == (SAMPLE / "answers.json").read_bytes()
    assert written == {f"exports/{k}": v for k, v in files_below(SAMPLE / "exports").items()}


def test_all_systems_are_there_and_small() -> None:
    names = sorted(files_below(SAMPLE / "exports"))
    assert sum(n.endswith(".zip") for n in names) == 1
    assert sum("calendly" in n and n.endswith(".csv") for n in names) == 3
    assert sum("hubspot" in n for n in names) == 2
    assert sum(n.endswith(".ics") for n in names) == 1
    assert sum(n.endswith(".tsv") for n in names) == 1
    assert sum(len(data) for data in files_below(SAMPLE).values()) < 3_000_000


def test_every_conversation_has_its_answer(answers: dict[str, Any], threads: dict[str, dict[str, Any]]) -> None:
    assert sorted(c["thread"] for c in answers["conversations"]) == sorted(threads)
    assert len(threads) >= 350


@pytest.mark.parametrize("stage", STAGES)
def test_stage_is_present(leads: list[dict[str, Any]], stage: str) -> None:
    assert sum(c["stage"] == stage for c in leads) >= 5


@pytest.mark.parametrize("source", SOURCES)
def test_source_is_present(leads: list[dict[str, Any]], source: str) -> None:
    assert sum(c["source"] == source for c in leads) >= 8


@pytest.mark.parametrize("reason", REASONS)
def test_reason_is_present(answers: dict[str, Any], reason: str) -> None:
    assert any(c["reason"] == reason for c in answers["conversations"])


FAULTS = {
    "link too early by the AI": lambda c: c["link"].get("too_early") and c["link"]["sent_by"] == "ai",
    "link too early by a setter": lambda c: c["link"].get("too_early") and c["link"]["sent_by"] == "setter",
    "link not tied to words": lambda c: c["link"]["sent"] and not c["link"]["tied_to_words"],
    "link tied to words": lambda c: c["link"].get("tied_to_words"),
    "link without follow-up": lambda c: (
        c["link"]["sent"] and not c["link"]["booked_at"] and not c["link"]["follow_up_at"]
    ),
    "booked without qualification": lambda c: c["calls"] and "qualified" not in c["entered_at"],
    "weak handoff": lambda c: any(x["handoff_score"] < 5 for x in c["calls"]),
    "no-show rebooked": lambda c: {"no_show", "completed"} <= {x["status"] for x in c["calls"]},
    "no-show left": lambda c: c["stage"] == "call_completed" and c["calls"][-1]["status"] == "no_show",
    "cancelled by the lead": lambda c: any(x["status"] == "cancelled_by_invitee" for x in c["calls"]),
    "cancelled by the coach": lambda c: any(x["status"] == "cancelled_by_host" for x in c["calls"]),
    "rescheduled": lambda c: any(x["status"] == "rescheduled" for x in c["calls"]),
    "past call unmarked": lambda c: any(x["status"] == "unmarked" for x in c["calls"]),
    "call ahead": lambda c: any(x["status"] == "upcoming" for x in c["calls"]),
    "won without a call": lambda c: "won" in c["entered_at"] and not c["calls"],
    "lost without a reason": lambda c: c["stage"] == "lost" and not c["reason"],
    "journey after a return": lambda c: c["earlier_journeys"],
    "sensitive or unclear": lambda c: c["human_review"],
    "nobody says who writes": lambda c: c["next_owner"] == "unknown",
    "booked under another name": lambda c: c["hidden"]["trap"] in ("spouse", "shop"),
    "not in English": lambda c: c["language"] != "en",
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_fault_is_present(leads: list[dict[str, Any]], fault: str) -> None:
    assert any(FAULTS[fault](c) for c in leads)


@pytest.mark.parametrize("reason", ["current_client_support", "not_a_prospect"])
def test_people_who_are_no_prospects_are_there(answers: dict[str, Any], reason: str) -> None:
    assert sum(c["exclude_reason"] == reason for c in answers["conversations"]) >= 15


@pytest.mark.parametrize("objection", ["price", "time", "trust", "partner", "fit", "energy", "other"])
def test_objection_is_present(leads: list[dict[str, Any]], objection: str) -> None:
    assert any(c["objection"] == objection for c in leads)


def test_leads_do_not_repeat_each_other(threads: dict[str, dict[str, Any]]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for thread, body in threads.items():
        for message in body["messages"]:
            if repaired(message["sender_name"]) != OWNER:
                for sentence in re.split(r"[.!?\n…]+", repaired(message.get("content", ""))):
                    words = re.findall(r"\w+", sentence.lower())
                    if len(words) >= 6:
                        seen[" ".join(words)].add(thread)
    assert [s for s, where in seen.items() if len(where) > 3] == []
    assert len(seen) / sum(len(w) for w in seen.values()) > 0.85


def test_threads_have_the_real_shape(threads: dict[str, dict[str, Any]]) -> None:
    kinds: Counter[str] = Counter()
    for thread, body in threads.items():
        times = [m["timestamp_ms"] for m in body["messages"]]
        assert times == sorted(times, reverse=True)
        assert re.fullmatch(r"[a-z0-9_]*_\d{15,17}", thread)
        kinds["request"] += body.get("is_pending", False)
        for message in body["messages"]:
            kinds.update(
                k for k in ("audio_files", "photos", "share", "reactions", "is_unsent", "call_duration") if k in message
            )
    assert all(
        kinds[k] for k in ("request", "audio_files", "photos", "share", "reactions", "is_unsent", "call_duration")
    )


def test_only_invented_addresses_and_numbers() -> None:
    for name, data in files_below(SAMPLE).items():
        if name.endswith((".py", ".pyc")):
            continue
        text = data.decode("utf-8", errors="replace")
        domains = {d.lower().rstrip(".") for d in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)}
        assert [d for d in domains if not re.search(r"(^|\.)(example(\.(com|net|org))?|google\.com)$", d)] == [], name
        assert [n for n in re.findall(r"\+44 ?\d[\d ]{6,}", text) if not n.startswith("+44 7700 900")] == [], name


def test_the_early_link_is_the_costliest_leak(answers: dict[str, Any]) -> None:
    leak = answers["planted"]["leaks"][0]
    assert leak["booked_early"]["n"] >= 85
    assert leak["booked_early"]["rate"] < 0.25
    assert leak["booked_in_time"]["rate"] > 0.5
    assert leak["won_in_time"]["rate"] > 4 * leak["won_early"]["rate"]


def test_guide_books_much_and_closes_little_where_referrals_close(answers: dict[str, Any]) -> None:
    table = answers["planted"]["sources"]["table"]
    guide, referral = table["keyword: guide"], table["referral"]
    assert guide["booked"] >= 15
    assert guide["won"] / guide["booked"] < 0.15
    assert referral["won"] / referral["booked"] > 0.6


def test_one_change_has_an_effect_and_one_has_none(answers: dict[str, Any]) -> None:
    real, none = answers["planted"]["changes"]
    assert real["realised_after"]["rate"] - real["realised_before"]["rate"] > 0.15
    assert abs(none["realised_after"]["rate"] - none["realised_before"]["rate"]) < 0.05
    assert all(c["realised_before"]["n"] >= c["minimum_n"] for c in (real, none))


def test_the_last_week_is_lively(leads: list[dict[str, Any]]) -> None:
    def entered(stage: str) -> int:
        return sum("2026-11-16" <= c["entered_at"].get(stage, "") <= "2026-11-22T23:59:59" for c in leads)

    assert entered("new_dm") >= 20
    assert entered("won") >= 3
    assert entered("booked_call") >= 4
    assert sum(c["needs_follow_up"] for c in leads) >= 50
    assert max(c["entered_at"]["new_dm"] for c in leads) < "2026-11-23"
