"""Text as people typed it: bytes to text without guessing, and the repair of garbled ("mojibake") export strings.

Instagram's JSON writes each UTF-8 byte as one character (`é` becomes `Ã©`), in every string of the download. The repair
decides string by string: only where the characters read as bytes are whole, valid UTF-8 and the result is more
plausible than the input is the input given up. It is idempotent, and right text is left alone.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from ingest.errors import Code, ExportError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ROUNDS = 4  # garbled more often than this was never seen
UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

# characters no text holds: NUL (databases cut at it) and half of a surrogate pair (cannot be encoded)
_IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")
# C1 controls do not occur in what people type, and nearly every garbled word holds one
_CONTROL = re.compile("[\x80-\x9f]")
# scripts and marks that a garbled string without C1 controls may turn out to be; phonetic letters and the like, which
# right text such as `NESTLÉ®` would turn into, are missing on purpose
_PLAUSIBLE = re.compile(
    "[\x00-\x7f\u00a0-\u011f\u0121-\u017f\u01a0\u01a1\u01af\u01b0\u0300-\u052f\u0600-\u06ff\u0900-\u0eff\u1e00-\u1fff"
    "\u2000-\u2bff\u3000-\u9fff\uac00-\ud7af\ufe00-\uffef\ufffd\U0001f000-\U0001faff]*"
    "(?:[\u05d0-\u05ea]{2,}[\x00-\x7f]*)*"
)
# a word in capitals that ends in `Â`, `Ä`, `Å` or `Ã`, and a no-break space
_CAPITAL_END = re.compile("[A-Z][\xc2\xc4\xc5]\xa0|[A-Z]{2}\xc3\xa0")
_HALF_BROKEN = re.compile("[\xc2-\xf4][\x80-\x9f]|\xc3[\xa0-\xbf]")
# what a garbled letter begins with, and characters no text holds: without any, a text is right at first sight
_GARBLED = re.compile("[\xc2-\xf4][\x80-\xbf]")
_SUSPECT = re.compile("[\0\xc2-\xf4\ud800-\udfff]")


def decode(data: bytes, where: str = "") -> str:
    """Bytes of a text file as text: UTF-8 with or without BOM, or UTF-16 with a BOM; nothing is guessed.

    Raises ExportError E_ENCODING with the offset of the first byte that does not fit.
    """
    encoding = next((name for bom, name in UTF16.items() if data.startswith(bom)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ExportError(
            Code.E_ENCODING,
            f"byte {error.start} is not valid {encoding.upper().removesuffix('-SIG')}",
            where,
            "Save or download the file again as UTF-8",
        ) from None


def looks_like_html(data: bytes) -> bool:
    """Whether a download is a web page (a login or error page saved under the export's name)."""
    head = data[:2048].removeprefix(codecs.BOM_UTF8).lstrip()[:256].lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta"))


def possible(text: str) -> str:
    """Text without NUL and lone surrogates: each becomes U+FFFD."""
    return _IMPOSSIBLE.sub(REPLACEMENT, text)


def repair(text: str, sure: bool = False) -> str:
    """The text Meta's export stands for; the same text where it is right already or cannot be repaired.

    `sure`: the whole export is known to be garbled (see `is_garbled`), so what reads as UTF-8 is, exactly once.
    """
    for _ in range(1 if sure else ROUNDS):
        if not _GARBLED.search(text):
            break
        better = _repaired_once(text, sure)
        if better == text:
            break
        text = better
    return text


def clean(text: str, sure: bool = False) -> tuple[str, Code | None]:
    """Repaired text, and F_TEXT or F_MOJIBAKE where something could not be kept or not be repaired."""
    if not _SUSPECT.search(text):
        return text, None
    better = repair(text, sure)
    if _IMPOSSIBLE.search(better):
        return possible(better), Code.F_TEXT
    return better, (Code.F_MOJIBAKE if better is text and _HALF_BROKEN.search(text) else None)


def is_garbled(texts: Iterable[str]) -> bool:
    """Whether the texts come from an export in which every string is garbled: one surely is, and none says otherwise.

    A character beyond U+00FF says otherwise: in such an export each character stands for one byte.
    """
    found = False
    for text in texts:
        if text.isascii():
            continue
        try:
            text.encode("latin-1").decode("utf-8")
        except UnicodeEncodeError:
            return False
        except UnicodeDecodeError:
            continue  # cut in the middle of a letter
        found = found or bool(_CONTROL.search(text))
    return found


def _repaired_once(text: str, sure: bool) -> str:
    try:
        data = text.encode("latin-1")
        better = data.decode("utf-8")
    except UnicodeEncodeError:
        return text  # holds a character that no byte stands for: right already, or beyond repair
    except UnicodeDecodeError:
        return _paired(data, text)
    if sure or _CONTROL.search(text):
        return better
    return better if _PLAUSIBLE.fullmatch(better) and not _CAPITAL_END.search(text) else text


def _paired(data: bytes, text: str) -> str:
    """Emoji written as two surrogates of three bytes each (CESU-8), as some old clients sent them."""
    try:
        halves = data.decode("utf-8", "surrogatepass")
        return halves.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        return text
