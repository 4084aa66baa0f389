"""Zips from strangers, read member by member and never extracted.

Names, sizes and offsets are checked before a byte is unpacked, and bytes are counted while unpacking. A bad member
costs only itself, unless it says that the zip as a whole is hostile or broken. Pitfalls: zipfile, "Decompression
pitfalls" in the Python library reference.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import Code, ExportError
from ingest.text import looks_like_html

MAX_MEMBERS = 100_000
MAX_TOTAL = 4 << 30  # bytes of what is read (tables, JSON, calendars), unpacked
MAX_RATIO = 200  # chat JSON packs 4:1, the most repetitive export made for a test 64:1, a bomb 1,000:1
RATIO_FROM = 64 << 10  # smaller members are no bomb whatever their ratio
MAX_DEPTH = 12
MAX_NAME = 255  # bytes of one path component
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
LOCAL_HEADER = 30
ENCRYPTED, PATCHED, STRONG, UTF8_NAME = 0x1, 0x20, 0x40, 0x800

# a name that needs no further look: plain letters, no empty and no dotted component
_ORDINARY = re.compile(r"(?:[\w\-][\w\-. ]{0,60}/)*[\w\-][\w\-. ]{0,60}", re.ASCII)
DOWNLOAD_AGAIN = "Download it again"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one member of a zip lies; everything needed to read it without opening the directory again."""

    offset: int  # of the local header
    packed: int  # bytes in the zip
    size: int  # bytes unpacked, as the zip says
    crc: int
    method: int
    raw_name: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """What a zip holds: entries by name, and what is wrong with the others."""

    entries: dict[str, Entry]
    faults: tuple[tuple[str, Code, str], ...]  # name, code, reason


def list_zip(path: Path, where: str, wanted: tuple[str, ...], max_size: int) -> Listing:
    """Files in a zip whose name ends in one of `wanted`, checked; other files are only looked at by name.

    Raises ExportError when the zip as a whole cannot be trusted or read.
    """
    infos = _directory(path, where)
    if len(infos) > MAX_MEMBERS:
        fix = "Unpack it and put what you need into exports/"
        raise ExportError(Code.E_ZIP_MANY, f"more than {MAX_MEMBERS:,} entries", where, fix)
    _check_layout(infos, where)
    entries: dict[str, Entry] = {}
    faults: list[tuple[str, Code, str]] = []
    doubles = _doubles(infos)
    for info in infos:
        if info.is_dir() or _is_hidden(info.filename):
            continue
        fault = _fault(info, doubles, wanted, max_size)
        if fault:
            faults.append((info.orig_filename, *fault))
        else:
            entries[_name(info)] = Entry(
                info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type, _raw_name(info)
            )
    total = sum(e.size for name, e in entries.items() if name.lower().endswith(wanted))
    if total > MAX_TOTAL:
        raise ExportError(Code.E_ZIP_BOMB, f"unpacks to more than {MAX_TOTAL >> 30} GiB", where, DOWNLOAD_AGAIN)
    return Listing(entries, tuple(sorted(faults)))


def read_entry(path: Path, entry: Entry, where: str) -> bytes:
    """Bytes of one member; never more than the zip declared. Raises ExportError with an E_ZIP_* code."""
    with open(path, "rb", buffering=0) as file:
        packed = _packed(file, entry, where)
    if entry.method == STORED:
        data = packed
    else:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = unpacker.decompress(packed, entry.size + 1)
            finished = unpacker.eof or (not entry.size and not packed)
        except zlib.error:
            raise ExportError(Code.E_ZIP_CRC, "the entry is damaged", where, DOWNLOAD_AGAIN) from None
        if not finished and len(data) <= entry.size:
            raise ExportError(Code.E_ZIP_SIZE, "the entry is cut short", where, DOWNLOAD_AGAIN)
    if len(data) != entry.size:
        raise ExportError(Code.E_ZIP_SIZE, "the entry unpacks to another size than the zip says", where, DOWNLOAD_AGAIN)
    if zlib.crc32(data) != entry.crc:
        raise ExportError(Code.E_ZIP_CRC, "the entry is damaged (checksum)", where, DOWNLOAD_AGAIN)
    return data


def _packed(file: io.FileIO, entry: Entry, where: str) -> bytes:
    """The packed bytes, found through the local header, which must agree with the directory."""
    start = LOCAL_HEADER + len(entry.raw_name)
    file.seek(entry.offset)
    block = file.read(start + 64 + entry.packed)  # 64: usual room for the extra field
    if len(block) < start or block[:4] != b"PK\x03\x04" or block[LOCAL_HEADER:start] != entry.raw_name:
        raise ExportError(Code.E_ZIP_BAD, "the entry is not where the zip says", where, DOWNLOAD_AGAIN)
    start += int.from_bytes(block[28:30], "little")
    if len(block) < start + entry.packed:
        block += file.read(start + entry.packed - len(block))
    packed = block[start : start + entry.packed]
    if len(packed) < entry.packed:
        raise ExportError(Code.E_ZIP_BAD, "the zip is cut short", where, DOWNLOAD_AGAIN)
    return packed


def _directory(path: Path, where: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as opened:
            return opened.infolist()
    except UnicodeDecodeError:
        fix = "Unpack it and put the folder into exports/"
        raise ExportError(Code.E_ZIP_NAME, "a name in the zip is not valid UTF-8", where, fix) from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError):
        with path.open("rb") as file:
            head = file.read(512)
        if looks_like_html(head):
            fix = "Log in and download it again"
            raise ExportError(Code.E_ZIP_BAD, "not a zip: looks like HTML", where, fix) from None
        what = "the zip is cut short or damaged" if head.startswith(b"PK") else "not a zip"
        raise ExportError(Code.E_ZIP_BAD, what, where, DOWNLOAD_AGAIN) from None


def _check_layout(infos: list[zipfile.ZipInfo], where: str) -> None:
    """Entries must lie one after the other: overlapping ones unpack the same bytes over and over."""
    end = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise ExportError(Code.E_ZIP_OVERLAP, "entries of the zip overlap", where, DOWNLOAD_AGAIN)
        end = info.header_offset + LOCAL_HEADER + len(_raw_name(info)) + info.compress_size


def _doubles(infos: list[zipfile.ZipInfo]) -> frozenset[str]:
    """Names, folded, that more than one entry has: also those that differ in case or in how accents are written."""
    seen = Counter(_folded(info) for info in infos)
    return frozenset(name for name, times in seen.items() if times > 1)


def _fault(
    info: zipfile.ZipInfo, doubles: frozenset[str], wanted: tuple[str, ...], max_size: int
) -> tuple[Code, str] | None:
    """What is wrong with one entry, before anything of it is read."""
    if problem := _bad_path(info):
        return Code.E_ZIP_PATH, problem
    if not info.flag_bits & UTF8_NAME and not info.filename.isascii() and _name(info) == info.filename:
        return Code.E_ZIP_NAME, "the name is not valid UTF-8; unpack the zip and put the folder into exports/"
    if stat.S_ISLNK(info.external_attr >> 16):
        return Code.E_ZIP_LINK, "the entry is a symbolic link"
    if _folded(info) in doubles:
        return Code.E_ZIP_DUPLICATE, "two entries have this name; download the export again"
    if info.filename.lower().endswith(".zip"):
        return Code.E_ZIP_NESTED, "a zip inside a zip is not opened; unpack it and put it beside"
    if not info.filename.lower().endswith(wanted):
        return None
    if info.flag_bits & (ENCRYPTED | STRONG):
        return Code.E_ZIP_ENCRYPTED, "locked with a password; export it again without one"
    if info.compress_type not in (STORED, DEFLATED) or info.flag_bits & PATCHED:
        return Code.E_ZIP_METHOD, "packed in a way that is not read; unpack the zip and put the folder into exports/"
    if info.file_size > max_size:
        return Code.E_TOO_BIG, f"unpacks to more than {max_size >> 20} MiB; raise max_file_mib in settings.toml"
    if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return Code.E_ZIP_BOMB, f"unpacks to more than {MAX_RATIO} times its size"
    return None


def _bad_path(info: zipfile.ZipInfo) -> str | None:
    name = info.orig_filename
    if _ORDINARY.fullmatch(name) and name.count("/") < MAX_DEPTH:
        return None
    parts = name.split("/")
    if "\0" in name:
        return "the name holds a NUL"
    if "\\" in name:
        return "the name holds a backslash"
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "the name is an absolute path"
    if ".." in parts or "." in parts or "" in parts:
        return "the name leads out of the zip"
    if len(parts) > MAX_DEPTH or any(len(p.encode("utf-8", "replace")) > MAX_NAME for p in parts):
        return "the name is too long or too deep"
    return None


def _is_hidden(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or (last.startswith(".") and not last.startswith("..") and "../" not in name)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name as it stands in the zip."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & UTF8_NAME else "cp437")


def _name(info: zipfile.ZipInfo) -> str:
    """The name as text. Mac zips write UTF-8 without saying so; zipfile then reads it as code page 437."""
    if info.filename.isascii() or info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _folded(info: zipfile.ZipInfo) -> str:
    name = info.filename
    if not name.isascii():
        name = unicodedata.normalize("NFC", _name(info))
    return name.casefold().rstrip("/")
