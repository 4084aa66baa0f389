"""What people and other models say about conversations: tied to its message, or refused with the reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest import records, told
from ingest.errors import UserError
from ingest.judge.rules import rules_version
from ingest.settings import accounts
from tests.ingest.homes import loaded, united

HEAD = "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context\n"
TALK = HEAD + (
    "ada_17,Ada Example,ada.example,2026-09-01T10:00:00.250Z,in,lead,text,I cannot sleep and I want to change that,\n"
    "ada_17,Ada Example,ada.example,2026-09-01T10:05:00Z,out,setter,text,How long has that been going on?,\n"
    "ada_17,Ada Example,ada.example,2026-09-20T10:00:00Z,in,lead,text,Since spring. Can we talk this week?,\n"
)
SAID = {
    "conversation_id": "ada_17",
    "message_sent_at": "2026-09-01T10:00:00Z",
    "signal": "problem",
    "quote": "cannot sleep",
    "judged_by": "assistant-1",
    "role": "model",
    "confidence": 0.8,
}
DECIDED = {
    "account_id": "default",
    "conversation_id": "ada_17",
    "thread_key": "ada_17",
    "kind": "stage",
    "said": "engaged",
    "at": "2026-09-20T10:00:00+00:00",
    "as_of": "2026-09-20T23:59:59+00:00",
    "decided_by": "coach",
    "decided_at": "2026-11-25T10:00:00+00:00",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "dms.csv").write_text(TALK)
    return tmp_path


def said(home: Path, *labels: dict[str, Any]) -> told.Told:
    if labels:
        lines = [json.dumps({"rules_version": rules_version(), **label}) for label in labels]
        (home / "exports" / "labels.jsonl").write_text("\n".join(lines))
    return told.told(home, accounts(home), loaded(home), united(home))


def rows(found: told.Told) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found.judgements.to_pylist()
    return listed


# --- labels.jsonl ---


def test_a_models_words_are_tied_to_the_message_of_that_second(home: Path) -> None:
    found = said(home, SAID)
    (row,) = rows(found)
    assert found.rejects == []
    assert row["message_id"] and row["at"] == datetime(2026, 9, 1, 10, 0, 0, 250_000, tzinfo=UTC)
    assert (row["judged_by"], row["signal"], row["confidence"]) == ("model", "problem", 0.8)


def test_the_same_line_in_two_files_is_one_judgement(home: Path) -> None:
    (home / "exports" / "more.jsonl").write_text(json.dumps({"rules_version": rules_version(), **SAID}) + "\n\n")
    assert len(rows(said(home, SAID))) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"quote": "can not sleep"}, "quoted words do not stand", id="words that are not there"),
        pytest.param({"quote": "Since spring"}, "only in later messages", id="words of a later message"),
        pytest.param({"message_sent_at": "2026-09-02T10:00:00Z"}, "no message", id="no message at that time"),
        pytest.param({"signal": "promise"}, "no message", id="a signal of the team on a lead's message"),
        pytest.param({"rules_version": "old"}, "other rules", id="other rules"),
        pytest.param({"signal": "vibes"}, "unknown signal", id="unknown signal"),
        pytest.param({"conversation_id": "eve"}, "no conversation", id="unknown conversation"),
        pytest.param({"signal": None, "stage": "won"}, "cannot say this", id="a stage that needs more than words"),
        pytest.param(
            {"signal": None, "exclusion": "prospect"}, "cannot say this", id="a machine's exclusion taken back"
        ),
        pytest.param({"signal": None, "stage": "lost", "value": "dead"}, "unknown reason", id="a vague reason"),
    ],
)
def test_what_a_model_may_not_say_is_refused_with_file_and_line(
    home: Path, change: dict[str, Any], reason: str
) -> None:
    found = said(home, SAID | {"quote": "I cannot sleep"}, SAID | change)
    assert len(rows(found)) == 1
    (reject,) = found.rejects
    assert reason in reject["reason"] and "sleep" not in reject["reason"]
    assert (reject["file"], reject["line"], reject["outcome"]) == ("labels.jsonl", 2, "quarantined")
    assert (reject["code"], reject["account_id"]) == ("E_JUDGEMENT", "default")


def test_a_person_needs_no_quote_and_no_rules(home: Path) -> None:
    line = {"conversation_id": "ada_17", "judged_by": "Tom", "role": "person", "rules_version": None}
    at = {"message_sent_at": "2026-09-20T10:00:00Z"}
    found = said(home, line | at | {"stage": "qualified"}, line | {"exclusion": "prospect"})
    stage, exclusion = rows(found)
    assert (stage["signal"], stage["confidence"], stage["message_id"] is not None) == ("qualified", 1.0, True)
    assert (exclusion["value"], exclusion["at"]) == ("prospect", datetime(2026, 9, 1, 10, 0, 0, 250_000, tzinfo=UTC))


def test_a_judgement_finds_its_conversation_after_the_lead_changed_their_name(home: Path) -> None:
    renamed = told.conversations_by([{"account_id": "a", "conversation_id": "ada-new_17", "thread_key": "17"}])
    assert renamed["a", "17"] == "ada-new_17"
    row = {"account_id": "a", "conversation_id": "ada_17"}
    assert told._placed(row, renamed)["conversation_id"] == "ada-new_17"
    assert told._placed(row | {"conversation_id": "eve_3"}, renamed)["conversation_id"] == "eve_3"


# --- decisions of the queue ---


def test_a_decision_is_a_judgement_by_a_person_known_from_the_review_it_answers(home: Path) -> None:
    records.append(home, "decisions", DECIDED)
    (row,) = rows(said(home))
    assert (row["kind"], row["signal"], row["judged_by"], row["judge"]) == ("stage", "engaged", "person", "coach")
    assert row["judged_at"] == datetime(2026, 9, 20, 23, 59, 59, tzinfo=UTC)
    assert row["message_id"] is not None


def test_of_decisions_about_one_moment_the_one_written_last_counts(home: Path) -> None:
    for stage in ("engaged", "qualified"):
        records.append(home, "decisions", DECIDED | {"said": stage})
    assert [row["signal"] for row in rows(said(home))] == ["qualified"]


def test_a_decision_about_a_conversation_that_is_gone_is_told(home: Path) -> None:
    records.append(home, "decisions", DECIDED | {"conversation_id": "eve", "thread_key": "eve"})
    found = said(home)
    assert rows(found) == []
    assert [(r["file"], r["line"]) for r in found.rejects] == [("records/decisions.jsonl", 1)]


def test_a_damaged_decision_is_an_error_of_the_records(home: Path) -> None:
    records.append(home, "decisions", DECIDED | {"decided_at": "yesterday"})
    with pytest.raises(UserError, match=r"decisions\.jsonl"):
        said(home)


@pytest.mark.parametrize(("day", "known"), [("2026-09-19", 0), ("2026-09-21", 1)])
def test_a_decision_about_a_booking_is_known_from_its_review_on(home: Path, day: str, known: int) -> None:
    entry = {
        k: DECIDED[k] for k in ("account_id", "as_of", "decided_by", "decided_at", "conversation_id", "thread_key")
    }
    records.append(home, "decisions", entry | {"record_kind": "booking", "system": None, "record_key": "b1"})
    talks = [{"account_id": "default", "conversation_id": "ada-new_17", "thread_key": "ada_17"}]
    found = told.booking_decisions(home, "default", talks, datetime.fromisoformat(f"{day}T12:00:00+00:00"))
    assert [row["conversation_id"] for row in found] == ["ada-new_17"] * known
