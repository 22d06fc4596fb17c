"""The policy behind the score: the ``[score]`` section of ``gridwarden.toml``, range-checked.

Every number here is a prior: what policy believes before the place's own history has spoken.
The configuration used is stored with each snapshot, and its hash is part of the snapshot's name.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from typing import Any, Final, Self

from data.workspace.sections import Share, number, section, table, wrong_setting
from data.workspace.settings import (
    GradeBetter,
    InspectionSettings,
    WorkspaceSettings,
    read_section,
)
from risk.config.find_rate import ModelConfig

SECTION = "score"

RESULT_GONE = "已不在"
"""Result of a visit: what was looked for is not there any more (停业, 歇业, 已搬离)."""


@section
class Weights:
    """Log-linear weight of what was seen at a building: +0.5 multiplies the rate by e^(0.5·x).

    x is log(1 + w / (1 + usual w of so many doors)), w the decayed weight, of complaints relative
    to how readily the community reports (`risk.features.factors`). Policy's weights; the office's
    own past visits move them.

    The sign is policy's: what raises the score is at least 0, what lowers it at most 0.
    """

    complaints: float = number(0.6, high=5)
    adverts: float = number(0.4, high=5)
    violations: float = number(0.8, high=5)
    inspections_found: float = number(0.3, high=5)
    inspections_not_found: float = number(-0.3, low=-5, high=0)
    inspections_no_access: float = number(0.25, high=5)
    rental_business_tenant: float = number(0.4, high=5)
    rental_shared_tenant: float = number(0.4, high=5)
    rental_short_term: float = number(0.15, high=5)
    ring: float = number(0.1, high=5)


@section
class HalfLives:
    """Days after which an event counts half."""

    complaints: float = number(90.0, low=1, high=36_500)
    adverts: float = number(90.0, low=1, high=36_500)
    violations: float = number(365.0, low=1, high=36_500)
    inspections_found: float = number(270.0, low=1, high=36_500)
    inspections_not_found: float = number(90.0, low=1, high=36_500)
    inspections_no_access: float = number(90.0, low=1, high=36_500)
    rental_short_term: float = number(180.0, low=1, high=36_500)


@section
class Caps:
    """Limits that keep a single voice from deciding a score."""

    reporter: float = number(2.0, high=1_000)
    """Most decayed report-days that one reporter adds to one building."""
    unknown_reporters: float = number(2.0, high=10_000)
    """The same for all reports of a building whose reporter is not known, together: more than a
    reporter's would reward withholding a number."""


@section
class TierShares:
    """Share of the ranked units in each tier; the rest, and whoever scores 0, is blue (蓝)."""

    red: float = number(0.02, high=1)
    orange: float = number(0.05, high=1)
    yellow: float = number(0.15, high=1)

    def __post_init__(self) -> None:
        """Check that the shares leave room for each other."""
        if (total := self.red + self.orange + self.yellow) > 1:
            raise wrong_setting("sum_at_most", key="red, orange, yellow", seen=total, high=1)


@section
class ExposureRule:
    """How many doors there are behind which something can happen."""

    dwelling: float = number(1.0, high=1_000)
    """Weight of one dwelling (户)."""
    registered_unit: float = number(2.0, high=1_000)
    """Weight of one registered unit (备案出租房屋 or licence), besides its dwelling."""
    minimum: float = number(1.0, low=1e-6, high=1_000)
    """Least exposure of a building."""
    counts_after_first_inspection: bool = False
    """Count a registered unit only once it was inspected: for registers that hold only these."""
    trust_end_date: bool = True
    """Take a lease's end as known when it began; false where ends are written in afterwards."""
    inactive_statuses: tuple[str, ...] = ("注销", "到期")
    """Rental statuses of a lease that no longer runs."""


CONFIRMED: Final = 1.0
"""What a find is worth that is certain; a suspected one is worth less, and no event."""


@section
class Evidence:
    """What a stored value is worth as evidence, 0 to 1; a value not listed counts fully.

    For results of inspections a value not listed counts as a visit and as nothing else; so does
    `RESULT_GONE`, which may not be listed: it is neither a find nor a closed door.
    """

    complaint_source: Mapping[str, Share] = table({})
    complaint_category: Mapping[str, Share] = table({})
    complaint_nature: Mapping[str, Share] = table({"咨询": 0.2, "建议": 0.2})
    advert_kind: Mapping[str, Share] = table({"合租": 0.5})
    complaint_truth: Mapping[str, Share] = table({"不属实": 0.25, "无法核实": 0.75})
    found: Mapping[str, Share] = table({"属实": 1.0, "疑似": 0.4})
    not_found: Mapping[str, Share] = table({"未发现异常": 1.0})
    no_access: Mapping[str, Share] = table({"拒不开门": 1.0, "无人": 0.5, "未能进入": 0.5})
    duplicate_marks: tuple[str, ...] = ("重复", "duplicate")
    """A complaint whose status holds one of these (any case) repeats another and is left out."""
    business_tenants: tuple[str, ...] = ("企业", "个体户", "社会组织")
    dwelling_purposes: tuple[str, ...] = ("居住",)
    short_term_days: float = number(120.0, low=1, high=3_660)

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Results of a visit that are a confirmed find: those worth no less than `CONFIRMED`."""
        return tuple(result for result, weight in self.found.items() if weight >= CONFIRMED)

    def __post_init__(self) -> None:
        """Refuse a place that is gone as evidence."""
        for name in ("found", "no_access"):
            if RESULT_GONE in getattr(self, name):
                raise wrong_setting("gone_is_no_evidence", key=name, seen=RESULT_GONE)


@section
class Effort:
    """How thoroughly a visit looked, 0 to 1: its exposure to finding what there is.

    A visit that met a closed door has looked at nothing, whatever is written here.
    """

    full_minutes: float = number(10.0, low=0.1, high=1_440)
    """A visit of this length, or of an unknown one, looked whole; a shorter one in proportion."""
    least: float = number(0.2, low=0.01, high=1)
    """No visit that got in counts less than this."""
    mode: Mapping[str, Share] = table({"日查": 0.7, "拉网": 0.4})
    """What a visit of this kind sees of what there is; a kind not listed sees everything. By day
    most of what is looked for is not there, and a sweep looks through a door."""


@section
class Histories:
    """How an explanation holds what visits found against what such visits usually find.

    See `risk.features.relative_risk`.
    """

    half_life_days: float = number(720.0, low=1, high=36_500)
    """Days after which a visit counts half."""
    season_days: float = number(45.0, low=1, high=3_660)
    """Width (standard deviation) of the weeks over which the office's own average is taken."""
    most_strength: float = number(30.0, low=0.5, high=1e6)
    """Expected finds that "like everywhere" is worth at most, whatever the likelihood says: ratios
    drawn to nothing would only be blown up again by a weight that nobody can read."""


@section
class WaitingReports:
    """Which reports wait for a visit."""

    days: int = number(180, low=1, high=3_660)
    """A report that nobody has answered for so long waits no longer."""
    categories: tuple[str, ...] = ("教育", "培训")
    """A report waits when its category holds one of these words or is unknown."""
    swept_modes: tuple[str, ...] = ("拉网",)
    """Ways of visiting that look through a door only: no answer to a report."""


@section
class ScoreConfig:
    """Everything that decides a score besides the data."""

    rate_window_days: int = number(730, low=1, high=7_300)
    """Confirmed events of this many days make a unit's raw and smoothed rate."""
    ring_complaint: float = number(0.25, high=10)
    """What a neighbour's complaint is worth beside a neighbour's confirmed event."""
    ring_events: float = number(1.0, low=1e-6, high=1e6)
    """How many expected events the city's average is worth against a ring's own."""
    interval_level: float = number(0.8, low=0.01, high=0.999)
    """Probability that the interval of a score is meant to hold."""
    weights: Weights = field(default_factory=Weights)
    half_life_days: HalfLives = field(default_factory=HalfLives)
    caps: Caps = field(default_factory=Caps)
    tier_shares: TierShares = field(default_factory=TierShares)
    exposure: ExposureRule = field(default_factory=ExposureRule)
    evidence: Evidence = field(default_factory=Evidence)
    effort: Effort = field(default_factory=Effort)
    histories: Histories = field(default_factory=Histories)
    waiting: WaitingReports = field(default_factory=WaitingReports)
    model: ModelConfig = field(default_factory=ModelConfig)
    grade_better: GradeBetter = "high"
    """Which grades are the good ones: taken from ``[inspections]`` (`read_score_config`)."""

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_mapping` wrote.

        Raises `SettingsError` listing every unknown key, wrong kind and value out of range.
        """
        return read_section(WorkspaceSettings(sections={SECTION: raw}), SECTION, cls)

    def to_mapping(self) -> dict[str, Any]:
        """Return the whole configuration as plain values, as stored with a snapshot."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return plain

    @property
    def config_hash(self) -> str:
        """SHA-256 (64 hex digits) of the configuration as canonical JSON.

        Whole numbers hash alike however they were written (``2`` and ``2.0``).
        """
        as_floats = json.loads(json.dumps(asdict(self)), parse_int=float)
        canonical = json.dumps(as_floats, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def read_score_config(settings: WorkspaceSettings) -> ScoreConfig:
    """Read ``[score]`` of a workspace, and what ``[inspections]`` says of grades.

    Raises `SettingsError` as `ScoreConfig.from_mapping`.
    """
    inspections = read_section(settings, "inspections", InspectionSettings)
    return replace(
        read_section(settings, SECTION, ScoreConfig), grade_better=inspections.grade_better
    )
