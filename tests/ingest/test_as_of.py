"""The moment of a review: what may be written, and which instant it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest import as_of
from ingest.errors import UserError

NEWEST = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "zone", "expected"),
    [
        ("2026-09-30T00:00", "UTC", "2026-09-30T00:00:00+00:00"),
        ("2026-09-30T00:00", "Europe/London", "2026-09-29T23:00:00+00:00"),
        ("2026-09-30T00:00Z", "Europe/London", "2026-09-30T00:00:00+00:00"),
        ("2026-09-30T00:00+02:00", "UTC", "2026-09-29T22:00:00+00:00"),
        ("2026-09-30", "UTC", "2026-09-30T23:59:59.999999+00:00"),
        ("2026-09-30", "America/New_York", "2026-10-01T03:59:59.999999+00:00"),
        ("", "UTC", "2026-09-30T23:59:59.999999+00:00"),
        ("", "Europe/London", "2026-10-01T22:59:59.999999+00:00"),
    ],
)
def test_moments(given: str, zone: str, expected: str) -> None:
    assert as_of.resolve(as_of.normal(given), zone, NEWEST).isoformat() == expected


def test_the_end_of_a_day_that_ends_twice() -> None:
    assert as_of.resolve("2026-10-25", "Europe/London", None).isoformat() == "2026-10-25T23:59:59.999999+00:00"


@pytest.mark.parametrize("given", ["2026-02-30", "30/09/2026", "today", "2026-9-3", "2026-09-30T25:00", "20260930"])
def test_what_is_no_date_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(UserError, match="2026-09-30T18:00"):
        as_of.normal(given)


def test_without_any_date_the_user_has_to_say_it() -> None:
    with pytest.raises(UserError, match="--as-of 2026-09-30"):
        as_of.resolve("", "UTC", None)


@pytest.mark.parametrize("given", [None, "", "  "])
def test_none_given_is_empty(given: str | None) -> None:
    assert as_of.normal(given) == ""
