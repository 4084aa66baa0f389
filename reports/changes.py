"""The log of changes: what was changed when, and how it will be judged, written down before it starts.

`records/changes.jsonl` is append-only. A change carries its measure, direction, evaluation date and smallest number of
leads; none of them can be edited afterwards. A note (`offer`, `ad`, `setter`, `ai_rules`) is something else that
changed: it is not judged, but it mixes up the judging of what overlaps it, and calls for an earlier review.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from ingest import records
from ingest.errors import Code, UserError, shown
from ingest.seeds import read_seed
from ingest.settings import DEFAULT_ACCOUNT
from reports.metrics import METRICS

CHANGE: Final = "change"
NOTES: Final = {"offer": "Offer", "ad": "Ads", "setter": "Setter", "ai_rules": "Rules of the AI"}
DIRECTIONS: Final = ("up", "down")
WATCH: Final = timedelta(weeks=4)  # leads of so many weeks are looked at; each gets the days of the measure
LEAST: Final = 10  # smallest number of leads that a change is judged on
TITLE: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log; the fields from `change` on are empty for a note.

    `on`: first day it applies. `evaluation_on`: first day it is judged. `source`: only leads of this source count.
    """

    id: str
    kind: str  # change, or one of NOTES
    account: str
    on: date
    recorded_on: date
    title: str
    change: str = ""  # row of operational_changes, empty for a change of one's own
    stage: str = ""
    metric: str = ""
    direction: str = ""
    evaluation_on: date | None = None
    minimum_n: int = 0
    who: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What `change add` was asked for; what is None comes from the seed, the measure or the default."""

    change: str | None = None
    title: str | None = None
    stage: str | None = None
    metric: str | None = None
    direction: str | None = None
    on: date | None = None
    evaluation_on: date | None = None
    minimum_n: int | None = None
    who: str | None = None
    source: str | None = None
    account: str = DEFAULT_ACCOUNT


def read_changes(home: Path) -> list[Change]:
    """The log of a home in the order it was written. Raises UserError (E_RECORDS)."""
    return parse(records.read(home, "changes"))


def parse(entries: list[dict[str, Any]]) -> list[Change]:
    """Entries of the log as changes. Raises UserError (E_RECORDS) for one that is no change."""
    return [_parsed(entry, number) for number, entry in enumerate(entries, start=1)]


def add(home: Path, wish: Wish, today: date, per_week: float | None = None) -> Change:
    """Write down a change before it starts. `per_week`: leads a week that the measure is about, where known.

    Raises UserError (E_CALL) for a wish that could not be judged.
    """
    log = read_changes(home)
    seed = _seed_row(wish.change)
    metric = METRICS.get(wish.metric or seed.get("metric", ""))
    if metric is None:
        raise _wrong("the measure is missing or unknown", "--metric", f"Use one of {', '.join(METRICS)}")
    on = wish.on or today
    evaluation_on = wish.evaluation_on or on + WATCH + timedelta(days=metric.horizon_days)
    entry = Change(
        id=_new_id(log, on, wish.change or "own_change"),
        kind=CHANGE,
        account=wish.account,
        on=on,
        recorded_on=today,
        title=_title(wish.title or seed.get("title", "")),
        change=wish.change or "",
        stage=wish.stage or seed.get("stage", "") or metric.first,
        metric=metric.code,
        direction=wish.direction or seed.get("direction", "") or ("up" if metric.is_up else "down"),
        evaluation_on=evaluation_on,
        minimum_n=least_number(per_week) if wish.minimum_n is None else wish.minimum_n,
        who=wish.who or seed.get("who", ""),
        source=wish.source or "",
    )
    _check(entry, today)
    records.append(home, "changes", written(entry))
    return entry


def note(home: Path, kind: str, title: str, on: date | None, today: date, account: str = DEFAULT_ACCOUNT) -> Change:
    """Write down that ads, the offer, a setter or the AI's rules changed. Raises UserError (E_CALL)."""
    if kind not in NOTES:
        raise _wrong(f"there is no kind of note {shown(kind)!r}", "KIND", f"Use one of {', '.join(NOTES)}")
    day = on or today
    entry = Change(_new_id(read_changes(home), day, kind), kind, account, day, today, _title(title))
    records.append(home, "changes", written(entry))
    return entry


def least_number(per_week: float | None) -> int:
    """Smallest number of leads to judge on: three quarters of what four weeks bring, at least ten."""
    expected = 0.75 * (per_week or 0.0) * WATCH.days / 7
    return max(LEAST, round(expected / 5) * 5)


def _check(entry: Change, today: date) -> None:
    metric = METRICS[entry.metric]
    if entry.direction not in DIRECTIONS:
        raise _wrong("no such direction", "--direction", "Use up or down")
    for field, seed in (("stage", "stages"), ("source", "sources")):
        known = [row[field] for row in read_seed(seed)]
        value = getattr(entry, field)
        if value not in known and (value or field == "stage"):
            raise _wrong(f"no such {field}", f"--{field}", f"Use one of {', '.join(known)}")
    if entry.minimum_n < 1:
        raise _wrong("nothing can be judged on no lead", "--minimum", "Give at least 1")
    first = entry.on + timedelta(days=metric.horizon_days + 1)
    if entry.evaluation_on is None or entry.evaluation_on < first:
        fix = f"The measure needs {metric.horizon_days} days: give {first} or later"
        raise _wrong("it would be judged before any lead had its days", "--judge-on", fix)
    if entry.evaluation_on <= today:
        raise _wrong("the date of judging is over", "--judge-on", "A change is written down before it is judged")


def _seed_row(change: str | None) -> dict[str, str]:
    if change is None:
        return {}
    rows = {row["change"]: row for row in read_seed("operational_changes")}
    if change not in rows:
        raise _wrong(f"there is no change {shown(change)!r}", "CHANGE", f"Use one of {', '.join(rows)}")
    return rows[change]


def _title(title: str) -> str:
    clean = " ".join(title.split())
    if not clean or len(clean) > TITLE:
        raise _wrong("the title is missing or too long", "--title", f"Say in up to {TITLE} characters what changes")
    return clean


def _new_id(log: list[Change], on: date, name: str) -> str:
    """A name that is not taken: the day and the change, with a number from the second on."""
    taken = {entry.id for entry in log}
    base, turn = f"{on.isoformat()}-{name}", 2
    found = base
    while found in taken:
        found, turn = f"{base}-{turn}", turn + 1
    return found


def written(entry: Change) -> dict[str, Any]:
    """An entry as it stands in the file: what is empty is left out."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(entry).items() if v not in ("", None, 0)}


def _parsed(entry: dict[str, Any], number: int) -> Change:
    try:
        given: dict[str, Any] = dict(entry)
        for field in ("on", "recorded_on", "evaluation_on"):
            if field in given:
                given[field] = date.fromisoformat(given[field])
        found = Change(**given)
    except (TypeError, ValueError):
        raise _damaged(number) from None
    is_note = found.kind in NOTES
    is_change = found.kind == CHANGE and found.metric in METRICS and found.direction in DIRECTIONS
    if not (is_note or (is_change and found.evaluation_on is not None and isinstance(found.minimum_n, int))):
        raise _damaged(number)
    return found


def _damaged(number: int) -> UserError:
    where = f"records/changes.jsonl entry {number}"
    return UserError(Code.E_RECORDS, "the entry is no change", where, "Restore the file from a copy")


def _wrong(what: str, where: str, fix: str) -> UserError:
    return UserError(Code.E_CALL, what, where, fix)
