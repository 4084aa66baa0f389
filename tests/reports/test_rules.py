"""The written rules: from the seeds alone, the same every time, and up to date in docs/."""

from __future__ import annotations

import json
import re
import stat
from datetime import UTC
from pathlib import Path

import pytest

from ingest import inputs
from ingest.errors import Code, UserError
from ingest.formats.labels_jsonl import FORMAT, _judgement
from ingest.judge.labels import EXCLUSIONS, MODEL_STAGES, accepted
from ingest.judge.rules import rules_version
from ingest.seeds import read_seed
from reports import cli, error_codes
from reports.rules import READERS, page, stale, write
from reports.rules.facts import cards, facts, in_general, moves

ROOT = Path(__file__).resolve().parents[2]


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("{")]


# --- fresh ---


@pytest.mark.parametrize("reader", READERS)
def test_the_page_in_docs_is_what_the_seeds_say(reader: str) -> None:
    assert stale(ROOT, reader) == [], "run: leakreview rules"


def test_the_error_codes_in_docs_are_those_of_the_code() -> None:
    text = error_codes.PAGE.read_text(encoding="utf-8")
    assert text == error_codes.page(), "run: python -m reports.error_codes"
    assert all(f"| `{code}` | {code.meaning} |" in text for code in Code)


def test_writing_and_checking(tmp_path: Path) -> None:
    assert {path.stem for path in stale(tmp_path)} == set(READERS)
    paths = write(tmp_path)
    assert stale(tmp_path) == [] and len(paths) == len(READERS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o644}
    paths[0].write_text(paths[0].read_text() + "\n")
    assert stale(tmp_path) == [paths[0]]
    assert stale(tmp_path, "solo") == []


def test_the_command_checks_with_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--home", str(tmp_path), "rules"]
    assert cli.run([*call, "--check"]) == 1
    assert "not what the seeds say" in capsys.readouterr().err
    assert cli.run([*call, "--for", "setter"]) == 0
    assert cli.run([*call, "--for", "setter", "--check"]) == 0
    with pytest.raises(UserError, match="ai, setter, va, solo, all"):
        write(tmp_path, "nobody")


def test_the_same_seeds_give_the_same_bytes() -> None:
    assert [page(reader) for reader in READERS] == [page(reader) for reader in READERS]


# --- what they say ---


@pytest.mark.parametrize("reader", READERS)
def test_every_stage_has_its_movement_rule_owner_context_and_next_action(reader: str) -> None:
    rows = {r[0].strip("* "): r[1:] for r in table(page(reader), "| Stage | Movement rule | Owner |")}
    for stage in read_seed("stages"):
        rule, owner, context, action = rows[stage["label"]]
        assert rule and owner and context and action == stage["next_action"]


@pytest.mark.parametrize("reader", READERS)
def test_every_page_has_the_eight_moves_and_the_sensitive_list(reader: str) -> None:
    text = page(reader)
    found = table(text, "| Move from | Move to | Signal |")
    assert found == [[m["from"], m["to"], m["signal"]] for m in moves()]
    assert [(m[0], m[1]) for m in found][-2:] == [("Any stage", "Lost"), ("Any stage", "Nurture")] and len(found) == 8
    for word in ("eating disorder", "crisis", "abuse", "threat of refund", "under age"):
        assert word in text


def test_the_setter_and_the_va_have_the_eight_notes_and_the_reasons() -> None:
    for reader in ("setter", "va", "solo"):
        assert all(row["question"] in page(reader) for row in read_seed("required_context"))
    for reader in ("ai", "setter", "solo"):
        assert all(row["reason"] in page(reader) for row in read_seed("outcome_reasons"))
    assert all(row["first_reply_hint"] in page("setter") for row in read_seed("sources"))
    assert all(action["action"].rstrip(".") in page("setter") for card in cards() for action in card.actions)
    for number, question in enumerate(("Who owns", "How quickly", "What must be written down", "What if it stalls"), 1):
        assert f"## {number}. {question}" in page("va")


def test_the_link_rule_shows_a_good_and_a_bad_example() -> None:
    for reader in ("ai", "setter", "solo"):
        assert '"Based on what you said about [specific problem], a call makes sense."' in page(reader)
        assert 'Not like this: "Here\'s my calendar."' in page(reader)
        assert "too early when it goes out before the lead is qualified" in page(reader)


def test_the_ai_is_told_to_continue_ask_or_escalate_in_every_stage() -> None:
    rows = {r[0]: r[1:] for r in table(page("ai"), "| Stage | Continue | Ask | Escalate |")}
    assert set(rows) == {row["label"] for row in read_seed("stages")}
    assert all(cell for cells in rows.values() for cell in cells)


def test_the_lines_the_ai_is_shown_are_lines_that_count() -> None:
    lines = lines_of(page("ai"))
    rows = [_judgement(json.loads(line), str(UTC)) for line in lines]
    assert {row["kind"] for row in rows} == {"signal", "stage", "exclusion"}
    kept, refused = accepted(rows, {"THREAD": ["WORDS OF THE MESSAGE"]}, rules_version())
    assert (len(kept), refused) == (len(lines), [])
    assert all(json.loads(line).keys() <= set(FORMAT.columns) for line in lines)


def test_the_ai_may_say_every_known_signal_and_no_more() -> None:
    text = page("ai")
    shown = set(re.findall(r"^\| `(\w+)` \| (?:lead|team|both) \|", text, flags=re.MULTILINE))
    assert shown == {row["signal"] for row in read_seed("signals")}
    assert set(facts()["model_stages"]) == MODEL_STAGES
    assert set(facts()["exclusions"]) == EXCLUSIONS - {"prospect"}
    assert rules_version() in text


def test_the_rules_hold_no_lead_and_no_machine() -> None:
    text = "".join(page(reader) for reader in READERS)
    assert str(inputs.PROJECT) not in text and "@" not in text.replace("without the @", "")
    assert "None" not in text and "{{" not in text


def table(text: str, header: str) -> list[list[str]]:
    """Cells of the table that begins with a header, without the header."""
    rows = text[text.index(header) :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_places_for_facts_of_one_lead_are_said_in_general() -> None:
    assert in_general("Wait for the booking{link_age:; the link went out *}") == "Wait for the booking"
    assert in_general("Ask {missing:*|what they want to change} today") == "Ask what they want to change today"
    assert in_general("Follow up on {link_by:* link|the link}{link_age: of *}") == "Follow up on the link"


def test_the_seed_has_at_most_three_known_places_in_a_text_and_nothing_else_in_braces() -> None:
    known = {"agreed_day", "call_day", "link_age", "link_by", "missing", "objection", "unanswered", "why_now"}
    texts = [row[c] for row in read_seed("next_actions") for c in ("action", "moves_forward_when", "closes_out_when")]
    for said in texts:
        places = re.findall(r"\{(\w+):", said)
        assert len(places) <= 3 and set(places) <= known, said
        assert not re.search(r"[{}*|]", in_general(said)), said
        assert "  " not in in_general(said), said
    assert {place for said in texts for place in re.findall(r"\{(\w+):", said)} == known
