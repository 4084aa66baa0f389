"""docs/errors.md: every public error code with its meaning, written from `ingest.errors.Code`.

`python -m reports.error_codes` writes it; a test sees that it is up to date.
"""

from __future__ import annotations

from pathlib import Path

from ingest.errors import Code
from ingest.inputs import PROJECT

PAGE = PROJECT / "docs" / "errors.md"
HEAD = """# Error codes

_Written by `python -m reports.error_codes` from `ingest/errors.py`. Change that, not this page._

What could not be read stands in `marts.fct_rejects`, in the data-trust part of the review and in `leakreview doctor`,
with one of these codes and a reason that says what to do. `E_`: refused or quarantined. `F_`: kept, and flagged.

| code | meaning |
|---|---|
"""


def page() -> str:
    """The page as Markdown, codes in the order of the enum."""
    return HEAD + "".join(f"| `{code}` | {code.meaning} |\n" for code in Code)


def main(path: Path = PAGE) -> None:
    """Write the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
