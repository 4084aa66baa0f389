from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from ingest.errors import Code, UserError
from ingest.mapping import FIELDS, NEEDED, Mapping
from ingest.settings import Settings, accounts, describe, load_settings, reading_fingerprint
from ingest.shapes import READ_SHAPES

FULL = """
[account]
name = ["Coach Studio", "Studio Coach"]
handles = ["coach.studio"]
timezone = "Europe/London"
currency = "EUR"
[booking]
links = ["coach.example/call"]
[[team]]
name = "Tom"
role = "setter"
aliases = ["tom@studio.example"]
[keywords]
guide = "Protein guide"
[labels.stage]
"Discovery booked" = "booked_call"
[labels.source]
"IG Ad" = "dm_ad"
[thresholds]
follow_up_days = 5
[[mapping]]
file = "leads_*.csv"
record = "crm_leads"
date_format = "%d/%m/%Y"
delimiter = ";"
[mapping.columns]
lead_key = "Lead No"
source = "Origin"
"""


def home(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    (tmp_path / "settings.toml").write_bytes(text.encode(encoding))
    return tmp_path


def test_without_a_file_all_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings == Settings()
    assert settings.account.names == ()
    assert settings.thresholds.review_confidence == 0.7
    assert (settings.thresholds.follow_up_days, settings.thresholds.reentry_days, settings.thresholds.hot_days) == (
        3,
        14,
        7,
    )
    assert (settings.thresholds.weak_handoff_below, settings.thresholds.no_show_risk_handoff_below) == (5, 4)
    assert (settings.thresholds.no_show_risk_days, settings.thresholds.max_quarantine_share) == (5, 0.1)


def test_everything_that_is_set_is_read(tmp_path: Path) -> None:
    settings = load_settings(home(tmp_path, FULL))
    assert settings.account.names == ("Coach Studio", "Studio Coach")
    assert settings.team[0].role == "setter" and settings.team[0].aliases == ("tom@studio.example",)
    assert settings.keywords == {"guide": "Protein guide"}
    assert settings.labels.stage == {"Discovery booked": "booked_call"}
    assert settings.thresholds.follow_up_days == 5 and settings.thresholds.hot_days == 7
    assert settings.mapping[0].columns == {"lead_key": "Lead No", "source": "Origin"}


@pytest.mark.parametrize(
    "name", ["Coach Studio", ["Coach Studio"], ["Coach Studio", " "]], ids=["text", "list", "blank"]
)
def test_names_are_a_tuple_however_they_are_written(name: object) -> None:
    assert Settings.model_validate({"account": {"name": name}}).account.names == ("Coach Studio",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"], ids=["plain", "BOM"])
def test_a_byte_order_mark_does_no_harm(tmp_path: Path, encoding: str) -> None:
    assert load_settings(home(tmp_path, '[account]\nname = "Ána"\n', encoding)).account.names == ("Ána",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[acount]\nname = 'x'", 'unknown key "acount", did you mean "account"?'),
        ("[account]\ntimezon = 'UTC'", 'unknown key "account.timezon", did you mean "timezone"?'),
        ("[thresholds]\nfollow_up_day = 2", 'did you mean "follow_up_days"?'),
        (
            "[[team]]\nname = 'Tom'\nrole = 'setter'\nalias = ['t']",
            'unknown key "team.0.alias", did you mean "aliases"?',
        ),
        ("account_id = 'x'", 'unknown key "account_id"'),
        ("[zzz]", "known are account, booking, team"),
        ("[account]\ntimezone = 'Mars/Base'", '"Mars/Base" is no IANA time zone'),
        ("[account]\ntimezone = 'Eastern Standard Time'", "is no IANA time zone"),
        ("[account]\ncurrency = 'pounds'", "account.currency"),
        ("[[team]]\nname = 'Tom'\nrole = 'boss'", "team.0.role"),
        ("[[team]]\nrole = 'coach'", "team.0.name"),
        ("[labels.stage]\nHot = 'qualifed'", 'unknown stage "qualifed", did you mean "qualified"?'),
        ("[labels.source]\nAd = 'advert'", 'unknown source "advert"'),
        ("[thresholds]\nreview_confidence = 7", "thresholds.review_confidence"),
        ("[[mapping]]\nfile = 'a.csv'\nrecord = 'deals'\n[mapping.columns]\nlead_key = 'x'", "mapping.0.record"),
        (
            "[[mapping]]\nfile = 'a.csv'\nrecord = 'crm_leads'\n[mapping.columns]\nemail = 'x'",
            "needs the field lead_key",
        ),
        (
            "[[mapping]]\nfile = 'a.csv'\nrecord = 'crm_leads'\n[mapping.columns]\nlead_key = 'x'\nsorce = 'y'",
            'unknown field "sorce" of crm_leads, did you mean "source"?',
        ),
        (
            "[[mapping]]\nfile = 'a.csv'\nrecord = 'crm_leads'\nencoding = 'rot13'\n[mapping.columns]\nlead_key = 'x'",
            '"rot13" is no text encoding',
        ),
        (
            "[[mapping]]\nfile = 'a.csv'\nrecord = 'crm_leads'\ntimezone = 'X/Y'\n[mapping.columns]\nlead_key = 'x'",
            "mapping.0.timezone",
        ),
        ("[account\nname = 'x'", "not valid TOML"),
        ("account = 3", "account"),
    ],
    ids=lambda value: value[:30].replace("\n", " "),
)
def test_a_wrong_setting_is_refused_in_one_line_that_names_it(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        load_settings(home(tmp_path, text))
    line = str(refused.value)
    assert refused.value.code is Code.E_SETTINGS
    assert says in line and "settings.toml" in line
    assert "\n" not in line


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="UTF-8"):
        load_settings(home(tmp_path, "[account]\nname = 'Ána'", "cp1252"))


@pytest.mark.parametrize("name", ["utf-8", "cp1252", "latin-1", "utf-16", "utf-16-le", "cp437", "mac_roman"])
def test_every_text_encoding_may_be_named_in_a_mapping(name: str) -> None:
    found = Mapping.model_validate({"file": "a", "record": "crm_leads", "encoding": name, "columns": {"lead_key": "x"}})
    assert found.encoding == name


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError):
        Settings().account.timezone = "Europe/Paris"


def test_the_only_account_is_home_itself(tmp_path: Path) -> None:
    (found,) = accounts(tmp_path)
    assert (found.account_id, found.exports_dir) == ("default", tmp_path / "exports")


def test_accounts_are_the_folders_by_name(tmp_path: Path) -> None:
    for name in ("zoe", "ben", ".hidden"):
        (tmp_path / "accounts" / name).mkdir(parents=True)
    (tmp_path / "accounts" / "ben" / "settings.toml").write_text('[account]\nname = "Ben"\n')
    (tmp_path / "settings.toml").write_text('[account]\nname = "Nobody"\n')
    found = accounts(tmp_path)
    assert [a.account_id for a in found] == ["ben", "zoe"]
    assert [a.settings.account.names for a in found] == [("Ben",), ()]
    assert found[0].settings.account_id == "ben"
    assert found[1].exports_dir == tmp_path / "accounts" / "zoe" / "exports"


def test_exports_of_home_stay_an_account_beside_the_folders(tmp_path: Path) -> None:
    (tmp_path / "accounts" / "ben").mkdir(parents=True)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / ".gitkeep").touch()
    assert [a.account_id for a in accounts(tmp_path)] == ["ben"]
    (tmp_path / "exports" / "a.csv").touch()
    assert [a.account_id for a in accounts(tmp_path)] == ["default", "ben"]


def test_no_account_may_be_called_default(tmp_path: Path) -> None:
    (tmp_path / "accounts" / "default").mkdir(parents=True)
    with pytest.raises(UserError, match="another name"):
        accounts(tmp_path)


def test_a_fault_of_one_account_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "accounts" / "ben").mkdir(parents=True)
    (tmp_path / "accounts" / "ben" / "settings.toml").write_text("x = 1")
    with pytest.raises(UserError) as refused:
        accounts(tmp_path)
    assert "accounts/ben/settings.toml" in str(refused.value)


def test_describe_lists_every_key_with_value_default_and_meaning(tmp_path: Path) -> None:
    found = {s.key: s for s in describe(load_settings(home(tmp_path, FULL)))}
    parts = {"account", "booking", "labels", "thresholds"}
    inner = {f"{p}.{k}" for p in parts for k in type(getattr(Settings(), p)).model_fields}
    assert set(found) == inner | {"team", "keywords", "mapping"}
    assert (found["account.currency"].value, found["account.currency"].default) == ('"EUR"', '"GBP"')
    assert found["thresholds.follow_up_days"].value == "5"
    assert "Tom" in found["team"].value and "leads_*.csv" in found["mapping"].value
    assert all(s.meaning for s in found.values())


@pytest.mark.parametrize(
    ("change", "matters"),
    [
        ({"account": {"timezone": "Europe/Paris"}}, True),
        ({"account": {"name": "Somebody"}}, True),
        ({"account": {"handles": ["some.body"]}}, True),
        ({"team": [{"name": "Tom", "role": "setter"}]}, True),
        ({"mapping": [{"file": "a", "record": "crm_leads", "columns": {"lead_key": "x"}}]}, True),
        ({"account": {"currency": "EUR"}}, False),
        ({"keywords": {"guide": "Guide"}}, False),
        ({"labels": {"stage": {"Hot": "engaged"}}}, False),
        ({"thresholds": {"hot_days": 9}}, False),
    ],
    ids=["zone", "name", "handle", "team", "mapping", "currency", "keyword", "label", "threshold"],
)
def test_files_are_read_again_only_for_settings_that_reading_uses(change: dict[str, object], matters: bool) -> None:
    changed = reading_fingerprint(Settings.model_validate(change)) != reading_fingerprint(Settings())
    assert changed is matters


@pytest.mark.parametrize(
    ("record", "shape"),
    [
        ("crm_leads", "crm_leads"),
        ("dm_messages", "messages"),
        ("bookings", "bookings"),
        ("stage_history", "stage_changes"),
    ],
)
def test_every_field_of_a_mapping_is_a_column(record: str, shape: str) -> None:
    renamed = {"stage": "stage_label", "source": "source_label", "status": "status_label"}
    known = set(READ_SHAPES[shape])
    assert {f if f in known else renamed.get(f, f) for f in FIELDS[record]} <= known
    assert set(NEEDED[record]) <= set(FIELDS[record])
