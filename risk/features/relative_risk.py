"""Relative risks of a building and its surroundings: finds of visits over expected finds.

For every visit with a result, O is what it found and E what the office finds on the average of
those weeks at visits of this purpose that look as thoroughly (`risk.events.effort`); both fade with
age and count as surely as the visit was placed. A place then has the empirical-Bayes log ratio

    r = log((O + k) / (E + k))

with k from the marginal likelihood of all places of its level (`risk.features.empirical_bayes`).
The kind of building comes first and multiplies E by e^r, so that every other level tells of more
than its kind's. Where nobody went r is 0: no points, up or down. Levels about a building leave
itself out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from geo.cells import parents
from risk import schema as c
from risk.arrays import Codes, Floats, Texts
from risk.config.score import ScoreConfig
from risk.events.purposes import ROUTINE
from risk.features.empirical_bayes import log_ratio, prior_strength, sum_by_code
from risk.features.neighbours import sum_discs
from risk.features.visit_results import DECAY, PURPOSE, VisitResults

WIDE_RESOLUTION: Final = 9
RELATIVE_RISKS: Final = (
    *(c.HISTORY_UNIT, c.HISTORY_OPERATOR, c.HISTORY_BUILDING, c.HISTORY_KIND),
    *(c.HISTORY_RING, c.HISTORY_AREA, c.HISTORY_GRID),
)


@dataclass(frozen=True, kw_only=True)
class _Results:
    """What visits found and were expected to find, and what each of them still counts."""

    found: Floats
    expected: Floats
    decay: Floats
    most_strength: float

    def times(self, factor: Floats) -> _Results:
        """Return the same with every expectation multiplied."""
        return replace(self, expected=self.expected * factor)

    def sums(self, codes: Codes, size: int) -> tuple[Floats, Floats]:
        """Return O and E by code, faded; -1 belongs nowhere."""
        return (
            sum_by_code(codes, self.found * self.decay, size),
            sum_by_code(codes, self.expected * self.decay, size),
        )

    def strength(self, codes: Codes, size: int) -> float:
        """Return k, from counts that have not faded: faded ones scatter less than Poisson's."""
        o, e = sum_by_code(codes, self.found, size), sum_by_code(codes, self.expected, size)
        return min(prior_strength(o, e), self.most_strength)

    def ratios(self, codes: Codes, size: int) -> Floats:
        """Return the log ratio by code."""
        return log_ratio(*self.sums(codes, size), self.strength(codes, size))


def kinds_of(buildings: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return the kind of each building: the register's, else what its last visit called it."""
    named = rows[(rows["place_kind"] != "") & (rows[c.BUILDING] != "")]
    last = named.sort_values([c.EVENT_AT, c.ROW_KEY]).drop_duplicates(c.BUILDING, keep="last")
    last_named = last.set_index(c.BUILDING)["place_kind"].reindex(buildings[c.BUILDING]).fillna("")
    registered = buildings[c.KIND]
    return registered.where(registered != "", last_named.set_axis(registered.index)).astype("str")


def add_relative_risks(
    buildings: pd.DataFrame, visits: VisitResults, *, config: ScoreConfig
) -> pd.DataFrame:
    """Add the log ratio of every level, and what the ratios are made of.

    ``buildings``: sorted by ``building_id``, with kind, cell and grid. ``visits``: what was known
    before the cut of these features.

    The frame: a copy with the columns `RELATIVE_RISKS`, ``history_found`` and ``history_expected``
    (O and E of the building once its kind is taken out) and ``visits_other``, the decayed number of
    visits that were not routine.
    """
    known = visits.rows[visits.rows["found"].notna()]
    results = _Results(
        **{name: known[name].to_numpy(np.float64) for name in ("found", "expected", DECAY)},
        most_strength=config.histories.most_strength,
    )
    ids = pd.Index(buildings[c.BUILDING])
    at = ids.get_indexer(pd.Index(known[c.BUILDING])).astype(np.int64)
    kind_codes, kinds = pd.factorize(kinds_of(buildings, visits.rows))
    kind_codes = np.where(np.asarray(kinds == "")[kind_codes], -1, kind_codes)
    of_visit = np.where(at >= 0, kind_codes[at], -1) if len(ids) else at
    by_kind = np.append(results.ratios(of_visit, len(kinds)), 0.0)
    results = results.times(np.exp(by_kind[of_visit]))
    o, e = results.sums(at, len(ids))
    columns = {
        c.HISTORY_KIND: by_kind[kind_codes],
        c.HISTORY_BUILDING: results.ratios(at, len(ids)),
        c.HISTORY_UNIT: _by_unit(known, at, results, len(ids)),
        c.HISTORY_OPERATOR: _by_operator(known, visits.tenants, ids, results),
        **_around(buildings, known, at, results, (o, e)),
        c.HISTORY_FOUND: o,
        c.HISTORY_EXPECTED: e,
    }
    other = visits.rows[visits.rows[PURPOSE] != ROUTINE]
    where = ids.get_indexer(pd.Index(other[c.BUILDING])).astype(np.int64)
    columns[c.VISITS_OTHER] = sum_by_code(where, other[DECAY].to_numpy(np.float64), len(ids))
    return buildings.assign(**columns)


def _by_unit(known: pd.DataFrame, at: Codes, results: _Results, buildings: int) -> Floats:
    """Return the log of the mean relative risk of the units of each building that were visited."""
    codes, units = _coded(known["unit_id"])
    risk = np.exp(results.ratios(codes, len(units)))
    pairs = pd.DataFrame({"at": at, "unit": codes})
    return _mean_of(pairs[(at >= 0) & (codes >= 0)], risk, buildings)


def _by_operator(
    known: pd.DataFrame, tenants: pd.DataFrame, ids: pd.Index[str], results: _Results
) -> Floats:
    """Return the log of the mean relative risk of those met or renting at each building."""
    codes, parties = _coded(known["party_key"])
    risk = np.exp(results.ratios(codes, len(parties)))
    visited = pd.DataFrame({"at": ids.get_indexer(pd.Index(known[c.BUILDING])), "unit": codes})
    rented = pd.DataFrame(
        {
            "at": ids.get_indexer(pd.Index(tenants[c.BUILDING])),
            "unit": parties.get_indexer(pd.Index(tenants["party"])),
        }
    )
    pairs = pd.concat([visited, rented], ignore_index=True)
    return _mean_of(pairs[(pairs["at"] >= 0) & (pairs["unit"] >= 0)], risk, len(ids))


def _coded(texts: pd.Series) -> tuple[Codes, pd.Index[str]]:
    """Return a number per distinct text in order of appearance, -1 for none, and the texts."""
    codes, names = pd.factorize(texts.to_numpy())
    return np.where(texts.to_numpy() == "", -1, codes), pd.Index(names)


def _mean_of(pairs: pd.DataFrame, risk: Floats, buildings: int) -> Floats:
    """Return the log of the mean risk of the distinct units of each building, 0 without any."""
    pairs = pairs.drop_duplicates().sort_values(["at", "unit"])
    at, unit = pairs["at"].to_numpy(np.int64), pairs["unit"].to_numpy(np.int64)
    count = np.bincount(at, minlength=buildings)
    total = sum_by_code(at, risk[unit], buildings)
    return np.asarray(np.log(np.divide(total, count, out=np.ones(buildings), where=count > 0)))


def _around(
    buildings: pd.DataFrame,
    known: pd.DataFrame,
    at: Codes,
    results: _Results,
    own: tuple[Floats, Floats],
) -> dict[str, Floats]:
    """Return the log ratios of ring, wider ring and grid, each without the building itself."""
    columns = {}
    for name, column, resolution in (
        (c.HISTORY_RING, c.H3_R10, None),
        (c.HISTORY_AREA, c.H3_R10, WIDE_RESOLUTION),
        (c.HISTORY_GRID, c.GRID, None),
    ):
        places, where = (each[column].to_numpy(dtype=np.str_) for each in (buildings, known))
        if len(places):
            where = np.where(at >= 0, places[at], where)
        if resolution is not None:
            where, places = parents(where, resolution), parents(places, resolution)
        columns[name] = _without_itself(where, places, results, own, discs=column == c.H3_R10)
    return columns


def _without_itself(
    where: Texts,
    places: Texts,
    results: _Results,
    own: tuple[Floats, Floats],
    *,
    discs: bool,
) -> Floats:
    codes, names = _coded(pd.Series(np.concatenate([where, places])))
    codes = codes[: len(where)]
    strength = results.strength(codes, len(names))
    sums = pd.DataFrame(np.column_stack(results.sums(codes, len(names))), index=names)
    sums = sums[sums.index != ""]
    around = (sum_discs(sums) if discs else sums).reindex(places).fillna(0.0)
    o, e = np.maximum(around.to_numpy(np.float64).T - np.stack(own), 0.0)
    return np.where(places == "", 0.0, log_ratio(o, e, strength))
