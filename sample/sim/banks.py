"""The wordings in voices/*.toml: one a line, `text | words a team member can repeat`, drawn least used first."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import NamedTuple

VOICES = Path(__file__).resolve().parent.parent / "voices"


class Line(NamedTuple):
    """One wording; `echo` is what the team can repeat of it, `more` a third field where a bank has one."""

    text: str
    echo: str
    more: str
    flags: str = ""  # f or m: only a woman or a man would say it; j: tells the person's job


def read_lines(block: str) -> list[Line]:
    """The wordings of one bank: blank lines and lines that begin with # are left out."""
    found = []
    for raw in block.splitlines():
        if raw.strip() and not raw.lstrip().startswith("#"):
            marked = re.match(r"\(([fmj]+)\) ", raw)
            parts = [p.strip() for p in raw[marked.end() if marked else 0 :].split(" | ")] + ["", ""]
            found.append(Line(parts[0], parts[1], parts[2], marked.group(1) if marked else ""))
    return found


class Banks:
    """All wordings by language and act, and how often each was drawn."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], list[Line]] = {}
        self.used: dict[str, int] = defaultdict(int)
        for path in sorted(VOICES.glob("*.toml")):
            for lang, acts in tomllib.loads(path.read_text(encoding="utf-8")).items():
                if lang in ("en", "es", "pt", "fr", "de", "it"):
                    for act, block in acts.items():
                        self.lines.setdefault((lang, act), []).extend(read_lines(block))

    def has(self, lang: str, act: str) -> bool:
        """Whether that language has wordings of its own for the act."""
        return bool(self.lines.get((lang, act)))

    def draw(self, rng: Random, lang: str, act: str, unlike: str = "") -> Line:
        """One of the wordings drawn least so far, none with a flag of `unlike`; English where the language has none."""
        whole = self.lines.get((lang, act)) or self.lines[("en", act)]
        pool = [line for line in whole if not set(line.flags) & set(unlike)] or whole
        least = min(self.used[line.text] for line in pool)
        line = rng.choice([p for p in pool if self.used[p.text] == least])
        self.used[line.text] += 1
        return line

    def strain(self) -> list[tuple[str, int, int]]:
        """Per bank: wordings, and the most often one was drawn (to see which bank needs more)."""
        return sorted(
            (f"{lang}.{act}", len(pool), max(self.used[p.text] for p in pool))
            for (lang, act), pool in self.lines.items()
        )


def fill(text: str, slots: dict[str, str]) -> str:
    """The wording with its {slots} filled; an unknown slot is a mistake of the bank."""
    return re.sub(r"\{(\w+)\}", lambda m: slots[m.group(1)], text)
