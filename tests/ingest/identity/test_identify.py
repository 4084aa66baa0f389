"""What people decided, what as_of knows, and that no order of rows matters."""

from __future__ import annotations

import random
import time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from ingest.identify import identify
from ingest.settings import Settings
from ingest.shapes import RAW_TABLES
from tests.identity_world import OWN, SETTINGS, World, at, couple, told


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


def test_words_later_than_as_of_explain_no_name() -> None:
    world = World().thread("k_1000001", "Kieran Doyle").link("k_1000001", -20).booking("b", "Jodie Hart")
    world.says("k_1000001", "sorry, it is in my wife's name", 300)
    assert world.of("b", as_of=at(200))["is_uncertain"]
    assert not world.of("b", as_of=at(400))["is_uncertain"]


@pytest.mark.parametrize("last", [-9000, 60 * 24 * 20], ids=["as exported then", "as exported later"])
def test_a_thread_that_goes_on_later_was_silent_before(last: float) -> None:
    """A booking five days after the last message fits no thread, whatever is written weeks later."""
    world = World().thread("x_1000001", "Ada Wren", begun=-12000, last=last)
    for minutes in (-12000, -9000, last):
        world.says("x_1000001", "hello", minutes)
    found = world.booking("b", "Ada W").of("b", as_of=at(60))
    assert told(found) == OWN
    near = World().thread("x_1000001", "Ada Wren", begun=-12000, last=-60).says("x_1000001", "hello", -60)
    assert near.booking("b", "Ada W").of("b", as_of=at(60))["conversation_id"] == "x_1000001"


@pytest.mark.parametrize("kind", ["crm", "booking"])
def test_a_key_that_a_later_export_adds_was_not_known_before(kind: str) -> None:
    world = World().thread("x_1000001", "moon", "moon.child").thread("y_1000002", "sun", "sun.child")
    add = world.crm if kind == "crm" else world.booking
    add("7", "Bertram", exported_at=at(100))
    add("7", "Bertram", exported_at=at(3000), instagram_handle="moon.child")
    assert world.of("7", as_of=at(200))["match_method"] is None
    assert world.of("7", as_of=at(3000))["conversation_id"] == "x_1000001"
    # one that only later exports show is known by what they say: its creation has a date, its keys have none
    add("8", "Clement", exported_at=at(3000), instagram_handle="sun.child")
    assert world.of("8", as_of=at(200))["conversation_id"] == "y_1000002"


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


def test_many_leads_with_few_first_names_take_seconds() -> None:
    chosen = random.Random(7)
    firsts = ["ada", "bo", "cyd", "dov", "eve", "finn", "gus", "hal", "ida", "jo"]
    world = World()
    names: list[str] = []
    for i in range(3000):
        names.append(f"{chosen.choice(firsts)} {''.join(chosen.choices('abcdefghiklmnoprstuvw', k=6))}")
        begun = chosen.randrange(-300_000, 0)
        world.thread(f"x_{10**9 + i}", names[-1], begun=begun, last=begun + 3000).link(f"x_{10**9 + i}", begun + 60)
    for i in range(800):
        world.booking(f"b{i}", names[i], chosen.randrange(-300_000, 0))
    begun_at = time.process_time()
    world.identities()
    assert time.process_time() - begun_at < 10
