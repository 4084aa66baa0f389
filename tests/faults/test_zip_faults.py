"""Fault group Z: hostile and broken zips. A bad member costs only itself where that is safe; nothing is unpacked."""

from __future__ import annotations

import json
import stat
import struct
import subprocess
import sys
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.errors import Code
from ingest.shapes import Outcome
from tests.faults.runner import load_beside_good
from tests.instagram_files import INBOX, PROFILE, message, profile, thread

ROOT = Path(__file__).resolve().parents[2]
UTF8 = 0x800
BOMB = b"0" * (20 << 20)  # packs 1,000:1
THREADS = 299


@dataclass(frozen=True)
class Member:
    """One entry of a zip, with any lie it may tell."""

    name: bytes
    data: bytes = b"{}"
    flags: int = UTF8
    method: int = 8
    mode: int = 0o644
    size: int | None = None  # as declared
    crc: int | None = None
    damage: bool = False
    at: int | None = None  # offset of another entry's header


def raw_zip(members: list[Member]) -> bytes:
    """A zip written by hand, as zipfile would never write it."""
    body, directory = b"", b""
    for m in members:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(m.data) + packer.flush() if m.method == 8 else m.data
        crc = zlib.crc32(m.data) if m.crc is None else m.crc
        size = len(m.data) if m.size is None else m.size
        if m.damage:
            packed = packed[:5] + bytes([packed[5] ^ 0xFF]) + packed[6:]
        head = struct.pack("<HHHHHIIIHH", 20, m.flags, m.method, 0, 0x5821, crc, len(packed), size, len(m.name), 0)
        offset = len(body) if m.at is None else m.at
        if m.at is None:
            body += b"PK\x03\x04" + head + m.name + packed
        directory += b"PK\x01\x02" + struct.pack("<H", 0x031E) + head
        directory += struct.pack("<HHHII", 0, 0, 0, m.mode << 16, offset) + m.name
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def good(count: int = THREADS) -> list[Member]:
    """A download of many threads."""
    said = [thread(message(f"thread {n}")) for n in range(count)]
    files = {PROFILE: profile(), **{f"{INBOX}/x_{n}/message_1.json": d for n, d in enumerate(said)}}
    return [Member(path.encode(), json.dumps(d).encode()) for path, d in files.items()]


def at(path: str) -> bytes:
    return f"{INBOX}/{path}".encode()


THREAD = json.dumps(thread(message("bad one"))).encode()
BAD: dict[str, tuple[list[Member], Code]] = {
    "Z01 slip": ([Member(b"../../evil.json")], Code.E_ZIP_PATH),
    "Z01 slip in the middle": ([Member(b"a/../../evil.json")], Code.E_ZIP_PATH),
    "Z02 absolute": ([Member(b"/tmp/evil.json")], Code.E_ZIP_PATH),
    "Z03 drive": ([Member(b"C:/evil.json")], Code.E_ZIP_PATH),
    "Z03 backslash": ([Member(b"..\\evil.json")], Code.E_ZIP_PATH),
    "Z04 NUL": ([Member(b"evil.json\0.txt")], Code.E_ZIP_PATH),
    "Z04 very long": ([Member(b"x" * 300 + b".json")], Code.E_ZIP_PATH),
    "Z04 very deep": ([Member(b"x/" * 20 + b"x.json")], Code.E_ZIP_PATH),
    "Z05 link": ([Member(at("bad_1/message_1.json"), b"/etc/passwd", mode=stat.S_IFLNK | 0o777)], Code.E_ZIP_LINK),
    "Z06 twice": ([Member(at("bad_1/message_1.json"), THREAD)] * 2, Code.E_ZIP_DUPLICATE),
    "Z07 twice but for case": (
        [Member(at("bad_1/message_1.json"), THREAD), Member(at("BAD_1/message_1.json"), THREAD)],
        Code.E_ZIP_DUPLICATE,
    ),
    "Z07 twice but for accents": (
        [Member(at(unicodedata.normalize(form, "é_1") + "/message_1.json"), THREAD) for form in ("NFC", "NFD")],  # type: ignore[arg-type]
        Code.E_ZIP_DUPLICATE,
    ),
    "Z08 bomb": ([Member(at("bad_1/message_1.json"), BOMB)], Code.E_ZIP_BOMB),
    "Z09 many small bombs": (
        [Member(at(f"bad_{n}/message_1.json"), b"0" * (1 << 20)) for n in range(30)],
        Code.E_ZIP_BOMB,
    ),
    "Z11 more than declared": ([Member(at("bad_1/message_1.json"), THREAD, size=10)], Code.E_ZIP_SIZE),
    "Z11 less than declared": ([Member(at("bad_1/message_1.json"), THREAD, size=len(THREAD) + 10)], Code.E_ZIP_SIZE),
    "Z12 wrong checksum": ([Member(at("bad_1/message_1.json"), THREAD, crc=1)], Code.E_ZIP_CRC),
    "Z12 damaged": ([Member(at("bad_1/message_1.json"), THREAD, damage=True)], Code.E_ZIP_CRC),
    "Z14 locked": ([Member(at("bad_1/message_1.json"), THREAD, flags=UTF8 | 1)], Code.E_ZIP_ENCRYPTED),
    "Z15 method": ([Member(at("bad_1/message_1.json"), THREAD, method=97)], Code.E_ZIP_METHOD),
    "Z16 name in another code page": ([Member(b"caf\xe9.json", flags=0)], Code.E_ZIP_NAME),
    "Z17 zip in a zip": ([Member(b"inner.zip", raw_zip(good(1)))], Code.E_ZIP_NESTED),
}


@pytest.mark.parametrize("case", BAD)
def test_one_bad_member_of_300_costs_only_itself(tmp_path: Path, case: str) -> None:
    bad, code = BAD[case]
    home = tmp_path / "home"
    (home / "exports").mkdir(parents=True)
    members = good()
    (home / "exports" / "coach.zip").write_bytes(raw_zip([*members[:100], *bad, *members[100:]]))
    got = load_beside_good(home)
    assert sorted(got.texts) == sorted(f"thread {n}" for n in range(THREADS))
    assert got.told(Outcome.REFUSED) == [code]
    assert all(r["file"].startswith("coach.zip") for r in got.rejects)


OVERLAP = [Member(b"a.json", b"{}" * 50), *(Member(f"b{n}.json".encode(), b"{}" * 50, at=0) for n in range(50))]
WHOLE: dict[str, tuple[bytes, Code]] = {
    "Z10 overlap": (raw_zip(OVERLAP), Code.E_ZIP_OVERLAP),
    "Z09 over 4 GiB in all": (
        raw_zip([Member(f"{n}.json".encode(), bytes(2 << 20), size=255 << 20, method=0) for n in range(20)]),
        Code.E_ZIP_BOMB,
    ),
    "Z13 cut short": (raw_zip(good(5))[:-40], Code.E_ZIP_BAD),
    "Z13 half": (raw_zip(good(5))[:900], Code.E_ZIP_BAD),
    "Z13 no zip": (b"hello", Code.E_ZIP_BAD),
    "Z13 login page": (b"<!doctype html><html>", Code.E_ZIP_BAD),
    "Z13 empty": (b"", Code.E_EMPTY),
    "Z14 all locked": (raw_zip([Member(m.name, m.data, flags=UTF8 | 1) for m in good(30)]), Code.E_ZIP_ENCRYPTED),
    "Z16 broken UTF-8 name": (raw_zip([Member(b"\xff\xfe.json")]), Code.E_ZIP_NAME),
    "an empty zip": (raw_zip([]), Code.E_UNKNOWN),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_zip_that_cannot_be_trusted_is_refused_as_a_whole(tmp_path: Path, case: str) -> None:
    data, code = WHOLE[case]
    home = tmp_path / "home"
    (home / "exports").mkdir(parents=True)
    (home / "exports" / "x.zip").write_bytes(data)
    got = load_beside_good(home)
    assert got.texts == []
    assert [(r["file"], r["outcome"], r["code"]) for r in got.rejects] == [("x.zip", Outcome.REFUSED, code)]


def test_z16_a_mac_zips_utf8_name_without_the_flag_is_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "exports").mkdir(parents=True)
    members = [
        Member(PROFILE.encode(), json.dumps(profile()).encode()),
        Member(at("é_1/message_1.json"), THREAD, flags=0),
    ]
    (home / "exports" / "x.zip").write_bytes(raw_zip(members))
    got = load_beside_good(home)
    assert (got.texts, got.rejects) == (["bad one"], [])


def test_stored_members_and_a_zip_behind_other_bytes_are_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "exports").mkdir(parents=True)
    stored = [Member(m.name, m.data, method=0) for m in good(2)]
    (home / "exports" / "x.zip").write_bytes(b"#!/bin/sh\n" + raw_zip(stored))
    assert load_beside_good(home).texts == ["thread 0", "thread 1"]


MEASURE = """
import re, sys, time
from pathlib import Path
from ingest.errors import ExportError
from ingest.export_files import find_exports
started = time.monotonic()
exports, rejects = find_exports(Path(sys.argv[1]))
for export in exports:
    for member in export.members or ("",):
        try:
            export.read(member)
        except ExportError:
            pass
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10
print(len(exports), ",".join(sorted({r.code for r in rejects})), int(time.monotonic() - started), peak)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    ("case", "code"),
    [("members", Code.E_ZIP_MANY), ("bombs", Code.E_ZIP_BOMB)],
    ids=["Z18 200,000 members", "Z08 1 GiB in 1 MB"],
)
def test_a_hostile_zip_costs_neither_memory_nor_time(tmp_path: Path, case: str, code: Code) -> None:
    if case == "members":
        data = raw_zip_of_many(200_000)
    else:
        data = raw_zip([Member(f"{n}.json".encode(), BOMB * 3) for n in range(5)])
    (tmp_path / "x.zip").write_bytes(data)
    command = [sys.executable, "-c", MEASURE, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    exports, codes, seconds, peak = done.stdout.split()
    assert (exports, codes) == ("0", code)
    assert int(seconds) < 10
    assert int(peak) < 512


def raw_zip_of_many(count: int) -> bytes:
    """A zip64 of empty members, as the standard library writes it."""
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for number in range(count):
            opened.writestr(zipfile.ZipInfo(f"{number}.json"), b"")
    return buffer.getvalue()
