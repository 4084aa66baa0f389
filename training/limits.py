"""Chooses what probability is enough, decision by decision, by where the leads end up in held-out conversations."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.judge.model import Chances
from ingest.judge.stack import combined
from training.evaluate import Placed, figures, place
from training.examples import Case

START = {
    "engaged.keep": 0.4, "engaged.add": 0.5, "what.keep": 0.35, "what.add": 0.5, "timing.keep": 0.3, "timing.add": 0.5,
    "intent.keep": 0.3, "intent.add": 0.5, "nurture.keep": 0.1, "nurture.add": 0.5, "lost.keep": 0.1, "lost.add": 0.5,
    "objection.keep": 0.1, "objection.add": 0.4, "excluded.on": 0.25, "excluded.off": 0.15, "sensitive.add": 0.5,
    "reply.lost": 0.5, "reply.nurture": 0.5, "reply.closes": 0.5,
}  # fmt: skip
STEPS = (0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)
WORTH = {
    "stage": 2.0, "stage, where no review was asked": 2.0, "decided without review": 1.0, "excluded, F1": 1.5,
    "exclusion reason": 0.3, "main objection": 1.0, "reached engaged, F1": 1.0, "reached engaged, at the right time": 1.0,
    "reached qualified, F1": 1.5, "reached qualified, at the right time": 1.0, "link too early": 0.7,
    "sensitive or unclear sent to review": 1.0,
}  # fmt: skip
LEAST_GAIN = 0.004  # what a step away from the start must be worth: small gains are chance
ORDER = ("excluded.on", "excluded.off", "engaged.add", "engaged.keep", "what.add", "what.keep", "timing.add",
         "timing.keep", "intent.add", "intent.keep", "nurture.add", "nurture.keep", "lost.add", "lost.keep",
         "objection.add", "objection.keep", "reply.lost",
         "reply.nurture", "reply.closes", "sensitive.add")  # fmt: skip


def placed(cases: Sequence[Case], found: Sequence[Chances], limits: dict[str, float]) -> list[Placed]:
    """Where every conversation ends up."""
    return [
        place(c, combined(c.conversation, c.rows, c.readings, one, limits)) for c, one in zip(cases, found, strict=True)
    ]


def worth(cases: Sequence[Case], found: Sequence[Chances], limits: dict[str, float]) -> float:
    """One number for how well the leads are placed."""
    value = figures([(c.truth, p) for c, p in zip(cases, placed(cases, found, limits), strict=True)])
    return sum(WORTH[name] * value[name][0] for name in WORTH)


def choose(cases: Sequence[Case], found: Sequence[Chances]) -> dict[str, float]:
    """Limit after limit, each set to the step that places the leads best."""
    limits = dict(START)
    best = worth(cases, found, limits)
    for name in ORDER:
        for step in STEPS:
            tried = limits | {name: step}
            other = _partner(name)
            if other and (step > limits[other]) == name.endswith((".keep", ".off")) and step != limits[other]:
                continue
            gain = worth(cases, found, tried) - best
            if gain > LEAST_GAIN:
                limits, best = tried, best + gain
    return limits


def _partner(name: str) -> str | None:
    """The other limit of the same decision."""
    head, _, part = name.partition(".")
    other = {"keep": "add", "add": "keep", "on": "off", "off": "on"}.get(part)
    return f"{head}.{other}" if other and f"{head}.{other}" in START else None
