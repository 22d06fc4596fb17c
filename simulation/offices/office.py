"""Make a simulated office: what it has on file, and the truth behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from simulation.city.city import CityPlan, build_city
from simulation.offices.kinds import KINDS, OfficeKind
from simulation.offices.places import Places, buildings_of, licences_of
from simulation.offices.tables import tables_of
from simulation.offices.truth import OfficeTruth, rates_on
from simulation.sources import MemorySource
from simulation.truth.history import Truth, simulate_town
from simulation.truth.inspections import REASONS

TODAY = date(2026, 11, 24)
"""The day after the last event, unless another is asked for."""


@dataclass(frozen=True, kw_only=True)
class SimulatedOffice:
    """An office of one kind, with the truth that nobody in it knows.

    ``first``, ``today``: first day that is told of, and the day after the last.
    """

    kind: OfficeKind
    source: MemorySource
    """Its rows as `risk.events.rows.FeatureSource`."""
    tables: Mapping[str, pa.Table]
    """The same rows by table, in Arrow: change them and make a `MemorySource` of them."""
    truth: OfficeTruth
    """How much full visits would find: see `OfficeTruth`."""
    first: date
    today: date


def make_office(
    kind: str | OfficeKind, *, seed: int = 1, buildings: int = 3_000, today: date = TODAY
) -> SimulatedOffice:
    """Simulate an office of a kind; the same arguments give the same rows and the same truth.

    ``kind``: a name of `simulation.offices.kinds.KINDS` – ``street``, ``graded``, ``quiet`` or
    ``random`` – or a kind of your own.
    ``seed``: which town. ``street`` is the demonstration of this seed, before its files are made
    untidy.
    ``buildings``: 20 to 2,000,000. Visits and complaints grow with them.
    ``today``: the day after the last event.

    Raises `ValueError` for a size out of range, or a kind that there is not.
    """
    if isinstance(kind, str):
        if kind not in KINDS:
            msg = f"kind must be one of {', '.join(KINDS)}, not {kind}"
            raise ValueError(msg)
        kind = KINDS[kind]
    # In the order of the demonstration, which makes its files from the fourth.
    layout, living, records, _, opening = np.random.SeedSequence(seed).spawn(5)
    city = build_city(CityPlan(buildings=buildings, seed=seed), rng=np.random.default_rng(layout))
    first = today - timedelta(days=kind.behaviour.days)
    places = (
        licences_of(city, rng=np.random.default_rng(opening)) if kind.units else buildings_of(city)
    )
    town = simulate_town(
        places.city,
        start=first,
        rng=np.random.default_rng(living),
        behaviour=kind.behaviour,
        pull=places.pull,
    )
    tables = tables_of(kind, city, places, town, rng=np.random.default_rng(records))
    truth = _truth(places, town, city.buildings["building_id"], tables["inspections"])
    return SimulatedOffice(
        kind=kind, source=MemorySource(tables), tables=tables, truth=truth, first=first, today=today
    )


def _truth(places: Places, town: Truth, buildings: pd.Series, inspections: pa.Table) -> OfficeTruth:
    codes = places.city.communities["community_code"]
    visits = town.visits
    place, day = visits["building"].to_numpy(), visits["day"].to_numpy()
    return OfficeTruth(
        places=places.table,
        buildings=buildings,
        communities=pd.concat([codes, town.communities], axis=1),
        visits=pd.DataFrame(
            {
                "row_key": inspections["row_key"].to_pandas(),
                "place": place,
                "day": town.moments(day),
                "reason": np.array(REASONS, dtype=object)[visits["reason"]],
                "effort": visits.get("effort", np.nan),
                "rate": rates_on(town, place, day) if town.behaviour.find_rate else np.nan,
            }
        ),
        town=town,
    )
