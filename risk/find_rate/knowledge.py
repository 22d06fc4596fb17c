"""What is known of an office at a cut: its places, and the design matrix of any of them.

A place is a flat, licence or firm that was visited, where visits name it, and else the building as
a whole. Everything is read as of the cut; what happens later may name further places (a list of
visits to come), of which only what such a list says beforehand is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import UNKNOWN, Codes, rows_of
from risk.config.score import ScoreConfig
from risk.design.availability import LISTED_TEXTS, available_texts
from risk.design.history import read_history
from risk.design.kernel import RESOLUTION
from risk.design.matrix import build_design
from risk.design.units import ATTRIBUTES, IS_KNOWN, UNIT, known_places
from risk.design.visit_table import CELL, Facts, code_column
from risk.events.fetch import day_of
from risk.events.repeats import any_alike
from risk.events.rows import FeatureSource
from risk.features.build import FeatureTable, read_office_sums
from risk.features.cache import each_once_a_view, once_a_view, registers_at
from risk.features.exposure import typical_exposure
from risk.features.factors import factor_columns
from risk.features.neighbours import parent_cells
from risk.features.reporting import reporting_rates
from risk.find_rate.columns import DOORS, KIND, WAITING

WHOLE: Final = "building:"
"""Begins the name of a place that stands for a building as a whole."""
_TEXTS: Final = tuple(name for name in ATTRIBUTES if not name.endswith("_code"))
_CODES: Final = tuple(name for name in ATTRIBUTES if name.endswith("_code"))


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything known at a cut.

    Parameters
    ----------
    facts
        Visits of before the cut.
    features
        Events and register of every building.
    places
        One row per place that was asked for, `ATTRIBUTES` and ``known``: those visited, then the
        buildings as a whole where none was.
    x
        Their design: float64, one row per place, columns as in `risk.find_rate.columns`.
    by_building
        The columns that places take over from their building, by building id.
    """

    cut: datetime
    config: ScoreConfig
    facts: Facts
    features: FeatureTable
    places: pd.DataFrame
    x: pd.DataFrame
    by_building: pd.DataFrame

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
        return _design(self, places, rows_of(places["building"], self.by_building.index))


def list_places(facts: Facts, places: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the places that a list of visits names and that are not there (`Known.listed`)."""
    new = visits[(visits[UNIT] != "") & (rows_of(visits[UNIT], places[UNIT]) < 0)]
    new = new.drop_duplicates(UNIT)[list(_TEXTS)].reset_index(drop=True)
    blank = set(LISTED_TEXTS) - available_texts(facts.visits)
    if blank & {"kind", "risk_class"}:
        blank.add("kind_class")
    return code_places(facts, new.assign(**dict.fromkeys(blank, ""))).assign(**{IS_KNOWN: False})


def code_places(facts: Facts, places: pd.DataFrame) -> pd.DataFrame:
    """Add the codes that the facts have for the texts of places."""
    unknown = np.full(len(places), UNKNOWN)
    codes = {
        code_column(level): rows_of(places[level], names)
        if (places[level] != "").any()
        else unknown
        for level, names in facts.names.items()
    }
    if facts.known_cells is not None:
        cell = codes[code_column(CELL)]
        codes[code_column(CELL)] = np.where(np.append(facts.known_cells, False)[cell], cell, -1)
    return places.assign(**codes)


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was known at a cut, of which places are still to be asked for.

    ``visited``: the places that were visited, one row each with codes; the rest as in `Known`.
    """

    cut: datetime
    config: ScoreConfig
    facts: Facts
    features: FeatureTable
    by_building: pd.DataFrame
    visited: pd.DataFrame

    def whole(self) -> Known:
        """Return it with every place: those visited, then the buildings where none was."""
        buildings = self.features.buildings
        visited = rows_of(self.visited["building"], buildings[c.BUILDING])
        never = np.ones(len(buildings), dtype=bool)
        never[visited[visited >= 0]] = False
        whole = code_places(self.facts, _whole_buildings(buildings[never]))
        rows = np.concatenate([visited, np.flatnonzero(never)])
        return self._of(pd.concat([self.visited, whole], ignore_index=True), rows)

    def of_visits(self, visits: pd.DataFrame) -> Known:
        """Return it with the places of a list of visits only, those it names anew at the end.

        ``visits``: as of `Known.listed`.
        """
        named = self.visited[rows_of(self.visited[UNIT], visits[UNIT]) >= 0]
        listed = list_places(self.facts, named, visits)
        places = pd.concat([named, listed], ignore_index=True)
        return self._of(places, rows_of(places["building"], self.by_building.index))

    def _of(self, places: pd.DataFrame, rows: Codes) -> Known:
        known = Known(
            cut=self.cut,
            config=self.config,
            facts=self.facts,
            features=self.features,
            places=places,
            x=_design(self, places, rows),
            by_building=self.by_building,
        )
        vars(known)["building_rows"] = rows  # need not be looked up again
        return known


@once_a_view
def known_at(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Known:
    """Read what was known before a cut."""
    return next(iter(past_at_each(source, cuts=(cut,), config=config))).whole()


@each_once_a_view
def past_at_each(
    source: FeatureSource, *, cuts: Sequence[datetime], config: ScoreConfig
) -> Iterator[Past]:
    """Read what was known before each of several cuts: every table once for all of them.

    Once for those that share their buildings and grids, to be exact.
    """
    for _, group in groupby(cuts, key=lambda cut: registers_at(source, cut)):
        yield from _past_of(source, cuts=tuple(group), config=config)


def _past_of(
    source: FeatureSource, *, cuts: Sequence[datetime], config: ScoreConfig
) -> Iterator[Past]:
    asked = cuts[0] if len(cuts) == 1 else cuts
    read = source.table if len(cuts) == 1 else source.versions
    alike = any_alike(read("inspections", cut=max(cuts)))
    sums = read_office_sums(source, cut=asked, config=config, alike=alike)
    cells = set(parent_cells(sums.cells, RESOLUTION)) - {""}
    history = read_history(source, cut=asked, config=config, cells=cells, alike=alike)
    for number, cut in enumerate(cuts):
        features = sums.features(cut)
        if cut not in cuts[number + 1 :]:
            sums.release(cut)  # a district's windows do not have room beside each other
        fine = pd.concat([features.buildings[c.H3_R10], features.unlocated[c.H3_R10]])
        here = set(parent_cells(pd.Series(fine.unique()), RESOLUTION)) - {""}
        facts = history.at(cut, cells=here)
        yield Past(
            cut=cut,
            config=config,
            facts=facts,
            features=features,
            by_building=_of_buildings(features, config),
            visited=known_places(facts)[[*_TEXTS, IS_KNOWN, *_CODES]],
        )


def _design(known: Known | Past, places: pd.DataFrame, rows: Codes) -> pd.DataFrame:
    """Return the design of places, of which the rows of their buildings are known."""
    day, by_building = day_of(known.cut), known.by_building
    visited = build_design(known.facts, places, cut=day, config=known.config.model)
    # The row of the unknown is -1.
    columns = {name: np.append(by_building[name], 0.0)[rows] for name in by_building}
    whole = places[UNIT].str.startswith(WHOLE) | (places[UNIT] == places["building"])
    columns[DOORS] = np.where(whole, columns[DOORS], 0.0)
    further = pd.DataFrame(columns, index=places.index, copy=False)
    return pd.concat([visited, further], axis=1)


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


def _of_buildings(features: FeatureTable, config: ScoreConfig) -> pd.DataFrame:
    buildings = features.buildings
    exposure = buildings[c.EXPOSURE].to_numpy(np.float64)
    usual = features.usual
    reporting = reporting_rates(buildings, usual=usual[c.COMPLAINTS])
    columns = factor_columns(buildings, usual=usual, reporting=reporting)
    columns[DOORS] = np.log(exposure / typical_exposure(exposure))
    waits = rows_of(buildings[c.BUILDING], features.waiting.index) >= 0
    columns[WAITING] = waits.astype(np.float64)
    codes, kinds = pd.factorize(buildings[c.KIND])
    counts = pd.Series(np.bincount(codes, minlength=len(kinds)), index=kinds).drop(
        "", errors="ignore"
    )
    counts = counts.sort_values(ascending=False, kind="stable")
    for kind in sorted(counts.index[: config.model.top_kinds]):
        columns[f"{KIND}.{kind}"] = (codes == kinds.get_loc(kind)).astype(np.float64)
    return pd.DataFrame(columns, index=pd.Index(buildings[c.BUILDING]), copy=False)
