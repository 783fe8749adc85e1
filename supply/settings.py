"""What an office can set: packaged defaults, overlaid once by one TOML file and the environment.

Unknown keys are refused.
Holds no rule of the business; stations and devices live in the database and are only seeded from here.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import time
from importlib import resources
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from supply.errors import Invalid

OFFICE_FILE = "office.toml"
TLS_FOLDER = "tls"  # in the data folder


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Office(_Section):
    """Who and where the office is."""

    name: str
    timezone: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone; use a name such as America/New_York") from error
        return value


class Server(_Section):
    """Where the web role listens."""

    host: str
    port: int = Field(ge=1, le=65535)
    address: str = Field(description="The address people type, for links in mails; empty: made from host and port")
    threads: int = Field(ge=2, le=128)
    tls_certificate: str
    tls_key: str
    plain_port: int = Field(ge=0, le=65535, description="With TLS: the port that only sends on to https; 0: none")

    @field_validator("address")
    @classmethod
    def _a_web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#][^\s?#]*", value):
            raise ValueError(
                f"{value!r} is no web address; write it whole, such as https://supply.example.org, or leave it empty"
            )
        return value.rstrip("/")


class SignIn(_Section):
    """How long a person stays signed in."""

    idle_minutes: int = Field(ge=1)
    kiosk_idle_minutes: int = Field(ge=1)
    absolute_hours: int = Field(ge=1)


class Scanning(_Section):
    """How scans are read and answered."""

    separators: tuple[str, ...]
    expires_soon_days: int = Field(ge=0)
    undo_minutes: int = Field(ge=1)
    quantity_limit: int = Field(ge=1)
    journal_lines: int = Field(ge=100)


class Mail(_Section):
    """How mail leaves; without a host none does."""

    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["none", "starttls", "tls"]
    user: str
    password_file: str
    sender: str


class Alerts(_Section):
    """When people are told."""

    expiry_days: tuple[int, ...] = Field(min_length=1)
    agent_silent_minutes: int = Field(ge=2, le=1440, description="How long an agent may be silent before that is told")

    @field_validator("expiry_days")
    @classmethod
    def _a_ladder(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 0 <= days <= 3650 for days in value) or len(set(value)) != len(value):
            raise ValueError("give different numbers of days, none below 0")
        return tuple(sorted(value, reverse=True))


class Jobs(_Section):
    """The local times of the daily jobs, HH:MM, outside the hours in which clocks are changed."""

    daily_usage: time
    verify: time
    backup: time
    certificate: time
    take_sheets: time
    expiry: time
    reorder: time
    waste: time
    morning_mail: time

    @field_validator("*")
    @classmethod
    def _once_a_day(cls, value: time) -> time:
        if time(1) <= value < time(3):
            raise ValueError("a time between 01:00 and 03:00 comes twice or never when the clocks change")
        return value


class Backup(_Section):
    """Where nightly backups go and how many are kept."""

    folder: str
    keep: int = Field(ge=1, le=1000)


class Reorder(_Section):
    """What the reorder rule reckons with."""

    review_days: int = Field(ge=1, le=90)
    cover_days: int = Field(ge=1, le=365)
    safety_factor: float = Field(ge=0, le=6)


class Labels(_Section):
    """Which labels print by themselves."""

    at_receipt: bool


class Waste(_Section):
    """Where the office's own waste rules lie."""

    law_folder: str


class Printing(_Section):
    """Where printers of the network may be; an address outside is refused before a byte is sent."""

    networks: tuple[str, ...]
    ports: tuple[int, ...]


class Kiosk(_Section):
    """How people work at stations."""

    mode_idle_minutes: int = Field(ge=1, description="After so long without a scan a station does its usual again")
    badge_pin_minutes: int = Field(ge=1, description="How long a PIN typed at a station counts")


class Downtime(_Section):
    """When the take-sheets for a power cut are made anew, and the system's printer on which they come out, if any."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    printer: str = Field(max_length=127)
    host: str
    port: int = Field(ge=1, le=65535)


class SeedDevice(_Section):
    """A device that the worker opens for a station; copied into the database at setup."""

    name: str
    driver: str
    settings: dict[str, str | int | float | bool] = {}


class SeedStation(_Section):
    """A station that setup makes when it does not exist yet."""

    code: str
    name: str
    location: str
    mode: str = "use"
    devices: tuple[SeedDevice, ...] = ()


class Settings(_Section):
    """Everything that can be set, plus the data folder and database address from the environment."""

    office: Office
    server: Server
    sign_in: SignIn
    scanning: Scanning
    mail: Mail
    alerts: Alerts
    jobs: Jobs
    backup: Backup
    reorder: Reorder
    labels: Labels
    waste: Waste
    printing: Printing
    kiosk: Kiosk
    downtime: Downtime
    stations: tuple[SeedStation, ...]
    data_folder: Path
    database_url: str

    @property
    def backup_folder(self) -> Path:
        """Where backups lie."""
        return Path(self.backup.folder) if self.backup.folder else self.data_folder / "backups"

    @property
    def uses_tls(self) -> bool:
        """Whether the web role speaks https: by files that are named here, or by those of `supply tls`."""
        return bool(self.server.tls_certificate) or (self.data_folder / TLS_FOLDER / "server.crt").is_file()

    @property
    def base_url(self) -> str:
        """The address for links in mails and on paper, without a slash at its end."""
        server = self.server
        return server.address or f"http{'s' if self.uses_tls else ''}://{server.host}:{server.port}"

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone, by which `today` is decided."""
        return ZoneInfo(self.office.timezone)


def load(config: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the defaults, lay one file (`config`, else $SUPPLY_CONFIG, else office.toml in the data folder) and the
    environment over them.

    Raises Invalid with every wrong key named.
    """
    folder = Path(environment.get("SUPPLY_DATA") or "data").resolve()
    named = Path(environment["SUPPLY_CONFIG"]) if environment.get("SUPPLY_CONFIG") else None
    beside = folder / OFFICE_FILE
    chosen = config or named or (beside if beside.exists() else None)
    values = tomllib.loads(resources.files("supply").joinpath("defaults.toml").read_text("utf-8"))
    if chosen:
        values = _overlaid(values, _read(chosen))
    values["data_folder"] = folder
    values["database_url"] = environment.get("SUPPLY_DATABASE_URL") or f"sqlite:///{folder / 'supply.db'}"
    if environment.get("HOST"):
        values["server"]["host"] = environment["HOST"]
    if environment.get("PORT"):
        values["server"]["port"] = environment["PORT"]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
        raise Invalid(f"The settings are not usable: {wrong}.", code="bad_settings") from error


def load_here(config: Path | None = None) -> Settings:
    """`load` with this process's environment."""
    return load(config, os.environ)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(f"The settings file {path} cannot be read: {error.strerror}.", code="bad_settings") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The settings file {path} is no valid TOML: {error}.", code="bad_settings") from error


def _overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key, everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        merged[key] = (
            _overlaid(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        )
    return merged
