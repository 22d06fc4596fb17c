"""How the score stands beside every baseline on offices that differ from those it was built on.

    OMP_NUM_THREADS=1 python -m benchmarks.scores.office_variants [--offices 6] [--first 101]
                                                    [--variants letters few] [--out CSV]

Offices of 300 to 1,200 buildings, each scored 60 days before its end. The places, and the
buildings, that visits of these days go to are put in order by every method; what stands for the
result is the hidden chance of each (of a building: of those of its places that were looked at), so
that no luck of finds is in it. Printed are, as means over offices with their standard errors, how
far the score is ahead of the best other methods in the area under the curve and in the share of
finds among the first fifth of the places and of the buildings, also where each method reads a
building by the places that were looked at; the ratio of finds foretold to those expected, of all
and of the fifth that is put first; and how many intervals of buildings, cells and grids hold. Some
10 s of CPU an office.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.scores.small_offices import AHEAD, CONFIG, LEAST_PLACES, expected_area, held
from risk.arrays import Bools, Floats
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.methods.registry import SCORE, SMOOTHED_RATE, TREES, Method, baseline
from risk.evaluation.methods.score import score_method, score_origin
from risk.evaluation.run import Backtest
from risk.evaluation.targets.questions import Question
from risk.evaluation.targets.tables import read_tables
from risk.evaluation.window import EvaluationWindow
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource
from risk.scoring.score_as_of import score_as_of
from simulation.offices.kinds import GRADED, QUIET, RANDOM, STREET, OfficeKind
from simulation.offices.office import SimulatedOffice, make_office
from simulation.sources import MemorySource

SIZES = (300, 600, 1200)
FIRST_SHARE = 0.2
Tables = dict[str, pa.Table]


def _without(table: pa.Table, *names: str) -> pa.Table:
    for name in names:
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.nulls(len(table), table.schema.field(name).type))
    return table


def numbers_only(tables: Tables) -> Tables:
    """Keep of the degree a grade in numbers."""
    return tables | {
        "inspections": _without(tables["inspections"], "critical_count", "other_count")
    }


def letters_only(tables: Tables) -> Tables:
    """Keep of the degree one of three letters, as their table makes numbers of them."""
    rows = numbers_only(tables)["inspections"]
    cut = pc.add(pc.greater_equal(rows["grade"], 70.0).cast(pa.float64()),
                 pc.greater_equal(rows["grade"], 85.0).cast(pa.float64()))  # fmt: skip
    at = rows.column_names.index("grade")
    return tables | {"inspections": rows.set_column(at, "grade", cut)}


def no_degree(tables: Tables) -> Tables:
    """Keep what was found or not, and nothing of how much."""
    return tables | {"inspections": _without(numbers_only(tables)["inspections"], "grade")}


def no_register(tables: Tables) -> Tables:
    """Know of buildings what an address tells."""
    return tables | {
        "buildings": _without(tables["buildings"], "household_count", "rental_count", "kind")
    }


def as_it_is(tables: Tables) -> Tables:
    """Change nothing."""
    return tables


def _kind(kind: OfficeKind, **changed: Any) -> OfficeKind:  # noqa: ANN401 -- of any field
    return replace(kind, behaviour=kind.behaviour._replace(**changed))


VARIANTS: Mapping[str, tuple[OfficeKind, Callable[[Tables], Tables]]] = {
    "numbers": (_kind(GRADED, weeks=104), numbers_only),
    "letters": (_kind(GRADED, weeks=104), letters_only),
    "plain": (_kind(GRADED, weeks=156), no_degree),
    "five years": (_kind(GRADED, weeks=260), numbers_only),
    "few": (_kind(GRADED, weeks=156, rota=5.0), numbers_only),
    "rare finds": (_kind(GRADED, find_rate=0.05), numbers_only),
    "common finds": (_kind(GRADED, find_rate=1.0, weeks=104), as_it_is),
    "no register": (_kind(GRADED, weeks=104), lambda t: no_register(letters_only(t))),
    "buildings": (replace(_kind(GRADED, weeks=156), units=False), no_degree),
    "street": (STREET, as_it_is),
    "random": (RANDOM, no_register),
    "quiet": (_kind(QUIET, patrols=2.0, spot_checks=0.5), as_it_is),
}
"""Kinds of office: how a town behaves, and what of its tables is kept."""


def office_of(variant: str, *, seed: int, buildings: int) -> SimulatedOffice:
    """Make an office of a variant."""
    kind, keep = VARIANTS[variant]
    office = make_office(kind, seed=seed, buildings=buildings)
    tables = keep(dict(office.tables))
    return replace(office, tables=tables, source=MemorySource(tables))


def first_share(score: pd.Series | Floats, chance: Floats) -> float:
    """Return the mean chance of the first fifth; of equal scores each counts alike."""
    size = max(1, round(FIRST_SHARE * len(score)))
    known = pd.DataFrame({"score": np.asarray(score), "chance": chance})
    ties = known.groupby("score")["chance"].agg(["mean", "size"]).sort_index(ascending=False)
    before = ties["size"].cumsum() - ties["size"]
    taken = (size - before).clip(lower=0).clip(upper=ties["size"])
    return float((taken * ties["mean"]).sum() / size)


def window_of(
    office: SimulatedOffice, cut: datetime, end: datetime
) -> tuple[Backtest, EvaluationWindow]:
    """Return a backtest of an office and its window of inspected buildings."""
    tables = read_tables(office.source, cut=end, config=CONFIG)
    backtest = Backtest(tables=tables, source=office.source, config=CONFIG)
    question = Question(
        event="inspections:found", level="building", among="inspected", cut=day_of(cut),
        end=day_of(end),
    )  # fmt: skip
    return backtest, backtest._window(question, backtest._geography(cut))  # noqa: SLF001 -- one window


def methods_of(source: FeatureSource, cut: datetime) -> list[Method]:
    """Return the score and every other method, learnt as of a date."""
    methods = [baseline(each) for each in BASELINES]
    for each in (SCORE, SMOOTHED_RATE, TREES):
        scored = score_origin(source, each, day_of(cut), config=CONFIG, outcome="found")
        methods.append(score_method(each, {day_of(cut): scored}))
    return methods


def reached(office: SimulatedOffice) -> dict[str, Any]:
    """Return what every method reaches in the 60 days before the office's end."""
    end = datetime.combine(office.today, time.min)
    cut = end - AHEAD
    backtest, window = window_of(office, cut, end)
    source = backtest._remembered  # noqa: SLF001 -- what methods share is read once
    at = office.truth.at(cut.date())
    at.index = pd.Index(at["unit_id"].where(at["unit_id"] != "", at["building_id"]))
    at = at.reindex(window.visit_view.names)
    known = at["chance"].notna().to_numpy()
    told: dict[str, Any] = {"places": float(known.sum()), "truth": float(at["chance"].mean())}
    if known.sum() < LEAST_PLACES:
        return told
    for method in methods_of(source, cut):
        told |= orders_of(method, window, at[known], known)
    score = score_as_of(source, cut=cut, config=CONFIG)
    return told | {f"held:{each.level}": each.usual for each in held(office, score, cut)}


def orders_of(
    method: Method, window: EvaluationWindow, truth: pd.DataFrame, known: Bools
) -> dict[str, float]:
    """Return what a method reaches; ``truth``: of the places of the window, as far as known."""
    chance, score = truth["chance"].to_numpy(), method.score(window.visit_view)[known]
    rate = truth.groupby("building_id")["rate"].sum()
    of_building: Floats = -np.expm1(-rate.to_numpy(np.float64))
    by_name = pd.Series(method.score(window.view), index=window.view.names).reindex(rate.index)
    looked_at = pd.Series(score).groupby(truth["building_id"].to_numpy()).sum()
    told = {
        "area": expected_area(score, chance),
        "first places": first_share(score, chance),
        "first buildings": first_share(by_name.fillna(by_name.mean()), of_building),
        "looked at": first_share(looked_at.reindex(rate.index), of_building),
    }
    named = {f"{measure}:{method.name}": value for measure, value in told.items()}
    if method.name != SCORE:
        return named
    first = np.argsort(-score)[: max(1, round(FIRST_SHARE * len(score)))]
    return named | {
        "foretold": score.sum() / chance.sum(),
        "foretold first": score[first].sum() / chance[first].sum(),
    }


def show(variant: str, rows: pd.DataFrame) -> None:
    """Print means over the offices of a variant."""
    rows = rows.dropna(subset=["area:score"]) if "area:score" in rows else rows.head(0)
    print(f"{variant}: {len(rows)} offices", flush=True)
    if rows.empty:
        return
    names = rows.columns.astype(str).tolist()
    plain = [n for n in names if n in {"places", "truth"} or n.startswith(("held:", "foretold"))]
    print("  " + ", ".join(f"{n} {rows[n].mean():.3f} ± {rows[n].sem():.3f}" for n in plain))
    for measure in ("area", "first places", "first buildings", "looked at"):
        each = rows[[n for n in names if n.startswith(f"{measure}:")]]
        each = each.rename(columns=lambda name: name.partition(":")[2])
        best = each.drop(columns=SCORE).mean().sort_values(ascending=False).index[:3]
        ahead = {name: each[SCORE] - each[name] for name in best}
        others = "; ".join(f"{n} {d.mean():+.4f} ± {d.sem():.4f}" for n, d in ahead.items())
        print(f"  {measure:15} score {each[SCORE].mean():.3f}; ahead of {others}", flush=True)


def main() -> int:
    """Print, by variant, how the score stands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=6)
    parser.add_argument("--first", type=int, default=101, help="seed of the first office")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--out", type=Path, help="a CSV of one row per office")
    options = parser.parse_args()
    every = []
    for variant in options.variants:
        rows = []
        for number in range(options.offices):
            size = SIZES[number % len(SIZES)]
            office = office_of(variant, seed=options.first + number, buildings=size)
            rows.append({"variant": variant, "seed": options.first + number} | reached(office))
        show(variant, pd.DataFrame(rows))
        every += rows
        if options.out:
            pd.DataFrame(every).to_csv(options.out, index=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
