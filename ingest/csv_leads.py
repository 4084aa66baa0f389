"""What rows of all CRMs and chat tools share on their way to `crm_leads`."""

from __future__ import annotations

import json

from ingest.csv_cells import Sheet, Values, payload
from ingest.shapes import Row


def lead_row(sheet: Sheet, values: Values, system: str, record_kind: str, **more: object) -> Row:
    """A row as a lead: its fields, then what the format found beside them; empty values leave the field as it was."""
    name = " ".join(values.extras[k] for k in ("first_name", "last_name") if k in values.extras)
    made = {"system": system, "record_kind": record_kind, "display_name": name or None, **values.fields}
    made |= {k: v for k, v in more.items() if v is not None}
    if "tags" in made:
        made["tags"] = tags(str(made["tags"]))
    return Row("crm_leads", made, values.line, payload(sheet, values))


def tags(text: str) -> str:
    """Tags joined by `;`, from a JSON list or a list with commas or semicolons."""
    listed: list[object] = []
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            text = text.strip("[]")
    names = [str(t.get("name", "")) if isinstance(t, dict) else str(t) for t in listed]
    names = names or text.split(";" if ";" in text else ",")
    return ";".join(n.strip() for n in names if n.strip())
