"""The pages in docs/rules/: rendered from the facts, written, and compared with what is there."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingest.errors import Code, UserError
from ingest.files import write_atomic
from reports.rules.facts import facts

READERS = ("ai", "setter", "va", "solo")
EVERYBODY = "all"
TEMPLATES = Path(__file__).resolve().parent / "templates"
MADE_BY = "leakreview rules"
READABLE = 0o644  # no person's words are in it


def chosen(reader: str) -> tuple[str, ...]:
    """The readers that a call means. Raises UserError for an unknown one."""
    if reader == EVERYBODY:
        return READERS
    if reader not in READERS:
        fix = f"Use one of {', '.join((*READERS, EVERYBODY))}"
        raise UserError(Code.E_CALL, f"there are no rules for {reader!r}", "--for", fix)
    return (reader,)


def page(reader: str) -> str:
    """The page of one reader as Markdown: the same seeds, the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # Markdown from our own seeds: no word of a lead gets here
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template(f"{reader}.md.j2").render(made_by=MADE_BY, **facts())
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def folder(home: Path) -> Path:
    """Where the pages are."""
    return home / "docs" / "rules"


def write(home: Path, reader: str = EVERYBODY) -> list[Path]:
    """Write the pages of a reader, or of all."""
    paths = []
    for name in chosen(reader):
        path = folder(home) / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, page(name).encode())
        path.chmod(READABLE)
        paths.append(path)
    return paths


def stale(home: Path, reader: str = EVERYBODY) -> list[Path]:
    """Pages that are missing or differ from what the seeds give."""
    paths = {name: folder(home) / f"{name}.md" for name in chosen(reader)}
    return [path for name, path in paths.items() if not path.is_file() or path.read_bytes() != page(name).encode()]
