"""Fault group F: bad files and bad JSON. Each is refused, quarantined or flagged, and everything else loads."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import Code
from ingest.shapes import Outcome
from tests.faults.runner import load_beside_good
from tests.ingest.homes import conversations, hashes, loaded, messages, rows, united
from tests.instagram_files import INBOX, MS, PROFILE, message, profile, thread, tree, write_folder, write_zip

ADA = "adaexample_17841400000000001"
PATH = f"{INBOX}/{ADA}/message_1.json"
REFUSED, QUARANTINED, FLAGGED = Outcome.REFUSED, Outcome.QUARANTINED, Outcome.FLAGGED

DOCUMENT = thread(message("before", MS), message("CHANGE", MS + 1), message("after", MS + 2))
TEXT = json.dumps(DOCUMENT)
BOTH = ["after", "before"]
ALL = ["after", "CHANGE", "before"]


def swap(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new).encode()


MEMBERS: dict[str, tuple[bytes, list[str], Outcome | None, Code | None]] = {
    "F01 empty": (b"", [], REFUSED, Code.E_EMPTY),
    "F02 blank": (b" \n\t", [], REFUSED, Code.E_EMPTY),
    "F03 cut": (TEXT[:-20].encode(), [], REFUSED, Code.E_JSON),
    "F05 bad UTF-8": (TEXT.encode().replace(b"CHANGE", b"\xff\xfe\xfd"), [], REFUSED, Code.E_ENCODING),
    "F06 raw NUL": (swap("CHANGE", "a\0b"), [], REFUSED, Code.E_JSON),
    "F07 escaped NUL": (swap("CHANGE", "a\\u0000b"), ["after", "a\ufffdb", "before"], FLAGGED, Code.F_TEXT),
    "F08 BOM": (b"\xef\xbb\xbf" + TEXT.encode(), ALL, None, None),
    "F09 UTF-16 LE": (b"\xff\xfe" + TEXT.encode("utf-16-le"), ALL, None, None),
    "F09 UTF-16 BE": (b"\xfe\xff" + TEXT.encode("utf-16-be"), ALL, None, None),
    "F10 key twice": (
        swap('"content": "CHANGE"', '"content": "x", "content": "y"'),
        ["after", "y", "before"],
        FLAGGED,
        Code.F_DUPLICATE_KEY,
    ),
    "F11 key in other case": (
        swap('"content": "CHANGE"', '"content": "x", "Content": "y"'),
        ["after", "x", "before"],
        FLAGGED,
        Code.F_NEW_FIELD,
    ),
    "F12 high surrogate": (swap("CHANGE", "a \\ud83d b"), ["after", "a \ufffd b", "before"], FLAGGED, Code.F_TEXT),
    "F12 low surrogate": (swap("CHANGE", "a \\ude00 b"), ["after", "a \ufffd b", "before"], FLAGGED, Code.F_TEXT),
    "F13 garbled": (swap("CHANGE", "caf\\u00c3\\u00a9"), ["after", "café", "before"], None, None),
    "F13 beyond repair": (
        swap("CHANGE", "\\u00f0\\u009f\\u0098 x"),
        ["after", "ð\x9f\x98 x", "before"],
        FLAGGED,
        Code.F_MOJIBAKE,
    ),
    "F14 right already": (swap("CHANGE", "café – Ã©"), ["after", "café – Ã©", "before"], FLAGGED, Code.F_MOJIBAKE),
    "F16 time as float": (swap(str(MS + 1), f"{MS + 1}.5"), BOTH, QUARANTINED, Code.E_TIME),
    "F17 NaN": (swap(str(MS + 1), "NaN"), BOTH, QUARANTINED, Code.E_TIME),
    "F17 1e400": (swap(str(MS + 1), "1e400"), BOTH, QUARANTINED, Code.E_TIME),
    "F18 depth 2,000": (swap('"CHANGE"', "[" * 2_000 + "]" * 2_000), [], REFUSED, Code.E_DEEP),
    "F18 depth 100,000": (swap('"CHANGE"', "[" * 100_000 + "]" * 100_000), [], REFUSED, Code.E_DEEP),
    "F19 list for object": (b"[1, 2]", [], REFUSED, Code.E_SHAPE),
    "F19 other object": (b'{"first_key": 1}', [], REFUSED, Code.E_SHAPE),
    "F20 content is a number": (swap('"CHANGE"', "7"), BOTH, QUARANTINED, Code.E_SHAPE),
    "F20 content is a list": (swap('"CHANGE"', '["a"]'), BOTH, QUARANTINED, Code.E_SHAPE),
    "F21 10 MB message": (swap("CHANGE", "x" * 10_000_000), ["after", "x" * 10_000_000, "before"], None, None),
    "F22 garbage after": (TEXT.encode() + b"x", [], REFUSED, Code.E_JSON),
    "F23 login page": (b"<!DOCTYPE html><html><body>Log in</body></html>", [], REFUSED, Code.E_NOT_JSON),
    "F24 new field": (
        swap('"content": "CHANGE"', '"content": "x", "mood": 1'),
        ["after", "x", "before"],
        FLAGGED,
        Code.F_NEW_FIELD,
    ),
    "F25 no time": (swap(f'"timestamp_ms": {MS + 1}, ', ""), BOTH, QUARANTINED, Code.E_TIME),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_a_bad_member_of_a_download(tmp_path: Path, case: str) -> None:
    data, texts, outcome, code = MEMBERS[case]
    other = thread(message("other thread"), lead="Bo Sample")
    home = tmp_path / "home"
    write_folder(home / "exports", {PROFILE: profile(), PATH: data, f"{INBOX}/bo_2/message_1.json": other})
    got = load_beside_good(home)
    assert got.texts == [*texts, "other thread"]
    assert [r["code"] for r in got.rejects] == ([code] if code else [])
    assert [r["outcome"] for r in got.rejects] == ([outcome] if outcome else [])
    if got.rejects and code is not Code.F_NEW_FIELD:
        assert got.rejects[0]["file"].endswith(PATH)


FILES: dict[str, tuple[str, bytes, Code]] = {
    "F01 empty": ("x.json", b"", Code.E_EMPTY),
    "F02 blank": ("x.csv", b"\n \n", Code.E_EMPTY),
    "F03 cut": ("x.json", b'[{"a": 1}, {"a"', Code.E_JSON),
    "F05 bad UTF-8": ("x.json", b'{"a": "\xe9"}', Code.E_ENCODING),
    "F18 deep": ("x.json", b"[" * 100_000, Code.E_DEEP),
    "F22 garbage after": ("x.json", b"{} x", Code.E_JSON),
    "F23 login page": ("x.json", b"<html><title>Log in", Code.E_NOT_JSON),
    "F23 login page as CSV": ("x.csv", b"\n<!doctype html>", Code.E_NOT_JSON),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_single_file(tmp_path: Path, case: str) -> None:
    name, data, code = FILES[case]
    home = tmp_path / "home"
    write_folder(home / "exports", {name: data})
    got = load_beside_good(home)
    assert [(r["file"], r["outcome"], r["code"]) for r in got.rejects] == [(name, REFUSED, code)]
    assert got.summary.refused == 1


def test_f15_a_long_id_keeps_its_digits(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_folder(
        home / "exports", {PROFILE: profile(), PATH: swap('"CHANGE"', '"x", "other_id": 98765432109876543210987')}
    )
    load_beside_good(home)
    payloads = [m["payload"] for m in rows(loaded(home), "messages") if m["text"] == "x"]
    assert '"other_id": 98765432109876543210987' in payloads[0]


def test_f21_a_file_over_the_limit_is_refused_and_the_limit_is_a_setting(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_folder(home / "exports", {"big.json": b'{"a": "' + b"x" * (1 << 20) + b'"}'})
    (home / "settings.toml").write_text("[thresholds]\nmax_file_mib = 1\n")
    got = load_beside_good(home)
    assert [(r["file"], r["code"]) for r in got.rejects] == [("big.json", Code.E_TOO_BIG)]
    assert "max_file_mib" in got.rejects[0]["reason"]


def test_f26_a_message_gone_from_a_newer_export_is_kept(tmp_path: Path) -> None:
    write_zip(tmp_path / "exports" / "2026-08-01.zip", tree({ADA: thread(message("a"), message("gone", MS + 1))}))
    write_zip(tmp_path / "exports" / "2026-09-01.zip", tree({ADA: thread(message("a"), message("b", MS + 2))}))
    assert [m["text"] for m in messages(united(tmp_path))] == ["a", "gone", "b"]


def test_f27_the_same_file_twice_adds_no_row(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("a", "b"):
        write_folder(home / "exports", {f"{name}.json": TEXT.encode()})
    (home / "settings.toml").write_text('[account]\nname = "Coach Studio"\n')
    got = load_beside_good(home)
    assert got.texts == ALL
    assert [(r["file"], r["code"]) for r in got.rejects] == [("b.json", Code.E_DUPLICATE_FILE)]


def test_f28_overlapping_exports_lose_no_equal_text(tmp_path: Path) -> None:
    twice = [message("same", MS), message("same", MS)]
    write_zip(tmp_path / "exports" / "2026-08-01.zip", tree({ADA: thread(*twice)}))
    write_zip(tmp_path / "exports" / "2026-09-01.zip", tree({ADA: thread(*twice, message("b", MS + 1))}))
    assert [m["text"] for m in messages(united(tmp_path))] == ["same", "same", "b"]


def test_f29_a_participant_renamed_in_between_is_one_conversation(tmp_path: Path) -> None:
    renamed = thread(message("a", sender="New Name"), message("b", MS + 1, sender="New Name"), lead="New Name")
    write_zip(tmp_path / "exports" / "2026-08-01.zip", tree({ADA: thread(message("a"))}))
    write_zip(tmp_path / "exports" / "2026-09-01.zip", tree({"newname_17841400000000001": renamed}))
    found = united(tmp_path)
    assert [c["participant_name"] for c in conversations(found)] == ["New Name"]
    assert [m["text"] for m in messages(found)] == ["a", "b"]


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


def a_link_to_a_folder(path: Path) -> None:
    path.symlink_to(path.parent)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


SPECIAL: dict[str, tuple[Callable[[Path], None], Code]] = {
    "F30 pipe": (a_pipe, Code.E_NOT_A_FILE),
    "F30 device": (a_device, Code.E_NOT_A_FILE),
    "F30 link to a folder": (a_link_to_a_folder, Code.E_NOT_A_FILE),
    "F30 link to nothing": (a_link_to_nothing, Code.E_MISSING),
}


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices are POSIX")
@pytest.mark.parametrize("case", SPECIAL)
def test_what_is_no_file_is_refused_without_being_opened(tmp_path: Path, case: str) -> None:
    make, code = SPECIAL[case]
    (tmp_path / "exports").mkdir()
    make(tmp_path / "exports" / "x.csv")
    write_folder(tmp_path / "exports", {"a.json": TEXT.encode()})
    (tmp_path / "settings.toml").write_text('[account]\nname = "Coach Studio"\n')
    summary = loaded(tmp_path)
    assert [(r["file"], r["code"]) for r in rows(summary, "rejects")] == [("x.csv", code)]
    assert summary.rows_loaded == 3


def test_f30_a_folder_named_like_a_file_is_walked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_folder(home / "exports", {"x.csv/inner.json": b""})
    assert [r["file"] for r in load_beside_good(home).rejects] == ["x.csv/inner.json"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("is_folder", [False, True], ids=["file", "folder"])
def test_f30_what_may_not_be_read_is_refused(tmp_path: Path, is_folder: bool) -> None:
    write_folder(tmp_path / "exports", {"a.json": TEXT.encode(), "x/b.csv": b"a,b\n"})
    (tmp_path / "settings.toml").write_text('[account]\nname = "Coach Studio"\n')
    locked = tmp_path / "exports" / ("x" if is_folder else "x/b.csv")
    locked.chmod(0)
    try:
        codes = [r["code"] for r in rows(loaded(tmp_path), "rejects")]
    finally:
        locked.chmod(0o700)
    assert codes == [Code.E_PERMISSION]


@pytest.mark.parametrize("error", [PermissionError(13, "no"), OSError(5, "io"), FileNotFoundError(2, "gone")], ids=repr)
def test_f30_what_the_system_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    real = Path.open

    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == "x.json" and "exports" in self.parts:
            raise error
        return real(self, *args, **kwargs)

    write_folder(tmp_path / "home" / "exports", {"x.json": b"{}"})
    before = hashes(tmp_path)
    (tmp_path / "home" / "exports" / "a.json").write_bytes(TEXT.encode())
    (tmp_path / "home" / "settings.toml").write_text('[account]\nname = "Coach Studio"\n')
    monkeypatch.setattr(Path, "open", refuse)
    summary = loaded(tmp_path / "home")
    monkeypatch.undo()
    codes = {PermissionError: Code.E_PERMISSION, FileNotFoundError: Code.E_MISSING, OSError: Code.E_IO}
    assert [(r["file"], r["code"]) for r in rows(summary, "rejects")] == [("x.json", codes[type(error)])]
    assert before.items() <= hashes(tmp_path).items()


@pytest.mark.parametrize(
    "name", ["it's.json", 'a"b.json', "*.json", "[x].json", "new\nline.json", "\u202e.json", "🙂.json"]
)
def test_f32_odd_names_load(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    write_folder(home / "exports", {name: TEXT.encode()})
    (home / "settings.toml").write_text('[account]\nname = "Coach Studio"\n')
    assert load_beside_good(home).texts == ALL
