"""What lies in exports/: files, folders and zips of any depth, as the exports a person would count.

An Instagram download (a zip, several zips, or an unpacked folder) is one export; any other zip is one export a table,
calendar or JSON file in it. Nothing is unpacked, moved or written. Hidden files, `__MACOSX` and media are passed over;
anything else that cannot be read is told with a reason.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest import instagram_tree
from ingest.errors import Code, ExportError, UserError, shown
from ingest.instagram_tree import Tree
from ingest.safe_zip import Entry, list_zip, read_entry
from ingest.shapes import Outcome, Reject

MAX_FILE = 256 << 20  # bytes
DATA = (".csv", ".tsv", ".ics", ".json", ".jsonl", ".ndjson")
MEDIA = frozenset(
    (
        *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".bmp", ".svg"),
        *(".mp4", ".mov", ".m4v", ".avi", ".webm", ".srt", ".mp3", ".m4a", ".aac", ".wav", ".ogg", ".opus"),
    )
)
OFFICE = (".xlsx", ".xlsm", ".docx", ".pptx", ".ods", ".odt", ".numbers", ".pages", ".epub", ".jar")  # zips inside
TOLD = 20  # faults of one zip and kind that are told one by one

Stamp = tuple[int, int, int]  # size, modified (ns), inode


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of one file are: a file on disk, or an entry of a zip."""

    path: Path
    name: str  # relative to exports/, as the owner knows it
    entry: Entry | None = None

    def read(self, max_size: int = MAX_FILE) -> bytes:
        """The bytes. Raises ExportError."""
        try:
            if self.entry:
                return read_entry(self.path, self.entry, self.name)
            with self.path.open("rb") as file:
                found = os.fstat(file.fileno())
                if found.st_size > max_size:
                    fix = "Raise max_file_mib in settings.toml or split the file"
                    raise ExportError(Code.E_TOO_BIG, f"larger than {max_size >> 20} MiB", self.name, fix)
                return file.read(max_size)
        except OSError as error:
            raise os_error(error, self.name) from None


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One export (see `ingest.formats.Export`): a single file, or the members of an Instagram download."""

    name: str
    places: dict[str, Place] = field(repr=False)  # "" for a single file
    max_size: int = MAX_FILE

    @property
    def members(self) -> tuple[str, ...]:
        """Paths inside the download, sorted; empty for a single file."""
        return tuple(sorted(m for m in self.places if m))

    def read(self, member: str = "") -> bytes:
        """Bytes of the file or of one member. Raises ExportError."""
        place = self.places.get(member)
        if place is None:
            raise ExportError(Code.E_MISSING, "no such member", f"{self.name}!{member}", "")
        return place.read(self.max_size)

    def origin(self, member: str = "") -> str:
        """The file a row came from, relative to exports/; in a zip `x.zip!member`."""
        place = self.places.get(member)
        return place.name if place else self.name

    def sources(self) -> tuple[Path, ...]:
        """The files on disk that the export is made of, sorted."""
        return tuple(sorted({place.path for place in self.places.values()}))

    def stamp(self) -> tuple[Stamp, ...]:
        """Size, time and identity of those files: equal before and after reading, or the file changed meanwhile."""
        return tuple(_stamp(path, self.name) for path in self.sources())

    def size(self) -> int:
        """Bytes on disk."""
        return sum(size for size, _, _ in self.stamp())

    def sha256(self) -> str:
        """Hash of the bytes: of a single file its own, of a download all of its parts and member names."""
        if set(self.places) == {""} and not self.places[""].entry:
            return _sha256(self.places[""].path, self.name)
        digest = hashlib.sha256()
        for path in self.sources():
            digest.update(_sha256(path, self.name).encode())
        for member in sorted(self.places):
            digest.update(member.encode("utf-8", "replace") + b"\0")
        return digest.hexdigest()


def find_exports(exports_dir: Path, max_size: int = MAX_FILE) -> tuple[list[ExportFile], list[Reject]]:
    """Every export below a folder, sorted by name, and what could not be opened.

    A Reject's `member` is the path relative to `exports_dir` (`x.zip!inner` in a zip). A folder that is not there
    holds nothing.
    """
    rejects: list[Reject] = []
    loose: dict[str, Place] = {}
    trees: list[Tree[Place]] = []
    for path, name in _walk(exports_dir, rejects):
        try:
            if _is_zip(path, name):
                found, others = _open_zip(path, name, max_size, rejects)
                trees += found
                loose |= others
            else:
                loose[name] = Place(path, name)
        except ExportError as error:
            rejects.append(refusal(error, name))
    unpacked, loose = instagram_tree.split(loose)
    trees += unpacked
    exports = [ExportFile(t.name, t.places, max_size) for t in instagram_tree.join(trees)]
    exports += [ExportFile(n, {"": p}, max_size) for n, p in loose.items() if not is_media(n)]
    return sorted(exports, key=lambda e: e.name), sorted(rejects, key=lambda r: (r.member, r.code))


def refusal(error: UserError, name: str) -> Reject:
    """A file (or member) that cannot be read, as the row that tells it."""
    reason = f"{error.what}. {error.what_to_do}" if error.what_to_do else error.what
    return Reject(Outcome.REFUSED, error.code, reason, member=name, count=0)


def os_error(error: OSError, where: str) -> ExportError:
    """What the operating system refused, in words."""
    if isinstance(error, PermissionError):
        return ExportError(Code.E_PERMISSION, "may not be read", where, "Allow your user to read it")
    if isinstance(error, FileNotFoundError):
        return ExportError(Code.E_MISSING, "is not there any more", where, "Put it back or run again")
    return ExportError(Code.E_IO, f"cannot be read ({os.strerror(error.errno or 0)})", where, "Copy it again")


def is_media(name: str) -> bool:
    """Pictures, sound and film: in downloads beside the words, never read."""
    return os.path.splitext(name)[1].lower() in MEDIA


def _walk(root: Path, rejects: list[Reject]) -> Iterator[tuple[Path, str]]:
    """Every regular file below root and its name; what is no file or folder is told."""

    def unreadable(error: OSError) -> None:
        if Path(error.filename) != root or not isinstance(error, FileNotFoundError):
            name = _name(Path(error.filename), root)
            rejects.append(refusal(os_error(error, name), name))

    for base, folders, files in os.walk(root, onerror=unreadable):
        for folder in (f for f in folders if Path(base, f).is_symlink()):
            name = _name(Path(base, folder), root)
            fix = "Copy the folder itself into exports/"
            error = ExportError(Code.E_NOT_A_FILE, "a link to a folder is not followed", name, fix)
            rejects.append(refusal(error, name))
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__MACOSX")
        for file in sorted(f for f in files if not f.startswith(".")):
            path = Path(base, file)
            name = _name(path, root)
            try:
                kind = path.stat().st_mode
            except OSError as error:
                rejects.append(refusal(os_error(error, name), name))
                continue
            if stat.S_ISREG(kind):
                yield path, name
            else:
                fix = "Remove it from exports/"
                rejects.append(refusal(ExportError(Code.E_NOT_A_FILE, "no file but a pipe or device", name, fix), name))


def _name(path: Path, root: Path) -> str:
    """Path relative to root with `/`; bytes that are no UTF-8 become U+FFFD."""
    relative = "" if path == root else path.relative_to(root).as_posix()
    return os.fsencode(relative).decode("utf-8", "replace")


def _is_zip(path: Path, name: str) -> bool:
    """By its first bytes, so that a renamed zip is found; by its name, so that a broken one is told as such."""
    lower = name.lower()
    if lower.endswith(OFFICE):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise os_error(error, name) from None
    return lower.endswith(".zip") or head in (b"PK\x03\x04", b"PK\x05\x06")


def _open_zip(
    path: Path, name: str, max_size: int, rejects: list[Reject]
) -> tuple[list[Tree[Place]], dict[str, Place]]:
    """Instagram trees and single files of one zip."""
    if not path.stat().st_size:
        raise ExportError(Code.E_EMPTY, "the file is empty", name, "Download it again")
    listing = list_zip(path, name, DATA, max_size)
    _tell_faults(name, listing.faults, rejects, all_bad=not listing.entries)
    places = {inner: Place(path, f"{name}!{inner}", entry) for inner, entry in listing.entries.items()}
    trees, loose = instagram_tree.split(places, name)
    tables = {p.name: p for inner, p in loose.items() if inner.lower().endswith(DATA)}
    if not trees and not tables and not listing.faults:
        only_media = bool(places) and all(is_media(n) for n in places)
        what = "a zip of pictures and films only" if only_media else "a zip without any csv, ics or json file"
        code = Code.LEFT_OUT if only_media else Code.E_UNKNOWN
        rejects.append(Reject(Outcome.LEFT_OUT if only_media else Outcome.REFUSED, code, what, member=name, count=0))
    return trees, tables


def _tell_faults(name: str, faults: tuple[tuple[str, Code, str], ...], rejects: list[Reject], all_bad: bool) -> None:
    """One row a bad entry, or one for the zip where all are bad alike or there are very many."""
    for code in sorted({code for _, code, _ in faults}):
        same = [(inner, reason) for inner, c, reason in faults if c == code]
        if len(same) > TOLD or (all_bad and len(same) == len(faults)):
            reason = f"{len(same):,} entries: {same[0][1]}"
            rejects.append(Reject(Outcome.REFUSED, code, reason, member=name, count=0))
        else:
            members = [(f"{name}!{shown(inner)}", reason) for inner, reason in same]
            rejects += [Reject(Outcome.REFUSED, code, reason, member=m, count=0) for m, reason in members]


def _stamp(path: Path, name: str) -> Stamp:
    try:
        found = path.stat()
    except OSError as error:
        raise os_error(error, name) from None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _sha256(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise os_error(error, name) from None
