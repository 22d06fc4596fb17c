"""How the shown score orders all buildings of simulated streets, against their hidden sites.

    OMP_NUM_THREADS=1 python -m benchmarks.scores.hidden_sites [--offices 2] [--first 1] [--dates 8]

Streets of 3,000 buildings, as the demonstration's before its files are made untidy, are scored a
month apart. Printed is the area under the curve for buildings where a site is open that day, and
where one is at some time of the 90 days that follow; beside it that of finds so far, and of who
knows the true rates. Some 3 s of CPU a date.
"""

import argparse
from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd

from benchmarks.scores.small_offices import CONFIG
from risk import schema as c
from risk.arrays import Bools, Floats
from risk.evaluation.metrics import area_under_curve
from risk.features.cache import RememberedSource
from risk.scoring.score_as_of import score_as_of
from simulation.offices.office import SimulatedOffice, make_office

AHEAD_DAYS, APART_DAYS = 90, 30


def with_site(office: SimulatedOffice, buildings: pd.Series, first: int, last: int) -> Bools:
    """Say in which buildings a site is open at some time from one day to another."""
    sites = office.truth.town.sites
    open_ = (sites["opened"] <= last) & (sites["closed"] >= first)
    at = office.truth.places["building_id"].to_numpy()[sites.loc[open_, "building"]]
    return buildings.isin(at).to_numpy()


def areas(office: SimulatedOffice, source: RememberedSource, cut: datetime) -> dict[str, float]:
    """Return the areas of one date."""
    score = score_as_of(source, cut=cut, config=CONFIG)
    buildings = score.buildings[c.BUILDING]
    day = (cut.date() - office.first).days
    truth = office.truth.buildings_at(cut.date()).set_index("building_id")["chance"]
    inspections = office.tables["inspections"].to_pandas()
    finds = inspections[(inspections["result"] == "属实") & (inspections["learnt_at"] < cut)]
    orders: dict[str, Floats] = {
        "score": score.buildings[c.SCORE].to_numpy(np.float64),
        "past finds": buildings.map(finds["building_id"].value_counts()).fillna(0.0).to_numpy(),
        "true rates": truth.reindex(buildings).to_numpy(),
    }
    spans = {"that day": day, "next 90 days": day + AHEAD_DAYS}
    return {
        f"{name}, {span}": area_under_curve(with_site(office, buildings, day, last), order)
        for span, last in spans.items()
        for name, order in orders.items()
    }


def main() -> int:
    """Print means over dates, by street."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=2)
    parser.add_argument("--first", type=int, default=1, help="seed of the first street")
    parser.add_argument("--dates", type=int, default=8)
    options = parser.parse_args()
    for seed in range(options.first, options.first + options.offices):
        office = make_office("street", seed=seed)
        source = RememberedSource(office.source)
        end = datetime.combine(office.today, time.min) - timedelta(days=AHEAD_DAYS)
        cuts = [end - timedelta(days=APART_DAYS * number) for number in range(options.dates)]
        told = pd.DataFrame([areas(office, source, cut) for cut in cuts]).mean()
        print(f"seed {seed}: " + "; ".join(f"{name} {area:.3f}" for name, area in told.items()),
              flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
