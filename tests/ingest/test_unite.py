"""One row a message and one a conversation, whatever number of exports show them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest import unite as uniting
from ingest.shapes import CONVERSATIONS, UNITED_MESSAGES
from tests.ingest.homes import conversations, loaded, messages, united
from tests.instagram_files import ME, MS, message, thread, tree, write_zip

ADA = "adaexample_17841400000000001"
OLD_ADA = "adaexample_ab12cd34ef"
MINUTE = 60_000
HI = message("hi", MS)
YES = message("yes?", MS + MINUTE, sender=ME)
NEED = message("i need help", MS + 2 * MINUTE)
LATER = message("still there?", MS + 9 * MINUTE)


def put(home: Path, name: str, threads: dict[str, Any]) -> None:
    write_zip(home / "exports" / f"{name}.zip", tree(threads))


def texts(home: Path) -> list[str]:
    return [m["text"] for m in messages(united(home))]


def test_tables_have_their_schema(tmp_path: Path) -> None:
    put(tmp_path, "new", {ADA: thread(HI)})
    found = united(tmp_path)
    assert all(t.schema == pa.schema(list(UNITED_MESSAGES.items())) for t in found.message_tables())
    assert found.conversation_table().schema == pa.schema(list(CONVERSATIONS.items()))


def test_messages_are_in_order_within_their_conversation(tmp_path: Path) -> None:
    put(tmp_path, "new", {"b_2": thread(HI, YES), ADA: thread(HI, YES, NEED)})
    found = [(m["conversation_id"], m["position"], m["text"]) for m in messages(united(tmp_path))]
    assert found == [
        (ADA, 1, "hi"),
        (ADA, 2, "yes?"),
        (ADA, 3, "i need help"),
        ("b_2", 1, "hi"),
        ("b_2", 2, "yes?"),
    ]


def test_messages_of_one_instant_keep_the_order_in_which_they_were_sent(tmp_path: Path) -> None:
    put(tmp_path, "new", {ADA: thread(*(message(t, MS) for t in ("one", "two", "three")), LATER)})
    assert texts(tmp_path) == ["one", "two", "three", "still there?"]


def test_overlapping_exports_double_nothing_and_lose_nothing(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(HI, YES)})
    put(tmp_path, "2026-09-01", {ADA: thread(YES, NEED), "b_2": thread(HI)})
    found = united(tmp_path)
    assert [(m["conversation_id"], m["text"]) for m in messages(found)] == [
        (ADA, "hi"),
        (ADA, "yes?"),
        (ADA, "i need help"),
        ("b_2", "hi"),
    ]
    assert found.duplicates == 1


def test_two_equal_texts_in_one_instant_of_one_export_are_two_messages(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(HI, HI)})
    put(tmp_path, "2026-09-01", {ADA: thread(HI, HI, NEED)})
    found = messages(united(tmp_path))
    assert [(m["text"], m["ordinal"]) for m in found] == [("hi", 0), ("hi", 1), ("i need help", 0)]
    assert len({m["message_id"] for m in found}) == 3


def test_a_message_that_a_newer_export_does_not_show_is_kept_as_last_seen(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(HI, YES)})
    put(tmp_path, "2026-09-01", {ADA: thread(HI, LATER)})
    found = messages(united(tmp_path))
    assert [m["text"] for m in found] == ["hi", "yes?", "still there?"]
    seen = {m["text"]: m["file"].partition("!")[0] for m in found}
    assert seen == {"hi": "2026-09-01.zip", "yes?": "2026-08-01.zip", "still there?": "2026-09-01.zip"}
    assert found[1]["exported_at"] < found[0]["exported_at"]


def test_an_edit_in_a_newer_export_takes_the_place_of_the_older_wording(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(HI, message("i ned help", MS + MINUTE))})
    edited = message("i need help (edited)", MS + 2 * MINUTE)
    put(tmp_path, "2026-09-01", {ADA: thread(HI, message("i ned help", MS + MINUTE), edited, LATER)})
    assert texts(tmp_path) == ["hi", "i need help", "still there?"]


def test_another_wording_at_the_same_time_in_a_newer_export_replaces_one_for_one(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(message("a", MS), message("b", MS))})
    put(tmp_path, "2026-09-01", {ADA: thread(message("a", MS), message("B", MS), LATER)})
    assert texts(tmp_path) == ["a", "B", "still there?"]


def test_words_that_a_newer_export_lost_are_kept(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(HI, message("sorry", MS + MINUTE))})
    put(tmp_path, "2026-09-01", {ADA: thread(HI, message(None, MS + MINUTE, is_unsent=True), LATER)})
    assert texts(tmp_path) == ["hi", "sorry", "still there?"]


def test_a_share_that_a_newer_export_lost_is_kept(tmp_path: Path) -> None:
    story = {"link": "https://instagram.com/stories/coach.studio/1", "share_text": "story: x"}
    put(tmp_path, "2026-08-01", {ADA: thread(message("me too", MS, share=story))})
    put(tmp_path, "2026-09-01", {ADA: thread(message("me too", MS), LATER)})
    first = messages(united(tmp_path))[0]
    assert (first["kind"], first["context"], first["link"]) == ("story_reply", "story: x", story["link"])


def test_a_renamed_participant_is_the_same_thread_under_the_newest_name(tmp_path: Path) -> None:
    renamed = "adamarried_17841400000000001"
    put(tmp_path, "2026-08-01", {ADA: thread(HI, YES)})
    now = message("i need help", MS + MINUTE * 2, sender="Ada Married")
    put(
        tmp_path, "2026-09-01", {renamed: thread(message("hi", MS, sender="Ada Married"), YES, now, lead="Ada Married")}
    )
    found = united(tmp_path)
    (conversation,) = conversations(found)
    assert (conversation["conversation_id"], conversation["participant_name"]) == (renamed, "Ada Married")
    assert {m["conversation_id"] for m in messages(found)} == {renamed}
    assert [m["text"] for m in messages(found)] == ["hi", "yes?", "i need help"]


@pytest.mark.parametrize(
    ("old", "new", "new_id", "is_one"),
    [
        ([HI, YES], [HI, YES, NEED], ADA, True),
        ([HI, YES, NEED], [YES, NEED, LATER], "adamarried_178414", True),
        ([HI], [HI, LATER], "adamarried_178414", True),
        ([HI], [HI, LATER], ADA, True),
        ([message("x", MS)], [message("y", MS), LATER], "someoneelse_178414", False),
        ([YES], [YES, LATER], "someoneelse_178414", False),
        (
            [YES, message("again?", MS + 4 * MINUTE, sender=ME)],
            [YES, message("again?", MS + 4 * MINUTE, sender=ME)],
            "someoneelse_178414",
            False,
        ),
        ([HI, NEED, LATER], [HI, message("q", MS + MINUTE), message("r", MS + 3 * MINUTE), LATER], ADA, True),
        (
            [HI, *(message(f"{n}", MS + n) for n in range(1, 9))],
            [HI, *(message(f"{n}", MS + 100 * n) for n in range(1, 9))],
            "someoneelse_178414",
            False,
        ),
        ([HI, YES], [message("hi", MS + 1), message("yes?", MS + MINUTE + 1, sender=ME)], ADA, False),
    ],
    ids=[
        "all of the old in the new",
        "renamed, half overlap",
        "one message, same words",
        "one message, same name",
        "one instant, other words, other name",
        "only the team's message",
        "the team wrote to two people twice",
        "same name, most in common",
        "few in common",
        "nothing in common",
    ],
)
def test_a_thread_with_another_id_in_an_older_export(
    tmp_path: Path, old: list[Any], new: list[Any], new_id: str, is_one: bool
) -> None:
    put(tmp_path, "2021-01-01", {OLD_ADA: thread(*old)})
    put(tmp_path, "2026-09-01", {new_id: thread(*new), "z_9": thread(message("newest", MS + 10**9))})
    found = {c["conversation_id"] for c in conversations(united(tmp_path))}
    assert found == {new_id, "z_9"} | (set() if is_one else {OLD_ADA})


def test_two_threads_that_one_export_shows_are_never_one(tmp_path: Path) -> None:
    put(tmp_path, "2021-01-01", {OLD_ADA: thread(HI, NEED), ADA: thread(HI, NEED)})
    put(tmp_path, "2026-09-01", {ADA: thread(HI, NEED, LATER)})
    assert {c["conversation_id"] for c in conversations(united(tmp_path))} == {OLD_ADA, ADA}


def test_every_old_thread_finds_its_own_new_one(tmp_path: Path) -> None:
    broadcast = message("new dates are up!", MS + 5 * MINUTE, sender=ME)
    leads = ("ada", "bo", "cy", "dee")
    said = {lead: [message(f"i am {lead}", MS + n * 7), broadcast] for n, lead in enumerate(leads)}
    put(tmp_path, "2021-01-01", {f"{lead}_{lead}aaaaaa": thread(*said[lead]) for lead in leads})
    put(tmp_path, "2026-09-01", {f"{lead}2_178{n}": thread(*said[lead], LATER) for n, lead in enumerate(leads)})
    found = united(tmp_path)
    assert len(conversations(found)) == 4
    by_thread = {(m["conversation_id"], m["text"]) for m in messages(found) if m["position"] == 1}
    assert by_thread == {(f"{lead}2_178{n}", f"i am {lead}") for n, lead in enumerate(leads)}
    assert found.duplicates == 8


DMS = (
    "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context\n"
    "{id},Ada,ada.example,2026-09-21T14:13:20Z,in,lead,text,hi,\n"
)


def test_formats_are_never_united_and_their_ids_stay_apart(tmp_path: Path) -> None:
    put(tmp_path, "new", {ADA: thread(HI)})
    (tmp_path / "exports" / "dm_messages.csv").write_text(DMS.format(id=ADA))
    found = united(tmp_path)
    assert [c["conversation_id"] for c in conversations(found)] == [ADA, f"{ADA} (dm_messages)"]
    assert len({m["message_id"] for m in messages(found)}) == 2


def test_accounts_are_never_united(tmp_path: Path) -> None:
    for name in ("anna", "bert"):
        write_zip(tmp_path / "accounts" / name / "exports" / "ig.zip", tree({ADA: thread(HI)}))
    found = united(tmp_path)
    assert [(m["account_id"], m["position"]) for m in messages(found)] == [("anna", 1), ("bert", 1)]
    assert len(conversations(found)) == 2


def test_a_conversation_knows_its_times_and_its_hash_follows_its_content(tmp_path: Path) -> None:
    put(tmp_path, "new", {ADA: thread(HI, NEED)})
    (first,) = conversations(united(tmp_path))
    assert (first["last_message_at"] - first["first_message_at"]).total_seconds() == 120
    assert (first["dm_format"], first["thread_key"], first["is_pending"]) == ("instagram", "17841400000000001", False)
    put(tmp_path, "new", {ADA: thread(HI, NEED), "b_2": thread(HI)})
    same, _ = conversations(united(tmp_path))
    assert same["content_hash"] == first["content_hash"]
    put(tmp_path, "new", {ADA: thread(HI, NEED, LATER)})
    (other,) = conversations(united(tmp_path))
    assert other["content_hash"] != first["content_hash"]


def test_the_same_readings_are_not_united_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "new", {ADA: thread(HI, NEED)})
    first = united(tmp_path)
    monkeypatch.setattr(uniting, "_write", None)
    assert messages(united(tmp_path)) == messages(first)


def test_the_answer_does_not_depend_on_the_run(tmp_path: Path) -> None:
    put(tmp_path, "2026-08-01", {ADA: thread(HI, YES), "b_2": thread(HI, HI)})
    put(tmp_path, "2026-09-01", {ADA: thread(HI, NEED)})
    first = united(tmp_path)
    before = (messages(first), conversations(first))
    shutil.rmtree(tmp_path / "data")
    again = united(tmp_path)
    assert (messages(again), conversations(again)) == before


def test_without_messages_the_tables_are_empty(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "dm_messages.csv").write_text(DMS.partition("\n")[0] + "\n")
    found = united(tmp_path)
    assert (messages(found), conversations(found)) == ([], [])


def test_a_home_whose_path_holds_pattern_signs(tmp_path: Path) -> None:
    home = tmp_path / "it's [a]*home?"
    put(home, "new", {ADA: thread(HI)})
    assert texts(home) == ["hi"]


def test_nothing_is_left_beside_the_tables(tmp_path: Path) -> None:
    put(tmp_path, "new", {ADA: thread(HI)})
    united(tmp_path)
    put(tmp_path, "new", {ADA: thread(HI, NEED)})
    united(tmp_path)
    folder = loaded(tmp_path).folder / uniting.FOLDER
    assert sorted(p.name.partition(".")[2] for p in folder.iterdir()) == ["conversations.parquet", "messages.parquet"]


def test_naughty_strings_survive_from_export_to_united_messages(tmp_path: Path, suites: Path) -> None:
    strings = json.loads((suites / "blns" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 500
    said = [message(s, MS + n) for n, s in enumerate(strings)]
    named = {f"x_{n + 1}": thread(message("hi", MS, sender=s), lead=s) for n, s in enumerate(strings) if s.strip()}
    put(tmp_path, "new", {"all_0": thread(*said), **named})
    found = messages(united(tmp_path))
    assert [m["text"] or "" for m in found if m["conversation_id"] == "all_0"] == strings
    names = {m["conversation_id"]: m["sender_name"] for m in found if m["conversation_id"] != "all_0"}
    assert names == {f"x_{n + 1}": s for n, s in enumerate(strings) if s.strip()}
