"""Where judgements place a lead, by a short approximation of the models in SQL: fast enough for cross-validation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.judge.messages import Judgement
from training.examples import Case, Truth, micro

STAGES = ("new_dm", "engaged", "qualified", "booking_link_sent", "booked_call", "call_completed")
NEED = frozenset(["problem", "goal", "intent", "asked_for_link", "returning"])
NURTURE = frozenset(["not_now", "wants_nothing_yet", "wants_other_offer"])
DAY = 24 * 3600 * 1_000_000
REENTRY = 14 * DAY
REVIEW = 0.7


@dataclass
class Placed:
    """What follows from the judgements of one conversation and the facts of other systems."""

    stage: str = "new_dm"
    confidence: float = 1.0
    entered: dict[str, int] = field(default_factory=dict)  # stage -> microseconds
    excluded: str | None = None
    needs_review: bool = False
    objection: str | None = None
    link_at: int | None = None


@dataclass
class _Journey:
    stage: str = "new_dm"
    confidence: float = 1.0
    closed_at: int | None = None
    entered: dict[str, int] = field(default_factory=dict)
    what: float | None = None
    why: float | None = None
    is_flagged: bool = False

    def enter(self, stage: str, at: int, confidence: float) -> None:
        self.entered.setdefault(stage, at)
        if self.stage in STAGES and STAGES.index(stage) > STAGES.index(self.stage):
            self.stage, self.confidence = stage, confidence


def place(case: Case, rows: Sequence[Judgement]) -> Placed:
    """Stage, entries, exclusion and review of one conversation."""
    journey = _Journey(entered={"new_dm": case.conversation.messages[0].at})
    made = Placed()
    told: dict[int, list[Judgement]] = {}
    sent = {m.message_id: m.at for m in case.conversation.messages}
    for row in rows:
        told.setdefault(sent[row.message_id or ""], []).append(row)
    sides = {m.message_id: m.is_lead for m in case.conversation.messages}
    links = [r.at for r in rows if r.signal == "booking_link" and r.kind == "signal"]
    made.link_at = min(links, default=None)
    for at, what in _timeline(case.truth, told):
        if isinstance(what, dict):
            _happened(journey, at, what)
        else:
            journey = _told(journey, at, what, sides, case.truth)
    exclusion = [r for r in rows if r.kind == "exclusion"]
    if exclusion and exclusion[-1].value != "prospect":
        made.excluded = exclusion[-1].value
    objections = [r for r in rows if r.signal == "objection"]
    made.objection = objections[-1].value if objections else None
    made.stage, made.confidence, made.entered = journey.stage, journey.confidence, journey.entered
    signals = {r.signal for r in rows if r.kind == "signal"}
    unheard = any(r.signal == "unheard" and sides.get(r.message_id or "") for r in rows)
    made.needs_review = (
        bool(signals & {"sensitive", "maybe_sensitive"})
        or (unheard and made.stage in ("new_dm", "engaged"))
        or made.confidence < REVIEW
        or _is_unsure(made, [(sent[r.message_id or ""], r.value or "") for r in rows if r.signal == "unsure"])
        or bool(exclusion and exclusion[-1].confidence < REVIEW)
    )
    return made


def _is_unsure(made: Placed, doubts: Sequence[tuple[int, str]]) -> bool:
    """Whether a message since the stage was entered might have entered a further one."""
    since = made.entered.get(made.stage, 0)
    position = STAGES.index(made.stage) if made.stage in STAGES else len(STAGES)
    return any(
        at >= since and made.stage != stage and (stage not in STAGES or STAGES.index(stage) > position)
        for at, stage in doubts
    )


def _timeline(truth: Truth, told: dict[int, list[Judgement]]) -> Iterable[tuple[int, list[Judgement] | dict[str, str]]]:
    events = [(micro(e["at"]), 1, n, e) for n, e in enumerate(truth["events"])]
    said = [(at, 0, 0, rows) for at, rows in told.items()]
    return [(at, what) for at, _, _, what in sorted([*said, *events], key=lambda e: e[:3])]


def _happened(journey: _Journey, at: int, event: dict[str, str]) -> None:
    what = event["what"]
    if event["kind"] == "crm":
        journey.entered.setdefault(what, at)
        journey.stage, journey.confidence, journey.closed_at = what, 1.0, at
    elif what == "created":
        if journey.stage == "call_completed":
            journey.stage = "booking_link_sent"
        journey.enter("booked_call", at, 1.0)
    elif what == "cancelled":
        if journey.stage == "booked_call":
            journey.stage = "booking_link_sent"
    else:
        journey.enter("call_completed", at, 1.0)


def _told(journey: _Journey, at: int, rows: list[Judgement], sides: dict[str, bool], truth: Truth) -> _Journey:
    by: dict[str, float] = {}
    for row in rows:
        if row.kind == "signal":
            by[row.signal] = max(row.confidence, by.get(row.signal, 0.0))
    is_lead = any(sides.get(row.message_id or "") for row in rows)
    if not is_lead:
        return _team(journey, at, by, truth)
    if journey.closed_at is not None and by.keys() & NEED:
        journey = _again(journey, at)
    if by.keys() & {"red_flag", "sensitive"}:
        journey.is_flagged = True
    engaged = max((by[s] for s in ("meaningful", "problem", "goal") if s in by), default=None)
    if engaged is not None:
        journey.enter("engaged", at, engaged)
    if journey.what is None:
        journey.what = max((by[s] for s in ("problem", "goal") if s in by), default=None)
    if journey.why is None:
        journey.why = max((by[s] for s in ("timing", "intent") if s in by), default=None)
    is_new = "qualified" not in journey.entered and not journey.is_flagged
    if journey.what is not None and journey.why is not None and is_new:
        journey.enter("qualified", at, min(journey.what, journey.why))
    for stage, signals in (("nurture", NURTURE), ("lost", frozenset(["clear_no"]))):
        found = max((by[s] for s in signals if s in by), default=None)
        if found is not None and journey.stage != "won":
            journey.entered.setdefault(stage, at)
            journey.stage, journey.confidence, journey.closed_at = stage, found, at
            break
    return journey


def _again(journey: _Journey, at: int) -> _Journey:
    """Words of need after a closing: the next journey, or the same one reopened."""
    if journey.closed_at is not None and at - journey.closed_at >= REENTRY:
        return _Journey(entered={"new_dm": at})
    if journey.stage == "won":
        return journey
    reopened = _Journey("engaged", 0.8, None, journey.entered, journey.what, journey.why, journey.is_flagged)
    if "qualified" in journey.entered:
        reopened.stage = "qualified"
    return reopened


def _team(journey: _Journey, at: int, by: dict[str, float], truth: Truth) -> _Journey:
    if "booking_link" in by:
        journey.enter("booking_link_sent", at, by["booking_link"])
    if "proposes_time" in by:
        created = [micro(e["at"]) for e in truth["events"] if e["what"] == "created"]
        if any(0 <= c - at <= 3 * DAY for c in created):
            journey.enter("booking_link_sent", at, by["proposes_time"])
    for stage, signal in (("lost", "closes_file"), ("won", "confirms_client")):
        if signal in by:
            journey.entered.setdefault(stage, at)
            journey.stage, journey.confidence, journey.closed_at = stage, by[signal], at
    return journey


def instant(truth: Truth, stage: str) -> int | None:
    """When a stage was entered by the label, in microseconds; None where it was not."""
    where = truth["entered"].get(stage)
    if where is None:
        return None
    if isinstance(where, int):
        return micro(truth["messages"][where]["at"])
    kind, _, number = where.partition(":")
    return micro([e for e in truth["events"] if e["kind"] == kind][int(number)]["at"])


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """F1 of (wanted, got) pairs."""
    pairs = list(pairs)
    hit = sum(w and g for w, g in pairs)
    wrong = sum(w != g for w, g in pairs)
    return 2 * hit / (2 * hit + wrong) if hit or wrong else 1.0


def figures(placed: Sequence[tuple[Truth, Placed]]) -> dict[str, tuple[float, int, float]]:
    """Figure -> value, cases, and what always giving the commonest answer would score."""
    leads = [(t, p) for t, p in placed if t["is_lead"]]
    clear = [(t, p) for t, p in leads if not t["human_review"]]
    decided = [(t, p) for t, p in leads if not p.needs_review]
    sent = [(t, p) for t, p in leads if t["link"].get("sent")]
    objecting = [(t, p) for t, p in leads if t["objection"]]
    made = {
        "stage": _accuracy([(t["stage"], p.stage) for t, p in leads]),
        "stage, where no review was asked": _accuracy([(t["stage"], p.stage) for t, p in decided]),
        "decided without review": (sum(not p.needs_review for _, p in clear) / max(len(clear), 1), len(clear), 1.0),
        "excluded, F1": _f1([(not t["is_lead"], p.excluded is not None) for t, p in placed]),
        "exclusion reason": _accuracy([(t["exclude_reason"], p.excluded) for t, p in placed if not t["is_lead"]]),
        "main objection": _accuracy([(t["objection"], p.objection) for t, p in objecting]),
    }
    for stage in ("engaged", "qualified"):
        pairs = [(instant(t, stage), p.entered.get(stage)) for t, p in leads]
        made[f"reached {stage}, F1"] = _f1([(w is not None, g is not None) for w, g in pairs])
        real = [(w, g) for w, g in pairs if w is not None]
        near = sum(g is not None and abs(g - w) <= 3700e6 for w, g in real)
        made[f"reached {stage}, at the right time"] = (near / max(len(real), 1), len(real), 0.0)
    made["link too early"] = _accuracy([(bool(t["link"]["too_early"]), _too_early(p)) for t, p in sent])
    must = [(t, p) for t, p in placed if t["human_review"]]
    made["sensitive or unclear sent to review"] = (
        sum(p.needs_review for _, p in must) / max(len(must), 1),
        len(must),
        0.0,
    )
    return made


def _too_early(placed: Placed) -> bool:
    return placed.link_at is not None and placed.entered.get("qualified", placed.link_at + 1) > placed.link_at


def _accuracy(pairs: Sequence[tuple[object, object]]) -> tuple[float, int, float]:
    if not pairs:
        return 1.0, 0, 1.0
    counts: dict[object, int] = {}
    for wanted, _ in pairs:
        counts[wanted] = counts.get(wanted, 0) + 1
    return sum(w == g for w, g in pairs) / len(pairs), len(pairs), max(counts.values()) / len(pairs)


def _f1(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, int, float]:
    wanted = sum(w for w, _ in pairs)
    return f1(pairs), wanted, f1([(w, True) for w, _ in pairs])
