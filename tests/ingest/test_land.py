"""Landing: all raw tables, as_of by account, settings, and the rows as they came."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingest import landed, warehouse
from ingest.errors import UserError
from ingest.land import Landed, land
from ingest.shapes import RAW_TABLES

HEAD = "conversation_id,participant_name,participant_handle,sent_at,direction,sent_by,kind,text,context\n"
TALK = HEAD + (
    "c1,Ada Example,ada.example,2026-09-01T10:00:00Z,in,lead,text,I cannot sleep and I want to change that,\n"
    "c1,Ada Example,ada.example,2026-09-01T10:05:00Z,out,setter,text,How long has that been going on?,\n"
    "c1,Ada Example,ada.example,2026-09-20T10:00:00Z,in,lead,text,Since spring. My mail is ada@example.com,\n"
)
LEADS = "Lead No,Name,Mail,Since\n7,Ada Example,ada@example.com,2026-09-02\n"
SETTINGS = """
[account]
name = "Coach Studio"
timezone = "America/New_York"
[[team]]
name = "Tom"
role = "setter"
aliases = ["tom@studio.example"]
[keywords]
guide = "Sleep guide"
[labels.stage]
"Discovery booked" = "booked_call"
[[mapping]]
file = "leads*.csv"
record = "crm_leads"
[mapping.columns]
lead_key = "Lead No"
display_name = "Name"
email = "Mail"
created_at = "Since"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "dms.csv").write_text(TALK)
    (tmp_path / "exports" / "leads.csv").write_text(LEADS)
    (tmp_path / "settings.toml").write_text(SETTINGS)
    warehouse.prepare(tmp_path)
    return tmp_path


def quiet(what: str, done: int, total: int) -> None:
    """No progress."""


def rows(home: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(home / "data" / "raw" / "landed" / name).to_pylist()
    return found


def landing(home: Path, given: str = "") -> Landed:
    return land(home, home, given, quiet)


def test_every_raw_table_has_its_file_and_its_columns(home: Path) -> None:
    result = landing(home)
    folder = home / "data" / "raw" / "landed"
    assert sorted(path.name for path in folder.iterdir()) == sorted(RAW_TABLES)
    for name in RAW_TABLES:
        (path,) = (folder / name).iterdir()
        assert pq.read_schema(path).equals(landed.schema_of(name)), name
        assert pq.read_metadata(path).num_rows == result.counts[name]
    assert result.counts["messages"] == 3 and result.counts["crm_leads"] == 1 and result.counts["bookings"] == 0


def test_what_differs_between_coaches_is_landed(home: Path) -> None:
    landing(home)
    (settings,) = rows(home, "settings")
    assert settings["account_name"] == "Coach Studio" and settings["timezone"] == "America/New_York"
    assert (settings["has_calendar"], settings["has_crm"], settings["follow_up_days"]) == (False, True, 3)
    assert [(t["name"], t["role"]) for t in rows(home, "team")] == [("Tom", "setter"), ("tom@studio.example", "setter")]
    assert [(k["keyword"], k["lead_magnet"]) for k in rows(home, "keywords")] == [("guide", "Sleep guide")]
    assert [(k["field"], k["value"]) for k in rows(home, "labels")] == [("stage", "booked_call")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "2026-09-21T03:59:59.999999+00:00"),  # 20 September ends at 4 in UTC in New York
        ("2026-09-10", "2026-09-11T03:59:59.999999+00:00"),
        ("2026-09-10T12:00", "2026-09-10T16:00:00+00:00"),
        ("2026-09-10T12:00Z", "2026-09-10T12:00:00+00:00"),
    ],
)
def test_as_of_is_in_the_accounts_zone(home: Path, given: str, expected: str) -> None:
    result = landing(home, given)
    assert [account.as_of.isoformat() for account in result.accounts] == [expected]
    (settings,) = rows(home, "settings")
    assert settings["as_of"].isoformat() == expected
    assert settings["default_as_of"].isoformat() == "2026-09-21T03:59:59.999999+00:00"


def test_rows_later_than_as_of_stay_in_raw_but_tell_nothing_about_identity(home: Path) -> None:
    (home / "exports" / "leads.csv").write_text(LEADS.replace("Ada Example", "Someone Else"))
    landing(home, "2026-09-10")
    assert len(rows(home, "messages")) == 3
    assert len({r["lead_id"] for r in rows(home, "identities")}) == 2
    landing(home, "2026-09-25")  # on the 20th the lead typed the mail of the CRM entry
    (crm,) = [r for r in rows(home, "identities") if r["record_kind"] == "crm"]
    assert len({r["lead_id"] for r in rows(home, "identities")}) == 1
    assert (crm["match_method"], crm["conversation_id"]) == ("email", "c1")


def test_a_second_landing_parses_nothing_and_says_the_same(home: Path) -> None:
    first = landing(home)
    before = {name: rows(home, name) for name in RAW_TABLES}
    second = landing(home)
    assert (first.parsed, second.parsed) == (2, 0)
    assert {name: rows(home, name) for name in RAW_TABLES} == before


def test_messages_and_judgements_are_landed_without_being_written_again(home: Path) -> None:
    landing(home)
    raw = home / "data" / "raw"
    (messages,) = (raw / "landed" / "messages").iterdir()
    (united,) = (raw / "read" / "united").glob("*.messages.parquet")
    assert messages.samefile(united)
    (home / "exports" / "dms.csv").write_text(TALK + "c1,Ada Example,,2026-09-21T10:00:00Z,in,lead,text,Thanks,\n")
    landing(home)
    assert len(rows(home, "messages")) == 4


def test_a_file_system_without_links_gets_copies(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    landing(home)
    assert len(rows(home, "messages")) == 3


def test_judgements_and_their_quotes_come_from_the_messages(home: Path) -> None:
    landing(home)
    texts = {m["message_id"]: m["text"] or "" for m in rows(home, "messages")}
    judged = rows(home, "judgements")
    quoted = [j for j in judged if j["quote"] and j["message_id"]]
    assert quoted and all(j["quote"] in texts[j["message_id"]] for j in quoted)
    assert {j["signal"] for j in judged} >= {"problem", "email"}
    assert sum(j["signal"] == "speaker" for j in judged) == 1  # one for every message of the team


def test_a_judgement_of_a_person_finds_its_message(home: Path) -> None:
    line = (
        '{"conversation_id": "c1", "signal": "timing", "message_sent_at": "2026-09-20T10:00:00Z", '
        '"quote": "Since spring", "judged_by": "Tom", "role": "person"}\n'
    )
    (home / "exports" / "labels.jsonl").write_text(line)
    landing(home)
    ids = {m["sent_at"]: m["message_id"] for m in rows(home, "messages")}
    (mine,) = [j for j in rows(home, "judgements") if j["judged_by"] == "person"]
    assert mine["message_id"] == ids[datetime(2026, 9, 20, 10, tzinfo=UTC)]
    assert mine["confidence"] == 1.0 and mine["signal"] == "timing"


def test_accounts_are_kept_apart(home: Path) -> None:
    other = home / "accounts" / "north"
    (other / "exports").mkdir(parents=True)
    shutil.copyfile(home / "exports" / "dms.csv", other / "exports" / "dms.csv")
    (other / "settings.toml").write_text('[account]\nname = "North"\ntimezone = "Asia/Tokyo"\n')
    result = landing(home)
    assert [(a.account_id, a.as_of.isoformat()) for a in result.accounts] == [
        ("default", "2026-09-21T03:59:59.999999+00:00"),
        ("north", "2026-09-20T14:59:59.999999+00:00"),
    ]
    messages = rows(home, "messages")
    assert len(messages) == 6 and len({m["message_id"] for m in messages}) == 6
    leads = {(r["account_id"], r["lead_id"]) for r in rows(home, "identities") if r["record_kind"] == "conversation"}
    assert len({lead for _, lead in leads}) == 2


def test_a_refused_file_is_told_and_the_others_load(home: Path) -> None:
    (home / "exports" / "strange.csv").write_text("x,y\n1,2\n")
    result = landing(home)
    assert [(r.file, r.code) for r in result.refused] == [("strange.csv", "E_UNKNOWN")]
    assert result.counts["messages"] == 3


def test_quarantined_rows_count_against_the_account(home: Path) -> None:
    with (home / "exports" / "dms.csv").open("a") as file:
        file.write("c1,Ada Example,ada.example,2026-13-41T10:00:00Z,in,lead,text,hello,\n")
    result = landing(home)
    (account,) = result.accounts
    assert account.rows_quarantined == 1 and account.rows_read == 5
    assert account.quarantined_share == pytest.approx(0.2)
    (reject,) = [r for r in rows(home, "rejects") if r["outcome"] == "quarantined"]
    assert (reject["file"], reject["line"]) == ("dms.csv", 5)


def test_exports_without_any_date_need_an_as_of(home: Path) -> None:
    (home / "exports" / "dms.csv").unlink()
    (home / "exports" / "leads.csv").write_text("Lead No,Name,Mail,Since\n7,Ada Example,ada@example.com,\n")
    with pytest.raises(UserError, match="--as-of 2026-09-30"):
        landing(home)
    result = landing(home, "2026-09-10")
    assert result.counts["crm_leads"] == 1


# --- the writing itself ---


def test_the_folder_is_swapped_as_a_whole_and_healed(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    landed.write(raw, {"team": [landed.table("team", [{"account_id": "a", "name": "Tom", "role": "setter"}])]})
    landed.write(raw, {})
    assert sorted(path.name for path in raw.iterdir()) == ["landed"]
    (raw / "landed").rename(raw / "landed.old")  # killed between the two renames
    (raw / "landed.new").mkdir()
    landed.heal(raw)
    assert sorted(path.name for path in raw.iterdir()) == ["landed"]
    assert pq.read_metadata(raw / "landed" / "team" / "part-0.parquet").num_rows == 0


def test_an_unknown_column_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="team has no column nmae"):
        landed.table("team", [{"account_id": "a", "nmae": "Tom"}])


def test_landing_imports_no_pandas_and_who_wants_a_frame_later_gets_one(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ingest.land import land; home = Path(sys.argv[1]);"
        "land(home, home, '', lambda *_: None); print('pandas' in sys.modules);"
        "import pyarrow; print(len(pyarrow.table({'a': [1, 2]}).to_pandas()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "2"]
