"""Whose record is whose: exact keys, names with time, the clock, what people decided, and who must not be mixed up."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from ingest.identify import identify
from ingest.settings import Account, Settings, TeamMember
from ingest.shapes import RAW_TABLES

Rows = list[dict[str, Any]]
T = dt.datetime(2026, 9, 10, 12, tzinfo=dt.UTC)
SETTINGS = Settings(
    account=Account(name="Hollis Marsh", handles=("hollis.marsh",), timezone="Europe/London"),
    team=(TeamMember(name="Perrin", role="setter", aliases=("studio@example.com",)),),
)


def at(minutes: float = 0, days: float = 0) -> dt.datetime:
    return T + dt.timedelta(days=days, minutes=minutes)


LATER = at(days=30)


class World:
    """Rows of one account; the times are minutes from T."""

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {
            name: [] for name in ("messages", "conversations", "crm_leads", "stage_changes", "bookings", "judgements")
        }
        self.decisions: Rows = []

    def thread(self, key: str, name: str, handle: str | None = None, begun: float = -1440, last: float = 1440) -> World:
        times = {"first_message_at": at(begun), "last_message_at": at(last)}
        row = {"conversation_id": key, "thread_key": key.rpartition("_")[2], "participant_name": name, **times}
        self.rows["conversations"].append({**row, "participant_handle": handle})
        return self

    def says(self, key: str, text: str, minutes: float, direction: str = "in", signal: str | None = None) -> World:
        message = f"{key}-{minutes}-{direction}"
        row = {
            "conversation_id": key,
            "message_id": message,
            "sent_at": at(minutes),
            "direction": direction,
            "text": text,
        }
        self.rows["messages"].append({**row, "participant_name": None, "participant_handle": None})
        return self.signal(key, signal, minutes, message_id=message) if signal else self

    def signal(self, key: str, signal: str, minutes: float, value: str = "", message_id: str = "") -> World:
        row = {"conversation_id": key, "message_id": message_id, "at": at(minutes), "signal": signal, "value": value}
        self.rows["judgements"].append(row)
        return self

    def link(self, key: str, minutes: float) -> World:
        return self.signal(key, "booking_link", minutes, "calendly.com")

    def crm(self, key: str, name: str = "", system: str = "hubspot", kind: str = "contact", **more: Any) -> World:
        row = {"lead_key": key, "display_name": name, "system": system, "record_kind": kind, "created_at": at(), **more}
        self.rows["crm_leads"].append(row)
        return self

    def booking(self, key: str, name: str = "", minutes: float | None = 0, **more: Any) -> World:
        created = None if minutes is None else at(minutes)
        self.rows["bookings"].append({"booking_key": key, "invitee_name": name, "created_at": created, **more})
        return self

    def identities(self, as_of: dt.datetime = LATER, settings: Settings = SETTINGS) -> Rows:
        return identify(**self.rows, settings=settings, decisions=self.decisions, as_of=as_of)

    def of(self, key: str, **more: Any) -> dict[str, Any]:
        found = [r for r in self.identities(**more) if r["record_key"] == key]
        assert len(found) == 1
        return found[0]


def told(row: dict[str, Any]) -> tuple[str | None, str | None, float, bool]:
    return row["conversation_id"], row["match_method"], row["match_confidence"], row["is_uncertain"]


OWN = (None, None, 1.0, False)
REVIEW = (None, None, 1.0, True)


# --- exact keys


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


# --- two conversations and couples


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


def couple() -> World:
    world = World().thread("x_1000001", "Ada Wren", "ada.wren").thread("y_1000002", "Bo Quill", "bo.quill")
    for key in ("x_1000001", "y_1000002"):
        world.signal(key, "email", 0, "home@example.com")
    return world


def test_a_couple_with_one_address_stays_two_leads_and_the_name_decides_their_booking() -> None:
    world = couple().booking("b", "Bo Quill", 9000, invitee_email="home@example.com")
    assert world.of("x_1000001")["lead_id"] != world.of("y_1000002")["lead_id"]
    assert world.of("b")["conversation_id"] == "y_1000002"


def test_a_booking_that_a_couples_address_and_no_name_explains_goes_to_review() -> None:
    world = couple().booking("b", "Cyd Marsh", 9000, invitee_email="home@example.com")
    assert told(world.of("b")) == REVIEW


# --- names with time


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


# --- the clock


def shop() -> World:
    return World().thread("k_1000001", "Kieran Doyle").link("k_1000001", -20)


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


# --- people, time, order


def decided(key: str, conversation: str | None) -> dict[str, Any]:
    return {"record_kind": "booking", "system": None, "record_key": key, "conversation_id": conversation}


def test_what_a_person_decided_beats_every_key() -> None:
    world = World().thread("x_1000001", "Ada Wren", "ada").thread("y_1000002", "Bo Quill", "bo")
    world.booking("b", "Ada Wren", instagram_handle="ada")
    assert world.of("b")["conversation_id"] == "x_1000001"
    world.decisions = [decided("b", "x_1000001"), decided("b", "y_1000002")]
    assert told(world.of("b")) == ("y_1000002", "person", 1.0, False)
    assert world.of("x_1000001")["lead_id"] != world.of("y_1000002")["lead_id"]
    world.decisions = [decided("b", None)]
    assert told(world.of("b")) == (None, "person", 1.0, False)


def test_nothing_later_than_as_of_is_known() -> None:
    world = World().thread("x_1000001", "moon", begun=-60).thread("late_1000002", "sun", begun=5000, last=6000)
    world.booking("b", "Bertram", 30, invitee_email="ada@example.com").booking("later", "Ada", 4000)
    world.signal("x_1000001", "email", 2000, "ada@example.com").crm("7", "Ada", created_at=at(3000))
    early = world.identities(as_of=at(1000))
    assert [r["record_key"] for r in early] == ["b", "x_1000001"]
    assert early[0]["conversation_id"] is None
    assert world.of("b", as_of=at(2500))["conversation_id"] == "x_1000001"


def test_a_lead_keeps_its_id_when_more_becomes_known() -> None:
    world = World().thread("x_1000001", "moon", "moon.child")
    before = world.of("x_1000001")["lead_id"]
    world.crm("7", "Ada", instagram_handle="moon.child", created_at=at(-9000)).booking(
        "b", "Ada", instagram_handle="moon.child"
    )
    assert {r["lead_id"] for r in world.identities()} == {before}


def test_accounts_do_not_share_lead_ids() -> None:
    world = World().thread("x_1000001", "moon")
    other = Settings(account_id="second")
    assert world.of("x_1000001")["lead_id"] != world.of("x_1000001", settings=other)["lead_id"]


def busy() -> World:
    world = couple().crm("7", "Ada Wren", email="home@example.com").crm("8", "Ada Wren", "manychat").crm("9", "Priya")
    world.thread("k_1000003", "Kieran Doyle").link("k_1000003", -20).thread("p_1000004", "priya 🌸").link(
        "p_1000004", -90
    )
    world.thread("q_1000005", "Priya").link("q_1000005", -100).says("k_1000003", "sorted", 3, signal="says_booked")
    world.booking("b", "Jodie Hart").booking("c", "Priya Shah", 5).booking(
        "d", "Bo", 9, invitee_email="home@example.com"
    )
    world.booking("e", "Cyd", 12).crm("10", "Priya", email="p1@example.com").crm("11", "Priya", email="p2@example.com")
    return world


@limits(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(shuffle: random.Random) -> None:
    world = busy()
    expected = world.identities()
    for rows in world.rows.values():
        shuffle.shuffle(rows)
    assert world.identities() == expected


def test_arrow_tables_and_rows_give_the_same() -> None:
    world = busy()
    tables = {
        name: pa.Table.from_pylist(rows, schema=pa.schema(list(RAW_TABLES[name].items())))
        for name, rows in world.rows.items()
    }
    found = identify(**tables, settings=SETTINGS, decisions=[], as_of=at(days=30))
    assert found == world.identities()
    assert all(set(row) == set(RAW_TABLES["identities"]) for row in found)
    pa.Table.from_pylist(found, schema=pa.schema(list(RAW_TABLES["identities"].items())))


def test_every_record_has_exactly_one_row() -> None:
    world = busy()
    found = [(r["record_kind"], r["record_key"]) for r in world.identities()]
    assert (
        len(found)
        == len(set(found))
        == sum(map(len, (world.rows[t] for t in ("conversations", "crm_leads", "bookings"))))
    )


def test_nothing_at_all() -> None:
    assert World().identities() == []
