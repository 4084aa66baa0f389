"""The audit of the last leads: an export of messages is enough, and every lead has a stage with its evidence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reports.audit import lines
from tests.conftest import leakreview

LEAD: dict[str, Any] = {
    "lead": "Ada Example",
    "conversation_id": "ada_1",
    "is_prospect": True,
    "exclusion_reason": None,
    "source": "story_reply",
    "source_evidence": "first_message",
    "stage": "qualified",
    "stage_entered_at": datetime(2026, 9, 20, 10, tzinfo=UTC),
    "signal": "qualified",
    "evidence_kind": "message",
    "confidence": 0.8,
    "quotes": ["I cannot sleep", "before the wedding"],
    "needs_human_review": False,
    "review_reason": None,
    "outcome_reason": None,
    "last_lead_words": "how does it work?",
    "next_owner": "setter",
    "next_action": "Offer the call now",
}
DMS = (
    "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context\n"
    "c1,Ada Example,ada.example,2026-09-01T10:00:00Z,in,,text,I cannot sleep since the birth and want to change that,\n"
    "c1,Ada Example,ada.example,2026-09-01T10:05:00Z,out,,text,How long has that been going on?,\n"
    "c2,Bo Example,bo.example,2026-09-02T10:00:00Z,in,,text,guide,\n"
    "c3,Cy Example,cy.example,2026-09-03T10:00:00Z,in,,voice,,\n"
)


def test_a_lead_is_placed_with_words_source_and_next_step() -> None:
    head, *told = lines([LEAD])
    assert head == "Your last 1 lead: 1 Qualified."
    assert told == [
        "  1. Ada Example: Qualified since 2026-09-20",
        "     from: Story reply (first message)",
        '     because: said what they want and why now (message, 80% sure) "I cannot sleep" "before the wedding"',
        '     last words: "how does it work?"',
        "     next (the setter): Offer the call now",
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"is_prospect": False, "exclusion_reason": "not_a_prospect"},
            "Qualified since 2026-09-20 (no prospect: not a pro",
        ),
        ({"needs_human_review": True, "review_reason": "voice_note"}, "a person should look: a voice note that nobody"),
        ({"stage": "lost", "outcome_reason": "price_mismatch"}, "Lost since 2026-09-20, price mismatch"),
        ({"signal": None}, "because: the conversation itself, nothing else"),
        ({"next_owner": "none"}, "next (nobody): Offer"),
        (
            {"quotes": None, "signal": "decision", "evidence_kind": "person"},
            "because: a person decided (person, 80% sure)",
        ),
        ({"lead": None}, "  1. ada_1: Qualified"),
    ],
    ids=["no prospect", "for a person", "lost", "no evidence", "nobody's turn", "a decision", "no name"],
)
def test_what_else_is_said_of_a_lead(change: dict[str, Any], says: str) -> None:
    assert says in "\n".join(lines([LEAD | change]))


def test_without_a_conversation_it_says_what_to_do() -> None:
    assert lines([]) == ["There is no conversation yet. Put an export of your messages into exports/."]


@pytest.mark.warehouse
def test_an_export_of_messages_alone_is_enough(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "dms.csv").write_text(DMS)
    called = leakreview(tmp_path, "audit", "--last", "20", "--json")
    assert called.code == 0, called.err
    leads = json.loads(called.out)["leads"]
    assert [lead["lead"] for lead in leads] == ["Cy Example", "Bo Example", "Ada Example"]
    assert [lead["stage"] for lead in leads] == ["new_dm", "new_dm", "engaged"]
    assert all(lead["signal"] and lead["source"] and lead["next_action"] for lead in leads)
    assert leads[0]["review_reason"] == "voice_note" and leads[2]["quotes"]
    again = leakreview(tmp_path, "audit")
    assert again.code == 0 and again.out.startswith("Your last 3 leads: 2 New DM and 1 ")
    assert "a voice note that nobody has written down" in again.out and '"I cannot sleep' in again.out
