"""Trains the bundled model from the labelled conversations and writes it.

Run: python -m training.train     (writes ingest/judge/model.npz; the same conversations give the same bytes)
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.judge import grams, model
from ingest.judge.model import Model
from ingest.judge.model_file import PATH
from training.examples import Case, cases
from training.fit import Design, designs, fit
from training.limits import LIMITS
from training.single import utterances

PARTS = ("words", "facts", "scale", "bias", "slope", "shift")
EPOCH = (1980, 1, 1, 0, 0, 0)


def train(labelled: Sequence[Case], made_of: Mapping[str, Design], chosen: set[int]) -> Model:
    """The model from the conversations whose place in `labelled` is chosen."""
    inside = [n for n in range(len(labelled)) if n in chosen]
    heads = {kind: fit(design, np.flatnonzero(np.isin(design.owner, inside))) for kind, design in made_of.items()}
    return Model(**heads, limits=LIMITS)


def write(made: Model, path: Path) -> None:
    """One file, always the same bytes for the same model."""
    about: dict[str, Any] = {"format": model.FORMAT, "buckets": grams.BUCKETS, "limits": made.limits}
    arrays: dict[str, Any] = {}
    for kind in model.PARTS:
        heads = getattr(made, kind)
        about[kind] = {"heads": heads.names, "facts": list(heads.rows)}
        arrays |= {f"{kind}_{part}": getattr(heads, part) for part in PARTS}
    arrays["about"] = np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, array in sorted(arrays.items()):
            held = io.BytesIO()
            np.lib.format.write_array(held, np.ascontiguousarray(array), allow_pickle=False)
            file.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), held.getvalue(), zipfile.ZIP_DEFLATED)


def main() -> None:
    """Train on everything and write the file."""
    labelled = cases()
    made = train(labelled, designs(labelled, utterances()), set(range(len(labelled))))
    write(made, PATH)
    print(f"{PATH.name}: {PATH.stat().st_size} bytes from {len(labelled)} conversations")


if __name__ == "__main__":
    main()
