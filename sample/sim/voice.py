"""Turns a plain wording into what one person would type: case, apostrophes, slang, slips, emoji, splitting."""

from __future__ import annotations

import re
import tomllib
from random import Random

from .banks import VOICES
from .model import Voice

SHORT = {
    "you": "u",
    "your": "ur",
    "are you": "r u",
    "because": "cos",
    "please": "pls",
    "people": "ppl",
    "though": "tho",
    "right now": "rn",
    "to be honest": "tbh",
    "i don't know": "idk",
    "thanks": "thx",
    "with": "w",
    "really": "rly",
    "tomorrow": "tmrw",
    "weeks": "wks",
    "something": "smth",
    "probably": "prob",
    "and": "n",
}
SLIPS = {
    "the": "teh",
    "just": "jsut",
    "definitely": "definately",
    "because": "becuase",
    "really": "realy",
    "their": "thier",
    "weird": "wierd",
    "physio": "phsyio",
    "every": "evry",
    "morning": "mornign",
    "about": "abuot",
    "having": "haveing",
    "until": "untill",
    "before": "befor",
    "which": "wich",
    "sitting": "siting",
    "should": "shoudl",
    "would": "woudl",
}
KEEP = re.compile(r"https?://\S+|\S+@\S+|\b\S+\.example\S*")


def load_voices() -> list[Voice]:
    """The voices of voices/voices.toml, one a line: key | age | country | flags | emoji."""
    block = tomllib.loads((VOICES / "voices.toml").read_text(encoding="utf-8"))["voices"]
    rows = [[c.strip() for c in raw.split("|")] for raw in block.splitlines() if raw.strip()]
    return [Voice(r[0], int(r[1]), r[2], frozenset(r[3].split()), tuple(r[4].split())) for r in rows]


def _swap(text: str, table: dict[str, str], rng: Random, chance: float) -> str:
    for word, other in table.items():
        if rng.random() < chance:
            text = re.sub(rf"\b{word}\b", other, text, flags=re.IGNORECASE)
    return text


def _plain(text: str, voice: Voice, rng: Random, lang: str) -> str:
    flags = voice.flags
    if lang == "en" and "abbr" in flags:
        text = _swap(text, SHORT, rng, 0.6)
    if lang == "en" and "typo" in flags:
        text = _swap(text, SLIPS, rng, 0.35)
    if "noapos" in flags:
        text = re.sub(r"(?<=\w)['’](?=\w)", "", text)
    if "lower" in flags:
        text = text.lower()
    elif "lowi" in flags:
        text = re.sub(r"\bI\b", "i", text)
    if "dots" in flags:
        text = re.sub(r"\. (?=\S)", ".. ", text)
    if "nopunct" in flags:
        text = re.sub(r"[.,](?=\s|$)", "", text)
    if "excl" in flags and rng.random() < 0.6:
        text = re.sub(r"\.$", "!", text) if text.endswith(".") else text
    if "caps" in flags:
        words = text.split()
        long = [i for i, w in enumerate(words) if len(w) > 4 and w.isalpha()]
        if long:
            pick = rng.choice(long)
            words[pick] = words[pick].upper()
        text = " ".join(words)
    return text


def speak(text: str, voice: Voice, rng: Random, lang: str) -> list[str]:
    """The messages this person would send for one wording; links and addresses stay as they are."""
    pieces = re.split(r"(?<=[.!?…]) +", text) if "split" in voice.flags else [text]
    if len(pieces) > 3:
        pieces = [pieces[0], " ".join(pieces[1:-1]), pieces[-1]]
    out = []
    for piece in pieces:
        kept = KEEP.findall(piece)
        shaped = _plain(KEEP.sub("\x00", piece), voice, rng, lang)
        for word in kept:
            shaped = shaped.replace("\x00", word, 1)
        if not {"formal", "stops"} & voice.flags and shaped.endswith(".") and not kept:
            shaped = shaped[:-1]
        if shaped:
            out.append(shaped)
    if voice.emoji and out and not KEEP.search(out[-1]) and rng.random() < (0.45 if "emo" in voice.flags else 0.16):
        out[-1] += ("" if "tight" in voice.flags else " ") + rng.choice(voice.emoji)
    return out
