"""Exact keys, and couples who share one."""

from __future__ import annotations

import pytest

from ingest.settings import Settings
from tests.identity_world import OWN, REVIEW, World, at, couple, told

EXACT = [
    ("e-mail typed in the DM", "email", "ADA@example.com", {"invitee_email": "Ada@Example.com"}, "email"),
    ("e-mail in a guest's answer", "email", "ada@example.com", {"answers": "Guest: Ada <ada@example.com>"}, "email"),
    ("phone in two spellings", "phone", "+44 7700 900123", {"invitee_phone": "07700 900123"}, "phone"),
    ("handle in an answer", "handle", "@Ada.Wren", {"instagram_handle": "ada.wren"}, "handle"),
]


@pytest.mark.parametrize(("signal", "value", "booking", "method"), [c[1:] for c in EXACT], ids=[c[0] for c in EXACT])
def test_an_exact_key_matches_whatever_the_names(signal: str, value: str, booking: dict[str, str], method: str) -> None:
    world = World().thread("x_1000001", "moon child").signal("x_1000001", signal, 5, value)
    assert told(world.booking("b", "Bertram Quill", 9000, **booking).of("b")) == ("x_1000001", method, 1.0, False)


@pytest.mark.parametrize("token", ["x_1000001", "1000001", "moon.child", "@moon.child"])
def test_a_tracking_token_is_a_handle_or_a_thread(token: str) -> None:
    world = World().thread("x_1000001", "moon child", "moon.child").thread("y_1000002", "sun child", "sun.child")
    assert told(world.booking("b", "Bertram", 9000, utm_content=token).of("b")) == ("x_1000001", "token", 1.0, False)


def test_a_number_without_a_country_means_nothing_where_the_country_is_unknown() -> None:
    world = World().thread("x_1000001", "moon").signal("x_1000001", "phone", 0, "+44 7700 900123")
    world.booking("b", "Bertram", 9000, invitee_phone="07700 900123")
    assert told(world.of("b", settings=Settings())) == OWN


def test_a_deal_is_its_contacts_and_a_booking_finds_the_conversation_through_the_crm() -> None:
    world = World().thread("x_1000001", "moon", "moon.child")
    world.crm("7", "Ada Wren", email="ada@example.com", instagram_handle="moon.child")
    world.crm("900", "Ada Wren - coaching", kind="deal", contact_key="7")
    world.booking("b", "Ada Wren", 9000, invitee_email="ada@example.com")
    assert [world.of(k)["conversation_id"] for k in ("7", "900", "b")] == ["x_1000001"] * 3
    assert [world.of(k)["match_method"] for k in ("7", "b")] == ["handle", "email"]
    assert len({r["lead_id"] for r in world.identities()}) == 1


def test_rows_of_several_systems_are_one_lead_by_their_keys() -> None:
    world = World().crm("7", "Ada", email="ada@example.com").crm("s1", "A. Wren", "manychat", email="ada@example.com")
    world.rows["stage_changes"].append({"system": "log", "lead_key": "ada@example.com", "entered_at": at()})
    assert len({r["lead_id"] for r in world.identities()}) == 1
    assert len(world.identities()) == 3


def test_a_stage_history_by_crm_id_is_that_rows_lead_and_has_no_row_of_its_own_in_its_system() -> None:
    world = World().crm("777", "Ada").crm("778", "Bo")
    world.rows["stage_changes"] += [{"system": s, "lead_key": "777", "entered_at": at()} for s in ("hubspot", "log")]
    rows = [r for r in world.identities() if r["record_key"] == "777"]
    assert len(rows) == 2
    assert len({r["lead_id"] for r in rows}) == 1


def test_the_accounts_own_address_and_handle_are_no_keys() -> None:
    world = World().thread("x_1000001", "moon").signal("x_1000001", "email", 0, "studio@example.com")
    world.booking("b", "Bertram", 9000, invitee_email="studio@example.com", instagram_handle="hollis.marsh")
    assert told(world.of("b")) == OWN


def test_a_number_that_many_people_share_is_no_key() -> None:
    world = World()
    for i, name in enumerate(["Ada Wren", "Bo Quill", "Cyd Marsh", "Dov Penn"]):
        world.crm(str(i), name, phone="+447700900123")
    assert len({r["lead_id"] for r in world.identities()}) == 4


def test_an_address_with_a_slip_of_the_keys_and_the_name_in_common() -> None:
    world = World().crm("1", "Ada Wren", email="ada.wren@example.com").crm("2", "Ada W", email="ada.wern@example.com")
    world.crm("3", "Bo Quill", email="ada.wrem@example.com").crm("4", "Ada Fenn", email="ada.wren2@example.com")
    leads = {r["record_key"]: r["lead_id"] for r in world.identities()}
    assert leads["1"] == leads["2"]
    assert len(set(leads.values())) == 3


def test_one_handle_in_two_threads_is_one_lead() -> None:
    world = World().thread("x_1000001", "Ada", "ada.wren", -9000, -8000).thread("x_1000002", "Ada W", "ada.wren")
    assert len({r["lead_id"] for r in world.identities()}) == 1
    assert [world.of(k)["conversation_id"] for k in ("x_1000001", "x_1000002")] == ["x_1000001", "x_1000002"]


def test_a_booking_of_a_lead_with_two_threads_belongs_to_the_one_begun_before_it() -> None:
    world = (
        World().thread("x_1000001", "Ada", "ada.wren", -9000, -8000).thread("x_1000002", "Ada", "ada.wren", 100, 200)
    )
    world.booking("early", "Ada", -8500, instagram_handle="ada.wren").booking(
        "late", "Ada", 150, instagram_handle="ada.wren"
    )
    assert world.of("early")["conversation_id"] == "x_1000001"
    assert world.of("late")["conversation_id"] == "x_1000002"


def test_a_couple_with_one_address_stays_two_leads_and_the_name_decides_their_booking() -> None:
    world = couple().booking("b", "Bo Quill", 9000, invitee_email="home@example.com")
    assert world.of("x_1000001")["lead_id"] != world.of("y_1000002")["lead_id"]
    assert world.of("b")["conversation_id"] == "y_1000002"


def test_a_booking_that_a_couples_address_and_no_name_explains_goes_to_review() -> None:
    world = couple().booking("b", "Cyd Marsh", 9000, invitee_email="home@example.com")
    assert told(world.of("b")) == REVIEW
