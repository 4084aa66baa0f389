"""How well leads are placed in conversations nobody trained on: conversation-wise cross-validation of the judge.

The rules were written while reading some of these conversations, and the folds cannot undo that; the model, its
calibration and its limits are fitted anew in every fold, by the procedure of training/train.py. Stages follow from the
judgements by training/evaluate.py, a short approximation of the models in SQL.

usage: python -m benchmarks.placement
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.judge.judge import with_model
from ingest.judge.model import bundled
from training.evaluate import Placed, figures, place
from training.examples import Case, cases
from training.fit import designs, folds
from training.single import utterances
from training.train import train

FOLDS = 5


def cross_validated(labelled: Sequence[Case]) -> list[Placed]:
    """Every conversation, placed by a model that never saw it."""
    made_of = designs(labelled, utterances())
    everything = np.arange(len(labelled))
    found: dict[int, Placed] = {}
    for inside, outside in folds(everything, everything, FOLDS):
        made = train(labelled, made_of, set(inside.tolist()))
        for n in outside.tolist():
            case = labelled[n]
            found[n] = place(case, with_model([(case.conversation, case.rows, case.readings)], made)[0])
    return [found[n] for n in range(len(labelled))]


def table(title: str, labelled: Sequence[Case], columns: dict[str, Sequence[Placed]]) -> str:
    """Figures of several judges side by side, beside the commonest answer."""
    made = {name: figures([(c.truth, p) for c, p in zip(labelled, got, strict=True)]) for name, got in columns.items()}
    lines = [title, f"{'figure':40s}" + "".join(f"{name:>16s}" for name in made) + f"{'cases':>8s}{'commonest':>11s}"]
    for name in next(iter(made.values())):
        values = "".join(f"{one[name][0]:16.3f}" for one in made.values())
        _, count, common = list(made.values())[-1][name]
        lines.append(f"{name:40s}{values}{count:8d}{common:11.3f}")
    return "\n".join(lines)


def main() -> None:
    """Print both tables."""
    labelled = cases()
    rules = [place(c, c.rows) for c in labelled]
    title = f"{len(labelled)} labelled conversations, {FOLDS} folds"
    print(table(title, labelled, {"rules alone": rules, "rules and model": cross_validated(labelled)}))
    reference = cases(("reference",))
    shipped = [place(c, with_model([(c.conversation, c.rows, c.readings)], bundled())[0]) for c in reference]
    rules = [place(c, c.rows) for c in reference]
    print()
    print(table("the 50 reference conversations, shipped model (trained on them too)", reference,
                {"rules alone": rules, "rules and model": shipped}))  # fmt: skip


if __name__ == "__main__":
    main()
