"""Every table that a backtest reads, read once: events, registered units and buildings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Bools
from risk.config.score import ScoreConfig
from risk.design.read import read_facts
from risk.design.visit_table import Facts, code_facts
from risk.events.fetch import NEVER, fetch_columns
from risk.events.known_from import LEARNT, rows_before
from risk.events.rows import OWN_POINT, FeatureSource, known_buildings, known_rows

LONG_AGO: Final = -1_000_000
"""The day on which a building of an imported register was learnt: known at any date."""
_PLACED: Final = ("building_id", "h3_r10", "community_code", "match_level", c.ROW_KEY)


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The tables of an office; every frame has ``day`` and ``learnt``, days since 1970-01-01."""

    facts: Facts
    violations: pd.DataFrame
    """``unit``, ``building``, ``h3_r10``."""
    rentals: pd.DataFrame
    """One row per term: ``unit``, ``building``, ``h3_r10``, ``end`` (a day, `NEVER` unknown)."""
    buildings: pd.DataFrame
    """``building``, ``h3_r10``, ``community``, ``kind``, ``doors`` (NaN unknown), ``made`` (from
    addresses, so that a mention decides when it is known), ``ended`` (the first day without it,
    `NEVER` of one that stands).
    """

    def by_name(self) -> Mapping[str, pd.DataFrame]:
        """Return the frames by the names of the imported tables."""
        return {
            "inspections": self.facts.visits,
            "complaints": self.facts.complaints,
            "violations": self.violations,
            "rentals": self.rentals,
            "buildings": self.buildings,
        }

    def before(self, cut: int) -> Tables:
        """Return what had happened and was known on the day before ``cut``."""
        return Tables(
            facts=self.facts.before(cut),
            violations=rows_before(self.violations, cut),
            rentals=rows_before(self.rentals, cut),
            buildings=rows_before(self.buildings[self.stand(cut)], cut),
        )

    def stand(self, cut: int) -> Bools:
        """Say of each building whether it still stood on the day before a cut."""
        ended = self.buildings["ended"]
        return np.asarray((ended == NEVER) | (ended >= cut), dtype=bool)

    def seen_from(self, cut: int, known: Tables) -> Tables:
        """Return what was known at a cut as it was then, and what came later as it is here.

        ``known``: the tables as read at the cut. A row that was corrected, placed elsewhere or
        taken away since is in them as it was; what was corrected follows as what came later.
        """
        then, now = known.by_name(), self.by_name()
        frames = {name: _seen(then[name], now[name], cut) for name in now}
        facts = code_facts(frames["inspections"], frames["complaints"])
        rest = {name: frames[name] for name in ("violations", "rentals", "buildings")}
        return Tables(facts=facts, **rest)

    def units_as_of(self, cut: int) -> Tables:
        """Name the unit of every visit by what was known at a cut (`Facts.units_as_of`)."""
        return replace(self, facts=self.facts.units_as_of(cut))


def _seen(known: pd.DataFrame, now: pd.DataFrame, cut: int) -> pd.DataFrame:
    later = now.drop(index=rows_before(now, cut).index)
    return pd.concat([rows_before(known, cut), later], ignore_index=True)


def read_tables(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Tables:
    """Read the workspace once, for all origins up to ``cut``.

    Of a row that was corrected later the version that holds at ``cut`` is read, with the day on
    which that version was learnt: what was known at an earlier origin is read as of it
    (`Tables.seen_from`).
    """
    return Tables(
        facts=read_facts(source, cut=cut, config=config),
        violations=_read_placed(source, "violations", cut),
        rentals=_read_rentals(source, cut),
        buildings=_read_buildings(source, cut),
    )


def _read_placed(source: FeatureSource, name: str, cut: datetime) -> pd.DataFrame:
    days = {c.DAY: c.EVENT_AT, LEARNT: c.LEARNT_AT}
    rows = fetch_columns(known_rows(source, name, cut), texts=[*_PLACED, "unit_id"], days=days)
    return _named(rows).sort_values([c.DAY, c.ROW_KEY], kind="stable", ignore_index=True)


def _read_rentals(source: FeatureSource, cut: datetime) -> pd.DataFrame:
    table = known_rows(source, "rentals", cut)
    days = {c.DAY: c.EVENT_AT, LEARNT: c.LEARNT_AT, "start": "start_date", "end": "end_date"}
    rows = fetch_columns(table, texts=[*_PLACED, "unit_id", "filing_no"], days=days)
    unit = rows["unit_id"].where(rows["unit_id"] != "", rows["filing_no"])
    rows = rows.assign(unit_id=unit.where(unit != "", rows[c.ROW_KEY]))
    # A lease without a start is taken to have begun when it was learnt.
    begun = rows["start"].where(rows["start"] != NEVER, rows[c.DAY])
    rows = _named(rows.assign(**{c.DAY: begun}).drop(columns="start"))
    return rows.sort_values([c.DAY, c.ROW_KEY], kind="stable", ignore_index=True)


def _read_buildings(source: FeatureSource, cut: datetime) -> pd.DataFrame:
    rows = fetch_columns(
        known_buildings(source, cut),
        texts=["building_id", "h3_r10", "community_code", "kind"],
        days={LEARNT: c.LEARNT_AT, "ended": c.ENDED_ON},
        numbers=["household_count"],
        flags=["made"],
    )
    learnt = rows[LEARNT].where(rows["made"], LONG_AGO)
    names = {"building_id": "building", "community_code": "community", "household_count": "doors"}
    rows = rows.rename(columns=names).assign(**{c.DAY: learnt, LEARNT: learnt})
    return rows.sort_values("building", kind="stable", ignore_index=True)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    own_point = rows["match_level"].isin(list(OWN_POINT))
    return rows.assign(
        unit=rows["unit_id"].where(rows["unit_id"] != "", rows["building_id"]),
        building=rows["building_id"],
        community=rows["community_code"],
        h3_r10=rows["h3_r10"].where(own_point, ""),
    ).drop(columns=["unit_id", "building_id", "community_code", "match_level"])
