"""The moment a review of an older week is made for: the one it was made for before, else the end of that week.

What the tables say without a week of their own (rates, prices, verdicts, who is in play) is as of one moment. A week
that was over before the last one is therefore never read out of today's tables, but out of a build as of its own time.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.as_of import END_OF_DAY
from reports import text

if TYPE_CHECKING:
    from reports.queries.window import Window

HEAD: Final = 20_000  # characters of a page within which its head stands
_MADE_AS_OF: Final = re.compile(r'<meta name="as-of" content="([0-9T:+-]+)">')


def spelled(moment: datetime) -> str:
    """A moment (aware, in the account's zone) as `--as-of` takes it: the day where it is the day's end."""
    return moment.date().isoformat() if moment.timetz().replace(tzinfo=None) == END_OF_DAY else moment.isoformat()


def own_moment(window: Window, page: Path) -> str | None:
    """The `--as-of` for the week of `window`, None where its tables are of that week already, or of one before it.

    `page`: where the review of that week stands or would stand.
    """
    if window.week >= text.last_whole_week(window.local(window.as_of)):
        return None
    return _made_for(page, window) or (window.week + timedelta(days=6)).isoformat()


def _made_for(page: Path, window: Window) -> str | None:
    """The moment that a page on disk was made for, where that reviews the same week by itself."""
    if not page.exists():
        return None
    with page.open(encoding="utf-8", errors="replace") as file:
        found = _MADE_AS_OF.search(file.read(HEAD))
    if found is None:
        return None
    given = found.group(1)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return None
    if len(given) == len("2026-11-22"):
        moment = datetime.combine(moment.date(), END_OF_DAY)
    local = moment if moment.tzinfo is None else window.local(moment)
    return given if text.last_whole_week(local) == window.week else None
