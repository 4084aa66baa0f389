"""Judged once, kept until the words, the rules or the settings change; labels that count and labels that do not."""

from __future__ import annotations

import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.judge import cache, judge_conversations, rules_version, share, worker
from ingest.judge.judge import judge_many
from ingest.judge.labels import accepted
from ingest.shapes import CONVERSATIONS, JUDGEMENTS, UNITED_MESSAGES
from tests.ingest.judge_talk import BEGIN, MINUTE, settings

TALK = {"t1": ["i can't sleep", "thanks"], "t2": ["GUIDE"], "t3": ["how do i start?"]}


def united(folder: Path, talk: dict[str, list[str]], account: str = "a") -> SimpleNamespace:
    """Parquet as `unite` leaves it: sorted by account, conversation and position."""
    rows = [
        {
            "account_id": account,
            "conversation_id": thread,
            "message_id": f"{thread}-{n}",
            "sent_at": BEGIN + n * MINUTE,
            "direction": "in",
            "kind": "text",
            "text": text,
            "position": n + 1,
        }
        for thread, texts in sorted(talk.items())
        for n, text in enumerate(texts)
    ]
    heads = [
        {"account_id": account, "conversation_id": t, "participant_name": "Petra", "content_hash": "|".join(x)}
        for t, x in sorted(talk.items())
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "messages.parquet"
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(UNITED_MESSAGES.items()))), path)
    table = pa.Table.from_pylist(heads, pa.schema(list(CONVERSATIONS.items())))
    return SimpleNamespace(messages=path, conversation_table=lambda: table)


def owner(**given: Any) -> SimpleNamespace:
    return SimpleNamespace(account_id="a", settings=settings(**given))


def judged(home: Path, talk: dict[str, list[str]], **given: Any) -> pa.Table:
    return pa.concat_tables(judge_conversations(home, united(home / "united", talk), owner(**given)))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which conversations were really judged."""
    seen: list[str] = []

    def spy(conversations: Any, rules: Any) -> Any:
        seen.extend(one.conversation_id for one in conversations)
        return judge_many(conversations, rules)

    monkeypatch.setattr(share, "judge_many", spy)
    return seen


def test_rows_have_the_shape_of_raw_judgements(tmp_path: Path) -> None:
    table = judged(tmp_path, TALK)
    assert table.schema.names == list(JUDGEMENTS)
    assert {"rule"} <= set(table["judged_by"].to_pylist()) <= {"rule", "model"}
    assert set(table["rules_version"].to_pylist()) == {rules_version()}


def test_nothing_is_judged_twice(tmp_path: Path, counted: list[str]) -> None:
    first = judged(tmp_path, TALK)
    counted.clear()
    assert judged(tmp_path, TALK).equals(first)
    assert counted == []


def test_only_what_changed_is_judged_again(tmp_path: Path, counted: list[str]) -> None:
    judged(tmp_path, TALK)
    counted.clear()
    changed = {**TALK, "t2": ["GUIDE", "i keep quitting"], "t4": ["hello"]}
    fresh = judged(tmp_path / "other", changed)
    counted.clear()
    assert judged(tmp_path, changed).equals(fresh)
    assert counted == ["t2", "t4"]


def test_conversations_that_are_gone_fall_out(tmp_path: Path) -> None:
    judged(tmp_path, TALK)
    assert set(judged(tmp_path, {"t1": TALK["t1"]})["conversation_id"].to_pylist()) == {"t1"}


@pytest.mark.parametrize(
    "given", [{"keywords": {"guide": "Guide"}}, {"team": ()}, {"links": ("falk.example/go",)}], ids=str
)
def test_other_keywords_people_or_pages_judge_everything_again(tmp_path: Path, counted: list[str], given: Any) -> None:
    judged(tmp_path, TALK)
    counted.clear()
    judged(tmp_path, TALK, **given)
    assert counted == ["t1", "t2", "t3"]


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    first = judged(tmp_path, TALK)
    kept = next((tmp_path / "data" / "raw" / "read" / "judged").glob("*.parquet"))
    kept.write_bytes(b"PAR1")
    assert judged(tmp_path, TALK).equals(first)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def files(home: Path) -> list[str]:
    return sorted(path.suffix for path in (home / "data" / "raw" / "read" / "judged").iterdir())


def test_many_conversations_are_judged_by_two_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    alone = judged(tmp_path / "alone", TALK)
    monkeypatch.setattr(cache, "CHILD_FROM", 2)
    counted.clear()
    assert judged(tmp_path / "two", TALK).equals(alone)
    assert counted == ["t1"]  # in this one
    assert files(tmp_path / "two") == [".json", ".parquet", ".parquet"]
    changed = {**TALK, "t0": ["hello"], "t3": ["GUIDE"]}
    assert judged(tmp_path / "two", changed).equals(judged(tmp_path / "other", changed))
    assert files(tmp_path / "two") == [".json", ".parquet"]  # what was kept and what is new in one


def test_a_second_process_that_dies_costs_no_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    alone = judged(tmp_path / "alone", TALK)
    monkeypatch.setattr(cache, "CHILD_FROM", 2)
    monkeypatch.setattr(worker, "CODE", "raise SystemExit(1)")
    counted.clear()
    assert judged(tmp_path / "two", TALK).equals(alone)
    assert counted == ["t1", "t2", "t3"]


def test_what_was_judged_without_an_index_is_judged_again(tmp_path: Path, counted: list[str]) -> None:
    first = judged(tmp_path, TALK)
    next((tmp_path / "data" / "raw" / "read" / "judged").glob("*.json")).unlink()
    counted.clear()
    assert judged(tmp_path, TALK).equals(first)
    assert counted == ["t1", "t2", "t3"]


def test_a_conversation_without_messages_gives_nothing(tmp_path: Path) -> None:
    assert judged(tmp_path, {"t1": []}).num_rows == 0


LABEL = {
    "conversation_id": "t1",
    "kind": "signal",
    "signal": "problem",
    "value": None,
    "quote": "can't sleep",
    "judged_by": "model",
    "rules_version": "v1",
}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="a model with words that stand there"),
        pytest.param({"judged_by": "person", "quote": None, "rules_version": None}, id="a person without words"),
        pytest.param(
            {"judged_by": "person", "kind": "stage", "signal": "won", "quote": None}, id="a stage by a person"
        ),
        pytest.param(
            {"judged_by": "person", "kind": "exclusion", "signal": "excluded", "value": "not_a_prospect"},
            id="an exclusion",
        ),
    ],
)
def test_labels_that_count(change: dict[str, Any]) -> None:
    kept, refused = accepted([{**LABEL, **change}], TALK, "v1")
    assert (len(kept), refused) == (1, [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"quote": "cannot sleep"}, "quoted words", id="words that do not stand there"),
        pytest.param({"quote": None}, "quoted words", id="a model without words"),
        pytest.param({"rules_version": "v0"}, "other rules", id="other rules"),
        pytest.param({"signal": "vibes"}, "unknown signal", id="unknown signal"),
        pytest.param({"kind": "stage", "signal": "hot", "judged_by": "person"}, "unknown stage", id="unknown stage"),
        pytest.param({"conversation_id": "t9"}, "no conversation", id="unknown conversation"),
        pytest.param({"conversation_id": "t3"}, "quoted words", id="words of another conversation"),
    ],
)
def test_labels_that_do_not_count_say_why(change: dict[str, Any], reason: str) -> None:
    kept, refused = accepted([{**LABEL, **change}], TALK, "v1")
    assert kept == []
    assert reason in refused[0].reason
    assert "sleep" not in refused[0].reason
