"""The invented warehouse and the page rendered from it, once a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.queries.window import find_window
from reports.render import render
from reports.sections.common import Review
from tests.reports.fake_warehouse import build


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("warehouse") / "fake.duckdb")


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("empty") / "empty.duckdb", empty=True)


@pytest.fixture(scope="session")
def priced_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("priced") / "priced.duckdb", priced=True)


@pytest.fixture(scope="session")
def page(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("home"), warehouse=warehouse).page


@pytest.fixture(scope="session")
def priced_page(priced_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("priced_home"), warehouse=priced_warehouse).page


@pytest.fixture
def priced(priced_warehouse: Path) -> Review:
    return Review(find_window(warehouse=priced_warehouse))


@pytest.fixture
def a_review(warehouse: Path) -> Iterator[Review]:
    yield Review(find_window(warehouse=warehouse))
