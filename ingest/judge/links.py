"""Addresses in a message: whose they are and what they are for (booking, payment, page to read)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ingest.judge.words import REMEMBERED

# endings that bare addresses ("name.co/page") are believed with; the second list only with a path behind
_PLAIN = (
    "com|net|org|co|io|app|uk|de|fr|es|eu|br|au|ca|nl|se|dk|fi|ch|ie|nz|za|pt|mx|ar|cl|us|tv|ly|gg|xyz|online|club|pl"
)
_WORDS = (
    "in|it|me|at|be|no|to|so|is|ai|pe|page|site|link|bio|coach|training|fit|life|studio|shop|store|academy|health|yoga"
)
URL = re.compile(
    r"https?://[^\s<>\"]+|www\.[^\s<>\"]+"
    rf"|(?<![@\w.])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:(?:{_PLAIN})(?![\w-])(?:/[^\s<>\"]*)?|(?:{_WORDS})/[^\s<>\"]+)",
    re.IGNORECASE,
)
_DOT = re.compile(r"\.[a-z]{2}|://", re.IGNORECASE)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TAIL = ".,;:!?)]}'\"»”…👉"


class Link(NamedTuple):
    """One address as typed, its place in the text, and where it leads (lower case, no scheme, no www, no query)."""

    url: str
    start: int
    end: int
    place: str

    @property
    def host(self) -> str:
        """Host name only."""
        return self.place.partition("/")[0]


@dataclass(frozen=True, slots=True, eq=False)
class LinkBook:
    """What is known about addresses: places (host or host/path) and words of a path -> kind."""

    places: Mapping[str, str]
    words: Mapping[str, str]


def link_book(hosts: Iterable[Mapping[str, str]], words: Iterable[Mapping[str, str]], own: Iterable[str]) -> LinkBook:
    """From the seeds `booking_hosts` and `link_words`, and the coach's own booking pages of the settings."""
    places = {row["host"]: row["kind"] for row in hosts}
    places.update({place_of(url): "booking" for url in own if url.strip()})
    return LinkBook(places, {row["word"]: row["kind"] for row in words})


@lru_cache(maxsize=REMEMBERED)
def links_in(text: str) -> tuple[Link, ...]:
    """Every address in a text; e-mail addresses are none."""
    if not _DOT.search(text):
        return ()
    found = []
    for match in URL.finditer(text):
        url = match[0].rstrip(_TAIL)
        place = place_of(url)
        if "." in place:
            found.append(Link(url, match.start(), match.start() + len(url), place))
    return tuple(found)


def place_of(url: str) -> str:
    """`https://www.Cal.com/Anna?x=1` -> `cal.com/anna`."""
    place = url.strip().lower().split("://", 1)[-1].split("?", 1)[0].split("#", 1)[0]
    return place.removeprefix("www.").rstrip("/")


@lru_cache(maxsize=REMEMBERED)
def kind_of(link: Link, book: LinkBook) -> str:
    """Booking | payment | freebie | other; the longest known place wins, then a word of the path."""
    host, _, path = link.place.partition("/")
    parts = path.split("/") if path else []
    labels = host.split(".")
    for depth in range(len(parts), -1, -1):
        tail = "/".join(["", *parts[:depth]]) if depth else ""
        for cut in range(len(labels) - 1):
            kind = book.places.get(".".join(labels[cut:]) + tail)
            if kind:
                return kind
    for word in [*parts, *([labels[0]] if len(labels) > 2 else [])]:
        if word in book.words:
            return book.words[word]
    return "freebie" if parts else "other"


def without_links(text: str, links: Iterable[Link]) -> str:
    """The text with its addresses blanked out, every other character in its place."""
    for link in links:
        text = text[: link.start] + " " * (link.end - link.start) + text[link.end :]
    return text
