"""Small helpers for pandas frames. Their cells have no static type, so a frame is `Any` to the type checker."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, TypeAlias

Frame: TypeAlias = Any  # a pandas.DataFrame; its columns are named in the docstring of whoever makes it
Series: TypeAlias = Any  # a pandas.Series


def is_known(value: Any) -> bool:
    """Whether a cell holds something: not None, NaN or NaT."""
    if value is None:
        return False
    if isinstance(value, float):
        return not math.isnan(value)
    return bool(value == value)  # noqa: PLR0124 only NaT differs from itself


def as_date(value: Any) -> date:
    """The date of a date or timestamp."""
    return value.date() if isinstance(value, datetime) else value
