"""Score a workspace as of a date and keep the result: the one module of ``risk`` that writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from data.calendars.calendar import Calendar
from data.results.snapshots import SnapshotStore
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource
from risk.features.build import FeatureTable, build_features
from risk.models.season import NO_SEASON, learn_season
from risk.models.weights import Learning, learn_weights
from risk.scoring.aggregate import finish_buildings, sum_units
from risk.scoring.scorecard import Scorecard


@dataclass(frozen=True, kw_only=True)
class ScoreResult:
    """What a scoring run reports.

    Parameters
    ----------
    snapshot_id
        The snapshot written, or found there already.
    as_of
        Last day whose news were used.
    buildings, cells
        How many buildings, and how many H3 cells of resolution 10, have a score.
    config_hash
        SHA-256 of the configuration used.
    rows_nowhere
        Decayed weight per signal of rows not even sure of a community: counted nowhere.
    weights_from
        ``policy`` where there was not enough history to learn from, ``learnt`` otherwise.
    """

    snapshot_id: str
    as_of: date
    buildings: int
    cells: int
    config_hash: str
    rows_nowhere: dict[str, float]
    weights_from: str = "policy"


def cut_after(day: date) -> datetime:
    """Return the first moment after ``day``, in local time."""
    return datetime.combine(day + timedelta(days=1), time.min)


def run_score(
    engine: FeatureSource,
    snapshots: SnapshotStore,
    *,
    as_of: date,
    config: ScoreConfig,
    calendar: Calendar | None = None,
    now: datetime | None = None,
    announce: Callable[[str], None] | None = None,
) -> ScoreResult:
    """Score every building and unit with what was known by the end of ``as_of``.

    Parameters
    ----------
    engine
        Where the current, placed rows come from.
    snapshots
        Where the result goes. The same input and configuration give the same snapshot, byte for
        byte; running again changes nothing.
    as_of
        Local date; rows learnt, or events that happened, later are not used.
    calendar
        Holidays, school breaks and exams: raises or lowers all scores alike by what the coming
        horizon holds, as far as complaints have shown it; without one every season is alike.
    now
        UTC time of the run, noted beside the snapshot, not in it.
    announce
        Called with the snapshot's id before anything is written; what it raises stops it.
    """
    cut = cut_after(as_of)
    features = build_features(engine, cut=cut, config=config)
    policy = asdict(config.weights)
    learning = learn_weights(engine, cut=cut, policy=policy, config=config)
    season = NO_SEASON
    if calendar is not None and config.season:
        season = learn_season(engine, cut=cut, config=config, calendar=calendar)
    scorecard = Scorecard.of(features, config, learning.posterior).times(season.factor)
    scored = scorecard.score(features)
    units = sum_units(scored, config, empty_grids=features.empty_grids)
    snapshot = snapshots.save(
        as_of=as_of,
        cut=cut,
        config=config.to_mapping(),
        config_hash=config.config_hash,
        tables={"buildings": finish_buildings(scored, config), "units": units},
        facts=_facts(features, scorecard, learning, config) | {"season": season.facts()},
        at=now,
        announce=announce,
    )
    return ScoreResult(
        snapshot_id=snapshot.snapshot_id,
        as_of=as_of,
        buildings=len(features.buildings),
        cells=int((units[c.UNIT_KIND] == "cell:10").sum()),
        config_hash=config.config_hash,
        rows_nowhere=dict(features.rows_nowhere),
        weights_from=learning.state,
    )


def _facts(
    features: FeatureTable, scorecard: Scorecard, learning: Learning, config: ScoreConfig
) -> dict[str, Any]:
    return {
        "horizon_days": config.horizon_days,
        "scorecard": {
            "source": learning.state,
            "rate": scorecard.rate,
            "weights": dict(scorecard.weights),
            "learning": learning.facts(),
        },
        "buildings_without_cell": int((features.buildings[c.H3_R10] == "").sum()),
        "exposure_estimated": int((~features.buildings[c.EXPOSURE_KNOWN]).sum()),
        "rows_nowhere": dict(features.rows_nowhere),
    }
