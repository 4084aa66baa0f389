"""What each kind of Instagram message becomes, and who "me" is."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import Code
from ingest.export_files import find_exports
from ingest.formats.instagram import FORMAT
from ingest.settings import Account, Settings
from ingest.shapes import Outcome, Owner, Reject, Row
from tests.instagram_files import HANDLE, INBOX, ME, MS, PROFILE, garbled, message, profile, thread, tree, write_folder

ADA = "adaexample_17841400000000001"
DEFAULTS = Settings()
Item = Row | Reject | Owner


def read(folder: Path, files: Mapping[str, Any], settings: Settings = DEFAULTS) -> list[Item]:
    write_folder(folder, files)
    (export,) = find_exports(folder)[0]
    assert FORMAT.recognises(export, settings)
    return list(FORMAT.read(export, settings))


def rows(items: list[Item]) -> list[dict[str, Any]]:
    return [i.values for i in items if isinstance(i, Row)]


def rejects(items: list[Item]) -> list[Reject]:
    return [i for i in items if isinstance(i, Reject)]


def one(folder: Path, *messages: Any, **more: Any) -> list[Item]:
    return read(folder, tree({ADA: thread(*messages, **more)}))


def share(link: str = "", **more: str) -> dict[str, Any]:
    return {"share": ({"link": link} if link else {}) | {k: garbled(v) for k, v in more.items()}}


STORY = "https://instagram.com/stories/coach.studio/3141592653589793238"
THEIRS = "https://instagram.com/stories/ada.example/3141592653589793238"
REEL = "https://www.instagram.com/reel/C0000000001/"
POST = "https://www.instagram.com/p/C0000000002/"

KINDS: dict[str, tuple[dict[str, Any], tuple[str, str | None, str | None, str | None]]] = {
    "words": (message("hi é 😅"), ("text", "hi é 😅", None, None)),
    "voice note": (message(None, audio_files=[{"uri": "a.mp4"}]), ("voice", None, None, None)),
    "photo": (message(None, photos=[{"uri": "a.jpg"}]), ("photo", None, None, None)),
    "photo with words": (message("look", photos=[{"uri": "a.jpg"}]), ("photo", "look", None, None)),
    "photo with the app's text": (
        message("Ada Example sent a photo.", photos=[{"uri": "a"}]),
        ("photo", None, None, None),
    ),
    "video": (message(None, videos=[{"uri": "a.mp4"}]), ("video", None, None, None)),
    "reply to our story": (
        message("me too", **share(STORY, share_text="story: é")),
        ("story_reply", "me too", "story: é", STORY),
    ),
    "reply without words": (
        message("Ada Example sent an attachment.", **share(STORY)),
        ("story_reply", None, None, STORY),
    ),
    "story reply that lost its link": (
        message("me too", **share(original_content_owner=HANDLE)),
        ("story_reply", "me too", None, None),
    ),
    "someone else's story passed on": (message("see", **share(THEIRS)), ("post_share", "see", None, THEIRS)),
    "our reply to the lead's story": (
        message("so good", sender=ME, **share(THEIRS)),
        ("story_reply", "so good", None, THEIRS),
    ),
    "our own story passed on": (message("see", sender=ME, **share(STORY)), ("post_share", "see", None, STORY)),
    "reaction to our story": (message("Reacted 🔥 to your story", **share(STORY)), ("story_reply", "🔥", None, STORY)),
    "story mention": (message("Ada Example mentioned you in their story"), ("story_mention", None, None, None)),
    "bare reel": (
        message("Ada Example sent an attachment.", **share(REEL, share_text="cap é")),
        ("reel_share", None, "cap é", REEL),
    ),
    "reel with words": (message("is this me?", **share(REEL)), ("reel_share", "is this me?", None, REEL)),
    "bare post": (message("Ada Example sent an attachment.", **share(POST)), ("post_share", None, None, POST)),
    "profile": (message(None, **share(profile_share_username="x.y")), ("post_share", None, "x.y", None)),
    "link in words": (
        message("see https://example.com/a", **share("https://example.com/a")),
        ("text", "see https://example.com/a", None, "https://example.com/a"),
    ),
    "attachment that left no trace": (message("Ada Example sent an attachment."), ("post_share", None, None, None)),
    "nothing at all": (message(None), ("post_share", None, None, None)),
    "unsent": (message("oh no", is_unsent=True), ("unsent", None, None, None)),
    "not unsent": (message("hi", is_unsent=False), ("text", "hi", None, None)),
    "call": (message("Audio call ended", call_duration=60), ("call", None, None, None)),
    "missed call": (message("Ada Example missed your call"), ("call", None, None, None)),
    "ad reply": (message("Ada Example replied to your ad"), ("ad_reply", None, None, None)),
    "subscribed": (message(None, type="Subscribe"), ("system", None, None, None)),
    "reactions below a message are no messages": (
        message("hi", reactions=[{"reaction": "x", "actor": ME}]),
        ("text", "hi", None, None),
    ),
}


@pytest.mark.parametrize(("exported", "expected"), KINDS.values(), ids=KINDS.keys())
def test_kind(tmp_path: Path, exported: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    (row,) = rows(one(tmp_path, exported))
    assert tuple(row[c] for c in ("kind", "text", "context", "link")) == expected


REACTIONS = {
    "en": "Reacted 😍 to your message ",
    "es": "Reaccionó con 😍 a tu mensaje",
    "pt": "Reagiu com 😍 à sua mensagem",
    "fr": "A réagi avec 😍 à votre message",
    "de": "Hat mit 😍 auf deine Nachricht reagiert",
    "it": "Ha reagito con 😍 al tuo messaggio",
    "nl": "Reageerde met 😍 op je bericht",
    "sv": "Reagerade med 😍 på ditt meddelande",
    "da": "Reagerede med 😍 på din besked",
    "pl": "Zareagował(a) 😍 na Twoją wiadomość",
    "tr": "Mesajına 😍 ifadesini bıraktı",
    "ja": "メッセージに😍でリアクションしました",
    "with name": "Ada Example reacted 😍 to your message",
}


@pytest.mark.parametrize("text", REACTIONS.values(), ids=REACTIONS.keys())
def test_a_reaction_is_its_emoji_in_any_language(tmp_path: Path, text: str) -> None:
    (row,) = rows(one(tmp_path, message(text)))
    assert (row["kind"], row["text"]) == ("reaction", "😍")


@pytest.mark.parametrize(
    "text", ["Liked a message", "Le gustó un mensaje", "Curtiu uma mensagem", "Gillade ett meddelande"]
)
def test_a_like_is_a_heart(tmp_path: Path, text: str) -> None:
    (row,) = rows(one(tmp_path, message(text)))
    assert (row["kind"], row["text"]) == ("reaction", "❤️")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Reacted badly to your message, sorry",
            "Liked a message you posted",
            "sent a video",
            "sent a photo",
            "called you",
        ),
        *("Ada Example is my sister", "missed your call", "You sent the wrong link", "I replied to your ad"),
        *("Reacted 😍 to your message and then cried", "(edited)", "Ada"),
    ],
)
def test_a_persons_own_words_are_never_taken_for_the_apps(tmp_path: Path, text: str) -> None:
    (row,) = rows(one(tmp_path, message(text)))
    assert (row["kind"], row["text"]) == ("text", text)


ATTACHMENTS = {
    "en": "Ada Example sent an attachment.",
    "us": "You sent an attachment.",
    "es": "Ada Example envió un archivo adjunto.",
    "de": "Ada Example hat einen Anhang gesendet.",
    "fr": "Ada Example a envoyé une pièce jointe.",
    "ja": "Ada Exampleさんが添付ファイルを送信しました。",
    "unknown language": "Ada Example sendis aldonaĵon.",
}


@pytest.mark.parametrize("text", ATTACHMENTS.values(), ids=ATTACHMENTS.keys())
def test_an_attachments_text_counts_as_no_words(tmp_path: Path, text: str) -> None:
    (row,) = rows(one(tmp_path, message(text, **share(REEL))))
    assert (row["kind"], row["text"]) == ("reel_share", None)


def test_thread_columns(tmp_path: Path) -> None:
    (row,) = rows(one(tmp_path, message("hi", sender="Ada Example 🌱"), lead="Ada Example 🌱"))
    assert row["conversation_id"] == ADA
    assert row["thread_key"] == "17841400000000001"
    assert (row["participant_name"], row["sender_name"]) == ("Ada Example 🌱", "Ada Example 🌱")
    assert (row["direction"], row["is_pending"]) == ("in", False)
    assert row["sent_at"] == dt.datetime(2026, 9, 21, 14, 13, 20, tzinfo=dt.UTC)


def test_the_row_keeps_the_message_as_exported(tmp_path: Path) -> None:
    exported = message("é")
    items = read(tmp_path, tree({ADA: thread(exported)}))
    (row,) = (i for i in items if isinstance(i, Row))
    assert row.payload == exported
    assert (row.line, row.member) == (1, f"{INBOX}/{ADA}/message_1.json")


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (MS, MS),
        (MS // 1000, MS),
        (MS * 1000, MS),
        (MS + 1, MS + 1),
    ],
    ids=["ms", "s", "us", "odd ms"],
)
def test_the_unit_of_a_time_is_known_by_its_size(tmp_path: Path, value: int, at: int) -> None:
    (row,) = rows(one(tmp_path, message("hi", value)))
    assert row["sent_at"] == dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=at)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ({"timestamp_ms": None}, Code.E_TIME),
        ({"timestamp_ms": 1.79e12}, Code.E_TIME),
        ({"timestamp_ms": "1790000000000"}, Code.E_TIME),
        ({"timestamp_ms": True}, Code.E_TIME),
        ({"timestamp_ms": 12}, Code.E_TIME),
        ({"timestamp_ms": 10**30}, Code.E_TIME),
        ({"sender_name": None}, Code.E_SHAPE),
        ({"content": ["x"]}, Code.E_SHAPE),
        ({"share": "x"}, Code.E_SHAPE),
        ({"photos": {"uri": "x"}}, Code.E_SHAPE),
    ],
    ids=lambda v: str(v)[:40],
)
def test_a_message_of_a_wrong_shape_is_quarantined_alone(tmp_path: Path, spoil: dict[str, Any], code: Code) -> None:
    items = one(tmp_path, message("before", MS), message("secret", MS + 1) | spoil, message("after", MS + 2))
    assert [r["text"] for r in rows(items)] == ["after", "before"]
    (reject,) = rejects(items)
    assert (reject.outcome, reject.code, reject.line, reject.member) == (
        Outcome.QUARANTINED,
        code,
        2,
        f"{INBOX}/{ADA}/message_1.json",
    )
    assert "secret" not in reject.reason and reject.payload is not None


def test_a_message_that_is_no_object_is_quarantined(tmp_path: Path) -> None:
    (reject,) = rejects(one(tmp_path, "hi"))
    assert (reject.outcome, reject.code) == (Outcome.QUARANTINED, Code.E_SHAPE)


@pytest.mark.parametrize(
    "document",
    [[], 7, {"participants": []}, {"messages": {}}, {"messages": [], "participants": [{"nom": "x"}]}],
    ids=str,
)
def test_a_thread_of_a_wrong_shape_is_refused_and_the_others_load(tmp_path: Path, document: Any) -> None:
    items = read(tmp_path, tree({ADA: thread(message("hi")), "bo_2": document}))
    assert len(rows(items)) == 1
    (reject,) = rejects(items)
    assert (reject.outcome, reject.code) == (Outcome.REFUSED, Code.E_SHAPE)


GROUP = {"participants": [{"name": n} for n in ("Ada Example", "Bo Sample", ME)], "title": "us"}
LEFT_OUT = {
    "three people": ("inbox", GROUP),
    "group by type": ("inbox", {**thread(), "thread_type": "RegularGroup"}),
    "group by link": ("inbox", {**thread(), "joinable_mode": {"mode": 1, "link": ""}}),
    "channel": ("broadcast", thread()),
    "chat with an AI": ("ai_conversations", thread()),
    "notes to self": ("inbox", {"participants": [{"name": ME}], "title": ME}),
}


@pytest.mark.parametrize(("box", "document"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_what_holds_no_lead_is_left_out_and_counted(tmp_path: Path, box: str, document: dict[str, Any]) -> None:
    said = [message("a", sender=ME), message("b", MS + 1, sender=ME)]
    path = f"your_instagram_activity/messages/{box}/other_2/message_1.json"
    items = read(tmp_path, {**tree({ADA: thread(message("hi"))}), path: {**document, "messages": said}})
    assert len(rows(items)) == 1
    (reject,) = rejects(items)
    assert (reject.outcome, reject.code, reject.count) == (Outcome.LEFT_OUT, Code.LEFT_OUT, 2)


def test_a_message_request_is_pending(tmp_path: Path) -> None:
    files = {
        PROFILE: profile(),
        "your_instagram_activity/messages/message_requests/cy_3/message_1.json": thread(message("hi")),
    }
    assert rows(read(tmp_path, files))[0]["is_pending"] is True


def test_parts_of_a_thread_are_one_conversation(tmp_path: Path) -> None:
    files = tree({ADA: thread(message("c", MS + 2))})
    for number in (2, 10):
        files[f"{INBOX}/{ADA}/message_{number}.json"] = thread(message(f"part {number}", MS - number))
    found = rows(read(tmp_path, files))
    assert [r["text"] for r in found] == ["c", "part 2", "part 10"]
    assert {r["conversation_id"] for r in found} == {ADA}


def test_a_bad_part_costs_only_itself(tmp_path: Path) -> None:
    files = tree({ADA: thread(message("kept"))})
    files[f"{INBOX}/{ADA}/message_2.json"] = b'{"messages": ['
    items = read(tmp_path, files)
    assert [r["text"] for r in rows(items)] == ["kept"]
    assert [(r.outcome, r.code) for r in rejects(items)] == [(Outcome.REFUSED, Code.E_JSON)]


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["helo there", "hello there (edited)"], ["hello there"]),
        (["helo", "hello (edited)", "hello you (edited)"], ["hello you"]),
        (
            ["call me", "I need help with slep", "I need help with sleep (edited)"],
            ["call me", "I need help with sleep"],
        ),
        (["quite something else", "xyz (edited)"], ["quite something else", "xyz"]),
    ],
    ids=["once", "twice", "the likest", "original is gone"],
)
def test_an_edited_message_is_one_message_at_its_first_time(tmp_path: Path, texts: list[str], kept: list[str]) -> None:
    items = one(tmp_path, *(message(t, MS + n * 60_000) for n, t in enumerate(texts)))
    found = sorted(rows(items), key=lambda r: r["sent_at"])
    assert [r["text"] for r in found] == kept
    assert found[0]["sent_at"] == dt.datetime(2026, 9, 21, 14, 13, 20, tzinfo=dt.UTC)
    gone = [r for r in rejects(items) if r.outcome is Outcome.LEFT_OUT]
    assert sum(r.count for r in gone) + len(found) == len(texts)


def test_an_edit_never_takes_another_persons_or_an_old_message(tmp_path: Path) -> None:
    hour = 3_600_000
    old, theirs = message("hello", MS), message("hello", MS + hour - 1000, sender=ME)
    items = one(tmp_path, old, theirs, message("hello! (edited)", MS + hour))
    assert len(rows(items)) == 3


def with_settings(**account: Any) -> Settings:
    return Settings(account=Account(**account))


SENT = message("we said", sender=ME)


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({PROFILE: profile()}, Settings()),
        ({PROFILE: profile(labels=("Nombre de usuario", "Nombre"))}, Settings()),
        ({PROFILE: profile(labels=("ユーザーネーム", "名前"))}, Settings()),
        ({"account_information/personal_information.json": profile()}, Settings()),
        ({}, with_settings(name=ME)),
        ({}, with_settings(name=("Old Name", ME))),
        ({PROFILE: b"{broken"}, with_settings(name=ME)),
    ],
    ids=["profile", "Spanish profile", "Japanese profile", "2021 profile", "settings", "two names", "broken profile"],
)
def test_me_is_found_in_profile_or_settings(tmp_path: Path, files: dict[str, Any], settings: Settings) -> None:
    items = read(tmp_path, {**tree({ADA: thread(message("hi"), SENT)}, with_profile=False), **files}, settings)
    assert {r["sender_name"]: r["direction"] for r in rows(items)} == {"Ada Example": "in", ME: "out"}
    (owner,) = (i for i in items if isinstance(i, Owner))
    assert owner.names == {ME}


def test_without_a_profile_me_is_who_is_in_nearly_all_threads(tmp_path: Path) -> None:
    leads = ("Ada Example", "Bo Sample", "Cy Request")
    threads = {f"x_{n}": thread(message("hi", sender=lead), SENT, lead=lead) for n, lead in enumerate(leads)}
    items = read(tmp_path, tree(threads, with_profile=False))
    assert {r["sender_name"] for r in rows(items) if r["direction"] == "out"} == {ME}


def test_where_me_cannot_be_told_the_download_is_refused_with_the_way_out(tmp_path: Path) -> None:
    items = read(tmp_path, tree({ADA: thread(message("hi"), SENT)}, with_profile=False))
    (reject,) = rejects(items)
    assert (reject.outcome, reject.code, len(rows(items))) == (Outcome.REFUSED, Code.E_OWNER, 0)
    assert "[account]" in reject.reason


def test_the_handle_is_told_where_the_profile_labels_it(tmp_path: Path) -> None:
    (owner,) = (i for i in one(tmp_path, message("hi")) if isinstance(i, Owner))
    assert owner.handles == {HANDLE}


@pytest.mark.parametrize("people", [[{"name": ME}], [], None], ids=["lead left", "nobody", "no key"])
def test_a_lead_who_is_no_participant_any_more_is_found_by_what_they_wrote(tmp_path: Path, people: Any) -> None:
    document = thread(message("hi"), SENT)
    if people is None:
        del document["participants"]
    else:
        document["participants"] = people
    found = rows(read(tmp_path, tree({ADA: document})))
    assert {(r["participant_name"], r["direction"]) for r in found} == {("Ada Example", "in"), ("Ada Example", "out")}


def test_a_deleted_account_is_still_a_conversation(tmp_path: Path) -> None:
    document = thread(message("hi", sender="Instagram User"), lead="Instagram User")
    (row,) = rows(read(tmp_path, tree({"instagramuser_9": document})))
    assert (row["conversation_id"], row["participant_name"]) == ("instagramuser_9", "Instagram User")


def test_the_html_download_is_refused_with_the_way_out(tmp_path: Path) -> None:
    items = read(tmp_path, {f"{INBOX}/{ADA}/message_1.html": b"<html></html>"})
    (reject,) = rejects(items)
    assert (reject.outcome, reject.code) == (Outcome.REFUSED, Code.E_NOT_JSON)
    assert "JSON" in reject.reason


def test_a_single_thread_file_is_read_too(tmp_path: Path) -> None:
    document = thread(message("hi"), SENT, thread_path=f"inbox/{ADA}")
    found = rows(read(tmp_path, {"message_1.json": document}, with_settings(name=ME)))
    assert [r["conversation_id"] for r in found] == [ADA, ADA]


@pytest.mark.parametrize("content", [b'{"a": 1}', b"[]", b"a,b\n1,2\n", b""], ids=["object", "list", "csv", "empty"])
def test_other_files_are_not_claimed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    (export,) = find_exports(tmp_path)[0]
    assert not FORMAT.recognises(export, Settings())


def test_a_new_field_is_kept_and_told_once(tmp_path: Path) -> None:
    items = one(tmp_path, message("a", MS, new_key=1), message("b", MS + 1, new_key=2))
    assert len(rows(items)) == 2
    (reject,) = rejects(items)
    assert (reject.outcome, reject.code) == (Outcome.FLAGGED, Code.F_NEW_FIELD)
    assert "new_key (2)" in reject.reason


def test_a_key_that_stands_twice_is_flagged_and_the_last_counts(tmp_path: Path) -> None:
    text = json.dumps(thread(message("first"))).replace('"content": "first"', '"content": "first", "content": "last"')
    items = read(tmp_path, {**tree({}), f"{INBOX}/{ADA}/message_1.json": text.encode()})
    assert [r["text"] for r in rows(items)] == ["last"]
    assert [r.code for r in rejects(items)] == [Code.F_DUPLICATE_KEY]


def test_a_long_whole_number_keeps_its_digits_in_the_payload(tmp_path: Path) -> None:
    items = one(tmp_path, message("hi", other_id=2**70))
    (row,) = (i for i in items if isinstance(i, Row))
    assert row.payload["other_id"] == 2**70


def test_labelled_download(shared: Path) -> None:
    exports, _ = find_exports(shared / "labelled" / "instagram")
    (export,) = (e for e in exports if e.members)
    items = list(FORMAT.read(export, Settings()))
    assert len({r["conversation_id"] for r in rows(items)}) == 25
    assert (len(rows(items)), rejects(items)) == (204, [])
