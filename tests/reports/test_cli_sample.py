"""The commands on the sample coach's home: one refresh for all of these tests, and a few more where it must be."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from ingest import generations, warehouse
from reports.export_columns import REPORTS
from tests.conftest import Called, Sample, leakreview

pytestmark = pytest.mark.warehouse

FORMATS = ("csv", "xlsx", "parquet", "json")


@pytest.fixture
def home(sample: Sample, tmp_path: Path) -> Path:
    """A copy that a test may change; times kept, so that nothing counts as changed."""
    return Path(shutil.copytree(sample.home, tmp_path / "home"))


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.open_published(home) as con:
        return con.execute(sql).fetchall()


def hashes(home: Path) -> dict[str, str]:
    """What every table of raw, marts and rules says, without the order of its rows."""
    with warehouse.open_published(home) as con:
        return {f"{s}.{t}": h for s in ("raw", "marts", "rules") for t, h in warehouse.content_hashes(con, s).items()}


def reporting(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every table of reporting, doubles to nine digits: the order of a sum of doubles is not fixed."""
    tables: dict[str, list[tuple[Any, ...]]] = {}
    with warehouse.open_published(home) as con:
        names = con.execute("select table_name from duckdb_tables() where schema_name = 'reporting'").fetchall()
        for (name,) in names:
            rows = con.execute(f"select * from reporting.{name}").fetchall()
            tables[name] = sorted((tuple(_nine_digits(cell) for cell in row) for row in rows), key=repr)
    return tables


def _nine_digits(cell: Any) -> Any:
    return float(f"{cell:.9g}") if isinstance(cell, float) else cell


# --- refresh ---


def test_the_first_refresh_says_what_it_read_and_published(sample: Sample) -> None:
    out = sample.refresh.out
    assert re.search(r"Read \d+ export files: [\d,]+ messages in \d+ conversations, \d+ CRM rows, \d+ bookings\.", out)
    assert re.search(r"Published gen-\S+\.duckdb as of \d{4}-\d\d-\d\d \d\d:\d\d UTC \(data/CURRENT names it\)\.", out)
    assert "Traceback" not in sample.refresh.err


def test_the_pointer_tells_what_is_published(sample: Sample) -> None:
    pointer = json.loads((sample.home / "data" / "CURRENT").read_text())
    path = sample.home / "data" / pointer["file"]
    assert pointer["sha256"] == generations.sha256_of(path)
    assert pointer["versions"]["duckdb"] and pointer["counts"]["marts.fct_journeys"] > 300
    assert not pointer["is_sample"]  # these exports are the home's own


def test_nothing_new_costs_a_fraction_and_publishes_nothing(sample: Sample, home: Path) -> None:
    before = (home / "data" / "CURRENT").read_bytes()
    calls = [leakreview(home, "refresh") for _ in range(2)]
    for called in calls:
        assert called.code == 0 and "Nothing changed" in called.out
    assert (home / "data" / "CURRENT").read_bytes() == before
    # the copy's files have other change times: the first call hashes them again, the second only looks
    assert min(called.seconds for called in calls) <= 0.15 * sample.refresh.seconds


def test_another_refresh_of_the_same_input_gives_the_same_tables(sample: Sample, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    shutil.copytree(sample.home / "exports", again / "exports")
    shutil.copyfile(sample.home / "settings.toml", again / "settings.toml")
    assert leakreview(again, "refresh").code == 0
    first, second = hashes(sample.home), hashes(again)
    assert len(first) > 40
    assert {name for name in first if first[name] != second.get(name)} == set()
    first_told, second_told = reporting(sample.home), reporting(again)
    assert {name for name in first_told if first_told[name] != second_told.get(name)} == set()


def test_changes_are_noticed_an_older_as_of_stands_beside_and_strict_ends_with_one(home: Path) -> None:
    before = (home / "data" / "CURRENT").read_bytes()
    with (home / "settings.toml").open("a") as file:
        file.write("\n# a comment changes nothing but the file\n")
    (home / "exports" / "broken.csv").write_text("a,b\n1,2\n")
    called = leakreview(home, "refresh", "--as-of", "2026-10-15", "--strict", "--json")
    assert called.code == 1, called.err
    result = json.loads(called.out)
    assert result["is_new"] and result["is_side"] and result["as_of"].startswith("2026-10-15")
    assert result["landing"]["rows_loaded"] > 3000
    assert [(r["file"], r["code"]) for r in result["landing"]["refused"]] == [("broken.csv", "E_UNKNOWN")]
    assert "no_file_is_refused" in {f["finding"] for f in result["findings"]}
    assert (home / "data" / "CURRENT").read_bytes() == before
    with warehouse.open_published(home, "2026-10-15") as con:
        ((late,),) = con.execute("select count(*) from marts.fct_journeys where started_at > '2026-10-16'").fetchall()
        ((kept,),) = con.execute("select count(*) from raw.messages where sent_at > '2026-10-16'").fetchall()
        ((told,),) = con.execute(
            "select rows from reporting.rpt_findings where finding = 'no_file_is_refused'"
        ).fetchall()
    assert (late, told) == (0, 1) and kept > 0  # later rows stay in raw, the models leave them out
    assert "Nothing changed" in leakreview(home, "refresh", "--as-of", "2026-10-15").out
    sick = leakreview(home, "doctor")
    assert sick.code == 1 and "broken.csv: E_UNKNOWN" in sick.out


def test_everything_written_is_private(sample: Sample) -> None:
    paths = [sample.home / "data", *(sample.home / "data").rglob("*")]
    assert not [str(path) for path in paths if path.stat().st_mode & 0o077]


def test_nothing_is_written_outside_the_home(sample: Sample) -> None:
    assert sorted(path.name for path in sample.home.iterdir()) == ["data", "exports", "settings.toml"]


def test_a_failed_model_or_test_is_named_and_nothing_is_published(home: Path, tmp_path: Path) -> None:
    from ingest.land import AccountLanded, Landed
    from reports import gates

    built = {
        "success": False,
        "stopped": "",
        "failed": [
            {"kind": "test", "name": "not_null_x", "path": "models/x.yml", "status": "fail", "rows": 3},
            {"kind": "model", "name": "y", "path": "models/y.sql", "status": "error", "rows": 0},
        ],
    }
    with pytest.raises(
        gates.NotPublished, match=r"test not_null_x \(models/x.yml\) failed on 3 rows, and 1 more"
    ) as raised:
        gates.check_built(built)
    assert raised.value.code == gates.FAILED
    account = AccountLanded("default", None, 100, 11, 0.1)  # type: ignore[arg-type]
    landed = Landed((account,), {}, 1, 1, 89, 11, 0, 0, ())
    with pytest.raises(gates.NotPublished, match="11% of the rows of account default") as raised:
        gates.check_landed(landed)
    assert raised.value.code == gates.TOO_MANY_REJECTS
    with pytest.raises(gates.NotPublished, match="raw.messages holds 1 rows where 2 were read"):
        gates.reconcile({"messages": 2}, {"raw.messages": 1})


# --- audit, doctor ---


def test_the_audit_places_the_last_leads_with_evidence(sample: Sample) -> None:
    called = leakreview(sample.home, "audit", "--last", "5", "--json")
    assert called.code == 0, called.err
    leads = json.loads(called.out)["leads"]
    assert len(leads) == 5
    times = [lead["last_message_at"] for lead in leads]
    assert times == sorted(times, reverse=True)
    assert all(lead["stage"] or not lead["is_prospect"] for lead in leads)
    text = leakreview(sample.home, "audit", "--last", "5")
    assert text.code == 0 and len(re.findall(r"^ +\d\. ", text.out, flags=re.MULTILINE)) == 5


def test_the_doctor_lists_each_export_with_its_age(sample: Sample) -> None:
    called = leakreview(sample.home, "doctor", "--json")
    lines = json.loads(called.out)["lines"]
    exports = [line["says"] for line in lines if line["topic"] == "exports"]
    assert len(exports) >= 5 and all("newest entry 2026-" in says or "holds no date" in says for says in exports)
    assert next(line for line in lines if line["topic"] == "published")["state"] == "ok"


# --- export ---


@pytest.fixture(scope="module")
def exported(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every report in every format, without and with names, from a copy of the sample home."""
    from reports.export import export

    home = Path(shutil.copytree(sample.home, tmp_path_factory.mktemp("exported") / "home"))
    for name in REPORTS:
        for file_format in FORMATS:
            export(home, name, file_format, home / "plain")
            export(home, name, file_format, home / "named", show_names=True)
    return home


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of an export as text, whatever its format."""
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    if path.suffix == ".json":
        return list(json.loads(path.read_text())["rows"])
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    page = openpyxl.load_workbook(path).worksheets[0]
    head, *rest = [[cell.value for cell in row] for row in page.iter_rows()]
    return [dict(zip(head, row, strict=True)) for row in rest if row[0] is not None and row[0] != "Total"]


def find(folder: Path, name: str, suffix: str) -> Path:
    (path,) = folder.glob(f"{name}-2*.{suffix}")
    return path


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("file_format", FORMATS)
def test_every_report_has_the_same_rows_in_every_format(exported: Path, name: str, file_format: str) -> None:
    rows = rows_of(find(exported / "plain", name, file_format))
    expected = json.loads(find(exported / "plain", name, "json").read_text())["rows"]
    assert len(rows) == len(expected) > 0
    assert list(rows[0]) == [c.name for c in REPORTS[name].columns if not c.private]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("file_format", FORMATS)
def test_without_show_names_nobody_can_be_recognised(exported: Path, name: str, file_format: str) -> None:
    people = query(exported, "select display_name, instagram_handle, email from marts.dim_leads")
    secrets = {str(value) for row in people for value in row if value and len(str(value)) > 5}
    words = query(exported, "select last_lead_words from marts.fct_next_actions where length(last_lead_words) > 20")
    secrets |= {str(row[0]) for row in words}
    path = find(exported / "plain", name, file_format)
    content = path.read_bytes()
    if file_format == "xlsx":
        content = b"".join(zipfile.ZipFile(path).read(n) for n in zipfile.ZipFile(path).namelist())
    if file_format == "parquet":
        content = repr(pq.read_table(path).to_pylist()).encode()
    assert len(secrets) > 300
    assert not [secret for secret in secrets if secret.encode() in content]


def test_with_names_they_are_there(exported: Path) -> None:
    (path,) = (exported / "named").glob("leads-*-with-names.json")
    rows = json.loads(path.read_text())["rows"]
    assert sum(bool(row["name"]) for row in rows) > 300


def test_pseudonyms_are_the_same_in_every_report_and_run(exported: Path) -> None:
    from reports.export import export

    leads = {row["lead"] for row in rows_of(find(exported / "plain", "leads", "json"))}
    leaks = {row["lead"] for row in rows_of(find(exported / "plain", "leaks", "csv")) if row["lead"]}
    assert leaks and leaks <= leads and all(re.fullmatch("[0-9a-f]{32}", lead) for lead in leads)
    path, _ = export(exported, "leads", "csv", exported / "again")
    assert path.read_bytes() == find(exported / "plain", "leads", "csv").read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_the_workbook_has_no_formula_and_no_link(exported: Path) -> None:
    for path in [*(exported / "plain").glob("*.xlsx"), *(exported / "named").glob("*.xlsx")]:
        archive = zipfile.ZipFile(path)
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            live = ("<f>", "<f ", "<hyperlink", "relationships/hyperlink")
            assert not [mark for mark in live if mark in text], (path.name, name)


def test_the_workbook_is_ready_to_work_with(exported: Path) -> None:
    book = openpyxl.load_workbook(find(exported / "plain", "source-to-won", "xlsx"))
    page, about, chart = book.worksheets
    assert chart.title == "chart" and [cell.value for cell in chart[1]] == ["source", "leads", "qualified", "won"]
    assert page.freeze_panes == "A2" and page.auto_filter.ref.startswith("A1:")
    head = [cell.value for cell in page[1]]
    won = head.index("won") + 1
    total = page.cell(page.max_row, won).value
    assert page.cell(page.max_row, 1).value == "Total"
    assert total == sum(page.cell(n, won).value or 0 for n in range(2, page.max_row - 1))
    explained = [row[0].value for row in about.iter_rows()]
    assert set(head) < set(explained) and "default: as_of" in explained


def test_a_formula_in_a_csv_cell_does_not_run() -> None:
    from reports.export import _csv_cell

    assert [_csv_cell(v) for v in ("=1+1", "+44", "-2", "@x", "plain", -2, None, True)] == [
        *("'=1+1", "'+44", "'-2", "'@x", "plain", "-2", "", "yes")
    ]


# --- review ---


def test_the_review_is_rendered_and_its_place_told(home: Path) -> None:
    called: Called = leakreview(home, "review", "--json")
    assert called.code == 0, called.err
    result = json.loads(called.out)
    page = Path(result["pages"][0]["page"])
    assert page.parent == home / "reports" / "out" and page.stat().st_mode & 0o077 == 0
    assert page.read_text("utf-8").startswith("<!doctype html>") or "<!DOCTYPE html>" in page.read_text("utf-8")[:200]
    assert not result["is_new"]
