"""Fits the two parts of the model on labelled conversations; sparse, linear, calibrated by cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ingest.judge import features, grams
from ingest.judge.features import Facts
from ingest.judge.model import Heads
from training import single
from training.examples import EXCLUDED_AS, UNKNOWN, Case, reply_targets, targets
from training.single import NOT_OF_LEADS, Utterance

WEIGHT = {
    "message": (5.0, 1.5, 1.0),
    "reply": (1.5, 1.5, 1.0),
    "person": (2.0, 1.0, 0.5),
}  # of the lead's words, the team's words, the facts
STRENGTH = {"message": 1.0, "reply": 1.0, "person": 2.0}  # C of the logistic regression
EARLIER = 0.1  # weight of a conversation that is not yet whole, beside one that is
FOLDS = 4  # of the inner cross-validation that calibrates
ALONE = -1  # owner of messages that stand alone
LONE = {"message": 0.5, "reply": 0.5, "person": 0.3}  # weight of one beside a message of a conversation
RARE = 3  # facts of fewer messages are left out
BLIND = (
    "rule:sensitive",
    "hit:sensitive",
    "rule:red_flag",
    "hit:red_flag",
    "rule:meaningful",
    "by:meaningful",
    "seen:",
)
UNIT = 0.01  # of a fact, which counts in hundredths


@dataclass(frozen=True)
class Design:
    """Features of one part of the model: rows are messages."""

    kind: str
    words: Any  # csr (rows, BUCKETS): the lead's, scaled to unit root
    team: Any
    facts: Any
    names: tuple[str, ...]
    owner: Any  # which conversation a row belongs to
    number: Any  # which message
    is_last: Any
    labels: dict[str, Any]


def message_design(cases: Sequence[Case], alone: Sequence[Utterance]) -> Design:
    """One row per message of a lead, and one for every message that stands alone."""
    told = [(n, one) for n, case in enumerate(cases) for one in features.said(case.readings)]
    wanted = [t for case in cases for t in targets(case)]
    names = sorted({name for t in wanted for name in t})
    told += [(ALONE, one.said) for one in alone]
    wanted += [single.message_targets(one, names) for one in alone]
    labels = {name: np.array([t.get(name, UNKNOWN) for t in wanted]) for name in names}
    words = _mean([_lead_pieces(one.reading.tokens) for _, one in told])
    team = _mean([grams.of_team(one.before, "p") for _, one in told])
    facts, vocabulary = _facts([one.facts for _, one in told])
    owner = np.array([n for n, _ in told])
    number = np.array([one.reading.number for _, one in told])
    return Design("message", words, team, facts, vocabulary, owner, number, number >= 0, labels)


def reply_design(cases: Sequence[Case], alone: Sequence[Utterance]) -> Design:
    """One row per first reply of the team, and one for every reply to a message that stands alone."""
    told = [(n, one) for n, case in enumerate(cases) for one in features.replied(case.readings)]
    wanted = [t for case in cases for t in reply_targets(case)]
    names = sorted({name for t in wanted for name in t})
    told += [(ALONE, one.replied) for one in alone if one.replied]
    wanted += [single.reply_targets(one, names) for one in alone if one.replied]
    labels = {name: np.array([t.get(name, UNKNOWN) for t in wanted]) for name in names}
    words = _mean([_lead_pieces(one.answered.tokens) for _, one in told])
    team = _mean([grams.of_team(one.reply.tokens, "r") for _, one in told])
    facts, vocabulary = _facts([one.facts for _, one in told])
    owner = np.array([n for n, _ in told])
    number = np.array([one.reply.number for _, one in told])
    return Design("reply", words, team, facts, vocabulary, owner, number, number >= 0, labels)


def person_design(cases: Sequence[Case], alone: Sequence[Utterance]) -> Design:
    """One row per message of either side: the conversation up to it; and one for every message that stands alone."""
    own: list[list[int]] = []
    team: list[list[int]] = []
    facts: list[Facts] = []
    where: list[tuple[int, int, bool, str]] = []
    for n, case in enumerate(cases):
        lead_said: list[int] = []
        team_said: list[int] = []
        known: Facts = {}
        steps = features.so_far(case.readings)
        for place, one in enumerate(steps):
            tokens = one.reading.tokens
            if one.reading.is_lead:
                lead_said = lead_said + _lead_pieces(tokens)
            else:
                team_said = team_said + grams.of_team(tokens, "q")
            known = {k: known.get(k, 0) + one.changes.get(k, 0) for k in known.keys() | one.changes.keys()}
            own.append(lead_said)
            team.append(team_said)
            facts.append(known)
            where.append((n, one.reading.number, place == len(steps) - 1, case.truth["exclude_reason"]))
    for told in alone:
        reading = told.said.reading
        own.append(_lead_pieces(reading.tokens))
        team.append([])
        facts.append({k: v for one in features.so_far([reading]) for k, v in one.changes.items()})
        where.append((ALONE, reading.number, True, min(told.shows & NOT_OF_LEADS, default="")))
    table, vocabulary = _facts(facts)
    labels = {
        head: np.array([int(why in (reason, label)) for *_, why in where])
        for reason, head, label in zip(EXCLUDED_AS, EXCLUDED_AS.values(), ("support", "pitch"), strict=True)
    }
    columns = [np.array([w[i] for w in where]) for i in range(3)]
    return Design("person", _mean(own), _mean(team), table, vocabulary, columns[0], columns[1], columns[2], labels)


def _lead_pieces(tokens: Sequence[str]) -> list[int]:
    return [b for t in tokens for b in grams.of_token(t)] + grams.of_pairs(tokens)


def _mean(rows: Sequence[Sequence[int]]) -> Any:
    """Counts of the pieces of each row by the root of their number, as the model computes them."""
    starts = np.cumsum([0, *(len(r) for r in rows)])
    columns = np.array([b for r in rows for b in r], np.int64)
    values = np.concatenate([np.full(len(r), 1 / np.sqrt(max(len(r), 1))) for r in rows]) if rows else np.zeros(0)
    made = csr_matrix((values, columns, starts), shape=(len(rows), grams.BUCKETS))
    made.sum_duplicates()
    return made


def _facts(rows: Sequence[Facts]) -> tuple[Any, tuple[str, ...]]:
    counts: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            counts[name] = counts.get(name, 0) + bool(value)
    names = tuple(sorted(n for n, c in counts.items() if c >= RARE))
    at = {name: i for i, name in enumerate(names)}
    kept = [[(at[n], v) for n, v in row.items() if n in at and v] for row in rows]
    starts = np.cumsum([0, *(len(k) for k in kept)])
    columns = [c for k in kept for c, _ in k]
    values = [v * UNIT for k in kept for _, v in k]
    made = csr_matrix((values, columns, starts), shape=(len(rows), len(names)))
    made.sort_indices()  # the order of a sum decides its last digit
    return made, names


def matrix(design: Design) -> Any:
    """Lead's words and team's words share their buckets, rare pieces counting more; the facts follow."""
    lead, team, facts = WEIGHT[design.kind]
    words = (design.words * lead + design.team * team) @ _diagonal(rarity(design))
    return hstack([words, design.facts * facts]).tocsr()


def rarity(design: Design) -> Any:
    """Inverse document frequency of every bucket, one on average."""
    if design.kind == "person":  # its sums run over whole conversations: what is common in them tells as much
        return np.ones(grams.BUCKETS)
    seen = np.asarray(((design.words + design.team) > 0).sum(axis=0)).ravel()
    made = np.log((design.words.shape[0] + 1) / (seen + 1)) + 1
    return made / made[seen > 0].mean()


def usable(design: Design, head: str) -> Any:
    """Columns a head may look at: what is sensitive must be seen without the rules' phrases, or nothing is added."""
    keep = np.ones(grams.BUCKETS + len(design.names))
    if head == "sensitive":
        keep[grams.BUCKETS :] = [not n.startswith(BLIND) for n in design.names]
    return keep


def fit_head(x: Any, design: Design, head: str, rows: Any) -> tuple[Any, float]:
    """Weights (columns) and bias of one head, from the rows whose label is known."""
    y = design.labels[head]
    rows = rows[y[rows] != UNKNOWN]
    if len(set(y[rows].tolist())) < 2:
        return np.zeros(x.shape[1]), -8.0
    weight = np.where(design.owner[rows] == ALONE, LONE[design.kind], np.where(design.is_last[rows], 1.0, EARLIER))
    model = LogisticRegression(C=STRENGTH[design.kind], solver="liblinear", dual=True, max_iter=2000, random_state=0)
    model.fit(x[rows], y[rows], sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def designs(cases: Sequence[Case], alone: Sequence[Utterance]) -> dict[str, Design]:
    """The features of every part of the model."""
    return {
        "message": message_design(cases, alone),
        "reply": reply_design(cases, alone),
        "person": person_design(cases, alone),
    }


def folds(owner: Any, rows: Any, count: int = FOLDS) -> list[tuple[Any, Any]]:
    """Conversation-wise folds of the given rows."""
    split = GroupKFold(count).split(rows, groups=owner[rows])
    return [(rows[a], rows[b]) for a, b in split]


def fit(design: Design, rows: Any) -> Heads:
    """Every head of one part, quantised, and calibrated on held-out scores."""
    x = matrix(design)
    alone = np.flatnonzero(design.owner == ALONE)  # learnt from, never measured by
    names = tuple(sorted(design.labels))
    held_out = np.full((x.shape[0], len(names)), np.nan)
    weights, biases, slopes, shifts = [], [], [], []
    for column, head in enumerate(names):
        own = x @ _diagonal(usable(design, head)) if head == "sensitive" else x
        for inside, outside in folds(design.owner, rows):
            w, b = fit_head(own, design, head, np.concatenate([inside, alone]))
            held_out[outside, column] = own[outside] @ w + b
        w, b = fit_head(own, design, head, np.concatenate([rows, alone]))
        slope, shift = _calibrated(held_out[rows, column], design.labels[head][rows], design.is_last[rows])
        weights.append(w)
        biases.append(b)
        slopes.append(slope)
        shifts.append(shift)
    return _quantised(design, names, np.array(weights).T, biases, slopes, shifts)


def _diagonal(values: Any) -> Any:
    size = len(values)
    return csr_matrix((values, (np.arange(size), np.arange(size))), shape=(size, size))


def _calibrated(scores: Any, labels: Any, is_last: Any) -> tuple[float, float]:
    """Platt: what a held-out score means as a probability."""
    known = labels != UNKNOWN
    if len(set(labels[known].tolist())) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=1e3).fit(
        scores[known, None], labels[known], sample_weight=np.where(is_last[known], 1.0, EARLIER)
    )
    return max(float(model.coef_[0, 0]), 0.05), float(model.intercept_[0])


def _quantised(
    design: Design, names: tuple[str, ...], weights: Any, biases: list[float], slopes: list[float], shifts: list[float]
) -> Heads:
    lead, team, facts = WEIGHT[design.kind]
    words, named = weights[: grams.BUCKETS] * rarity(design)[:, None], weights[grams.BUCKETS :]
    unit = np.maximum(np.abs(words).max(axis=0), 1e-9) / 127
    fact_unit = np.maximum(np.abs(named).max(axis=0), 1e-9) / 32_000
    return Heads(
        names,
        np.round(words / unit).astype(np.int8),
        np.round(named / fact_unit).astype(np.int16),
        np.array([unit * lead, unit * team, fact_unit * facts * UNIT]),
        np.array(biases),
        np.array(slopes),
        np.array(shifts),
        {name: at for at, name in enumerate(design.names)},
    )
