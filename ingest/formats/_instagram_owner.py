"""Who "me" is in an Instagram download: the account whose export it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.errors import ExportError
from ingest.formats import Export
from ingest.read_json import parse
from ingest.settings import Settings
from ingest.text import clean, is_garbled, repair

PROFILE = re.compile(r"(?:.*/)?(?:personal_information|account_information)/.*personal_information\.json|profile\.json")
NEARLY_ALL = 0.8  # share of the two-person threads that the account's name must be in, where no profile names it
# "Username" as the profile labels it; the labels are in the account's language
USERNAME = re.compile(
    "user ?name|nombre de usuario|nome de usu[aá]rio|nome de utilizador|nom d.utilisateur|benutzername|nome utente|"
    "gebruikersnaam|användarnamn|brugernavn|brukernavn|käyttäjä|nazwa użytkownika|kullanıcı adı|uživatelské jméno|"
    "felhasználónév|nume de utilizator|όνομα χρήστη|имя пользователя|ім.я користувача|ユーザーネーム|사용자 이름",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"[a-z0-9._]{1,30}")


@dataclass(frozen=True, slots=True)
class Me:
    """The account: its display names in the threads, and its handles in small letters."""

    names: frozenset[str]
    handles: frozenset[str]
    told_handles: frozenset[str]  # those that the download itself names as such
    sure: bool = False  # every string of the download is garbled (see ingest.text.is_garbled)


def claimed_names(export: Export, settings: Settings) -> tuple[frozenset[str], Me]:
    """Every name the account may have (settings and profile), and its handles, before any thread is read.

    The profile is a map from localised labels to values (d3i-infra/data-donation-task), so every value counts; only
    one that is also a participant becomes the account's name.
    """
    values: list[str] = []
    told: set[str] = set()
    for member in (m for m in export.members if PROFILE.fullmatch(m)):
        try:
            pairs = _profile(parse(export.read(member))[0])
        except ExportError:
            continue  # a profile that cannot be read only costs the shortcut
        values += [value for _, value in pairs]
        told |= {v.casefold() for label, v in pairs if USERNAME.search(label) and _HANDLE.fullmatch(v.casefold())}
    names = frozenset([*settings.account.names, *settings.account.handles, *values])
    handles = {h.lstrip("@").casefold() for h in settings.account.handles} | told
    if values or handles:
        handles |= {v.casefold() for v in values if _HANDLE.fullmatch(v.casefold()) and not v.isdigit()}
    return names, Me(frozenset(), frozenset(handles), frozenset(told))


def find_me(documents: Iterable[dict[str, Any]], claims: frozenset[str], known: Me) -> Me | None:
    """The account among the participants of some threads: named by settings or profile, else in nearly all of them."""
    seen: Counter[str] = Counter()
    threads = 0
    documents = list(documents)
    sure = is_garbled(text for document in documents for text in _texts(document))
    for document in documents:
        people = {clean(p["name"], sure)[0] for p in document.get("participants") or ()}
        if not people:
            senders = {m.get("sender_name") for m in document["messages"] if type(m) is dict}
            people = {clean(s, sure)[0] for s in senders if type(s) is str}
        seen.update(people)
        threads += 1
    folded = {c.casefold().lstrip("@") for c in claims}
    named = frozenset(n for n in seen if n in claims or n.casefold() in folded)
    if not named and threads == 0:
        named = claims
    if not named:
        ranked = seen.most_common(2)
        if threads < 2 or not ranked or ranked[0][1] < NEARLY_ALL * threads:
            return None
        if len(ranked) > 1 and ranked[1][1] == ranked[0][1]:
            return None
        named = frozenset([ranked[0][0]])
    return Me(named, known.handles, known.told_handles, sure)


def _texts(document: dict[str, Any]) -> Iterator[str]:
    """Texts of a thread that are garbled in Meta's downloads."""
    yield from (p["name"] for p in document.get("participants") or ())
    for message in document["messages"]:
        if type(message) is dict:
            yield from (v for v in (message.get("sender_name"), message.get("content")) if type(v) is str)


def _profile(document: Any) -> list[tuple[str, str]]:
    """Labels and values of a profile file, of any era."""
    pairs: list[tuple[str, str]] = []
    entries = document.get("profile_user", document) if isinstance(document, dict) else document
    for entry in entries if isinstance(entries, list) else [entries]:
        fields = entry.get("string_map_data", entry) if isinstance(entry, dict) else {}
        for label, value in fields.items() if isinstance(fields, dict) else ():
            text = value.get("value") if isinstance(value, dict) else value
            if isinstance(text, str) and text:
                pairs.append((repair(str(label)), repair(text)))
    return pairs
