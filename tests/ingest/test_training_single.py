"""Single messages the model learns from: labels are known, and what they do not show counts as not shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training import single
from training.examples import NO, UNKNOWN, YES

HEADS = (
    "engaged", "what", "problem", "goal", "timing", "intent", "objection", "objection:price", "objection:time",
    "nurture", "not_now", "lost", "lost:price_mismatch", "sensitive", "referred", "returning",
)  # fmt: skip


def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: dict[str, Any]) -> list[single.Utterance]:
    """The utterances of a folder that holds these lines."""
    (tmp_path / "some.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    monkeypatch.setattr(single, "FOLDER", tmp_path)
    return single.utterances()


def line(text: str, *shows: str, **more: Any) -> dict[str, Any]:
    return {"language": "en", "before": "", "text": text, "shows": list(shows), "unsure": [], **more}


@pytest.mark.parametrize(
    ("shows", "unsure", "head", "wanted"),
    [
        (["problem"], [], "what", YES),
        (["meaningful"], [], "engaged", YES),
        (["meaningful"], [], "what", NO),
        ([], ["goal"], "what", UNKNOWN),
        (["objection:price"], [], "objection:price", YES),
        (["objection:price"], [], "objection:time", NO),
        (["thanks"], [], "objection:price", NO),
        ([], ["objection:price"], "objection", UNKNOWN),
        (["clear_no", "clear_no:price_mismatch"], [], "lost", YES),
        (["clear_no", "clear_no:price_mismatch"], [], "lost:price_mismatch", YES),
        (["not_now"], [], "nurture", YES),
        (["put_off"], [], "nurture", NO),
        (["support"], [], "engaged", UNKNOWN),
        (["referred"], [], "referred", YES),
    ],
)
def test_labels_become_decisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shows: list[str], unsure: list[str], head: str, wanted: int
) -> None:
    (one,) = written(tmp_path, monkeypatch, line("some words of a lead", *shows, unsure=unsure))
    assert single.message_targets(one, HEADS)[head] == wanted


def test_a_reply_is_read_with_the_message_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, answered = written(
        tmp_path, monkeypatch, line("I'm out"), line("I'm out", "clear_no", reply="All the best!", before="A call?")
    )
    assert plain.replied is None and answered.replied is not None
    assert answered.replied.reply.words.tokens[:3] == ("all", "the", "best")
    assert answered.said.turn[0].tokens[:2] == ("a", "call")
    assert single.reply_targets(answered, ("lost", "closes")) == {"lost": YES, "closes": NO}


def test_nothing_is_learnt_from_a_place_in_a_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = written(tmp_path, monkeypatch, line("how much is it?"))
    assert not [name for name in one.said.facts if name.startswith(("turn", "leads", "teams", "seen", "hours"))]


def test_an_unknown_label_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="some-1: unheard_of is no label"):
        written(tmp_path, monkeypatch, line("hello", "unheard_of"))


def test_every_message_of_the_folder_is_read_and_none_stands_twice() -> None:
    rows = [json.loads(row) for path in sorted(single.FOLDER.glob("*.jsonl")) for row in path.open(encoding="utf-8")]
    texts = [row["text"] for row in rows]
    assert len(rows) > 2000
    assert len(texts) - len(set(texts)) <= 5
    assert not [row for row in rows if set(row["shows"]) & set(row["unsure"])]
    assert {label for row in rows for label in row["shows"] + row["unsure"]} <= single.SHOWN
    assert {row["language"][:2] for row in rows} >= {"en", "de", "es", "fr", "pt", "it", "nl"}
