"""What holds on small simulated offices: intervals at every level, and the order beside baselines.

    OMP_NUM_THREADS=1 python -m benchmarks.scores.small_offices [--offices 6] [--sizes 400 800]
                                                                [--first 11] [--intervals]
                                                                [--kinds street graded]

Every office is scored 60 days before its end, some 12 s of CPU each, 3 s with intervals alone.
Intervals are held against the hidden truth of that day: what a full visit of the usual purpose
brings, which is what a score tells of, and beside it what one that sees more would
(`OfficeTruth.buildings_at`; the same but in a street). The order is that of the places that visits
of the 60 days go to, by the area under the curve that their hidden chances lead to expect: no luck
of finds is in it, only that of towns, whose standard error stands beside each mean. Of places fewer
than 20 nothing is said.
"""

import argparse
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.methods.registry import BY_PLACE, baseline
from risk.evaluation.methods.score import score_method, score_origin
from risk.evaluation.run import Backtest
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.tables import read_tables
from risk.events.fetch import day_of
from risk.features.cache import RememberedSource
from risk.features.neighbours import parent_cells
from risk.find_rate.intervals import Units, draw_chances, interval_of_sums
from risk.find_rate.points import VISITS, sum_places
from risk.scoring.score_as_of import OfficeScore, score_as_of
from simulation.offices.kinds import KINDS
from simulation.offices.office import SimulatedOffice, make_office

CONFIG = ScoreConfig()
AHEAD = timedelta(days=60)
LEAST_PLACES = 20


class Held(NamedTuple):
    """Units of a level, and which share of them hold the true sum of each kind of visit."""

    level: str
    units: int
    usual: float
    counted: float


def held(office: SimulatedOffice, score: OfficeScore, cut: datetime) -> Iterator[Held]:
    """Say of every level how many of its units hold their true sum."""
    suspicion = CONFIG.evidence.found["疑似"]
    truth = office.truth.buildings_at(cut.date(), suspicion=suspicion).set_index("building_id")
    buildings = score.buildings
    truth = truth[["counted", "usual"]].reindex(buildings[c.BUILDING])
    draws = draw_chances(score.known, score.rate)
    for level, names in {
        "building": buildings[c.BUILDING],
        "cell": parent_cells(buildings[c.H3_R10], 9),
        "grid": buildings[c.GRID],
        "community": buildings[c.GRID].str[:12],
    }.items():
        there = (truth["counted"] > 0).to_numpy() & (names != "").to_numpy()
        codes = np.where(there, pd.factorize(names)[0], -1).astype(np.int64)
        size = int(codes.max()) + 1
        ends = interval_of_sums(
            buildings[c.SCORE].to_numpy(np.float64), draws, Units(of=codes, size=size), level=0.8
        )
        some = np.bincount(codes[codes >= 0], minlength=size) > 0
        inside = []
        for visit in ("usual", "counted"):
            total = sum_places(codes, VISITS * truth[visit].to_numpy(np.float64), size)
            inside.append(float(((ends[0] <= total) & (total <= ends[1]))[some].mean()))
        yield Held(level, int(some.sum()), *inside)


def expected_area(score: Floats, chance: Floats) -> float:
    """Return the area under the curve that is expected where each finds with its chance."""
    empty = pd.Series(1 - chance).groupby(score).sum().sort_index()
    below = (empty.cumsum() - empty / 2).reindex(score).to_numpy()
    return float((chance * below).sum() / (chance.sum() * empty.sum()))


def orders(office: SimulatedOffice, backtest: Backtest, cut: datetime) -> dict[str, float] | None:
    """Return the expected area of every method on the places of the visits to come."""
    end = cut + AHEAD
    question = Question(
        event="inspections:found", level="building", among="inspected", cut=day_of(cut),
        end=day_of(end),
    )  # fmt: skip
    view = backtest._window(question, backtest._geography(cut)).visit_view  # noqa: SLF001 -- one window
    at = office.truth.at(cut.date())
    name = at["unit_id"].where(at["unit_id"] != "", at["building_id"])
    chance = pd.Series(at["chance"].to_numpy(), index=name).reindex(view.names).to_numpy()
    known = np.isfinite(chance)
    if known.sum() < LEAST_PLACES:
        return None
    source = backtest._remembered  # noqa: SLF001 -- what the windows share is read once
    methods = [baseline(each) for each in BASELINES]
    for each in BY_PLACE:
        scored = score_origin(source, each, day_of(cut), config=CONFIG, outcome="found")
        methods.append(score_method(each, {day_of(cut): scored}))
    return {m.name: expected_area(m.score(view)[known], chance[known]) for m in methods}


def main() -> int:
    """Print, by kind of office, coverage by level and the best methods."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=6)
    parser.add_argument("--sizes", type=int, nargs="+", default=[400, 800])
    parser.add_argument("--first", type=int, default=11, help="seed of the first office")
    parser.add_argument("--intervals", action="store_true", help="compare no orders")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    for kind in options.kinds:
        levels: list[Held] = []
        areas: list[dict[str, float] | None] = []
        for number in range(options.offices):
            size = options.sizes[number % len(options.sizes)]
            office = make_office(kind, seed=options.first + number, buildings=size)
            end = datetime.combine(office.today, time.min)
            if options.intervals:
                source = RememberedSource(office.source)
                score = score_as_of(source, cut=end - AHEAD, config=CONFIG)
                levels += held(office, score, end - AHEAD)
                continue
            tables = read_tables(office.source, cut=end, config=CONFIG)
            backtest = Backtest(tables=tables, source=office.source, config=CONFIG)
            score = score_as_of(backtest._remembered, cut=end - AHEAD, config=CONFIG)  # noqa: SLF001
            levels += held(office, score, end - AHEAD)
            areas.append(orders(office, backtest, end - AHEAD))
        show(kind, pd.DataFrame(levels), pd.DataFrame([each for each in areas if each]))
    return 0


def show(kind: str, levels: pd.DataFrame, areas: pd.DataFrame) -> None:
    """Print means over offices, each with its standard error."""
    print(f"{kind}: coverage of 80 % intervals, of visits")
    for level, each in levels.groupby("level", sort=False):
        told = " and ".join(
            f"{each[visit].mean():.3f} ± {each[visit].sem():.3f} {name}"
            for visit, name in {"usual": "usual", "counted": "that see more"}.items()
        )
        print(f"  {level:10} {each['units'].sum():6} units {told}")
    if areas.empty:
        print("  no office with visits enough to compare orders")
        return
    behind = areas["score"].to_numpy()[:, None] - areas
    for name in areas.mean().sort_values(ascending=False).index[:5]:
        mean, error = behind[name].mean(), behind[name].sem()
        print(f"  {name:16} AUC {areas[name].mean():.3f}; score ahead by {mean:+.3f} ± {error:.3f}")


if __name__ == "__main__":
    raise SystemExit(main())
