"""What can be wrong with what people give us: public codes, and the one family of errors that carries them.

The codes are public: `docs/errors.md` is generated from this enum. A message names what, where and what to do, and
never repeats a person's words.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

SHOWN = 200  # characters of a foreign name shown in an error at most


class Code(StrEnum):
    """Public code of a refusal, a quarantine or a flag, with one line of meaning."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """A member is its code; `meaning` says what it stands for."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    # files as such
    E_EMPTY = "E_EMPTY", "The file is empty or holds only blanks."
    E_UNKNOWN = "E_UNKNOWN", "No format recognises this file."
    E_AMBIGUOUS = "E_AMBIGUOUS", "Two formats recognise this file."
    E_NOT_A_FILE = "E_NOT_A_FILE", "A folder, pipe or device stands where a file was expected."
    E_PERMISSION = "E_PERMISSION", "The file may not be read by this user."
    E_CHANGED = "E_CHANGED", "The file changed while it was being read."
    E_MISSING = "E_MISSING", "The file or folder is not there (any more)."
    E_IO = "E_IO", "The disk or the operating system could not read the file."
    E_TOO_BIG = "E_TOO_BIG", "The file is larger than what is read."
    E_ENCODING = "E_ENCODING", "The text is not valid in the encoding it has to be in."
    E_DUPLICATE_FILE = "E_DUPLICATE_FILE", "The same bytes were already loaded from another file."

    # JSON
    E_JSON = "E_JSON", "The file is not valid JSON."
    E_NOT_JSON = "E_NOT_JSON", "The file is something else than JSON, such as a web page."
    E_DEEP = "E_DEEP", "The JSON is nested too deeply."
    E_SHAPE = "E_SHAPE", "A value is missing or of another type than the format has."
    E_NUMBER = "E_NUMBER", "A number cannot be kept exactly, such as an id with decimals."

    # CSV
    E_CSV = "E_CSV", "The file is not valid CSV."
    E_HEADER = "E_HEADER", "The header lacks a needed column, has one twice, or is missing."
    E_WIDTH = "E_WIDTH", "A row has more or fewer cells than the header."
    E_QUOTE = "E_QUOTE", "A quote stands where the rules of CSV do not allow one; the row cannot be trusted."
    E_UNKNOWN_COLUMN = "E_UNKNOWN_COLUMN", "Columns of no known meaning; they are kept in the payload."
    E_MONEY = "E_MONEY", "An amount cannot be read as money."
    E_LABEL = "E_LABEL", "A label is unknown; the row is kept."
    E_KEY = "E_KEY", "A row has no key, or a key another row has with other content."

    E_JUDGEMENT = "E_JUDGEMENT", "A judgement does not count: unknown words, other rules, or a quote that is not there."

    # times
    E_TIME = "E_TIME", "A time is missing, impossible or out of range."
    E_DATE_ORDER = "E_DATE_ORDER", "A date could be read two ways; set date_format."
    E_ZONE = "E_ZONE", "A time zone is unknown, or a local time exists twice or not at all."

    # calendar
    E_ICS = "E_ICS", "The calendar or one of its events is not valid."
    E_RRULE = "E_RRULE", "A recurrence rule is invalid or endless; it was cut short."

    # zip
    E_ZIP_BAD = "E_ZIP_BAD", "Not a zip, cut short, or damaged."
    E_ZIP_PATH = "E_ZIP_PATH", "A name in the zip points outside of it or cannot be a file name."
    E_ZIP_LINK = "E_ZIP_LINK", "An entry of the zip is a symbolic link."
    E_ZIP_DUPLICATE = "E_ZIP_DUPLICATE", "Two entries of the zip have the same name."
    E_ZIP_BOMB = "E_ZIP_BOMB", "The zip unpacks to far more than a real export does."
    E_ZIP_OVERLAP = "E_ZIP_OVERLAP", "Entries of the zip overlap each other."
    E_ZIP_SIZE = "E_ZIP_SIZE", "An entry unpacks to another size than the zip says."
    E_ZIP_CRC = "E_ZIP_CRC", "An entry of the zip is damaged (its checksum is wrong)."
    E_ZIP_ENCRYPTED = "E_ZIP_ENCRYPTED", "The zip is locked with a password."
    E_ZIP_METHOD = "E_ZIP_METHOD", "An entry uses a compression that cannot be read."
    E_ZIP_NAME = "E_ZIP_NAME", "The name of an entry is not valid UTF-8."
    E_ZIP_NESTED = "E_ZIP_NESTED", "A zip inside a zip is not opened."
    E_ZIP_MANY = "E_ZIP_MANY", "The zip has more entries than a real export."

    # what an export says
    E_OWNER = "E_OWNER", "It cannot be told which participant is the account itself."
    E_NOTHING = "E_NOTHING", "Not one file could be loaded."
    E_CALL = "E_CALL", "The command was called with something it cannot do."
    E_AS_OF = "E_AS_OF", "The date of --as-of cannot be read."
    E_BUSY = "E_BUSY", "Another refresh is running."
    E_DISK = "E_DISK", "There is not enough free space on the disk."
    E_PUBLISHED = "E_PUBLISHED", "Nothing is published that could be read, or nothing for this date."
    E_RECORDS = "E_RECORDS", "A file in records/ is damaged."
    E_SECRET = "E_SECRET", "The key in records/ is missing or is another one."
    E_SETTINGS = "E_SETTINGS", "The settings hold an unknown key or a value that does not fit."
    LEFT_OUT = "LEFT_OUT", "Left out on purpose: group threads, channels and chats that hold no lead."
    F_TEXT = "F_TEXT", "Characters that no text can hold were replaced; the row is kept."
    F_MOJIBAKE = "F_MOJIBAKE", "Garbled letters could not be repaired; the text is kept as exported."
    F_DUPLICATE_KEY = "F_DUPLICATE_KEY", "A JSON object has a key twice; the last one counts."
    F_NEW_FIELD = "F_NEW_FIELD", "The export has a field this version does not know; it is kept as exported."


class UserError(Exception):
    """Something the user can put right. `str()` is one line: what, where, what to do."""

    def __init__(self, code: Code | str, what: str, where: str = "", what_to_do: str = "") -> None:
        """Keep the parts; none of them may hold a person's words."""
        super().__init__(code, what, where, what_to_do)  # all of them: an error must survive a process pool
        self.code = Code(code)
        self.what = what
        self.where = where
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        """One line, safe on a terminal."""
        where = f" in {shown(self.where)}" if self.where else ""
        fix = f". {self.what_to_do}" if self.what_to_do else ""
        return f"{self.code}: {self.what}{where}{fix}"


class ExportError(UserError):
    """An export file, or one member of it, that cannot be read."""


def shown(name: str) -> str:
    """A foreign name (file, member, header) made safe for one line: control, bidi and odd characters escaped."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)
    return safe if len(safe) <= SHOWN else f"{safe[:SHOWN]}…"
