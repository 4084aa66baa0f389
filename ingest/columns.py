"""What the columns of a table mean: header names found through the alias table `seeds/column_aliases.csv`.

A name counts without regard to case, accents, blanks and punctuation. Aliases of the system itself go before those of
any system; of two columns with one meaning the alias that stands first in the seed wins, and the other one stays in
the payload, as do all columns of no known meaning (these are reported).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ingest.seeds import read_seed

ANY = "any"
PAYLOAD = "payload"  # field of columns that are known and only kept as exported
# what APIs, warehouses and Pipedrive put around a name
_AFFIXES = re.compile(r"^(?:property_|(?:deal|person|contact|lead) - )|__?c$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """Columns of one header by meaning: field -> position; names that are known and not used; unknown names."""

    columns: Mapping[str, int]
    kept: tuple[str, ...]
    unknown: tuple[str, ...]


def normalise(name: str) -> str:
    """A header name reduced to its letters and digits: `IG-Handle ` and `ig handle` are one."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())


@cache
def aliases(record: str, system: str) -> Mapping[str, tuple[str, int]]:
    """Normalised alias -> (field, rank) for one record of one system (`any`: for every system)."""
    found: dict[str, tuple[str, int]] = {}
    for rank, row in enumerate(read_seed("column_aliases")):
        if row["record"] == record and row["system"] == system:
            found.setdefault(normalise(row["alias"]), (row["field"], rank))
    return found


@cache
def known_names(record: str, system: str) -> tuple[str, ...]:
    """Header names that a system is known to write, as documented in `formats`."""
    return tuple(r["alias"] for r in read_seed("column_aliases") if r["record"] == record and r["system"] == system)


def match(header: Iterable[str], record: str, system: str) -> Match:
    """What each column of a header means for `record` in `system`."""
    best: dict[str, tuple[int, int]] = {}  # field -> (rank, position)
    names = list(header)
    fields = [_meaning(name, record, system) for name in names]
    for position, meaning in enumerate(fields):
        if meaning and meaning[0] != PAYLOAD:
            field, rank = meaning
            best[field] = min(best.get(field, (rank, position)), (rank, position))
    columns = {field: position for field, (_, position) in best.items()}
    used = set(columns.values())
    kept = tuple(n for i, n in enumerate(names) if fields[i] and i not in used)
    return Match(columns, kept, tuple(n for i, n in enumerate(names) if n and fields[i] is None))


def _meaning(name: str, record: str, system: str) -> tuple[str, int] | None:
    """Field and rank of one name; a system's own aliases rank before those of any system."""
    for spelled in (normalise(name), normalise(_AFFIXES.sub("", name))):
        if own := aliases(record, system).get(spelled):
            return own
        if shared := aliases(record, ANY).get(spelled):
            return shared[0], shared[1] + 1_000_000
    return None
