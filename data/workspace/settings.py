"""Settings of a workspace: one frozen dataclass per section of the TOML file.

Sections of other packages stand beside the code that uses them; `read_section` reads them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.workspace.clock import DEFAULT_ZONE_NAME
from data.workspace.retired import find_retired
from data.workspace.sections import (
    Section,
    SettingProblem,
    SettingsError,
    check_section,
    number,
    section,
    wrong_setting,
)
from data.workspace.storage_settings import EngineSettings, LakeSettings, StoreSettings

SETTINGS_FILE: Final = "gridwarden.toml"
RegisterSource = Literal["rentals", "inspections", "violations"]
"""Tables whose addresses can make a register of buildings where no building layer exists."""
GradeBetter = Literal["high", "low"]
TileDatum = Literal["wgs84", "gcj02", "bd09"]
MOST_LEVELS: Final = 32
"""Of tables and lists in each other: what the settings mean needs four."""
_NO_BARE_NAME: Final = re.compile(
    r"""#[^\n]*|"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*+"{0,5}|'{3}(?:[^']|'{1,2}(?!'))*+'{0,5}"""
    r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?""", re.DOTALL
)  # fmt: skip
"""A comment or a quoted text; an unfinished one ends with its line, or with the file."""
_DEEP_KEY: Final = re.compile(rf"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++){{{MOST_LEVELS}}}")
"""A dotted name, of which Python's reader keeps every beginning: their square in memory."""
_LARGEST_INT: Final = 2**63 - 1
FEWEST_MONTHS: Final = 6
"""Cybersecurity Law, art. 23(3): logs are kept for no less than six months."""


@section
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


@section
class GeoSettings:
    """Where the office is."""

    border_file: str = ""


@section
class MapSettings:
    """What the map is drawn on: an imported basemap, and an address of tiles, or none.

    ``tile_url``, ``tile_attribution``: the office's own tiles, and whom they are from.
    """

    tile_url: str = ""
    tile_attribution: str = ""
    tile_datum: TileDatum = "wgs84"
    """The datum they are drawn in; what is shifted is moved to where it belongs."""
    basemap_attribution: str = ""
    """Whom the imported basemap is from."""


@section
class BuildingSettings:
    """Where buildings come from when no building layer was imported."""

    made_from: tuple[RegisterSource, ...] = ("rentals", "inspections", "violations")


@section
class InspectionSettings:
    """Which numbers of the field ``grade`` are the good ones, the high or the low.

    Words such as 优 or C are ordered whatever this says.
    """

    grade_better: GradeBetter = "high"


@section
class PlaceSettings:
    """How surely a row must be placed to count for a building."""

    near_m: float = number(5.0, high=50)
    """Metres; a point outside every footprint but this close to exactly one counts for it."""
    conflict_m: float = number(150.0, high=10_000)
    """Metres between a matched building and the row's own point above which the two contradict each
    other and a person decides.
    """
    compact_m: float = number(150.0, high=2_000)
    """Metres; an estate whose buildings all lie this close to its centre counts in that cell."""
    min_score: float = number(0.85, high=1)
    """0 to 1; matches below are offered for review instead of being counted."""


@section
class AuditSettings:
    """How many calendar months the audit log is kept before it may be cut."""

    keep_months: int = number(7, low=FEWEST_MONTHS)


@section
class PrivacySettings:
    """Whether names and numbers are kept at all (apart, and encrypted), and for how many days.

    ``identities_days`` are those that came with imports, ``contacts_days`` those of public reports;
    0: as long as the import or the report.
    """

    keep_identities: bool = True
    identities_days: int = number(0, low=0, high=36_500)
    contacts_days: int = number(0, low=0, high=36_500)


@section
class SignInSettings:
    """How people reach this server and prove who they are.

    ``oidc_issuer``, ``oidc_client_id``, ``oidc_secret_file``, ``oidc_login_claim``: the office's
    directory, this program's name and secret in it, and which of its claims is a person's login
    here; all empty where people sign in with a password of their own.
    ``lock_after``, ``lock_minutes``: how many failures in a row block a login, and for how long.
    ``idle_minutes``, ``absolute_hours``: without use, and at all, for how long somebody stays
    signed in.
    """

    host_names: tuple[str, ...] = ()
    """Names under which browsers reach it; addresses and ``localhost`` always work."""
    behind_proxy: bool = False
    """Whether a proxy of the office's own stands in front, whose ``X-Forwarded-Proto`` and
    ``X-Forwarded-For`` are true.
    """
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_secret_file: str = ""
    oidc_login_claim: str = "preferred_username"
    password_days: int = number(90, low=0, high=3650)
    """Days after which a password is to be changed; 0 for never."""
    lock_after: int = number(5, low=1, high=20)
    lock_minutes: int = number(15, low=1, high=1440)
    idle_minutes: int = number(30, low=1, high=480)
    absolute_hours: int = number(12, low=1, high=168)
    single_session: bool = True
    """Whether signing in signs out wherever one was signed in before."""

    def __post_init__(self) -> None:
        """Check that a directory is named whole or not at all."""
        names = ("oidc_issuer", "oidc_client_id", "oidc_secret_file")
        given = [name for name in names if getattr(self, name)]
        if given and len(given) < len(names):
            raise wrong_setting("all_or_none", key=", ".join(names), seen=given)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """All settings of a workspace; sections that other packages own are kept raw."""

    office: OfficeSettings = field(default_factory=OfficeSettings)
    geo: GeoSettings = field(default_factory=GeoSettings)
    map: MapSettings = field(default_factory=MapSettings)
    buildings: BuildingSettings = field(default_factory=BuildingSettings)
    inspections: InspectionSettings = field(default_factory=InspectionSettings)
    place: PlaceSettings = field(default_factory=PlaceSettings)
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    lake: LakeSettings = field(default_factory=LakeSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    sections: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    file: str = SETTINGS_FILE

    @property
    def retired(self) -> tuple[str, ...]:
        """Dotted names of the settings in the file that no longer mean anything."""
        return find_retired(self.sections)


SECTIONS: Mapping[str, type[Any]] = {
    each.name: cast("type[Any]", each.default_factory)
    for each in fields(WorkspaceSettings)
    if each.name not in {"sections", "file"}
}


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file that people write.

    Raises `SettingsError`: ``settings_unreadable`` when it is no TOML, nested too deep, or has a
    whole number beyond 64 bits, which no TOML has, or a text with a NUL, which is no name.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        _refuse_deep(_DEEP_KEY.search(_NO_BARE_NAME.sub("_", text)))
        raw = tomllib.loads(text)
        _check_values(raw)
    except (ValueError, RecursionError) as error:
        raise SettingsError("settings_unreadable", file=path.name, seen=str(error)) from error
    return raw


def _check_values(raw: Mapping[str, Any]) -> None:
    """Refuse tables and lists deeper in each other than anybody means, and unusable values."""
    level: list[Any] = [raw]
    for _ in range(MOST_LEVELS):
        level = [each for held in level for each in _held(held)]
        if any(isinstance(each, int) and abs(each) > _LARGEST_INT for each in level):
            raise ValueError("a whole number of more than 64 bits")
        if any(isinstance(each, str) and "\0" in each for each in level):
            raise ValueError("a text with a NUL")
    _refuse_deep(level)


def _refuse_deep(found: object) -> None:
    if found:
        raise RecursionError(f"more than {MOST_LEVELS} levels")


def _held(value: Any) -> Iterable[Any]:  # noqa: ANN401 -- whatever a file says
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def read_settings(path: Path) -> WorkspaceSettings:
    """Read the settings file of a workspace.

    Raises `SettingsError` when the file is no TOML, or naming every unknown key and every unusable
    value at once.
    """
    raw = read_toml(path)
    problems: list[SettingProblem] = []
    built: dict[str, Any] = {
        name: check_section(name, raw, model, problems) for name, model in SECTIONS.items()
    }
    if problems:
        raise SettingsError("settings_invalid", file=path.name, problems=problems)
    return WorkspaceSettings(**built, sections=MappingProxyType(raw), file=path.name)


def read_section(settings: WorkspaceSettings, name: str, model: type[Section]) -> Section:
    """Read one section of the settings; what it leaves out keeps its default.

    ``name``: of the section, e.g. ``score``.
    ``model``: a class made by `section`.

    Raises `SettingsError`: ``settings_invalid``, naming all that is wrong in the section and its
    tables at once.
    """
    problems: list[SettingProblem] = []
    built = check_section(name, settings.sections, model, problems)
    if built is None:
        raise SettingsError("settings_invalid", file=settings.file, problems=problems)
    return built
