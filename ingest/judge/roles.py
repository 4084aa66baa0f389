"""Who speaks for the team: the export's word first, then what the text itself says; otherwise unknown.

A message, once attributed, keeps its speaker until another is introduced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ingest.judge.messages import AccountSettings
from ingest.judge.words import REMEMBERED, fold

AUTOMATION_SECONDS = 15  # RULES: a team message this soon after a trigger is automation
FAST_REPLY_SECONDS = 100  # two long answers in a row this fast are typed by no human
LONG_REPLY = 45  # characters
_N = r"([A-ZÀ-Þ][\w'’-]+)"
_START = r"(?:^|[\s,.!?–—-])"
# what may follow "Lou here"
_STOP = (
    r"(?=\s*(?:[,.!;:–—\-(|\n]|$|[^\w\s]"
    r"|\b(?:from|with|and|again|de|do|da|von|vom|aus|del|dall|van|hos|fra|på|y|et|und|e)\b))"
)
_HERE = "here|aqui|aquí|hier|här|qui|ici|speaking"
_I_AM = (
    "it['’]?s|this is|i['’]?m|i am|my name is|name['’]?s"
    "|soy|me llamo|te escribe|le escribe|mi nombre es|aqui é|aqui e|aquí|eu sou|sou|me chamo|meu nome é"
    "|c['’]est|moi c['’]est|je suis|je m['’]appelle|ici|ich bin|hier ist|mein name ist|hier schreibt"
    "|sono|mi chiamo|ti scrive|qui|ik ben|dit is|met|jag heter|det är|här är"
)
_OF = "from|of|with|de|do|da|del|vom|von|aus dem|dal|van|från|on"
_TEAM = "team|equipo|equipe|équipe|yard|office|crew|side|studio|staff|teamet"
_HELPS = "help|work with|assist|look after|run|manage|handle|do"
INTRODUCTIONS = (
    re.compile(rf"{_START}{_N} (?:{_HERE}){_STOP}"),
    re.compile(rf"\b(?:{_I_AM}) (?:(?:o|a|el|la|die|der|l['’])\s?)?{_N}", re.IGNORECASE),
    re.compile(rf"{_START}{_N},? (?:{_OF}) (?:the |el |o |l['’]|la |il |het )?(?:[A-ZÀ-Þ][\w]+['’]s? )?(?:{_TEAM})\b"),
    re.compile(rf"{_START}{_N},? (?:i|I) (?:{_HELPS})\b"),
    re.compile(rf"(?:–|—|-|~|x) ?{_N}\s*(?:x+|from [\w ]+)?\s*$"),
)
NAMED_ONLY = (0, 2, 3)  # introductions that are believed of a name that is not in the settings
AI = re.compile(
    r"\b(?:automated|virtual|ai|a\.i\.|digital) (?:assistant|helper|reply|response|bot)\b"
    r"|\bi['’]?m (?:an? )?(?:ai|bot|chatbot)\b|\b(?:asistente|assistente) (?:virtual|virtuale|autom[áa]tic[oa])\b"
    r"|\bassistante? (?:virtuel(?:le)?|automatique)\b|\bki-assistent(?:in)?\b|\bsoy un bot\b|\bsou um (?:robô|bot)\b"
    r"|\b(?:automatische[rn]?|virtuelle[rn]?|digitale[rn]?) assistent(?:in)?\b",
    re.IGNORECASE,
)
DENIES_AI = re.compile(
    r"\b(?:real|actual|human) (?:person|human|being)\b|\b(?:was|were|that['’]s|sorry,? that was)\b", re.IGNORECASE
)
_HELLO = (
    "hi+|hey+a?|hello+|hiya|heya|yo|oi|morning|good (?:morning|afternoon|evening)|evening|alright|dear"
    "|hola|buenas|buenos d[ií]as|olá|ola|oie|bom dia|boa (?:tarde|noite)|coucou|bonjour|bonsoir|salut"
    "|hallo|guten (?:tag|morgen|abend)|moin|servus|ciao|salve|buongiorno|hoi|hej|hejsan|tjena"
    "|thank(?:s| you)|cheers|ok(?:ay)?|umm+|gracias|merci|danke|grazie|obrigad[oa]|steady on|sorry|yes|no|haha+"
)
GREETING = re.compile(rf"^\W*(?:{_HELLO}),?[ ]+([\w'’-]+)", re.IGNORECASE)
# "Hi Mags, Olly." and "Hola Hamish! Iker, ...": a team name that follows the lead's
SIGNED = re.compile(rf"^\W*[\w'’]+[ ,]+[\w'’-]+\s*[,!.]+\s*{_N}\s*[,.!–—-]")
TAIL_NAME = re.compile(r"(?:^|[\s,])([\w'’-]+)\s*[^\w]*$")


class Speaker(NamedTuple):
    """Role of a team message with the words that say so (empty where nothing in it does)."""

    role: str
    quote: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Team:
    """The account's people: folded name, first name or alias -> role; coaches' names apart."""

    roles: Mapping[str, str]
    coach_names: frozenset[str]
    helper_roles: frozenset[str]  # human roles beside the coach


def team_of(settings: AccountSettings) -> Team:
    """Index the `[[team]]` entries by name, first name and alias; a first name two roles share says nothing."""
    roles: dict[str, str] = {}
    coaches: set[str] = set()
    for member in settings.team:
        for name in (member.name, *member.aliases):
            whole = fold(name).strip()
            first = whole.split(" ")[0]
            for key in {whole, first}:
                roles[key] = member.role if roles.get(key, member.role) == member.role else "unknown"
            if member.role == "coach":
                coaches.update({whole, first})
    helpers = frozenset(m.role for m in settings.team if m.role in ("setter", "va"))
    return Team(roles, frozenset(c for c in coaches if c), helpers)


def introduced(text: str, lead_names: frozenset[str], team: Team, no_name: frozenset[str]) -> Speaker | None:
    """The speaker that a team message introduces, or None. A name that only addresses the lead is none."""
    machine, claims, signed = _claims(text)
    if machine:
        return Speaker("ai", machine, 0.95, "ai")
    for is_enough, name, typed in claims:
        if name in lead_names:
            continue
        if name in team.roles:
            return Speaker(team.roles[name], typed, 0.9, "introduction")
        if is_enough and name not in no_name:
            return Speaker("setter", typed, 0.75, "introduction")
    name = fold(signed)
    if signed and name in team.roles and name not in lead_names:
        return Speaker(team.roles[name], signed, 0.85, "introduction")
    return None


@lru_cache(maxsize=REMEMBERED)
def _claims(text: str) -> tuple[str, tuple[tuple[bool, str, str], ...], str]:
    """What a text says about its writer, whoever is known.

    The words of a machine that says so; introductions (believed of an unknown name as well, folded name, as typed);
    the name that signs a greeting.
    """
    found = AI.search(text)
    if found and not DENIES_AI.search(text):
        return found[0], (), ""
    claims = tuple(
        (number in NAMED_ONLY and match[1][0].isupper(), fold(match[1]), match[0].strip(" ,.!?–—-"))
        for number, pattern in enumerate(INTRODUCTIONS)
        for match in pattern.finditer(text)
    )
    signed = SIGNED.match(text)
    return "", claims, signed[1] if signed else ""


def addressed(names: Iterable[tuple[str, str]], team: Team) -> Speaker | None:
    """The team member a lead speaks to by name ("Hi Olu.", "alright iker", "steady on bex"), or None."""
    for name, typed in names:
        role = team.roles.get(name)
        if role and role != "unknown":
            return Speaker(role, typed, 0.8 if role != "coach" else 0.7, "addressed")
    return None


def called(text: str) -> tuple[tuple[str, str], ...]:
    """Names that a text may call somebody by, folded and as typed."""
    match = GREETING.match(text)
    names = [match[1]] if match else []
    if len(text) < 40 and (tail := TAIL_NAME.search(text)):
        names.append(tail[1])
    return tuple((fold(name), name) for name in names)


def speaks_of_coach(tokens: tuple[str, ...], team: Team) -> str:
    """The coach's name where a team message speaks of the coach as of somebody else, else empty."""
    if _forms(team.coach_names).isdisjoint(tokens):
        return ""
    for at, token in enumerate(tokens):
        name = token if token in team.coach_names else token[:-1] if token.endswith("s") else ""
        if name and name in team.coach_names:
            before = tokens[at - 1] if at else ""
            after = tokens[at + 1] if at + 1 < len(tokens) else ""
            if (
                before not in ("its", "is", "im", "am", "bin", "soy", "sou", "sono", "suis", "this", "hi", "hey")
                and after != "here"
            ):
                return token
    return ""


@lru_cache(maxsize=64)
def _forms(names: frozenset[str]) -> frozenset[str]:
    """Names as they stand alone and with an s."""
    return names | {f"{name}s" for name in names}


def typed_by_machine(seconds: float, length: int, was_fast: bool) -> bool:
    """Whether a reply came too fast for its length, as the one before it did."""
    return was_fast and seconds <= FAST_REPLY_SECONDS and length >= LONG_REPLY
