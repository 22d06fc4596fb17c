"""Score a workspace as of a date and keep the result: the one module of ``risk`` that writes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import pandas as pd

from data.results.run_log import Run
from data.results.snapshot import (
    BY_CELL,
    PLACES,
    REPORTING,
    SHARED_WORDS,
    UNKNOWN_BUILDINGS,
    USUAL_FINDS,
    WORD_VISITS,
)
from data.results.snapshots import SnapshotStore
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.design.word_finds import shared_words
from risk.events.rows import FeatureSource, unknown_buildings
from risk.features.relative_risk import add_relative_risks
from risk.features.reporting import rates_of_communities
from risk.features.visit_results import assigned_visits, read_visit_results, usual_finds
from risk.scoring.score_as_of import OfficeScore, score_as_of

NEIGHBOUR_COLUMNS: Final = (
    *(c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY, c.KIND, c.SCORE, c.TIER, c.RANK),
    *(c.COMPLAINTS, c.VIOLATIONS, c.FOUND, c.HISTORY_FOUND, c.HISTORY_EXPECTED),
)
"""What an explanation tells of the buildings around another, or of the members of a unit."""


@dataclass(frozen=True, kw_only=True)
class ScoreResult:
    """What a scoring run reports.

    ``buildings``, ``cells``: how many buildings, and how many H3 cells of resolution 10, have a
    score.
    """

    snapshot_id: str
    """The snapshot written, or found there already."""
    as_of: date
    """Last day whose news were used."""
    buildings: int
    cells: int
    config_hash: str
    """SHA-256 of the configuration used."""
    rows_nowhere: dict[str, float]
    """Decayed weight per signal of rows not even sure of a community: counted nowhere."""
    state: str
    """``policy`` where no visit has taught the score yet, ``learnt`` otherwise."""
    visits: int
    """How many visits with a result it was learnt from."""


def cut_after(day: date) -> datetime:
    """Return the first moment after ``day``, in local time."""
    return datetime.combine(day + timedelta(days=1), time.min)


def run_score(
    engine: FeatureSource,
    snapshots: SnapshotStore,
    *,
    as_of: date,
    config: ScoreConfig,
    run: Run | None = None,
    announce: Callable[[str], object] | None = None,
    hand_on: Callable[[str, OfficeScore], None] | None = None,
) -> ScoreResult:
    """Score every building and unit with what was known by the end of ``as_of``.

    ``engine``: where the current, placed rows come from.
    ``snapshots``: where the result goes. The same input and configuration give the same snapshot,
    byte for byte; running again changes nothing.
    ``as_of``: local date; rows learnt, or events that happened, later are not used.
    ``run``: what is noted of this run beside the snapshot, not in it; its id is filled in.
    ``announce``: called with the snapshot's id before anything is written; what it raises stops it.
    ``hand_on``: called with the id and the score once it is kept.
    """
    cut = cut_after(as_of)
    score = score_as_of(engine, cut=cut, config=config)
    snapshot = snapshots.save(
        as_of=as_of,
        cut=cut,
        config=config.to_mapping(),
        config_hash=config.config_hash,
        tables=_tables(engine, score, cut=cut, config=config),
        facts=score.facts,
        run=run,
        announce=announce,
    )
    if hand_on:
        hand_on(snapshot.snapshot_id, score)
    return ScoreResult(
        snapshot_id=snapshot.snapshot_id,
        as_of=as_of,
        buildings=len(score.buildings),
        cells=int((score.units[c.UNIT_KIND] == "cell:10").sum()),
        config_hash=config.config_hash,
        rows_nowhere=dict(score.facts["rows_nowhere"]),
        state=score.rate.state,
        visits=score.rate.visits,
    )


def by_cell(buildings: pd.DataFrame) -> pd.DataFrame:
    """Return `NEIGHBOUR_COLUMNS` of the scored buildings in order of cell and id."""
    frame = buildings[list(NEIGHBOUR_COLUMNS)]
    return frame.sort_values([c.H3_R10, c.BUILDING], ignore_index=True)


def _tables(
    engine: FeatureSource, score: OfficeScore, *, cut: datetime, config: ScoreConfig
) -> dict[str, pd.DataFrame]:
    """Return the tables of a snapshot: the score, and what its explanations are read from."""
    assigned = assigned_visits(engine, cut=cut, config=config)
    visits = read_visit_results(*assigned, cut=cut, config=config)
    buildings = add_relative_risks(score.buildings, visits, config=config)
    unknown = unknown_buildings(engine, cut)
    known = score.known
    words, word_visits = shared_words(known.facts, known.places, config=config.model)
    return {
        "buildings": buildings,
        "units": score.units,
        PLACES: score.places(),
        BY_CELL: by_cell(buildings),
        USUAL_FINDS: usual_finds(visits),
        UNKNOWN_BUILDINGS: pd.DataFrame({c.BUILDING: unknown}, dtype="str"),
        SHARED_WORDS: words,
        WORD_VISITS: word_visits,
        REPORTING: rates_of_communities(
            known.features.buildings, usual=known.features.usual[c.COMPLAINTS]
        ),
    }
