"""The features of every building as of one cut."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from ibis import ir
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Codes, Floats, is_in_order
from risk.config.score import ScoreConfig
from risk.events.cuts import Cuts, list_cuts
from risk.events.decay import MICROSECONDS_PER_DAY, from_quanta
from risk.events.fetch import fetch
from risk.events.open_reports import still_waiting
from risk.events.rows import FeatureSource, known_buildings
from risk.features.cache import once_a_view
from risk.features.exposure import estimate_exposure
from risk.features.neighbours import Discs, add_neighbourhood
from risk.features.official_grids import HOUSEHOLDS, cells_of_empty_grids, read_grids_at_each
from risk.features.sums.aggregates import ANSWERED, LAST_REPORT, LAST_VISIT
from risk.features.sums.read_sums import read_sums
from risk.features.sums.sums import Register, Sums

UNLOCATED_KEYS: Final = (c.H3_R10, c.GRID, c.COMMUNITY)
UNLOCATED_WEIGHTS: Final = (c.COMPLAINTS, c.ADVERTS, c.VIOLATIONS, c.FOUND)
"""What counts where no building is known; a visit that found nothing clears only a building.
Adverts have no column where none is known."""
WEIGHT_COLUMNS: Final = (*UNLOCATED_WEIGHTS, c.NOT_FOUND, c.NO_ACCESS, c.SHORT_TERM)
COUNTS: Final = (
    c.COMPLAINT_REPORTERS,
    c.COMPLAINT_REPORT_DAYS,
    c.BUSINESS_TENANT,
    c.SHARED_TENANT,
    c.VISITS,
)
_LET: Final = "_let"
_TEXTS: Final = (c.BUILDING, c.KIND, c.H3_R10, c.GRID, c.COMMUNITY)
_NUMBERS: Final = {c.LON: c.LON, c.LAT: c.LAT, c.DWELLINGS: "household_count", _LET: "rental_count"}


@dataclass(frozen=True, kw_only=True)
class FeatureTable:
    """Everything the score is made of, as of one cut."""

    cut: datetime
    """Nothing learnt or happened at or after this local time is in here."""
    buildings: pd.DataFrame
    """One row per building of the register, sorted by ``building_id``; columns as named in
    ``risk.schema``. Masses are float64 multiples of 2^-32.
    """
    unlocated: pd.DataFrame
    """One row per (``h3_r10``, ``grid_code``, ``community_code``) of events that belong to no
    building, sorted; ``''`` where a level is not known. Weights: those of ``UNLOCATED_WEIGHTS``
    that there are.
    """
    usual: Mapping[str, float]
    """Weight or count per unit of exposure in all buildings together, by column."""
    rows_nowhere: Mapping[str, float]
    """Mass per signal of rows that are not even sure of a community, and so count nowhere."""
    grids: pd.DataFrame
    """The official grids (`risk.features.official_grids.read_grids`)."""
    waiting: pd.Series
    """When the latest report was made that waits, by id of the buildings where one does."""
    ended: Collection[str] = ()
    """Ids of the buildings that no longer stood: their rows count nowhere."""

    @cached_property
    def empty_grids(self) -> pd.DataFrame:
        """``h3_r10``, ``grid_code``, ``community_code`` of the official grids without a building.

        See `risk.features.official_grids.cells_of_empty_grids`.
        """
        return cells_of_empty_grids(self.grids, self.buildings[c.GRID].unique())


@once_a_view
def build_features(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> FeatureTable:
    """Build the features of every building as of ``cut``.

    ``source``: an engine with the tables buildings, grids, complaints, rentals, violations,
    inspections and adverts.

    The result: a building without any event has decayed weights of 0; unknown exposure is estimated
    and marked.
    """
    return read_office_sums(source, cut=cut, config=config).features(cut)


@dataclass(frozen=True, kw_only=True)
class OfficeSums:
    """Everything the features of one cut or several are made of, summed by the engine.

    ``complaints``, ``violations``, ``inspections``, ``rentals``, ``adverts``: as
    `risk.features.sums.aggregates` sums them; None of adverts where none is known.
    """

    register: Register
    complaints: Sums
    violations: Sums
    inspections: Sums
    rentals: Sums
    grids: Mapping[datetime, pd.DataFrame]
    """The official grids at each cut (`risk.features.official_grids.read_grids`)."""
    config: ScoreConfig
    adverts: Sums | None = None

    def features(self, cut: datetime) -> FeatureTable:
        """Build the features of every building as of one of the cuts."""
        every = self._unlocated[self._unlocated[c.CUT] == pd.Timestamp(cut)].drop(columns=c.CUT)
        somewhere = (every[list(UNLOCATED_KEYS)] != "").any(axis=1)
        unlocated = every[somewhere].reset_index(drop=True)
        grids = self.grids[cut]
        buildings = estimate_exposure(
            self._join(cut),
            rule=self.config.exposure,
            totals=grids.set_index(c.GRID)[HOUSEHOLDS],
        )
        buildings = add_neighbourhood(
            buildings,
            unlocated,
            complaint_weight=self.config.ring_complaint,
            prior_events=self.config.ring_events,
            discs=self._discs,
        )
        return FeatureTable(
            cut=cut,
            buildings=buildings,
            unlocated=unlocated,
            usual=_usual(buildings),
            rows_nowhere={
                name: float(every[name][~somewhere].sum())
                for name in UNLOCATED_WEIGHTS
                if name in every
            },
            grids=grids,
            waiting=self._waiting(cut),
            ended=self.register.ended_before(cut),
        )

    def release(self, cut: datetime) -> None:
        """Forget what buildings had at a cut: its features are not built again."""
        for part in (*self._events, self.rentals):
            part.release(cut)

    @cached_property
    def _discs(self) -> Discs:
        return Discs()

    @cached_property
    def _unlocated(self) -> pd.DataFrame:
        return _join_unlocated([part.unlocated for part in self._events])

    @property
    def cells(self) -> pd.Series:
        """The cells of all buildings, and of events of no building, each once."""
        parts = [self.register.buildings, *(part.unlocated for part in self._events)]
        return pd.Series(pd.concat([part[c.H3_R10] for part in parts]).unique())

    def cells_of(self, features: FeatureTable) -> pd.Series:
        """Return the cells of the buildings, and of events of no building, that were known then."""
        located, elsewhere = (each[c.H3_R10] for each in (features.buildings, features.unlocated))
        return self._discs.code(located, elsewhere)[0].to_series()

    @property
    def _events(self) -> list[Sums]:
        events = [self.complaints, self.violations, self.inspections]
        return events if self.adverts is None else [*events, self.adverts]

    def _join(self, cut: datetime) -> pd.DataFrame:
        parts = [*self._events, self.rentals]
        none = np.zeros(len(self.register.ids), dtype=np.int64)

        def whole(*names: str) -> list[tuple[str, Codes]]:
            """Return those of the columns that there are, in the order of the parts."""
            return [
                (name, part.spread(name, cut, none))
                for part in parts
                for name in names
                if name in part.names
            ]

        buildings = self.register.buildings
        joined: dict[str, NDArray[Any]] = {
            name: from_quanta(values) for name, values in whole(*WEIGHT_COLUMNS)
        }
        joined |= dict(whole(*COUNTS))
        # Finds and decisions, each event once (`risk.events.confirmed`).
        joined[c.CONFIRMED] = np.asarray(np.sum([n for _, n in whole(c.CONFIRMED)], axis=0))
        let = buildings[_LET].to_numpy(np.float64)
        joined[c.REGISTERED] = self.rentals.spread(c.REGISTERED, cut, let)
        joined[c.DAYS_SINCE_VISIT] = self._days_since_visit(cut)
        known = self.register.known(cut)
        frame = buildings.drop(columns=_LET).assign(**joined)
        return frame if known.all() else frame[known].reset_index(drop=True)

    def _days_since_visit(self, cut: datetime) -> Floats:
        last = self._times(self.inspections, LAST_VISIT, cut)
        since = (np.datetime64(cut, "us") - last).astype(np.float64) / MICROSECONDS_PER_DAY
        return np.where(np.isnat(last), np.nan, since)

    def _waiting(self, cut: datetime) -> pd.Series:
        ids = self.register.ids
        reported = pd.Series(self._times(self.complaints, LAST_REPORT, cut), index=ids)
        answered = pd.Series(self._times(self.inspections, ANSWERED, cut), index=ids)
        return still_waiting(reported, answered)

    def _times(self, part: Sums, name: str, cut: datetime) -> NDArray[np.datetime64]:
        never = np.full(len(self.register.ids), np.datetime64("NaT", "us"))
        return part.spread(name, cut, never)


def read_office_sums(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, alike: bool = True
) -> OfficeSums:
    """Let the engine sum everything for one cut or several, each table once for all of them.

    ``alike``: False where it is known that no visits are (`risk.events.repeats.any_alike`).
    """
    register = _read_register(known_buildings(source, max(list_cuts(cut))))
    return OfficeSums(
        register=register,
        **read_sums(source, cut=cut, config=config, register=register, alike=alike),
        grids=read_grids_at_each(source, cut=cut),
        config=config,
    )


def _read_register(register: ir.Table) -> Register:
    texts = {name: register[name].cast("string").fill_null("") for name in _TEXTS}
    numbers = {name: register[column].cast("float64") for name, column in _NUMBERS.items()}
    frame = fetch(register.select(c.LEARNT_AT, c.ENDED_ON, **texts, **numbers))
    frame = frame.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, np.float64))
    if not is_in_order(frame[c.BUILDING]):
        frame = frame.sort_values(c.BUILDING, ignore_index=True)
    learnt, ended = (
        frame.pop(name).astype("datetime64[us]").to_numpy() for name in (c.LEARNT_AT, c.ENDED_ON)
    )
    return Register(buildings=frame, learnt=learnt, ended=ended, ids=pd.Index(frame[c.BUILDING]))


def _usual(buildings: pd.DataFrame) -> dict[str, float]:
    exposure = float(buildings[c.EXPOSURE].sum())
    names = [name for name in (*WEIGHT_COLUMNS, *COUNTS) if name in buildings]
    if exposure <= 0:
        return dict.fromkeys(names, 0.0)
    return {name: float(buildings[name].sum()) / exposure for name in names}


def _join_unlocated(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join what belongs to no building, of all cuts, sorted by cut and place."""
    keys = [c.CUT, *UNLOCATED_KEYS]
    frames = [part.set_index(keys) for part in parts]
    groups = pd.concat([pd.DataFrame(index=frame.index) for frame in frames]).index.unique()
    frames = [frame.reindex(groups) for frame in frames]
    decayed_weights = {
        name: from_quanta(frame[name].fillna(0).to_numpy(np.int64))
        for frame in frames
        for name in UNLOCATED_WEIGHTS
        if name in frame
    }
    events = {c.CONFIRMED: _sum_events(frames, c.CONFIRMED)}
    unlocated = pd.DataFrame({**decayed_weights, **events}, index=groups).reset_index()
    unlocated = unlocated.astype(dict.fromkeys(UNLOCATED_KEYS, "str"))
    return unlocated.sort_values(keys, ignore_index=True)


def _sum_events(frames: list[pd.DataFrame], name: str) -> Codes:
    """Add up finds and decisions, each event once (`risk.events.confirmed`)."""
    counts = [frame[name].fillna(0).to_numpy(np.int64) for frame in frames if name in frame]
    return np.asarray(np.sum(counts, axis=0))
