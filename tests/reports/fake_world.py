"""The moment, the stages and the rows of the invented warehouse."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.reports.fake_columns import COLUMNS

AS_OF = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FIRST = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)
ACCOUNT = "default"
ORDER = ("new_dm", "engaged", "qualified", "booking_link_sent", "booked_call", "call_completed", "won")
STALE = {"new_dm": 3, "engaged": 4, "qualified": 3, "booking_link_sent": 4, "booked_call": 10, "call_completed": 4}


@dataclass
class World:
    """Rows by table, and the dice."""

    dice: random.Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, table: str, **values: Any) -> None:
        unknown = set(values) - set(COLUMNS[table])
        assert not unknown, unknown
        self.rows[table].append({"account_id": ACCOUNT, **values})
