"""One home for the peer suites that need a built warehouse: an account for each funnel, one for hostile strings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import leakreview, suites_folder
from tests.suites.funnels import Case, case_of, write_account
from tests.suites.hostile import strings_of, write_hostile

AS_OF = "2021-05-20"  # the funnels are of January 2020 to May 2021


@dataclass(frozen=True)
class Peers:
    """The published home, and what went in."""

    home: Path
    cases: dict[str, Case]
    strings: tuple[str, ...]


@pytest.fixture(scope="session")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Peers:
    """Refreshed once for all of them; skips with one clear line where the suites are absent."""
    suites = suites_folder()
    if suites is None:
        pytest.skip("peer suites absent: set LEAKREVIEW_SHARED to the folder that holds suites/")
    home = tmp_path_factory.mktemp("peers")
    listed = json.loads((suites / "posthog_funnel_cases" / "cases.json").read_text(encoding="utf-8"))
    cases = {case.name: case for case in map(case_of, listed)}
    for case in cases.values():
        write_account(home / "accounts" / case.name, case)
    strings = strings_of(suites)
    write_hostile(home / "accounts" / "hostile", strings)
    called = leakreview(home, "refresh", "--as-of", AS_OF)
    assert called.code == 0, called.err + called.out
    return Peers(home, cases, strings)
