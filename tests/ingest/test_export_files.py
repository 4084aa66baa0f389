"""What is found in exports/: files, folders, zips, Instagram downloads."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from ingest.errors import Code, ExportError
from ingest.export_files import find_exports
from tests.instagram_files import INBOX, PROFILE, message, profile, thread, tree, write_folder, write_zip

CSV = b"a,b\n1,2\n"
ADA = "adaexample_17841400000000001"
BO = "bosample_17841400000000002"


def names(folder: Path) -> list[str]:
    return [export.name for export in find_exports(folder)[0]]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find_exports(tmp_path / "none") == ([], [])


def test_files_of_any_depth_are_found_in_order_and_clutter_is_passed_over(tmp_path: Path) -> None:
    clutter = ["x/.DS_Store", ".hidden.csv", "__MACOSX/a.csv", ".git/a.csv", "x/photo.JPG", "x/clip.mp4"]
    write_folder(tmp_path, dict.fromkeys(["b.csv", "x/y/z/a.csv", "x/a.ics", *clutter], CSV))
    assert names(tmp_path) == ["b.csv", "x/a.ics", "x/y/z/a.csv"]
    assert find_exports(tmp_path)[1] == []


@pytest.mark.parametrize(
    "name",
    [
        "it's.csv",
        'say "hi".csv',
        "all*.csv",
        "[a].csv",
        "new\nline.csv",
        "right\u202eleft.csv",
        "😀.csv",
        "a" * 251 + ".csv",
    ],
    ids=["quote", "double quotes", "star", "brackets", "newline", "bidi", "emoji", "255 bytes"],
)
def test_odd_file_names_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(CSV)
    (export,) = find_exports(tmp_path)[0]
    assert (export.name, export.read()) == (name, CSV)


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_a_name_that_is_no_utf8_is_read_and_shown_with_a_sign(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")).write_bytes(CSV)
    (export,) = find_exports(tmp_path)[0]
    assert (export.name, export.read()) == ("caf\ufffd.csv", CSV)


def test_each_table_in_a_zip_is_an_export_of_its_own(tmp_path: Path) -> None:
    files = {
        "in/a.csv": CSV,
        "b.ics": b"BEGIN",
        "c.json": {},
        "d.jsonl": b"{}",
        "e.txt": b"",
        "p.png": b"",
        "__MACOSX/a.csv": b"",
    }
    write_zip(tmp_path / "x.zip", files)
    exports, rejects = find_exports(tmp_path)
    assert [e.name for e in exports] == ["x.zip!b.ics", "x.zip!c.json", "x.zip!d.jsonl", "x.zip!in/a.csv"]
    assert exports[3].read() == CSV
    assert rejects == []


def test_a_zip_is_known_by_its_bytes(tmp_path: Path) -> None:
    write_zip(tmp_path / "download", {"a.csv": CSV})
    assert names(tmp_path) == ["download!a.csv"]


def test_a_workbook_is_a_file_and_not_opened_as_a_zip(tmp_path: Path) -> None:
    write_zip(tmp_path / "book.xlsx", {"[Content_Types].xml": b"<x/>"})
    assert names(tmp_path) == ["book.xlsx"]


@pytest.mark.parametrize("wrapper", ["", "instagram-coach-2026-09-30-abcdefgh/", "meta-2026/instagram-coach/"])
@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_an_instagram_download_is_one_export(tmp_path: Path, wrapper: str, packed: bool) -> None:
    files = {wrapper + path: document for path, document in tree({ADA: thread(message("hi"))}).items()}
    files |= {wrapper + f"{INBOX}/{ADA}/photos/1.jpg": b"x", wrapper + "media/stories/1.mp4": b"x"}
    if packed:
        write_zip(tmp_path / "coach.zip", files)
    else:
        write_folder(tmp_path, files)
    ((export,), rejects) = find_exports(tmp_path)
    assert export.members == (PROFILE, f"{INBOX}/{ADA}/message_1.json")
    assert rejects == []
    origin = "coach.zip!" + wrapper + PROFILE if packed else wrapper + PROFILE
    assert export.origin(PROFILE) == origin


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_tables_beside_an_unpacked_download_stay_exports_of_their_own(tmp_path: Path, packed: bool) -> None:
    files = {**tree({ADA: thread(message("hi"))}), "calls.csv": CSV, "more/cal.ics": b"BEGIN"}
    if packed:
        write_zip(tmp_path / "x.zip", files)
    else:
        write_folder(tmp_path, files)
    prefix = "x.zip!" if packed else ""
    download = "x.zip" if packed else "your_instagram_activity"
    assert names(tmp_path) == sorted([prefix + "calls.csv", prefix + "more/cal.ics", download])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("instagram-coach-2026-09-30-aaaaaaaa", "instagram-coach-2026-09-30-bbbbbbbb"),
        ("coach_20200101_part_1", "coach_20200101_part_2"),
        ("download (1)", "download (2)"),
    ],
)
def test_zips_that_are_parts_of_one_download_are_one_export(tmp_path: Path, one: str, two: str) -> None:
    write_zip(tmp_path / f"{one}.zip", tree({ADA: thread(message("hi"))}))
    write_zip(tmp_path / f"{two}.zip", tree({BO: thread(message("ho"))}, with_profile=False))
    (export,) = find_exports(tmp_path)[0]
    assert len(export.members) == 3
    assert export.origin(f"{INBOX}/{BO}/message_1.json") == f"{two}.zip!{INBOX}/{BO}/message_1.json"


def test_a_part_without_conversations_joins_the_only_download_beside_it(tmp_path: Path) -> None:
    write_zip(tmp_path / "threads.zip", tree({ADA: thread(message("hi"))}, with_profile=False))
    write_zip(
        tmp_path / "about me.zip", {PROFILE: profile(), "connections/followers_and_following/followers_1.json": []}
    )
    (export,) = find_exports(tmp_path)[0]
    assert PROFILE in export.members and export.name == "about me.zip + threads.zip"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("ig-2026-08-01", "ig-2026-09-01"),
        ("part1", "part2"),
        ("instagram-a-2026-09-30-aaaaaaaa", "instagram-b-2026-09-30-bbbbbbbb"),
    ],
    ids=["two dates", "same files in both", "two accounts"],
)
def test_two_downloads_stay_two_exports(tmp_path: Path, one: str, two: str) -> None:
    for name in (one, two):
        write_zip(tmp_path / f"{name}.zip", tree({ADA: thread(message("hi"))}))
    assert names(tmp_path) == [f"{one}.zip", f"{two}.zip"]


def test_two_downloads_in_one_zip_are_two_exports(tmp_path: Path) -> None:
    files = tree({ADA: thread(message("hi"))})
    write_zip(tmp_path / "all.zip", {f"{folder}/{p}": d for folder in ("old", "new") for p, d in files.items()})
    assert names(tmp_path) == ["all.zip!new", "all.zip!old"]


def test_the_download_of_2019_is_known_by_its_siblings(tmp_path: Path) -> None:
    write_zip(tmp_path / "coach_20190501.zip", {"messages.json": [], "profile.json": {}, "media.json": {}})
    ((export,), rejects) = find_exports(tmp_path)
    assert (export.name, "messages.json" in export.members, rejects) == ("coach_20190501.zip", True, [])


def test_a_zip_of_pictures_is_left_out_and_told(tmp_path: Path) -> None:
    write_zip(tmp_path / "media.zip", {"a.jpg": b"x", "b.mp4": b"x"})
    exports, (reject,) = find_exports(tmp_path)
    assert (exports, reject.code, reject.member) == ([], Code.LEFT_OUT, "media.zip")


def test_bytes_that_changed_change_the_hash_and_the_stamp(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", tree({ADA: thread(message("hi"))}))
    before = find_exports(tmp_path)[0][0]
    stamp, sha256 = before.stamp(), before.sha256()
    assert (before.stamp(), before.sha256()) == (stamp, sha256)
    write_zip(path, tree({ADA: thread(message("hi"), message("more"))}))
    assert before.stamp() != stamp and find_exports(tmp_path)[0][0].sha256() != sha256


def test_an_export_can_be_sent_to_another_process(tmp_path: Path) -> None:
    write_zip(tmp_path / "x.zip", tree({ADA: thread(message("hi"))}))
    (export,) = find_exports(tmp_path)[0]
    sent = pickle.loads(pickle.dumps(export))
    assert sent.read(PROFILE) == export.read(PROFILE)


def test_a_member_that_is_not_there_is_an_export_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CSV)
    (export,) = find_exports(tmp_path)[0]
    with pytest.raises(ExportError, match="E_MISSING"):
        export.read("other")
