"""What is known of an office at a cut: its places, and the design matrix of any of them.

A place is a flat, licence or firm that was visited, where visits name it, and else the building as
a whole. Everything is read as of the cut; what happens later may name further places (a list of
visits to come), of which only what such a list says beforehand is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import UNKNOWN, Codes, rows_of
from risk.config.score import ScoreConfig
from risk.design.history import History, read_history
from risk.design.kernel import RESOLUTION
from risk.design.matrix import build_design
from risk.design.units import (
    ATTRIBUTES,
    IS_KNOWN,
    UNIT,
    code_places,
    known_places,
    list_places,
)
from risk.design.visit_table import CELL, Facts
from risk.events.cuts import Cuts, list_cuts
from risk.events.fetch import day_of
from risk.events.repeats import any_alike
from risk.events.rows import FeatureSource
from risk.features.build import FeatureTable, read_office_sums
from risk.features.cache import each_once_a_view, once_a_view, registers_at, seen_from
from risk.features.exposure import typical_exposure
from risk.features.factors import factor_columns
from risk.features.neighbours import parent_cells
from risk.features.reporting import reporting_rates
from risk.find_rate.columns import DOORS, KIND, REPORTED, WAITING

WHOLE: Final = "building:"
"""Begins the name of a place that stands for a building as a whole."""
_TEXTS: Final = tuple(name for name in ATTRIBUTES if not name.endswith("_code"))
_ATTRIBUTES: Final = [*_TEXTS, IS_KNOWN, *(each for each in ATTRIBUTES if each.endswith("_code"))]


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything known at a cut."""

    cut: datetime
    config: ScoreConfig
    facts: Facts
    """Visits of before the cut."""
    features: FeatureTable
    """Events and register of every building."""
    places: pd.DataFrame
    """One row per place that was asked for, `ATTRIBUTES` and ``known``: those visited, then the
    buildings as a whole where none was.
    """
    x: pd.DataFrame
    """Their design: float64, one row per place, columns as in `risk.find_rate.columns`."""
    by_building: pd.DataFrame
    """The columns that places take over from their building, by building id."""
    history: list[History] = field(default_factory=list)
    """The visits as they were read, or nothing. Who reads earlier cuts from them takes them out:
    they are large.
    """

    @property
    def has_reports(self) -> bool:
        """Whether the office keeps reports."""
        return self.features.usual[c.COMPLAINTS] > 0

    @cached_property
    def building_rows(self) -> Codes:
        """Row of each place's building among the features' buildings, -1 for none."""
        return rows_of(self.places["building"], self.features.buildings[c.BUILDING])

    def listed(self, visits: pd.DataFrame) -> pd.DataFrame:
        """Return the places that a list of visits names for the first time, as far as it says.

        ``visits``: rows of `Facts.visits` after the cut; no outcome of them is read. Of their texts
        those count that are filled in whatever a visit finds (`risk.design.availability`).
        """
        return list_places(self.facts, self.places, visits)

    def design(self, places: pd.DataFrame) -> pd.DataFrame:
        """Return the design of places with their codes."""
        rows = rows_of(places["building"], self.by_building.index)
        return _design(self, places, self.by_building, rows)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The places of a list of visits, and their design; both as in `Known`."""

    places: pd.DataFrame
    x: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was known at a cut, of which places are still to be asked for (`Known`)."""

    cut: datetime
    config: ScoreConfig
    facts: Facts
    features: FeatureTable

    def whole(self, history: list[History] | None = None) -> Known:
        """Return it with every place: those visited, then the buildings where none was.

        ``history``: as in `Known`.
        """
        buildings = self.features.buildings
        places = known_places(self.facts)[_ATTRIBUTES]
        visited = rows_of(places["building"], buildings[c.BUILDING])
        never = np.ones(len(buildings), dtype=bool)
        never[visited[visited >= 0]] = False
        whole = code_places(self.facts, _whole_buildings(buildings[never]))
        rows = np.concatenate([visited, np.flatnonzero(never)])
        places = pd.concat([places, whole], ignore_index=True)
        by_building = _of_buildings(self.features, self.config)
        known = Known(
            cut=self.cut,
            config=self.config,
            facts=self.facts,
            features=self.features,
            places=places,
            x=_design(self, places, by_building, rows),
            by_building=by_building,
            history=history or [],
        )
        vars(known)["building_rows"] = rows  # need not be looked up again
        return known

    def of_visits(self, visits: pd.DataFrame) -> Listed:
        """Return the places of a list of visits only, those it names anew at the end.

        ``visits``: as of `Known.listed`.
        """
        named = known_places(self.facts, among=visits[UNIT])[_ATTRIBUTES]
        listed = list_places(self.facts, named, visits)
        places = pd.concat([named, listed], ignore_index=True)
        rows = rows_of(places["building"], self.features.buildings[c.BUILDING])
        wanted, at = np.unique(rows, return_inverse=True)
        if len(wanted) and wanted[0] == UNKNOWN:  # which is the last row of all
            wanted, at = wanted[1:], at - 1
        by_building = _of_buildings(self.features, self.config, wanted)
        return Listed(places=places, x=_design(self, places, by_building, at))


@once_a_view
def known_at(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Known:
    """Read what was known before a cut."""
    read: list[History] = []
    return next(iter(past_at_each(source, cuts=(cut,), config=config, keep=read))).whole(read)


@each_once_a_view
def past_at_each(
    source: FeatureSource,
    *,
    cuts: Sequence[datetime],
    config: ScoreConfig,
    history: History | None = None,
    keep: list[History] | None = None,
) -> Iterator[Past]:
    """Read what was known before each of several cuts: every table once for all of them.

    Once for those that share their buildings and grids, to be exact.

    ``history``: visits of a later cut that `known_at` read, with which they need not be read again.
    ``keep``: of one cut: where to put the visits, if windows of the past can be read from them.
    """
    for registers, group in groupby(cuts, key=lambda cut: registers_at(source, cut)):
        read = history if history is not None and history.registers == registers else None
        yield from _past_of(source, cuts=tuple(group), config=config, history=read, keep=keep)


def _past_of(
    source: FeatureSource,
    *,
    cuts: Sequence[datetime],
    config: ScoreConfig,
    history: History | None,
    keep: list[History] | None,
) -> Iterator[Past]:
    at_cuts = cuts[0] if len(cuts) == 1 else cuts
    alike = _any_alike(source, at_cuts) if history is None else history.alike
    sums = read_office_sums(source, cut=at_cuts, config=config, alike=alike)
    if history is None:
        cells = _cells_about(sums.cells)
        if keep is not None and _reaches_back(source, max(cuts), config):
            then = seen_from(source, max(cuts))
            alike = alike or _any_alike(then, cuts)
            history = read_history(then, cut=cuts, config=config, cells=cells, alike=alike)
            keep.append(history)
        else:
            history = read_history(source, cut=at_cuts, config=config, cells=cells, alike=alike)
    for number, cut in enumerate(cuts):
        features = sums.features(cut)
        if cut not in cuts[number + 1 :]:
            sums.release(cut)  # a district's windows do not have room beside each other
        reached = _cells_about(sums.cells_of(features))
        facts = history.at(cut, cells=reached, ended=features.ended)
        yield Past(
            cut=cut,
            config=config,
            facts=facts,
            features=features,
        )


def _cells_about(cells: pd.Series) -> set[str]:
    """Return the cells of the resolution of kernels that known cells lie in."""
    return {*parent_cells(cells, RESOLUTION).unique()} - {""}


def _any_alike(source: FeatureSource, cut: Cuts) -> bool:
    """Say whether any visits are alike, in any of their versions where there are several cuts."""
    read = source.table if isinstance(cut, datetime) else source.versions
    return any_alike(read("inspections", cut=max(list_cuts(cut))))


def _reaches_back(source: FeatureSource, cut: datetime, config: ScoreConfig) -> bool:
    """Say whether visits before a cut may be old enough for a window of the past to be read."""
    visits = source.table("inspections", cut=cut)
    first = visits[c.EVENT_AT].fill_null(visits[c.LEARNT_AT]).min().to_pyarrow().as_py()
    needed = config.model.burn_in_days
    return config.model.windows > 0 and first is not None and day_of(first) + needed < day_of(cut)


def _design(
    known: Known | Past, places: pd.DataFrame, by_building: pd.DataFrame, rows: Codes
) -> pd.DataFrame:
    """Return the design of places, of which the rows of their buildings are known."""
    day = day_of(known.cut)
    facts = replace(known.facts)  # with which goes what it keeps of its visits
    # The row of the unknown is -1.
    columns = {name: np.append(by_building[name], 0.0)[rows] for name in map(str, by_building)}
    columns[DOORS] = np.where(is_whole(places), columns[DOORS], 0.0)
    return build_design(facts, places, cut=day, config=known.config.model, further=columns)


def is_whole(places: pd.DataFrame) -> pd.Series:
    """Say which places, each with its ``unit`` and ``building``, are a building as a whole."""
    return places[UNIT].str.startswith(WHOLE) | (places[UNIT] == places["building"])


def _whole_buildings(never: pd.DataFrame) -> pd.DataFrame:
    """Return a place for each building of the register in which none was visited."""
    texts = dict.fromkeys(_TEXTS, "") | {
        UNIT: (WHOLE + never[c.BUILDING]).to_numpy(),
        "building": never[c.BUILDING].to_numpy(),
        CELL: parent_cells(never[c.H3_R10], RESOLUTION).to_numpy(),
        "h3_r10": never[c.H3_R10].to_numpy(),
    }
    frame = pd.DataFrame(texts, index=range(len(never))).astype("str")
    return frame.assign(**{IS_KNOWN: True})


def _of_buildings(
    features: FeatureTable, config: ScoreConfig, rows: Codes | None = None
) -> pd.DataFrame:
    """Return the columns that places take over from buildings; from some, if rows are given."""
    buildings, usual = features.buildings, features.usual
    chosen = slice(None) if rows is None else rows
    exposure = buildings[c.EXPOSURE].to_numpy(np.float64)
    reporting = reporting_rates(buildings, usual=usual[c.COMPLAINTS])[chosen]
    of_buildings = {
        name: buildings[name].to_numpy()[chosen]
        for name in (c.EXPOSURE, *REPORTED)
        if name in buildings
    }
    ids = buildings[c.BUILDING].iloc[chosen]
    columns = factor_columns(of_buildings, usual=usual, reporting=reporting)
    columns[DOORS] = np.log(exposure[chosen] / typical_exposure(exposure))
    waits = rows_of(ids, features.waiting.index) >= 0
    columns[WAITING] = waits.astype(np.float64)
    codes, kinds = pd.factorize(buildings[c.KIND])
    counts = pd.Series(np.bincount(codes, minlength=len(kinds)), index=kinds).drop(
        "", errors="ignore"
    )
    counts = counts.sort_values(ascending=False, kind="stable")
    for kind in sorted(counts.index[: config.model.top_kinds]):
        columns[f"{KIND}.{kind}"] = (codes[chosen] == kinds.get_loc(kind)).astype(np.float64)
    return pd.DataFrame(columns, index=pd.Index(ids), copy=False)
