"""What an office can set about its workspace: one frozen dataclass per section of the TOML file."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.workspace.clock import DEFAULT_ZONE_NAME
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGN_IN_RANGES = {
    "password_days": (0, 3650),
    "lock_after": (1, 20),
    "lock_minutes": (1, 1440),
    "idle_minutes": (1, 480),
    "absolute_hours": (1, 168),
}
REGISTER_SOURCES = ("rentals", "inspections", "violations")
"""Tables whose addresses can make a register of buildings where no building layer exists."""


class SettingsError(GridwardenError):
    """The settings file holds values that cannot be used; ``problems`` lists all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings:
    """Who works here, and in which time zone (a name of the IANA database)."""

    name: str = ""
    street: str = ""
    locale: str = "zh"
    demo: bool = False
    time_zone: str = DEFAULT_ZONE_NAME

    def __post_init__(self) -> None:
        """Refuse a zone that the database does not have."""
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise SettingsError(
                "setting_out_of_range",
                setting="office.time_zone",
                seen=self.time_zone,
                expected="a zone of the IANA database, e.g. Asia/Shanghai",
            ) from error

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSettings:
    """Where the office is."""

    border_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSettings:
    """What the map is drawn on: an address of tiles, or nothing."""

    tile_url: str = ""
    tile_attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingSettings:
    """Where buildings come from when no building layer was imported."""

    made_from: tuple[str, ...] = REGISTER_SOURCES

    def __post_init__(self) -> None:
        """Check the names of the tables."""
        wrong = [name for name in self.made_from if name not in REGISTER_SOURCES]
        if wrong:
            raise SettingsError(
                "setting_out_of_range",
                setting="buildings.made_from",
                seen=wrong,
                expected=" or ".join(REGISTER_SOURCES),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """How surely a row must be placed to count for a building.

    Parameters
    ----------
    near_m
        Metres; a point outside every footprint but this close to exactly one counts for it.
    conflict_m
        Metres between a matched building and the row's own point above which the two contradict
        each other and a person decides.
    compact_m
        Metres; an estate whose buildings all lie this close to its centre counts in that cell.
    min_score
        0 to 1; matches below are offered for review instead of being counted.
    """

    near_m: float = 5.0
    conflict_m: float = 150.0
    compact_m: float = 150.0
    min_score: float = 0.85

    def __post_init__(self) -> None:
        """Check the ranges."""
        limits = {"near_m": 50.0, "conflict_m": 10_000.0, "compact_m": 2_000.0, "min_score": 1.0}
        for name, highest in limits.items():
            seen = getattr(self, name)
            if not (math.isfinite(seen) and 0 <= seen <= highest):
                raise SettingsError(
                    "setting_out_of_range",
                    setting=f"place.{name}",
                    seen=seen,
                    expected=f"0 to {highest:g}",
                )


FEWEST_MONTHS = 6
"""Cybersecurity Law, art. 23(3): logs are kept for no less than six months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """How many calendar months the audit log is kept before it may be cut."""

    keep_months: int = 7

    def __post_init__(self) -> None:
        """Refuse less than the law asks for."""
        if self.keep_months < FEWEST_MONTHS:
            raise SettingsError(
                "setting_out_of_range",
                setting="audit.keep_months",
                seen=self.keep_months,
                expected=f"{FEWEST_MONTHS} or more",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings:
    """Whether complainants' names and numbers are kept at all (apart, and encrypted)."""

    keep_identities: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where the store is: an SQLAlchemy URL, or empty for ``gridwarden.db`` in the folder."""

    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """How people reach this server and prove who they are.

    Parameters
    ----------
    host_names
        Names under which browsers reach it; addresses and ``localhost`` always work.
    behind_proxy
        Whether a proxy of the office's own stands in front, whose ``X-Forwarded-Proto`` and
        ``X-Forwarded-For`` are true.
    oidc_issuer, oidc_client_id, oidc_secret_file, oidc_login_claim
        The office's directory, this program's name and secret in it, and which of its claims is a
        person's login here; all empty where people sign in with a password of their own.
    password_days
        Days after which a password is to be changed; 0 for never.
    lock_after, lock_minutes
        How many failures in a row block a login, and for how long.
    idle_minutes, absolute_hours
        Without use, and at all, for how long somebody stays signed in.
    single_session
        Whether signing in signs out wherever one was signed in before.
    """

    host_names: tuple[str, ...] = ()
    behind_proxy: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_secret_file: str = ""
    oidc_login_claim: str = "preferred_username"
    password_days: int = 90
    lock_after: int = 5
    lock_minutes: int = 15
    idle_minutes: int = 30
    absolute_hours: int = 12
    single_session: bool = True

    def __post_init__(self) -> None:
        """Check the ranges, and that a directory is named whole or not at all."""
        for name, (least, most) in SIGN_IN_RANGES.items():
            if not least <= (seen := getattr(self, name)) <= most:
                raise SettingsError(
                    "setting_out_of_range",
                    setting=f"sign_in.{name}",
                    seen=seen,
                    expected=f"{least} to {most}",
                )
        asked = (self.oidc_issuer, self.oidc_client_id, self.oidc_secret_file)
        if any(asked) and not all(asked):
            raise SettingsError(
                "setting_out_of_range",
                setting="sign_in.oidc_issuer, oidc_client_id, oidc_secret_file",
                seen=[value for value in asked if value],
                expected="all three or none",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """All settings of a workspace; sections that other packages own are kept raw."""

    office: OfficeSettings = field(default_factory=OfficeSettings)
    geo: GeoSettings = field(default_factory=GeoSettings)
    map: MapSettings = field(default_factory=MapSettings)
    buildings: BuildingSettings = field(default_factory=BuildingSettings)
    place: PlaceSettings = field(default_factory=PlaceSettings)
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    sections: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def section(self, name: str) -> Mapping[str, Any]:
        """Return the raw content of a section, empty when it is absent."""
        found: Mapping[str, Any] = self.sections.get(name, {})
        return found


SECTIONS = {
    "office": OfficeSettings,
    "geo": GeoSettings,
    "map": MapSettings,
    "buildings": BuildingSettings,
    "place": PlaceSettings,
    "sign_in": SignInSettings,
    "audit": AuditSettings,
    "privacy": PrivacySettings,
    "store": StoreSettings,
}


def read_settings(path: Path) -> WorkspaceSettings:
    """Read the settings file of a workspace.

    Raises
    ------
    SettingsError
        When the file is no TOML, or naming every unknown key and every unusable value at once.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("settings_unreadable", file=path.name, seen=str(error)) from error
    problems: list[str] = []
    built = {name: _build_section(name, raw.get(name, {}), problems) for name in SECTIONS}
    if problems:
        raise SettingsError("settings_wrong", file=path.name, problems=problems)
    return WorkspaceSettings(**built, sections=MappingProxyType(raw))


def _build_section(name: str, values: object, problems: list[str]) -> Any:  # noqa: ANN401 -- one of five
    section = SECTIONS[name]
    if not isinstance(values, dict):
        problems.append(f"[{name}] is not a section")
        return section()
    known = {each.name: each for each in fields(section)}
    usable: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            problems.append(f"{name}.{key} is unknown; expected one of {', '.join(known)}")
            continue
        wanted = type(getattr(section(), key))
        converted = _converted(value, wanted)
        if converted is None:
            problems.append(f"{name}.{key} is {value!r}; expected {wanted.__name__}")
        else:
            usable[key] = converted
    try:
        return section(**usable)
    except SettingsError as error:
        problems.append(str(error))
        return section()


def _converted(value: object, wanted: type) -> object | None:
    if wanted is bool or isinstance(value, bool):
        return value if wanted is bool and isinstance(value, bool) else None
    if wanted is float and isinstance(value, int | float):
        return float(value)
    if wanted is tuple and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    return value if isinstance(value, wanted) else None
