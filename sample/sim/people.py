"""Invented people: names put together by chance, addresses at example domains, numbers kept for fiction."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from random import Random

from .banks import VOICES
from .model import Case, Person, Voice
from .voice import load_voices

DOMAINS = ("example.com", "example.net", "example.org", "mail.example", "inbox.example", "office.example")
LATIN = {"es": ("ES", "MX"), "pt": ("BR", "PT"), "fr": ("FR", "BE"), "de": ("DE", "AT", "CH"), "it": ("IT",)}
WORDS = (
    "runs",
    "bakes",
    "at.home",
    "in.leeds",
    "and.co",
    "grows",
    "outdoors",
    "reads",
    "_uk",
    "again",
    "draws",
    "walks",
    "potters",
)
STICKERS = ("🌿", "🏔️", "✨", "🐶", "☕", "🚲", "🌻", "⚽", "🧵", "📷")


def plain(text: str) -> str:
    """Lower case, accents and signs dropped: how Instagram builds a folder name from a title."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", flat.lower())


def _display(rng: Random, first: str, last: str, handle: str) -> str:
    kind = rng.choices(("full", "initial", "first", "handle", "sticker", "lower", "caps"), (46, 14, 6, 12, 9, 9, 4))[0]
    return {
        "full": f"{first} {last}",
        "initial": f"{first} {last[0]}.",
        "first": first,
        "handle": handle,
        "sticker": f"{first} {last} {rng.choice(STICKERS)}",
        "lower": f"{first} {last}".lower(),
        "caps": f"{first.upper()} {last.upper()}",
    }[kind]


class People:
    """Deals out people no two of whom share a full name, a handle or a shown name of two words."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.names = {
            k: v.split() for k, v in tomllib.loads((VOICES / "names.toml").read_text(encoding="utf-8"))["names"].items()
        }
        voices = load_voices()
        self.voices = {"en": [v for v in voices if v.country not in sum(LATIN.values(), ())]}
        for lang, countries in LATIN.items():
            self.voices[lang] = [v for v in voices if v.country in countries]
        self.taken: set[str] = {"marenholloway"}
        self.count = 0
        self.decks: dict[str, list[Voice]] = {}

    def _voice(self, lang: str) -> Voice:
        deck = self.decks.get(lang)
        if not deck:
            deck = self.decks[lang] = list(self.voices[lang])
            self.rng.shuffle(deck)
        return deck.pop()

    def new(self, lang: str) -> Person:
        """One more person of that language."""
        rng = self.rng
        while True:
            sex = rng.choice("fm")
            first = rng.choice(self.names[f"{lang}_{sex}"])
            last = rng.choice(self.names[f"{lang}_l"])
            if plain(first + last) not in self.taken:
                break
        self.taken.add(plain(first + last))
        self.count += 1
        a, b = plain(first), plain(last)
        while True:
            handle = rng.choice(
                (
                    f"{a}.{b}",
                    f"{a}_{b}",
                    f"{a}{b[:4]}",
                    f"{a}.{b[0]}{rng.randrange(60, 99)}",
                    f"{b}_{a}",
                    f"{a}{rng.choice(WORDS)}",
                    f"the.{b}s",
                )
            )
            if handle not in self.taken:
                break
        self.taken.add(handle)
        email = (
            rng.choice((f"{a}.{b}", f"{a[0]}.{b}", f"{a}{b[0]}{rng.randrange(60, 99)}", f"{b}{a[0]}"))
            + f"@{rng.choice(DOMAINS)}"
        )
        while email in self.taken:
            email = f"{a}.{b}{self.count}@{rng.choice(DOMAINS)}"
        self.taken.add(email)
        phone = f"+44 7700 900{self.count:03d}" if self.count < 999 else ""
        shown = _display(rng, first, last, handle)
        return Person(first, last, shown, handle, email, phone, lang, self._voice(lang), sex)


def settle(cases: list[Case], seed: int, people: People) -> None:
    """Gives every case its person and its thread folder."""
    rng = Random(seed)
    sarahs = 0
    for case in cases:
        if case.person is None:
            case.person = people.new(case.lang)
        if case.path in ("intime", "early") and case.lang == "en" and case.person.sex == "f" and sarahs < 3:
            sarahs += 1
            _sarah(case.person, sarahs)
        case.thread = f"{plain(case.person.display) or 'instagramuser'}_{thread_number(rng)}"


def _sarah(person: Person, number: int) -> None:
    """Three Sarahs, two of whom show nothing but the first name."""
    person.first = "Sarah"
    person.display = "Sarah" if number < 3 else f"Sarah {person.last[0]}"
    person.handle = f"sarah.{plain(person.last)}"
    person.email = f"sarah.{plain(person.last)}@{DOMAINS[number]}"


def thread_number(rng: Random) -> int:
    """An id as long as Instagram's thread ids are."""
    digits = rng.choices((15, 16, 17), (36, 57, 7))[0]
    return rng.randrange(10 ** (digits - 1), 10**digits)
