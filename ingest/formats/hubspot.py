"""HubSpot: Deals or Contacts > Export view > CSV, all properties (FORMATS 4.1).

Header names are property labels, in the language of the account; older exports call the id `Deal ID` or `Contact ID`.
`Date entered "<stage> (<pipeline>)"` columns tell when a deal entered a stage, of re-entries only the latest.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from functools import cache

from ingest import columns
from ingest.csv_cells import Sheet, Values, read_time, sound_records
from ingest.csv_format import CsvFormat, by_field
from ingest.csv_leads import lead_row
from ingest.shapes import Row

SYSTEM = "hubspot"
ONLY_HERE = frozenset(["contactowner", "lifecyclestage", "leadstatus", "createdate"])  # beside an old "Contact ID"

_QUOTED = re.compile(r'(?P<prefix>[^"]+?)\s*"(?P<stage>.+)"')
_PIPELINE = re.compile(r"(?P<stage>.+) \((?P<pipeline>[^()]*(?:\([^()]*\)[^()]*)*)\)")
_TIMES = frozenset(["dateexited", "cumulativetimein", "latesttimein", "timein"])  # of a stage; kept as exported
_PERSON = re.compile(r"(?P<name>.*?)\s*\((?P<email>[^\s()@]+@[^\s()]+)\)")


def _is_deals(header: tuple[str, ...]) -> bool:
    return {"lead_key", "deal_name"} <= columns.match(header, "crm_leads", SYSTEM).columns.keys()


def _is_contacts(header: tuple[str, ...]) -> bool:
    found = columns.match(header, "crm_leads", SYSTEM).columns
    names = {columns.normalise(name) for name in header}
    if "lead_key" not in found or "deal_name" in found or not {"email", "first_name", "last_name"} & found.keys():
        return False
    id_name = columns.normalise(header[found["lead_key"]])
    return id_name not in ("contactid", "dealid", "objectid") or bool(names & ONLY_HERE)


@cache
def _prefixes() -> frozenset[str]:
    known = columns.aliases("crm_leads", SYSTEM).items()
    return frozenset(alias for alias, (field, _) in known if field == "entered_prefix")


def _entered(name: str) -> str | None:
    """The stage (with its pipeline) whose entry a column holds, else None."""
    found = _QUOTED.fullmatch(name)
    return found["stage"] if found and columns.normalise(found["prefix"]) in _prefixes() else None


def _knows(name: str) -> bool:
    found = _QUOTED.fullmatch(name)
    return bool(found) and (columns.normalise(found["prefix"]) in _TIMES | _prefixes() if found else False)


def _entered_columns(header: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(i for i, name in enumerate(header) if _entered(name))


def _pipelines(sheet: Sheet) -> Sheet:
    """The names of all pipelines in the file: only these are cut off a stage's name."""
    at = sheet.columns.get("pipeline")
    if at is None or not sheet.more_times:
        return sheet
    return dataclasses.replace(sheet, facts={"pipelines": frozenset(r.cells[at].strip() for r in sound_records(sheet))})


def _stage_of(sheet: Sheet, position: int) -> str:
    """Stage label of a `Date entered` column, without its pipeline."""
    stage = _entered(sheet.table.header[position]) or ""
    found = _PIPELINE.fullmatch(stage)
    cut = found and (found["pipeline"] in sheet.facts.get("pipelines", ()) or "pipeline" not in sheet.columns)
    return found["stage"] if found and cut else stage


def _deals(sheet: Sheet, values: Values) -> Iterator[Row]:
    """A deal as a lead, and each date it entered a stage as a change of stage."""
    entered = {_stage_of(sheet, i): at for i in sheet.more_times if (at := read_time(sheet, values, i))}
    current = str(values.fields.get("stage_label", "")).casefold()
    now = values.fields.get("stage_entered_at") or next(
        (at for stage, at in entered.items() if stage.casefold() == current), None
    )
    person = values.extras.get("associated_contact", "").split(";")[0].strip()
    found = _PERSON.fullmatch(person)
    contact = str(values.fields.get("contact_key", "")).split(";")[0].strip()
    yield lead_row(
        sheet,
        values,
        SYSTEM,
        "deal",
        display_name=(found["name"] if found else person) or values.extras.get("deal_name"),
        email=values.fields.get("email") or (found["email"].lower() if found else None),
        contact_key=contact or None,
        stage_entered_at=now,
    )
    for stage, at in sorted(entered.items(), key=lambda pair: (pair[1], pair[0])):
        change = {"system": SYSTEM, "lead_key": values.fields["lead_key"], "stage_label": stage, "entered_at": at}
        yield Row("stage_changes", change, values.line)


def _contacts(sheet: Sheet, values: Values) -> Iterator[Row]:
    yield lead_row(sheet, values, SYSTEM, "contact")


FORMATS = (
    CsvFormat(
        name="hubspot_deals",
        title="HubSpot deals (CSV)",
        how_to_get="HubSpot: CRM > Deals > Export > CSV, 'All properties on records', with associations.",
        record="crm_leads",
        system=SYSTEM,
        shape="crm_leads",
        claims=_is_deals,
        rows=_deals,
        needed=("lead_key",),
        key=by_field("lead_key"),
        prepare=_pipelines,
        times=_entered_columns,
        knows=_knows,
    ),
    CsvFormat(
        name="hubspot_contacts",
        title="HubSpot contacts (CSV)",
        how_to_get="HubSpot: CRM > Contacts > Export > CSV, 'All properties on records'.",
        record="crm_leads",
        system=SYSTEM,
        shape="crm_leads",
        claims=_is_contacts,
        rows=_contacts,
        needed=("lead_key",),
        key=by_field("lead_key"),
        knows=_knows,
    ),
)
