"""Names with time, and the clock alone; who must not be mixed up."""

from __future__ import annotations

import pytest

from tests.identity_world import OWN, REVIEW, World, at, shop, told

NAMED = [
    ("full name soon after the link", "Ada Wren", "Ada Wren", 30, True),
    ("full name days after the link", "Ada Wren", "Ada Wren", 4 * 1440, True),
    ("nickname", "Gwen Pritchard", "Gwenllian Pritchard", 90, True),
    ("decorated first name within the day", "✨ada✨", "Ada Wren", 300, True),
    ("surname as an initial", "Ada W.", "Ada Wren", 300, True),
    ("double surname", "Elodie Marchand-Price", "Elodie Price", 300, True),
    ("another initial", "Ada K.", "Ada Wren", 300, False),
    ("only the surname", "Bo Wren", "Ada Wren", 300, False),
    ("nothing in common", "moon child", "Ada Wren", 300, False),
    ("first name weeks after the link", "ada", "Ada Wren", 20 * 1440, False),
]


@pytest.mark.parametrize(("thread", "name", "minutes", "matches"), [c[1:] for c in NAMED], ids=[c[0] for c in NAMED])
def test_name_and_time(thread: str, name: str, minutes: float, matches: bool) -> None:
    world = World().thread("x_1000001", thread, begun=-60, last=10).link("x_1000001", 0).booking("b", name, minutes)
    row = world.of("b")
    if minutes > 60:  # within the hour the link alone would do
        assert (row["conversation_id"] == "x_1000001") is matches
    if matches:
        assert row["match_method"] == "name_time"
        assert row["match_confidence"] >= 0.7


def test_a_full_name_without_any_time_goes_to_review() -> None:
    world = World().thread("x_1000001", "Ada Wren", begun=-400_000, last=-390_000).booking("b", "Ada Wren", 0)
    assert told(world.of("b")) == REVIEW


def test_two_leads_with_one_first_name_are_not_mixed_up() -> None:
    world = World().thread("p_1000001", "Priya K.").thread("q_1000002", "priya")
    world.link("p_1000001", -2000).link("q_1000002", -100).booking("b", "Priya Shah", 0)
    assert world.of("b")["conversation_id"] == "q_1000002"
    both = World().thread("p_1000001", "Priya").thread("q_1000002", "priya 🌸")
    both.link("p_1000001", -200).link("q_1000002", -100).booking("b", "Priya Shah", 0)
    assert told(both.of("b")) == REVIEW


def test_the_other_priya_is_known_from_the_crm_and_hers_is_the_booking() -> None:
    world = World().thread("p_1000001", "Priya K.", "thepriyak").link("p_1000001", -30)
    world.crm("9", "Priya Shah", email="priya@example.com", created_at=at(days=-3))
    world.booking("b", "Priya Shah", 0, invitee_email="priya@example.com")
    assert told(world.of("b")) == (None, "email", 1.0, False)


def test_a_crm_row_that_the_booking_made_does_not_hide_the_lead() -> None:
    world = shop().crm("9", "Jodie Hart", email="jodie@example.com", created_at=at(1))
    world.booking("b", "Jodie Hart", 0, invitee_email="jodie@example.com")
    assert told(world.of("b")) == ("k_1000001", "email", 0.8, True)
    assert told(world.of("9")) == ("k_1000001", "link_time", 0.8, True)


def test_two_threads_with_one_full_name_go_to_review() -> None:
    world = World().thread("p_1000001", "Ada Wren", "ada1").thread("q_1000002", "Ada Wren", "ada2")
    world.link("p_1000001", -90).link("q_1000002", -80).booking("b", "Ada Wren", 0)
    assert told(world.of("b")) == REVIEW


def test_a_maiden_name_matches_by_address_alone() -> None:
    world = World().thread("x_1000001", "Ada Wren").crm("7", "Ada Wren", email="ada@example.com")
    world.booking("b", "Ada Quill", 9000, invitee_email="ada@example.com").booking("c", "Ada Quill", 9000)
    assert world.of("b")["conversation_id"] == "x_1000001"
    assert world.of("c")["conversation_id"] is None


def test_rebookings_are_one_leads() -> None:
    world = World().thread("x_1000001", "Ada Wren").link("x_1000001", -30)
    world.booking("b", "Ada Wren", 0).booking("c", "Ada Wren", 1000)
    assert [world.of(k)["conversation_id"] for k in ("b", "c")] == ["x_1000001"] * 2


def test_a_row_with_another_handle_is_another_person() -> None:
    world = World().thread("x_1000001", "Ada Wren", "ada.wren").crm("7", "Ada Wren", instagram_handle="ada_wren_2")
    assert told(world.of("7")) == OWN


def test_the_slug_of_a_handle_that_is_the_folders_is_strong_only_where_it_is_the_only_one() -> None:
    world = World().thread("kevinprogress_87019219470953968", "kev.in.progress", begun=-400_000, last=-390_000)
    world.crm("7", "Kevin P", instagram_handle="kev.in.progress")
    assert told(world.of("7")) == ("kevinprogress_87019219470953968", "handle", 0.9, False)
    world.crm("8", "Kevin Q", instagram_handle="kev_in_progress".replace("_", "."), system="other")
    world.thread("kevinprogress_87019219470953969", "kevinprogress", begun=-400_000, last=-390_000)
    assert world.of("7")["match_method"] != "handle" or world.of("7")["conversation_id"] is None


def test_a_crm_row_by_the_very_same_display_name() -> None:
    world = World().thread("x_1000001", "Tasha 🌱").crm("7", "Tasha 🌱", created_at=at(days=-36))
    assert told(world.of("7")) == ("x_1000001", "name_time", 0.8, False)


def test_two_people_of_one_system_who_want_one_thread_both_go_to_review() -> None:
    world = World().thread("x_1000001", "Ada Wren")
    world.crm("7", "Ada Wren", email="a@example.com").crm("8", "Ada Wren", email="b@example.org")
    assert {told(world.of(k)) for k in ("7", "8")} == {REVIEW}


def test_a_strangers_booking_after_one_open_link_is_that_leads_and_goes_to_review() -> None:
    assert told(shop().booking("b", "Jodie Hart").of("b")) == ("k_1000001", "link_time", 0.8, True)


EXPLAINED = [
    ("the shop's name", "booked under the shop name"),
    ("her address", "sorted, Weds. Put her email not mine"),
    ("a spouse", "my wife booked it"),
    ("the name itself", "it says Jodie on it"),
    ("in German", "auf den Namen meiner Frau gebucht"),
]


@pytest.mark.parametrize("text", [c[1] for c in EXPLAINED], ids=[c[0] for c in EXPLAINED])
def test_a_message_explains_the_strange_name(text: str) -> None:
    world = shop().says("k_1000001", text, 3).booking("b", "Jodie Hart")
    assert told(world.of("b")) == ("k_1000001", "link_time", 0.8, False)


def test_an_answer_explains_the_strange_name() -> None:
    world = shop().booking("b", "Jodie Hart", answers="Anything else?: her husband Kieran booked this")
    assert told(world.of("b")) == ("k_1000001", "link_time", 0.8, False)
    other = shop().booking("b", "Jodie Hart", answers="Anything else?: for Craig")
    assert other.of("b")["is_uncertain"]


CLOCK = [
    ("an hour and a half after", -90, None),
    ("fifty-nine minutes after", -59, "k_1000001"),
    ("in the same minute, as a calendar without seconds says it", 0.5, "k_1000001"),
    ("before the link", 2, None),
]


@pytest.mark.parametrize(("link", "expected"), [c[1:] for c in CLOCK], ids=[c[0] for c in CLOCK])
def test_how_long_a_link_explains_a_booking(link: float, expected: str | None) -> None:
    world = World().thread("k_1000001", "Kieran Doyle").link("k_1000001", link).booking("b", "Jodie Hart")
    assert world.of("b")["conversation_id"] == expected


def test_two_open_links_explain_nothing_but_the_lead_who_says_so() -> None:
    world = shop().thread("m_1000002", "Mags Fenn").link("m_1000002", -10).booking("b", "Jodie Hart")
    assert told(world.of("b")) == REVIEW
    world.says("m_1000002", "booked!", 4, signal="says_booked")
    assert world.of("b")["conversation_id"] == "m_1000002"


SAID = [
    ("two minutes after", 2, True),
    ("ten minutes after", 10, True),
    ("twenty after", 20, False),
    ("before", -5, False),
]


@pytest.mark.parametrize(("minutes", "matches"), [c[1:] for c in SAID], ids=[c[0] for c in SAID])
def test_the_leads_own_words_after_an_old_link(minutes: float, matches: bool) -> None:
    world = World().thread("k_1000001", "Kieran Doyle").link("k_1000001", -3000).booking("b", "Jodie Hart")
    world.says("k_1000001", "done", minutes, signal="says_booked")
    assert (world.of("b")["match_method"] == "link_time") is matches


def test_the_teams_own_see_you_booked_says_nothing() -> None:
    world = World().thread("k_1000001", "Kieran Doyle").link("k_1000001", -3000).booking("b", "Jodie Hart")
    world.says("k_1000001", "see you booked", 3, "out", "says_booked")
    assert told(world.of("b")) == OWN


def test_one_link_explains_one_booking() -> None:
    world = shop().booking("b", "Kieran Doyle", 0).booking("c", "Jodie Hart", 10)
    assert world.of("b")["match_method"] == "name_time"
    assert told(world.of("c")) == OWN
    unclear = shop().booking("b", "Jodie Hart", 0).booking("c", "Craig Penn", 10)
    assert {told(unclear.of(k)) for k in ("b", "c")} == {REVIEW}


def test_a_booking_that_another_lead_may_be_is_not_the_links() -> None:
    world = shop().thread("j_1000002", "Jodie").link("j_1000002", -8 * 1440).booking("b", "Jodie Hart")
    assert told(world.of("b")) == REVIEW


def test_a_link_closed_by_a_booking_leaves_the_other_one_open() -> None:
    world = shop().thread("m_1000002", "Mags Fenn").link("m_1000002", -5)
    world.booking("a", "Kieran Doyle", -10).booking("b", "Jodie Hart", 0)
    assert world.of("a")["conversation_id"] == "k_1000001"
    assert world.of("b")["conversation_id"] == "m_1000002"
