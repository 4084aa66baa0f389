from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest

from ingest.errors import Code
from ingest.settings import Settings
from ingest.shapes import Outcome
from tests.csv_files import TextFile, csv_bytes, csv_formats, mapping, read

HEADERS = {
    "dm_messages": "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context",
    "stage_history": "lead_key,stage,entered_at,changed_by",
    "hubspot_deals": "Record ID,Deal Name,Pipeline,Deal Stage,Amount,Create Date,Associated Contact IDs",
    "hubspot_contacts": "Record ID,First Name,Last Name,Email,Phone Number,Create Date",
    "gohighlevel": "Opportunity Name,Contact Name,phone,email,pipeline,stage,Value,status,Opportunity ID,Contact ID",
    "manychat": "Subscriber ID,First Name,Last Name,ig_username,subscribed,trigger_source",
    "calendly": "Invitee Name,Invitee Email,Event Type Name,Start Date & Time,Event Created Date & Time,Canceled",
}
OTHERS = {
    "old HubSpot deals": ("Deal ID,Deal name,Deal stage,Close date", "hubspot_deals"),
    "old HubSpot contacts": ("Contact ID,First Name,Email,Contact owner,Create Date", "hubspot_contacts"),
    "German deals": ("Datensatz-ID;Dealname;Deal-Phase;Betrag;Abschlussdatum", "hubspot_deals"),
    "ManyChat with plain id": ("id\tname\tig_username\tsubscribed\tlast_interaction", "manychat"),
    "Spanish opportunities": (
        "ID de oportunidad,Nombre de la oportunidad,Nombre de contacto,Etapa,Estado",
        "gohighlevel",
    ),
    "spaced and capital": ("CONVERSATION_ID , Sent At,Direction", "dm_messages"),
    "vehicles of HubSpot": ("Record ID,Available,Make,Model,Odometer Reading", None),
    "a shop": ("Order ID,Email,Total,Created at", None),
    "Stripe": ("id,Description,Created (UTC),Amount,Currency,Customer Email,Status", None),
    "Zoom": ("Name (original name),Email,Total duration (minutes),Guest", None),
    "prose": ("Dear all, here are the leads", None),
}


@pytest.mark.parametrize("name", sorted(HEADERS))
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_exactly_one_format_claims_a_header(name: str, delimiter: str) -> None:
    export = TextFile(csv_bytes(HEADERS[name].replace(",", delimiter)))
    assert [f.name for f in csv_formats() if f.recognises(export, Settings())] == [name]


@pytest.mark.parametrize(("header", "name"), OTHERS.values(), ids=list(OTHERS))
def test_other_headers_are_claimed_by_one_or_none(header: str, name: str | None) -> None:
    claims = [f.name for f in csv_formats() if f.recognises(TextFile(csv_bytes(header)), Settings())]
    assert claims == ([name] if name else [])


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"{}", b"[1]", b"<html>", b"PK\x03\x04", b"BEGIN:VCALENDAR"], ids=repr
)
def test_what_is_no_csv_is_claimed_by_none(data: bytes) -> None:
    assert not [f.name for f in csv_formats() if f.recognises(TextFile(data), Settings())]


def test_a_download_with_members_is_claimed_by_none() -> None:
    export = TextFile(csv_bytes(HEADERS["calendly"]), members=("a.csv",))
    assert not [f.name for f in csv_formats() if f.recognises(export, Settings())]


def test_a_mapping_wins_over_the_vendors_format() -> None:
    data = csv_bytes(HEADERS["manychat"], "1,Ada,Wren,ada.wren,2026-03-02 10:00,ad")
    found = read(data, mapping({"lead_key": "ig_username"}))
    assert found.format == "mapped_csv"
    assert found.values[0]["lead_key"] == "ada.wren"
    assert read(data, mapping({"lead_key": "ig_username"}), "export.tsv").format == "manychat"


@pytest.mark.parametrize("name", ["b/zip.zip!inner/leads_1.csv", "leads_1.csv", "deep/down/leads_1.csv"])
def test_the_glob_is_held_against_the_files_own_name(name: str) -> None:
    settings = {"mapping": [{"file": "leads_?.csv", "record": "crm_leads", "columns": {"lead_key": "id"}}]}
    assert read(b"id,x\n1,2\n", settings, name).format == "mapped_csv"


def test_the_first_of_two_fitting_mappings_counts() -> None:
    both = [
        {"file": "leads*", "record": "stage_history", "columns": {"lead_key": "id", "stage": "to", "entered_at": "at"}},
        {"file": "*", "record": "crm_leads", "columns": {"lead_key": "id"}},
    ]
    assert read(b"id,to,at\n1,won,2026-03-01\n", {"mapping": both}, "leads.csv").rows[0].shape == "stage_changes"


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_header_alone_is_no_row_and_a_warning(name: str) -> None:
    found = read(csv_bytes(HEADERS[name]))
    assert (found.rows, found.codes(Outcome.FLAGGED)) == ([], [Code.E_EMPTY])


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_lines_above_the_header_are_named_and_refused(name: str) -> None:
    found = read(b"Report of March\n\n" + csv_bytes(HEADERS[name], "x"))
    (refused,) = found.rejects
    assert (refused.outcome, refused.code) == (Outcome.REFUSED, Code.E_HEADER)
    assert refused.reason.startswith("1 line above the header") and "skip_rows" in refused.reason


def test_a_missing_column_is_refused_naming_what_is_there() -> None:
    found = read(b"conversation_id,sent_at,text\n1,2026-03-01,hi\n")
    (refused,) = found.rejects
    assert "direction" in refused.reason and "conversation_id, sent_at, text" in refused.reason
    assert found.rows == []


def test_unknown_columns_are_told_once_and_stay_in_the_payload() -> None:
    found = read(csv_bytes(HEADERS["manychat"] + ",Shoe size,Star sign", "1,A,B,ab,2026-03-02,ad,39,leo", "2,,,,,,40,"))
    (flag,) = found.rejects
    assert (flag.code, flag.count) == (Code.E_UNKNOWN_COLUMN, 2)
    assert flag.reason.endswith('"Shoe size", "Star sign"')
    assert found.rows[0].payload["Shoe size"] == "39"


@pytest.mark.parametrize("word", ["true", "TRUE", "Yes", "yes", "1"])
def test_calendly_cancellations_in_any_spelling(word: str) -> None:
    data = csv_bytes(HEADERS["calendly"], f"Ada,a@example.com,Call,2026-03-10 11:00 am,2026-03-01 09:00 am,{word}")
    assert read(data).values[0]["status"] == "cancelled"


def test_calendly_times_are_the_accounts() -> None:
    data = csv_bytes(HEADERS["calendly"], "Ada,a@example.com,Call,2026-07-10 11:00 am,2026-07-01 09:00 am,false")
    row = read(data, {"account": {"timezone": "America/New_York"}}).values[0]
    assert row["starts_at"] == dt.datetime(2026, 7, 10, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("question", "answer", "handle"),
    [
        ("Instagram handle", "@Ada.Wren", "ada.wren"),
        ("What's your IG?", "https://instagram.com/ada.wren", "ada.wren"),
        ("Dein Insta-Name", "ada.wren", "ada.wren"),
        ("What should I bring?", "ada", None),
        ("What are the big things?", "ada", None),
    ],
)
def test_handles_are_found_in_answers_to_questions_for_them(question: str, answer: str, handle: str | None) -> None:
    header = f"{HEADERS['calendly']},Question 1,Response 1"
    row = f"Ada,a@example.com,Call,2026-03-10 11:00 am,2026-03-01 09:00 am,false,{question},{answer}"
    assert read(csv_bytes(header, row)).values[0].get("instagram_handle") == handle


def test_a_deal_stage_with_brackets_of_its_own_only_loses_its_pipeline() -> None:
    header = '"Record ID","Deal Name","Pipeline","Date entered ""Call (paid) (Sales)""","Date entered ""Call (free)"""'
    found = read(csv_bytes(header, "1,Ada,Sales,2026-03-01 10:00,2026-03-02 10:00"))
    assert [r.values["stage_label"] for r in found.rows if r.shape == "stage_changes"] == ["Call (paid)", "Call (free)"]


def test_days_since_the_last_change_are_counted_from_the_newest_time_of_the_file() -> None:
    header = f"{HEADERS['gohighlevel']},Created on,Updated on,Days Since Last Stage Change"
    found = read(
        csv_bytes(
            header,
            "A,A,,,P,Booked,,open,o1,c1,2026-03-01T10:00:00Z,2026-03-28T10:00:00Z,9",
            "B,B,,,P,Booked,,open,o2,c2,2026-03-29T10:00:00Z,2026-03-30T12:00:00Z,5",
            "C,C,,,P,Booked,,open,o3,c3,2026-03-01T10:00:00Z,2026-03-21T15:00:00Z,9",
        )
    )
    entered = [row["stage_entered_at"] for row in found.values]
    assert entered == [
        dt.datetime(2026, 3, 21, 12, tzinfo=dt.UTC),  # 9 days before the export
        dt.datetime(2026, 3, 29, 10, tzinfo=dt.UTC),  # not before it was created
        dt.datetime(2026, 3, 21, 15, tzinfo=dt.UTC),  # the row's own change on that day
    ]


@pytest.mark.parametrize(
    ("cell", "tags"),
    [("a;b", "a;b"), ("a, b", "a;b"), ('"[""a"", ""b""]"', "a;b"), ('"[{""name"": ""a""}]"', "a"), ("a", "a")],
)
def test_tags_are_a_list_however_they_are_written(cell: str, tags: str) -> None:
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    found = read(csv_bytes(HEADERS["manychat"] + ",Tags", f"1,A,B,ab,2026-03-02,ad,{quoted}"))
    assert found.values[0]["tags"] == tags


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"lead_key": "id"}, "contact"),
        ({"lead_key": "id", "stage": "step"}, "deal"),
        ({"lead_key": "id", "won_at": "at"}, "deal"),
    ],
    ids=["no stage", "stage", "closing"],
)
def test_a_mapped_lead_is_a_deal_where_the_file_tells_its_course(columns: Mapping[str, str], kind: str) -> None:
    assert read(b"id,step,at\n1,won,2026-03-01\n", mapping(columns)).values[0]["record_kind"] == kind


def test_a_mapped_row_without_any_date_is_kept() -> None:
    found = read(b"id,step,at\n1,won,\n", mapping({"lead_key": "id", "stage": "step", "stage_entered_at": "at"}))
    assert found.values == [
        {"system": "*.csv", "record_kind": "deal", "display_name": None, "lead_key": "1", "stage_label": "won"}
    ]


def test_custom_properties_are_found_where_a_mapping_leaves_them_out() -> None:
    data = b"id,Call Outcome,Klant sinds,Email\n1,no show,2026-03-01,ada@example.com\n"
    row = read(data, mapping({"lead_key": "id"})).values[0]
    assert row["call_outcome"] == "no show"
    assert row["client_since"] == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert "email" not in row


def test_a_mapping_reads_what_it_is_told_to() -> None:
    data = "skip me\nNr|Betrag|Am\n1|1.200,50 €|01/03/2026\n".encode("cp1252")
    more = {"encoding": "cp1252", "delimiter": "|", "skip_rows": 1, "decimal": ",", "date_format": "%d/%m/%Y"}
    settings = mapping({"lead_key": "Nr", "amount": "Betrag", "won_at": "Am"}, timezone="Europe/Berlin", **more)
    row = read(data, settings).values[0]
    assert (row["amount"], row["currency"]) == (Decimal("1200.50"), "EUR")
    assert row["won_at"] == dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("word", "status", "no_show"),
    [
        ("Confirmed", "active", None),
        ("canceled", "cancelled", None),
        ("No-Show", "active", True),
        ("attended", "completed", None),
    ],
)
def test_the_status_of_a_mapped_booking_is_understood(word: str, status: str, no_show: bool | None) -> None:
    data = f"at,state\n2026-03-01 10:00,{word}\n".encode()
    row = read(data, mapping({"starts_at": "at", "status": "state"}, record="bookings")).values[0]
    assert (row["status"], row["no_show"]) == (status, no_show)


def test_a_booking_without_a_key_keeps_the_same_one() -> None:
    data = b"at,who\n2026-03-01 10:00,Ada\n"
    settings = mapping({"starts_at": "at", "invitee_name": "who"}, record="bookings")
    assert read(data, settings).values == read(data + b"2026-03-02 10:00,Bo\n", settings).values[:1]


def test_ordinals_number_equal_messages_of_one_instant() -> None:
    row = "t1,Ada,ada,2026-03-02T09:00:00Z,in,lead,text,hi,"
    found = read(csv_bytes(HEADERS["dm_messages"], row, row, row.replace("hi", "ho"), row))
    assert [m["ordinal"] for m in found.values] == [0, 1, 0, 2]


def test_words_keep_their_blanks() -> None:
    found = read(csv_bytes(HEADERS["dm_messages"], 't1,Ada,,2026-03-02T09:00:00Z,in,,text,"  hi\n ",'))
    assert found.values[0]["text"] == "  hi\n "
