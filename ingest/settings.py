"""What differs between coaches: `settings.toml`. Every key has a default, an unknown key is refused by name."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from ingest.errors import Code, UserError, shown
from ingest.mapping import STRICT, Mapping, Zone, nearest
from ingest.seeds import read_seed

DEFAULT_ACCOUNT = "default"
FILE_NAME = "settings.toml"

Role = Literal["coach", "setter", "va", "ai"]

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3650)]
Points = Annotated[int, Field(ge=0, le=9)]  # a handoff score runs from 0 to 8


class Account(BaseModel):
    """`[account]`: whose business it is."""

    model_config = STRICT
    name: str | tuple[str, ...] = Field(default="", description="display name(s) of the coach in the exports")
    handles: tuple[str, ...] = Field(default=(), description="Instagram handle(s) of the account")
    timezone: Zone = Field(default="UTC", description="for exports without a zone; days and weeks are counted in it")
    currency: str = Field(default="GBP", pattern="^[A-Z]{3}$", description="for amounts that carry no currency")

    @property
    def names(self) -> tuple[str, ...]:
        """The display names, however many were given."""
        given = (self.name,) if isinstance(self.name, str) else self.name
        return tuple(n.strip() for n in given if n.strip())


class Booking(BaseModel):
    """`[booking]`: the coach's own booking pages, beside the known hosts."""

    model_config = STRICT
    links: tuple[str, ...] = Field(default=(), description="own booking pages, beside the known booking hosts")


class TeamMember(BaseModel):
    """`[[team]]`: a person or tool that writes for the account."""

    model_config = STRICT
    name: Annotated[str, Field(min_length=1)]
    role: Role
    aliases: tuple[str, ...] = ()


class Labels(BaseModel):
    """`[labels]`: a CRM's own words, beside those of the seeds."""

    model_config = STRICT
    stage: dict[str, str] = Field(default={}, description="a CRM's stage label -> our stage")
    source: dict[str, str] = Field(default={}, description="a source label -> our source")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Every label leads to a stage or source that exists (the seeds say which)."""
        for field, seed in (("stage", "stages"), ("source", "sources")):
            known = [row[field] for row in read_seed(seed)]
            for label, value in getattr(self, field).items():
                if value not in known:
                    what = f'{field} "{shown(label)}": unknown {field} "{shown(value)}"{nearest(value, known)}'
                    raise ValueError(what)
        return self


class Thresholds(BaseModel):
    """`[thresholds]`: limits of the rules."""

    model_config = STRICT
    review_confidence: Share = Field(default=0.7, description="below this a deciding signal goes to a person")
    follow_up_days: Days = Field(default=3, description="a put-off or a link without follow-up is late after this")
    reentry_days: Days = Field(default=14, description="a closed lead who comes back after this starts a new journey")
    hot_days: Days = Field(default=7, description="a lead who wrote within this is hot, from qualified on")
    weak_handoff_below: Points = Field(default=5, description="a handoff score below this is weak (of 8)")
    no_show_risk_handoff_below: Points = Field(default=4, description="a handoff score below this is a no-show risk")
    no_show_risk_days: Days = Field(default=5, description="more days than this between booking and call are a risk")
    rescued_worth: Share = Field(
        default=1.0, description="how often a rescued lead buys against one who needed no rescue"
    )
    max_quarantine_share: Share = Field(default=0.1, description="more refused rows than this: nothing is published")
    max_file_mib: Annotated[int, Field(ge=1, le=1024)] = Field(
        default=256, description="largest single file that is read"
    )


class Settings(BaseModel):
    """One account's settings, all defaults filled in; immutable."""

    model_config = STRICT
    account_id: str = DEFAULT_ACCOUNT
    account: Account = Account()
    booking: Booking = Booking()
    team: tuple[TeamMember, ...] = Field(default=(), description="who writes for the account, with their roles")
    keywords: dict[str, str] = Field(default={}, description="word in a comment or DM -> lead magnet")
    labels: Labels = Labels()
    thresholds: Thresholds = Thresholds()
    mapping: tuple[Mapping, ...] = Field(default=(), description="how other CSV files are read")


class AccountHome(NamedTuple):
    """One account of a home: its id, the folder of its exports (may not exist yet), its settings."""

    account_id: str
    exports_dir: Path
    settings: Settings


class Setting(NamedTuple):
    """One key as `doctor` prints it; values are TOML-like text."""

    key: str
    value: str
    default: str
    meaning: str


def load_settings(home: Path, account: str = DEFAULT_ACCOUNT) -> Settings:
    """Settings of one account of `home`; all defaults where there is no settings.toml.

    Raises UserError (E_SETTINGS, one line) for an unknown key or a value that does not fit.
    """
    path = _account_dir(home, account) / FILE_NAME
    where = str(path.relative_to(home))
    try:
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        given = {}
    except UnicodeDecodeError as error:
        raise UserError(Code.E_SETTINGS, "not UTF-8 text", where, "Save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(Code.E_SETTINGS, f"not valid TOML: {error}", where, "Correct that line") from error
    if "account_id" in given:  # the folder says it
        raise UserError(Code.E_SETTINGS, 'unknown key "account_id"', where, "Remove it")
    try:
        return Settings.model_validate({**given, "account_id": account})
    except ValidationError as error:
        raise _as_user_error(error, where) from error


def accounts(home: Path) -> list[AccountHome]:
    """Every account of `home`: the folders of accounts/, by name; `default` is home itself.

    `default` is there when accounts/ has no folder, or when exports/ holds something all the same.
    """
    root = home / "accounts"
    names = sorted(p.name for p in root.iterdir() if _is_account(p)) if root.is_dir() else []
    if DEFAULT_ACCOUNT in names:
        fix = 'Give the folder another name: "default" is the account of exports/ itself'
        raise UserError(Code.E_SETTINGS, 'an account may not be called "default"', "accounts/default", fix)
    if not names or _holds_anything(home / "exports"):
        names.insert(0, DEFAULT_ACCOUNT)
    return [AccountHome(n, _account_dir(home, n) / "exports", load_settings(home, n)) for n in names]


def describe(settings: Settings) -> list[Setting]:
    """Every key with its value, its default and what it means, in the order of the file."""
    found: list[Setting] = []
    for name, info in Settings.model_fields.items():
        value, default = getattr(settings, name), info.default
        if name == "account_id":
            continue
        if isinstance(value, BaseModel):
            for key, inner in type(value).model_fields.items():
                pair = (_toml(getattr(value, key)), _toml(getattr(default, key)))
                found.append(Setting(f"{name}.{key}", *pair, inner.description or ""))
        else:
            found.append(Setting(name, _toml(value), _toml(default), info.description or ""))
    return found


def reading_fingerprint(settings: Settings) -> str:
    """Hash of the settings that reading a file depends on: zone, names, handles, team, size limit and mappings."""
    account = settings.account
    mappings = [mapping.model_dump(mode="json") for mapping in settings.mapping]
    team = [member.model_dump(mode="json") for member in settings.team]  # who sent a message, by name or alias
    used = [account.timezone, account.names, account.handles, team, settings.thresholds.max_file_mib, mappings]
    return hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()


def _account_dir(home: Path, account: str) -> Path:
    return home if account == DEFAULT_ACCOUNT else home / "accounts" / account


def _is_account(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _holds_anything(folder: Path) -> bool:
    return folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir())


def _as_user_error(error: ValidationError, where: str) -> UserError:
    """The first fault of a settings file as one line that names the key."""
    first = error.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"]]
    key = shown(".".join(path)) or "the file"
    if first["type"] == "extra_forbidden":
        hint = nearest(path[-1], _known_keys(path[:-1]))
        return UserError(Code.E_SETTINGS, f'unknown key "{key}"{hint}', where, "Correct or remove it")
    message = first["msg"].removeprefix("Value error, ")
    return UserError(Code.E_SETTINGS, f"{key}: {message}", where, "Correct the value")


def _known_keys(path: list[str]) -> list[str]:
    """Keys of the table at `path` (["account"], ["team", "0"], ...)."""
    tables: dict[str, type[BaseModel]] = {
        "account": Account,
        "booking": Booking,
        "team": TeamMember,
        "labels": Labels,
        "thresholds": Thresholds,
        "mapping": Mapping,
    }
    model = tables[path[0]] if path else Settings
    return [name for name in model.model_fields if name != "account_id"]


def _toml(value: Any) -> str:
    """A value as one would write it; tables as their JSON."""
    if isinstance(value, tuple) and any(isinstance(v, BaseModel) for v in value):
        value = [v.model_dump(mode="json", exclude_defaults=True) for v in value]
    return json.dumps(value, ensure_ascii=False)
