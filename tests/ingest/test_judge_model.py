"""The bundled model: it computes what it was trained to, sees nothing of what follows, and needs nothing heavy."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.judge import Judgement, judge_conversation, rulebook, rules_version
from ingest.judge.judge import by_rules, judge_many, with_model
from ingest.judge.model import FORMAT, Heads, bundled, chances, load
from ingest.judge.model_file import PATH, model_version
from tests.ingest import judge_talk as talk

ROOT = Path(__file__).resolve().parents[2]
LINES = [
    "L: Hi! I can't sleep since the baby came and I'm exhausted",
    "L: guide",
    "L: thank you so much 🙏",
    "L: how much is it?",
    "L: I want to start before January, can we talk?",
    "L: sorry, not for me, thanks anyway",
    "L[voice]:",
    "L[reaction]: ❤️",
    "L: Hallo, ich habe seit Jahren Rückenschmerzen und suche Hilfe",
    "L: I run an agency that gets coaches 30 leads a month, interested?",
    "L: hi, I can't open week three in the app",
    "T: Hey, tell me more, what is the hardest part?",
    "T: Here is the guide https://files.example/guide.pdf",
    "T: Would a call help? https://calendly.com/ingrid/start",
    "T: No worries at all, all the best!",
    "T:",
]


def judged(lines: list[str]) -> list[Judgement]:
    return talk.judge_all(*lines)


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8), st.lists(st.sampled_from(LINES), max_size=4))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_follows_changes_no_judgement_of_what_was_said(before: list[str], after: list[str]) -> None:
    whole = talk.conversation(*before, *after)
    until = whole.messages[len(before) - 1].at
    rows = judge_conversation(whole, rulebook(talk.settings()))
    assert [row for row in rows if row.at <= until] == judged(before)


@given(st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=6), min_size=2, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_conversations_judged_together_are_judged_as_if_alone(talks: list[list[str]]) -> None:
    conversations = [talk.conversation(*lines) for lines in talks]
    rules = rulebook(talk.settings())
    assert judge_many(conversations, rules) == [judge_conversation(one, rules) for one in conversations]


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=10))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_quote_stands_in_its_message_and_every_confidence_is_one(lines: list[str]) -> None:
    said = {m.message_id: m.text for m in talk.conversation(*lines).messages}
    for row in judged(lines):
        assert 0 <= row.confidence <= 1
        assert row.quote is None or row.quote in said[row.message_id]


def test_the_same_conversation_is_judged_the_same_twice() -> None:
    assert judged(LINES) == judged(LINES)


def test_the_model_adds_what_no_phrase_says() -> None:
    added = [row for row in judged(LINES) if row.judge.startswith("model-")]
    assert added


def test_a_sensitive_finding_of_the_rules_is_never_dropped() -> None:
    lines = ["L: some days I want to end my life"]
    conversation = talk.conversation(*lines)
    rules = rulebook(talk.settings())
    found, _ = by_rules(conversation, rules)
    kept = judge_conversation(conversation, rules)
    assert {r.value for r in found if r.signal == "sensitive"} == {"crisis"}
    assert {r.value for r in kept if r.signal == "sensitive"} == {"crisis"}


def test_who_is_excluded_can_be_a_prospect_after_all() -> None:
    model = bundled()
    conversation = talk.conversation("L: hello", "T: Hi! What can I do for you?", "L: I want to run a marathon")
    _, readings = by_rules(conversation, rulebook(talk.settings()))
    (found,) = chances(model, [readings])
    sure = {n: {"client": 0.0, "stranger": 0.9 if n == 0 else 0.0} for n in found.person}
    from ingest.judge.stack import combined

    rows = combined(conversation, [], readings, found._replace(person=sure), model.limits)
    assert [(r.message_id, r.value) for r in rows if r.kind == "exclusion"] == [
        ("m0", "not_a_prospect"),
        ("m1", "prospect"),
    ]


@pytest.mark.parametrize(
    ("chance", "signal"), [(0.1, None), (0.4, "maybe_sensitive"), (0.8, "sensitive")], ids=["no", "maybe", "yes"]
)
def test_what_may_be_sensitive_goes_to_a_person_without_being_called_so(chance: float, signal: str | None) -> None:
    from ingest.judge.stack import combined

    model = bundled()
    conversation = talk.conversation("L: I want to run a marathon")
    _, readings = by_rules(conversation, rulebook(talk.settings()))
    (found,) = chances(model, [readings])
    sure = {n: {**one, "sensitive": chance} for n, one in found.message.items()}
    rows = combined(conversation, [], readings, found._replace(message=sure), model.limits)
    assert [r.signal for r in rows if "sensitive" in r.signal] == ([signal] if signal else [])


@pytest.mark.parametrize("signal", ["referred", "returning"])
def test_who_was_sent_or_comes_back_is_told_by_the_first_words_alone(signal: str) -> None:
    from ingest.judge.stack import combined

    model = bundled()
    conversation = talk.conversation("L: Gitti from the band says hello", "T: Hi!", "L: and I want to run a marathon")
    _, readings = by_rules(conversation, rulebook(talk.settings()))
    (found,) = chances(model, [readings])
    sure = {n: {**one, signal: 0.9} for n, one in found.message.items()}
    rows = combined(conversation, [], readings, found._replace(message=sure), model.limits)
    assert [(r.message_id, r.judge) for r in rows if r.signal == signal] == [("m0", f"model-{signal}")]


@pytest.mark.parametrize("kind", ["message", "reply", "person"])
def test_inference_equals_the_weights_times_the_features_of_training(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = pytest.importorskip("training.fit")
    examples = pytest.importorskip("training.examples")
    monkeypatch.setattr(fit, "RARE", 1)  # every fact of these few is a column
    few = examples.cases(("reference",))[:12]
    design = fit.designs(few, [])[kind]
    heads: Heads = getattr(bundled(), kind)
    weights = np.zeros((fit.grams.BUCKETS, len(heads.names)))
    weights[:] = heads.words
    facts = np.array([heads.facts[heads.rows[n]] if n in heads.rows else heads.facts[0] * 0 for n in design.names])
    score = (
        (design.words @ weights) * heads.scale[0]
        + (design.team @ weights) * heads.scale[1]
        + (design.facts / fit.UNIT) @ facts * heads.scale[2]
        + heads.bias
    )
    got = chances(bundled(), [c.readings for c in few])
    wanted = 1 / (1 + np.exp(-(heads.slope * score + heads.shift)))
    off = [
        abs(getattr(got[owner], kind)[int(number)][name] - wanted[row, column])
        for row, (owner, number) in enumerate(zip(design.owner.tolist(), design.number.tolist(), strict=True))
        for column, name in enumerate(heads.names)
    ]
    assert off
    assert max(off) < 0.002  # hundredths in the facts, a thousandth in the probability


def test_the_limits_are_probabilities_and_keeping_is_easier_than_adding() -> None:
    limits = bundled().limits
    assert all(0 < value < 1 for value in limits.values())
    assert all(limits[n] <= limits[n.replace(".keep", ".add")] for n in limits if n.endswith(".keep"))


def test_a_model_file_of_another_format_is_refused(tmp_path: Path) -> None:
    with np.load(PATH) as file:
        arrays = {name: file[name] for name in file.files}
    about = bytes(arrays["about"]).replace(f'"format": {FORMAT}'.encode(), b'"format": 9')
    np.savez(tmp_path / "other.npz", **{**arrays, "about": np.frombuffer(about, np.uint8)})
    with pytest.raises(ValueError, match="format 9"):
        load(tmp_path / "other.npz")


def test_the_file_is_small_and_part_of_the_rules_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PATH.stat().st_size < 1_500_000
    before = rules_version.__wrapped__()
    monkeypatch.setattr("ingest.judge.rules.model_version", lambda: "another")
    assert rules_version.__wrapped__() != before
    assert len(model_version()) == 12


def test_without_a_model_the_rules_judge_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.judge.judge.model_version", lambda: "")
    assert not any(row.judge.startswith("model-") for row in judged(LINES))


def test_judging_loads_nothing_heavy() -> None:
    code = (
        "import sys; import tests.ingest.judge_talk as t; t.judge_all('L: hi, my back hurts and I want to start now');"
        "print([m for m in ('pandas', 'dbt', 'sklearn', 'scipy', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_told_without_loading_the_model() -> None:
    code = "import sys, ingest.judge as j; j.rules_version(); print('ingest.judge.model' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_scores_are_logistic_in_the_decision() -> None:
    heads = bundled().message
    score = np.zeros((1, len(heads.names)))
    wanted = [round(1 / (1 + math.exp(-shift)), 3) for shift in heads.shift]
    assert heads.probability(score).tolist() == [wanted]


def test_with_model_takes_what_the_rules_read() -> None:
    conversation = talk.conversation(*LINES)
    read = (conversation, *by_rules(conversation, rulebook(talk.settings())))
    assert with_model([read], bundled()) == [judged(LINES)]
