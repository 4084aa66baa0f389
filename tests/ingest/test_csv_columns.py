from __future__ import annotations

import pytest

from ingest import columns
from ingest.seeds import read_seed
from ingest.shapes import READ_SHAPES

SHAPES = {"crm_leads": "crm_leads", "bookings": "bookings", "dm_messages": "messages", "stage_history": "stage_changes"}
# fields that formats read beside the columns of the shape
BESIDE = {
    *("first_name", "last_name", "deal_name", "opportunity_name", "pipeline", "associated_contact", "entered_prefix"),
    *("days_in_stage", "days_in_status", "days_since_update", "host_email", "canceled", "rescheduled"),
    *("event_uuid", "invitee_uuid", columns.PAYLOAD),
}
ALIASES = read_seed("column_aliases")
LANGUAGES = ["en", "es", "pt", "fr", "de", "it", "nl"]


@pytest.mark.parametrize(
    "spelled", ["Instagram Handle", "instagram handle", " INSTAGRAM-HANDLE ", "instagram_handle", "InstagramHandle:"]
)
def test_case_blanks_and_punctuation_do_not_matter(spelled: str) -> None:
    assert columns.match([spelled], "crm_leads", "any").columns == {"instagram_handle": 0}


@pytest.mark.parametrize("spelled", ["Teléfono", "Tele\u0301fono", "telefono", "TELÉFONO"])
def test_accents_do_not_matter_however_they_are_composed(spelled: str) -> None:
    assert columns.match([spelled], "crm_leads", "hubspot").columns == {"phone": 0}


@pytest.mark.parametrize("system", ["hubspot", "gohighlevel", "manychat", "any"])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Instagram Handle", "instagram_handle"),
        ("IG handle", "instagram_handle"),
        ("Call Outcome", "call_outcome"),
        ("Offer Made", "offer_made"),
        ("Main Objection", "main_objection"),
        ("Nurture Until", "nurture_until"),
        ("Client Since", "client_since"),
        ("Lead Source", "source_label"),
        ("Closed Lost Reason", "lost_reason"),
        ("Resultado de la llamada", "call_outcome"),
        ("Objeção principal", "main_objection"),
        ("Cliente desde", "client_since"),
        ("Objection principale", "main_objection"),
        ("Kunde seit", "client_since"),
        ("Esito della chiamata", "call_outcome"),
        ("Klant sinds", "client_since"),
    ],
)
def test_custom_properties_are_understood_in_any_crm(system: str, name: str, field: str) -> None:
    assert columns.match(["Record", name], "crm_leads", system).columns.get(field) == 1


@pytest.mark.parametrize(
    "name", ["property_email", "Email__c", "email_c", "Person - Email", "Contact - Email", "deal - email"]
)
def test_what_tools_put_around_a_name_is_seen_through(name: str) -> None:
    assert columns.match([name], "crm_leads", "any").columns == {"email": 0}


def test_the_alias_that_stands_first_wins_and_the_other_column_is_kept() -> None:
    found = columns.match(["Original Traffic Source", "Lead Source"], "crm_leads", "hubspot")
    assert found.columns == {"source_label": 1}
    assert found.kept == ("Original Traffic Source",)


def test_a_systems_own_meaning_goes_before_the_common_one() -> None:
    assert columns.match(["Lead Status"], "crm_leads", "hubspot").columns == {"stage_label": 0}
    assert columns.match(["Lead Status"], "crm_leads", "any").columns == {"status_label": 0}


def test_unknown_names_are_told_and_nameless_columns_are_not() -> None:
    found = columns.match(["Email", "Shoe size", "", "Deal Type"], "crm_leads", "hubspot")
    assert (found.unknown, found.kept) == (("Shoe size",), ("Deal Type",))


@pytest.mark.parametrize("record", sorted(SHAPES))
def test_every_alias_leads_to_a_column_that_exists(record: str) -> None:
    fields = {row["field"] for row in ALIASES if row["record"] == record}
    assert fields <= set(READ_SHAPES[SHAPES[record]]) | BESIDE


def test_no_alias_has_two_meanings_in_one_system() -> None:
    seen = [(r["record"], r["system"], columns.normalise(r["alias"])) for r in ALIASES]
    assert len(seen) == len(set(seen))


def test_no_alias_is_lost_to_normalising() -> None:
    assert all(columns.normalise(row["alias"]) for row in ALIASES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "field",
    ["instagram_handle", "call_outcome", "offer_made", "main_objection", "nurture_until", "client_since", "email"],
)
def test_the_fields_that_coaches_add_are_known_in_every_language(field: str, language: str) -> None:
    assert [r for r in ALIASES if (r["field"], r["language"], r["system"]) == (field, language, "any")]
