"""What nobody in the office knows: how much a full visit would find, place by place, day by day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints
from simulation.truth.history import Truth
from simulation.truth.inspections import SUSPECTS_EMPTY, SUSPECTS_MISSED, patrol_brings
from simulation.truth.risk_field import month_of

FULL_VISIT_SEES = 0.45
"""How often a full visit finds a site that is there: an evening campaign of the demonstration."""


@dataclass(frozen=True, kw_only=True)
class OfficeTruth:
    """The hidden truth of one office."""

    places: pd.DataFrame
    """One row per place that visits are to: ``building_id``, ``unit_id`` (``''`` where places are
    buildings), ``party_key``, ``place_kind``, ``community_code``, ``grid_code``.
    """
    buildings: pd.Series
    """Every building's id, in the order of the register."""
    communities: pd.DataFrame
    """``community_code``, ``reporting`` and ``effort``, both of mean one."""
    visits: pd.DataFrame
    """Every visit on file, by ``row_key``: ``place`` (row of `places`), ``day``, ``reason``,
    ``effort`` (1 a full visit) and ``rate``, the true rate where and when it was made; the last two
    are NaN where sites open and are found.
    """
    town: Truth
    """What really happened: every report with what it was about, every site."""

    def at(self, day: date) -> pd.DataFrame:
        """Return what a full visit to each place would find on a day.

        Where sites open and are found (`street`), the rate is what the hidden pull of the place
        leads to expect, at the number of sites that are open in the whole town that day;
        ``present`` says where one really is. In the other kinds nothing is known beyond the rate,
        and ``present`` is missing.

        Returns one row per place, in the order of `places`: ``building_id``, ``unit_id``,
        ``community_code``, ``grid_code``, ``rate`` (at least 0) and ``chance`` that a full visit
        finds something, 1 - exp(-rate).

        Raises `ValueError`: the day is none of those that the town was followed.
        """
        number = np.array([(day - self.town.start).days])
        if not 0 <= number[0] < self.town.behaviour.days:
            last = self.town.moments([self.town.behaviour.days - 1]).astype("datetime64[D]")[0]
            msg = f"day must be from {self.town.start} to {last}, not {day}"
            raise ValueError(msg)
        keys = self.places[["building_id", "unit_id", "community_code", "grid_code"]]
        if self.town.behaviour.find_rate:
            rate = rates_on(self.town, np.arange(len(keys)), np.repeat(number, len(keys)))
            return keys.assign(rate=rate, chance=-np.expm1(-rate))
        chance = FULL_VISIT_SEES * _share_with_site(self.town, int(number[0]))
        present = _site_present(self.town, int(number[0]))
        return keys.assign(rate=-np.log1p(-chance), chance=chance, present=present)

    def buildings_at(self, day: date, *, suspicion: float = 0.0) -> pd.DataFrame:
        """Return what full visits to all places of each building would find on a day.

        ``suspicion``: what a visit that only suspects something counts as, of a find (an office's
        ``[score.evidence] found``). Visits suspect where sites open and are found alone.

        The frame: one row per building of the register, in its order: ``building_id``, ``rate``
        (the sum of its places'), ``chance`` that something is found in one of them, ``finds``,
        the expected number of places where something is, ``counted``, the chance and what
        suspicions add to it, and ``usual``, the same of a visit of the usual purpose, which is what
        a score tells of: where sites open and are found it sees less. A building without a place
        has 0.
        """
        sums = self.at(day).groupby("building_id")[["rate", "chance"]].sum()
        sums = sums.reindex(self.buildings.to_numpy(), fill_value=0.0)
        rate = sums["rate"].to_numpy()
        chance = -np.expm1(-rate)
        counted = usual = chance
        if not self.town.behaviour.find_rate:
            site = chance / FULL_VISIT_SEES
            suspected = (site - chance) * SUSPECTS_MISSED + (1.0 - site) * SUSPECTS_EMPTY
            counted = chance + suspicion * suspected
            usual = patrol_brings(site, suspicion=suspicion)
        return pd.DataFrame(
            {
                "building_id": self.buildings.to_numpy(),
                "rate": rate,
                "chance": chance,
                "finds": sums["chance"].to_numpy(),
                "counted": counted,
                "usual": np.where(rate > 0, usual, 0.0),
            }
        )


def rates_on(town: Truth, place: Ints, day: Ints) -> Floats:
    """Return the true rate of a full visit to places on days since the start, shape (visits,).

    Zero where the town is one of sites.
    """
    month = month_of(day, days=town.behaviour.days, months=town.intensity.shape[1])
    return np.asarray(town.behaviour.find_rate * town.intensity[place, month], dtype=np.float64)


def _site_present(town: Truth, day: int) -> Bools:
    sites = town.sites
    is_open = (sites["opened"] <= day) & (sites["closed"] >= day)
    counts = np.bincount(sites["building"][is_open], minlength=len(town.intensity))
    return np.asarray(counts > 0, dtype=np.bool_)


def _share_with_site(town: Truth, day: int) -> Floats:
    """Return how likely a site is open in each building, by the hidden pull up to a day."""
    months, days = town.intensity.shape[1], town.behaviour.days
    until = np.minimum(np.arange(1, months + 1) * days / months, day + 1)
    since = np.minimum(np.arange(months) * days / months, day + 1)
    since[0] = -np.inf  # before the first month the risk was the first month's
    life = 7 * town.behaviour.life_weeks
    left = np.exp((until - day) / life) - np.exp((since - day) / life)
    pull = town.intensity @ np.maximum(left, 0.0)
    sites = town.sites
    still = int(((sites["opened"] <= day) & (sites["closed"] >= day)).sum())
    return np.asarray(-np.expm1(-still * pull / pull.sum()), dtype=np.float64)
