"""Whose an unmatched record may be: the conversations that matching thought of, with scores and reasons."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.identity_world import World, at, couple, shop


def suggested(world: World, key: str, **more: Any) -> list[tuple[str, float, str]]:
    told = world.of(key, **more)["suggestions"]
    return [(s["conversation_id"], s["score"], s["why"]) for s in json.loads(told)] if told else []


def sarahs(number: int) -> World:
    """Threads of people who are all called Sarah; the later ones were sent a link longer ago."""
    world = World()
    for n in range(number):
        key = f"sarah{n}_100000{n}"
        world.thread(key, "Sarah", f"sarah.{n}", begun=-9000).link(key, -30 - 600 * n)
    return world


def test_several_leads_of_one_name_are_suggested_the_likeliest_first() -> None:
    assert suggested(sarahs(2).booking("b", "Sarah Uttley"), "b") == [
        ("sarah0_1000000", 0.8, "one name agrees; booked 30 minutes after the link"),
        ("sarah1_1000001", 0.8, "one name agrees; booked 10 hours after the link"),
    ]


def test_no_more_than_three_are_suggested() -> None:
    assert [s[0] for s in suggested(sarahs(5).booking("b", "Sarah Uttley"), "b")] == [
        f"sarah{n}_100000{n}" for n in range(3)
    ]


def test_what_is_matched_needs_no_suggestion() -> None:
    world = sarahs(1).booking("b", "Sarah Uttley")
    assert world.of("b")["conversation_id"] == "sarah0_1000000"
    assert suggested(world, "b") == [] == suggested(world, "sarah0_1000000")


def test_what_a_person_called_nobodys_is_not_suggested_again() -> None:
    world = sarahs(2).booking("b", "Sarah Uttley")
    world.decisions = [{"record_kind": "booking", "system": None, "record_key": "b", "conversation_id": None}]
    assert suggested(world, "b") == []


def test_a_stranger_is_suggested_to_nobody() -> None:
    assert suggested(sarahs(2).booking("b", "Bertram Quill", 9000), "b") == []


def test_a_candidate_under_the_threshold_is_suggested() -> None:
    world = World().thread("a_1000001", "Ada", begun=-9000, last=-7000).crm("7", "Ada Wren")
    (found,) = suggested(world, "7")
    assert world.of("7")["conversation_id"] is None and world.of("7")["is_uncertain"]
    assert found == ("a_1000001", 0.6, "one name agrees; created 4 days after the last message")


def test_two_open_links_share_what_the_clock_says() -> None:
    world = shop().thread("m_1000002", "Mags Fenn").link("m_1000002", -10).booking("b", "Jodie Hart")
    assert suggested(world, "b") == [
        ("k_1000001", 0.4, "the names do not agree; booked 20 minutes after the link"),
        ("m_1000002", 0.4, "the names do not agree; booked 10 minutes after the link"),
    ]


def test_of_a_couple_with_one_address_each_name_finds_its_own() -> None:
    world = couple()
    world.booking("b", "Bo Quill", 60, invitee_email="home@example.com")
    world.booking("c", "Cleo Fenn", 90, invitee_email="home@example.com")
    assert world.of("b")["conversation_id"] in ("y_1000002", None)
    told = suggested(world, "c")
    assert {conversation for conversation, _, _ in told} == {"x_1000001", "y_1000002"}
    assert all("they share an e-mail or a number" in why for _, _, why in told)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-9000 - 1440 * 3, "created 3 days before the first message"),
        (-9000 - 1, "created 1 minute before the first message"),
        (-8000, "created while they were writing"),
        (-7000 + 60 * 30, "created 30 hours after the last message"),
    ],
)
def test_the_reason_says_how_the_moments_lie(minutes: float, words: str) -> None:
    world = World().thread("a_1000001", "Ada", begun=-9000, last=-7000)
    world.thread("b_1000002", "Ada", begun=-9000, last=-7000)
    world.crm("7", "Ada Wren", created_at=at(minutes))
    assert words in next(why for conversation, _, why in suggested(world, "7") if conversation == "a_1000001")


def test_a_record_that_joined_another_and_finds_two_leads_waits_for_a_person() -> None:
    world = sarahs(2).crm("7", "Sarah Uttley", email="sarah.uttley@example.com")
    world.crm("8", "Sarah Uttley", system="manychat", email="sarah.utley@example.com")
    assert {world.of(key)["is_uncertain"] for key in ("7", "8")} == {True}
