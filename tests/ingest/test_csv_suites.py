"""CSV files that nobody here wrote: csv-spectrum, Pollock, the seeds of CRM connectors, a CRM of 8,800 deals."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from ingest import columns
from ingest.csv_reader import BadRow, Record, check, open_table, records
from ingest.csv_text import peek_headers
from ingest.errors import ExportError
from ingest.settings import load_settings
from ingest.shapes import Outcome, Row
from tests.csv_files import TextFile, csv_formats, read

pytestmark = pytest.mark.suite


def test_csv_spectrum_is_read_right(suites: Path) -> None:
    folder = suites / "csv_spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        table = open_table(path.read_bytes())
        got = [dict(zip(table.header, r.cells, strict=True)) for r in records(table) if isinstance(r, Record)]
        answer = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        answer = answer if isinstance(answer, list) else [answer]
        if path.stem == "location_coordinates":  # its answer has another phone number than its question
            answer[0]["Contact Phone Number"] = "2095257564"
        assert len(got) == len(answer), path.name
        for mine, theirs in zip(got, answer, strict=True):
            assert {k: v.replace("\r\n", "\n") for k, v in mine.items()} == {
                k: v.replace("\r\n", "\n") for k, v in theirs.items()
            }, path.name


def verdict(data: bytes, clean: bytes) -> str:
    """Read right, refused, quarantined (the rest right), or silently wrong."""
    answer = [tuple(row) for row in csv.reader(io.StringIO(clean.decode(), newline=""), strict=True)]
    try:
        table = open_table(data)
        check(table)
        found = list(records(table))
    except ExportError:
        return "refused"
    aside = sum(isinstance(r, BadRow) for r in found)
    got = [table.header, *(r.cells for r in found if isinstance(r, Record))]
    if got == answer and not aside:
        return "read right"
    rest = iter(answer)
    in_order = all(any(row == want for want in rest) for row in got)
    return "quarantined" if in_order and len(answer) - len(got) == aside else "silently wrong"


def test_pollock_is_never_silently_wrong(suites: Path) -> None:
    with tarfile.open(suites / "pollock" / "polluted_files.tar.gz") as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar if m.name.endswith(".csv")}  # type: ignore[union-attr]
    questions = {name: data for name, data in files.items() if name.startswith("polluted_files/csv/")}
    verdicts = Counter(verdict(data, files[name.replace("/csv/", "/clean/")]) for name, data in questions.items())
    assert verdicts == {"read right": 10, "quarantined": 2160, "refused": 120}


@pytest.mark.parametrize("system", ["hubspot", "any"])
def test_every_column_of_the_crm_connectors_is_recognised_or_reported(suites: Path, system: str) -> None:
    for path in sorted((suites / "crm_seeds").rglob("*.csv")):
        header = next(iter(peek_headers(path.read_bytes())), ())
        found = columns.match(header, "crm_leads", system)
        used = {header[i] for i in found.columns.values()}
        assert used | set(found.kept) | set(found.unknown) == {n for n in header if n}, path.name


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("fivetran_dbt_hubspot/deal_data.csv", {"amount", "closed_at", "created_at", "lead_key"}),
        ("fivetran_dbt_hubspot/contact_data.csv", {"email", "first_name", "last_name", "created_at"}),
        ("fivetran_dbt_salesforce/sf_lead_data.csv", {"email", "phone", "source_label", "status_label", "created_at"}),
        (
            "fivetran_dbt_intercom/contact_history_data.csv",
            {"email", "phone", "display_name", "created_at", "updated_at"},
        ),
    ],
    ids=["HubSpot deals", "HubSpot contacts", "Salesforce leads", "Intercom contacts"],
)
def test_the_columns_that_matter_are_recognised(suites: Path, name: str, fields: set[str]) -> None:
    header = peek_headers((suites / "crm_seeds" / name).read_bytes())[0]
    assert fields <= columns.match(header, "crm_leads", "hubspot").columns.keys()


MAVEN = {
    "lead_key": "opportunity_id",
    "display_name": "account",
    "owner": "sales_agent",
    "stage": "deal_stage",
    "created_at": "engage_date",
    "closed_at": "close_date",
    "amount": "close_value",
}


def test_both_date_spellings_of_maven_crm_give_the_same_rows(suites: Path) -> None:
    copies = [("sales_pipeline.csv", {"date_format": "%m/%d/%Y"}), ("sales_pipeline_iso_dates.csv", {})]
    results = []
    for name, more in copies:
        settings = {"mapping": [{"file": "*.csv", "record": "crm_leads", "columns": MAVEN, **more}]}
        results.append(read((suites / "maven_crm" / name).read_bytes(), settings, name))
    american, iso = results
    assert american.values == iso.values
    assert Counter(row["stage_label"] for row in iso.values) == {
        "Won": 4238,
        "Lost": 2473,
        "Engaging": 1589,
        "Prospecting": 500,
    }
    assert not [r for r in iso.rejects if r.outcome is not Outcome.FLAGGED]
    undated = [row for row in iso.values if row.get("created_at") is None]
    assert {row["stage_label"] for row in undated} == {"Prospecting"}, "a row without a date is kept"
    days = sorted((r["closed_at"] - r["created_at"]).days for r in iso.values if r["stage_label"] == "Won")  # type: ignore
    assert days[len(days) // 2] == 57


def test_maven_crm_proves_its_own_date_order(suites: Path) -> None:
    settings = {"mapping": [{"file": "*.csv", "record": "crm_leads", "columns": MAVEN}]}
    data = (suites / "maven_crm" / "sales_pipeline.csv").read_bytes()
    told = {"mapping": [{"file": "*.csv", "record": "crm_leads", "columns": MAVEN, "date_format": "%m/%d/%Y"}]}
    assert read(data, settings).values == read(data, told).values


LABELLED = {
    "instagram/calendly-events-export.csv": ("calendly", {"bookings": 5}),
    "instagram/hubspot-crm-exports-all-contacts-2026-09-30.csv": ("hubspot_contacts", {"crm_leads": 7}),
    "instagram/hubspot-crm-exports-all-deals-2026-09-30.csv": ("hubspot_deals", {"crm_leads": 7, "stage_changes": 4}),
    "instagram/manychat-contacts.csv": ("manychat", {"crm_leads": 2}),
    "generic/dm_messages.csv": ("dm_messages", {"messages": 234}),
    "generic/opportunities.csv": ("gohighlevel", {"crm_leads": 11}),
}


@pytest.mark.parametrize(("name", "expected"), LABELLED.items(), ids=list(LABELLED))
def test_the_labelled_exports_load_whole(shared: Path, name: str, expected: tuple[str, dict[str, int]]) -> None:
    path = shared / "labelled" / name
    settings = load_settings(path.parent)
    export = TextFile(path.read_bytes(), path.name)
    claims = [f for f in csv_formats() if f.recognises(export, settings)]
    assert [f.name for f in claims] == [expected[0]]
    items = list(claims[0].read(export, settings))
    assert Counter(i.shape for i in items if isinstance(i, Row)) == expected[1]
    assert all(isinstance(i, Row) for i in items)


def test_naughty_strings_come_back_byte_for_byte(suites: Path) -> None:
    strings = [s for s in json.loads((suites / "blns" / "blns.json").read_text(encoding="utf-8")) if s.strip()]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["conversation_id", "participant_name", "sent_at", "direction", "text"])
    writer.writerows(["t1", s, "2026-03-01T10:00:00Z", "in", s] for s in strings)
    found = read(out.getvalue().encode())
    assert [row["text"] for row in found.values] == strings
    assert [row["participant_name"] for row in found.values] == [s.strip() for s in strings]
    assert not [r for r in found.rejects if r.outcome is not Outcome.FLAGGED]
