"""What a building's sum over its places can reach among inspected buildings, and other readings.

    OMP_NUM_THREADS=1 python -m benchmarks.scores.shared_buildings [--offices 8] [--size 700]

Offices of licences, several in a building, are scored 90 days before their end. The buildings that
were visited in these days are put in order by the finds of one visit to all of their places (the
score that is shown), to one of them on the average, and to as many as were looked at: a share of
the places of a visited building, by the visits of these days themselves, so that this line is what
a share learnt before could reach at most. The same is done with the hidden rates. Printed is the
share of the first 40 in which something was found, with the standard error over offices, and how
far each reading is from the sum.
"""

import argparse
from collections.abc import Mapping
from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from benchmarks.scores.small_offices import CONFIG
from risk.arrays import Floats
from risk.design.units import UNIT
from risk.evaluation import metrics
from risk.evaluation.run import Backtest
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.tables import read_tables
from risk.events.fetch import day_of
from risk.scoring.score_as_of import score_as_of
from simulation.offices.office import SimulatedOffice, make_office

AHEAD = timedelta(days=90)
FIRST = 40


def share_looked_at(places: Floats, visited: Floats) -> float:
    """Return the share of places of which ``visited`` of ``places`` are a zero-truncated draw."""

    def too_many(share: float) -> float:
        return float((places * share / -np.expm1(places * np.log1p(-share)) - visited).sum())

    return float(brentq(too_many, 1e-6, 1 - 1e-9)) if too_many(1 - 1e-9) > 0 else 1.0


def readings(rates: pd.Series, building: pd.Series, share: float) -> Mapping[str, pd.Series]:
    """Return by building the finds of a visit to all, to one, and to a share of its places."""
    by_building = rates.groupby(building.to_numpy())
    total, size = by_building.sum(), by_building.size()
    reach = share / -np.expm1(size * np.log1p(-min(share, 1 - 1e-9)))
    return {"all": total, "one": by_building.mean(), "as many as were": total * reach}


def precisions(office: SimulatedOffice) -> dict[str, float]:
    """Return the precision of every reading, by the score and by the hidden rates."""
    end = datetime.combine(office.today, time.min)
    cut = end - AHEAD
    tables = read_tables(office.source, cut=end, config=CONFIG)
    backtest = Backtest(tables=tables, source=office.source, config=CONFIG)
    question = Question(event="inspections:found", level="building", among="inspected",
                        cut=day_of(cut), end=day_of(end))  # fmt: skip
    window = backtest._window(question, backtest._geography(cut))  # noqa: SLF001 -- one window
    score = score_as_of(backtest._remembered, cut=cut, config=CONFIG)  # noqa: SLF001 -- read once
    places = score.known.places
    truth = office.truth.at(cut.date())
    visited = window.visit_view.names
    at = truth.set_index("unit_id")["building_id"].reindex(visited).dropna()
    looked = at.groupby(at).size()
    size = truth.groupby("building_id").size().reindex(looked.index)
    both_sizes = np.array([size, looked], dtype=np.float64)
    share = share_looked_at(both_sizes[0], both_sizes[1])
    learnt = pd.Series(np.exp(score.rate.log_rate(score.known.x)), index=places[UNIT])
    both = {
        "score": readings(learnt, places["building"], share),
        "truth": readings(truth["rate"], truth["building_id"], share),
    }
    found = {"share": share}
    for by, orders in both.items():
        for name, order in orders.items():
            known = order.reindex(window.view.names)
            ranked = metrics.rank_order(
                known.fillna(known.mean()).to_numpy(np.float64), window.unit_tie
            )
            found[f"{by}, {name}"] = metrics.precision_at(window.answer.events, ranked, k=FIRST)
    return found


def main() -> int:
    """Print means over offices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=8)
    parser.add_argument("--size", type=int, default=700)
    options = parser.parse_args()
    offices = (
        make_office("graded", seed=31 + number, buildings=options.size)
        for number in range(options.offices)
    )
    table = pd.DataFrame([precisions(office) for office in offices])
    print(f"share looked at {table.pop('share').mean():.2f}")
    for name in table.columns.astype(str):
        apart = table[name] - table[f"{name.partition(', ')[0]}, all"]
        print(f"{name:24} {table[name].mean():.3f} ± {table[name].sem():.3f}   "
              f"{apart.mean():+.3f} ± {apart.sem():.3f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
