"""Strings that are known to break programs, as everything a person can type: names, messages, labels, reasons."""

from __future__ import annotations

import csv
import json
from pathlib import Path

SETTINGS = """
[account]
name = "Quill Coaching"
timezone = "UTC"

[labels.stage]
"Lost" = "lost"

[[mapping]]
file = "deals.csv"
record = "crm_leads"
[mapping.columns]
lead_key = "Id"
display_name = "Who"
created_at = "Made"
stage = "Stage"
stage_entered_at = "Since"
source = "From"
content_ref = "Post"
campaign = "Ad"
owner = "Owner"
lost_reason = "Why"
note = "Note"
"""


def strings_of(suites: Path) -> tuple[str, ...]:
    """Payloads of csv_injection first, then the big list of naughty strings; none that is only blanks, none twice."""
    payloads = (suites / "csv_injection" / "csv-payload.txt").read_text(encoding="utf-8").splitlines()
    naughty = json.loads((suites / "blns" / "blns.json").read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(text for text in (*payloads, *naughty) if text.strip()))


def write_hostile(folder: Path, strings: tuple[str, ...]) -> None:
    """Each string as a lead's name, words and context, and as every word of a deal."""
    (folder / "exports").mkdir(parents=True)
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    with (folder / "exports" / "dms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(("conversation_id", "participant_name", "sent_at", "direction", "text", "context"))
        for number, text in enumerate(strings):
            writer.writerow((f"t{number}", text, "2021-05-10T10:00:00Z", "in", text, text))
            writer.writerow((f"t{number}", text, "2021-05-10T10:05:00Z", "out", "how can I help?", ""))
    with (folder / "exports" / "deals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(("Id", "Who", "Made", "Stage", "Since", "From", "Post", "Ad", "Owner", "Why", "Note"))
        for number, text in enumerate(strings):
            words = (text,) * 6
            writer.writerow((f"d{number}", f"Deal {number}", "2021-05-01", "Lost", "2021-05-02", *words))
