"""The business words: CSV seeds of the dbt project, read with the standard library, so Python and SQL share them."""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def read_seed(name: str) -> list[dict[str, str]]:
    """Rows of `seeds/<name>.csv` in file order, every value text as written (empty stays empty)."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def seed_fingerprint(*names: str) -> str:
    """Hash of the bytes of some seeds: part of the key of whatever was made with them."""
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(name.encode() + b"\0" + (SEEDS / f"{name}.csv").read_bytes())
    return digest.hexdigest()
