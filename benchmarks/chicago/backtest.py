"""Does the map's score beat counting? All lines of the bar on Chicago's public files, in one run.

    python -m benchmarks.chicago.backtest [--workspace chicago] [--json chicago/backtest.json]

Imports the files first where the workspace does not hold them. The identity of who looked is read
here, by this script alone, to show what it would be worth; the product never sees it. Where the
files are absent it says so and ends with exit code 0.
"""

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.chicago.job import (
    FILES,
    IMPORTS,
    PROFILE,
    ROOT,
    add_settings,
    files_are_here,
    import_of,
    run,
)
from benchmarks.chicago.western_dialect import WesternDialect
from data.engine import Engine
from data.results.evaluations import EvaluationStore
from data.workspace.folder import Workspace
from data.workspace.settings import read_section
from geo.addresses.dialect import use_dialect
from gridwarden.console.terminal import plain
from risk.config.score import ScoreConfig, read_score_config
from risk.evaluation import metrics
from risk.evaluation.methods.registry import SCORE, SCORES, WITHOUT_AREA
from risk.evaluation.report.summary import interval
from risk.evaluation.report.verdict import judge
from risk.evaluation.run import Backtest
from risk.evaluation.targets.origins import Span, read_origins, split_at
from risk.evaluation.targets.plans import Plan
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables, read_tables
from risk.events.fetch import day_of
from risk.features.cache import RememberedSource
from risk.features.empirical_bayes import log_ratio, prior_strength
from risk.scoring.score_as_of import score_as_of

DATA_END = datetime(2015, 1, 1)  # noqa: DTZ001 -- the product's times are local and naive
WINDOWS, LISTS = "2013-01-01:2014-09-01:2mo", "2013-01-01:2014-07-01:2mo"
EARLIER = "2012-05-01:2014-09-01:2mo"
TWO_MONTHS, THREE_MONTHS = Span(months=2), Span(days=90)
CRITICAL, FOUND = "inspections:critical", "inspections:found"
VISITS, LISTED = ("building", "inspected", "2mo"), ("building", "inspected", "90d")
BAR: tuple[tuple[str, str, str, tuple[str, str, str], str, float, float], ...] = (
    ("critical, days earlier", SCORE, CRITICAL, VISITS, "days_earlier", 7.5, 8.5),
    ("critical, AUC", SCORE, CRITICAL, VISITS, "auc", 0.65, 0.67),
    ("critical without area, days earlier", WITHOUT_AREA, CRITICAL, VISITS, "days_earlier",
     6.5, 7.5),
    ("critical without area, AUC", WITHOUT_AREA, CRITICAL, VISITS, "auc", 0.63, 0.65),
    ("Fail, days earlier", SCORE, FOUND, VISITS, "days_earlier", 6.8, 7.5),
    ("Fail, AUC", SCORE, FOUND, VISITS, "auc", 0.64, 0.655),
    ("Fail, precision at 200", SCORE, FOUND, VISITS, "precision_at_200_visits", 0.33, 0.35),
    ("inspected addresses, precision at 200", SCORE, FOUND, LISTED, "precision_at_200",
     0.31, 0.34),
    ("inspected addresses, AUC", SCORE, FOUND, LISTED, "auc_units", 0.61, 0.63),
)  # fmt: skip
"""Name, method, event, question, measure, must, aim."""


def main() -> int:
    """Run everything, print the bar and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, default=ROOT / "chicago")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    workspace = open_workspace(options.workspace)
    if workspace is None:
        return 0
    started = perf_counter()
    config = read_score_config(workspace.settings)
    settings = read_section(workspace.settings, "backtest", BacktestSettings)
    engine = Engine(workspace).pinned()
    tables = read_tables(engine, cut=DATA_END, config=config)
    print(f"read: {perf_counter() - started:.1f} s", flush=True)
    backtest = Backtest(
        tables=tables,
        source=engine,
        config=config,
        settings=settings,
    )
    result = backtest.run(plans(), progress=say)
    experiment = who_looked(engine, tables, config)
    seconds = round(perf_counter() - started, 1)
    bar = measure_bar(result.summary)
    show(bar, experiment, result.summary)
    content = plain(
        {
            "seconds": seconds,
            "cpu_seconds": round(process_time(), 1),
            "bar": bar,
            "who_looked": experiment,
            "runs": result.runs,
            "summary": result.summary,
        }
    )
    target = options.json or options.workspace / "backtest.json"
    target.write_text(json.dumps(content, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    keep(workspace, result.runs, result.summary, seconds=seconds, k=result.summary[-1]["k"])
    print(f"{seconds:.0f} s ({process_time():.0f} CPU s) on {os.cpu_count()} cores; {target.name}")
    return 0


def open_workspace(folder: Path) -> Workspace | None:
    """Open Chicago's workspace, made where it is not; None, and said so, without its files."""
    if not files_are_here():
        return None
    use_dialect(WesternDialect())
    prepare(folder)
    return Workspace.open(folder)


def prepare(folder: Path) -> None:
    """Make the workspace, import what is missing and say how its register is to be read."""
    if not (folder / "gridwarden.toml").exists():
        run("init", str(folder))
    for part in ("profile.toml", "backtest.toml"):
        add_settings(folder, PROFILE / part)
    listed = run("-w", str(folder), "imports")["imports"]
    there = {each["file"] for each in listed if not each["undone"]}
    for table, file, columns in IMPORTS:
        if file not in there:
            run("-w", str(folder), *import_of(table, file, columns))


def plans() -> list[Plan]:
    """Lay out the questions of the bar."""
    windows = split_at(read_origins(WINDOWS)[0], TWO_MONTHS)
    lists = split_at(read_origins(LISTS)[0], THREE_MONTHS)
    return [
        *(
            Plan(event=event, unit="building", among="inspected", splits=windows, horizon="2mo")
            for event in (CRITICAL, FOUND)
        ),
        *(
            Plan(event=FOUND, unit=unit, among=among, splits=lists, horizon="90d")
            for unit, among in (
                ("building", "inspected"),
                ("building", "all"),
                ("cell:8", "all"),
                ("cell:9", "all"),
                ("cell:10", "all"),
            )
        ),
    ]


def who_looked(engine: Engine, tables: Tables, config: ScoreConfig) -> dict[str, Any]:
    """Measure what the identity of the visitor would add: an experiment, kept out of the product.

    A visitor's strictness at an origin is the log ratio of finds so far to what the score, or for
    the identity alone the city's mean, had expected of the same visits.
    """
    windows = split_at(read_origins(EARLIER)[0], TWO_MONTHS)
    first = day_of(read_origins(WINDOWS)[0][0])
    colours, source = read_colours(), RememberedSource(engine)
    found: dict[str, Any] = {}
    for event in ("critical", "found"):
        rows = []
        for split in windows:
            cut, end = day_of(split.origin), day_of(split.end)
            visits = tables.facts.visits_between(cut, end)
            visits = visits[visits[event].notna()]
            score = score_as_of(source, cut=split.origin, config=config, outcome=event)
            chances = pd.concat([score.chance_of_places(), score.chance_of_listed(visits)])
            rows.append(describe(visits, event, chances, colours).assign(cut=cut))
        every = pd.concat(rows, ignore_index=True)
        for name, risk in (("identity alone", False), ("score and identity", True)):
            used = every if risk else every.assign(risk=1.0, expected=every["expected_by_mean"])
            reached = [
                measure_order(window, strictness(used[used["cut"] < cut], window))
                for cut, window in used.groupby("cut")
                if cut >= first
            ]
            table = pd.DataFrame(reached)
            found[f"{event}: {name}"] = {
                each: interval(table[each].to_numpy(), level=0.95) for each in table
            }
    return found


def read_colours() -> pd.Series:
    """Read who made each routine visit, by licence and day."""
    rows = pd.read_parquet(FILES / "inspections_all.parquet")
    rows = rows[rows["Inspection_Purpose"].str.contains("canvass", case=False)]
    day = pd.to_datetime(rows["Inspection_Date"]).to_numpy().astype("datetime64[D]").astype(int)
    keys = pd.MultiIndex.from_arrays([rows["License"].astype(str), day])
    who = pd.Series(rows["Inspector_Assigned"].astype(str).to_numpy(), index=keys)
    return who[~who.index.duplicated()]


def describe(
    visits: pd.DataFrame, event: str, chances: pd.Series, colours: pd.Series
) -> pd.DataFrame:
    """Say of each visit who made it, what it found and what was expected of it."""
    keys = pd.MultiIndex.from_arrays([visits["unit"].astype(str), visits["day"]])
    found = visits[event].to_numpy(np.float64)
    chance = chances[~chances.index.duplicated()].reindex(visits["unit"])
    risk = chance.fillna(chance.mean()).to_numpy(np.float64)
    return pd.DataFrame(
        {
            "who": colours.reindex(keys).fillna("").to_numpy(),
            "found": found,
            "risk": risk,
            "expected": risk * found.sum() / risk.sum(),
            "expected_by_mean": found.mean(),
            "day": visits["day"].to_numpy(np.float64),
            "tie": metrics.tie_numbers(visits["row_key"], seed=2015),
        }
    )


def strictness(earlier: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Return the log ratio of the visitor of each row, from earlier windows alone."""
    sums = earlier.groupby("who")[["found", "expected"]].sum()
    found, expected = sums["found"].to_numpy(), sums["expected"].to_numpy()
    ratio = pd.Series(log_ratio(found, expected, prior_strength(found, expected)), sums.index)
    return rows["who"].map(ratio).fillna(0.0).to_numpy()


def measure_order(rows: pd.DataFrame, strict: np.ndarray) -> dict[str, float]:
    """Measure the order by risk times strictness."""
    score = np.log(rows["risk"].to_numpy()) + strict
    order = metrics.rank_order(score, rows["tie"].to_numpy(np.uint64))
    happened = rows["found"].to_numpy() > 0
    return {
        "days_earlier": metrics.days_earlier(rows["day"].to_numpy(), happened, order),
        "auc": metrics.area_under_curve(happened, score),
        "precision_at_200": float(happened[order[:200]].mean()),
    }


def measure_bar(summary: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read the bar's lines off the summary: the map's score, and the best baseline."""
    lines = []
    for name, method, event, (unit, among, horizon), measure, must, aim in BAR:
        asked = (event, unit, among, horizon)
        reached = {
            line["method"]: line["means"][measure]["mean"]
            for line in summary
            if (line["event"], line["unit"], line["among"], line["horizon"]) == asked
        }
        others = {n: v for n, v in reached.items() if n not in SCORES}
        best = max(others, key=lambda each: others[each])
        lines.append(
            {
                "name": name,
                "method": method,
                "measure": measure,
                "must": must,
                "aim": aim,
                "reached": reached[method],
                "best_other": best,
                "best_other_value": others[best],
                "past_count": reached["past_count"],
                "random": reached["random"],
                "must_reached": reached[method] >= must,
                "aim_reached": reached[method] >= aim,
            }
        )
    return lines


def show(
    bar: list[dict[str, Any]], experiment: dict[str, Any], summary: list[dict[str, Any]]
) -> None:
    """Print the bar, the experiment and the verdicts."""
    print(f"\n{'':38}{'must':>7}{'aim':>7}{'score':>8}  best baseline, count, random")
    for line in bar:
        mark = "" if line["must_reached"] else "  MUST MISSED"
        others = f"{line['best_other']} {line['best_other_value']:.3f}"
        print(
            f"{line['name']:38}{line['must']:7.3f}{line['aim']:7.3f}{line['reached']:8.3f}  "
            f"{others}, {line['past_count']:.3f}, {line['random']:.3f}{mark}"
        )
    print("\nWho looked (an experiment, never in the product):")
    for name, reached in experiment.items():
        values = ", ".join(f"{each} {value['mean']:.3f}" for each, value in reached.items())
        print(f"  {name}: {values}")
    asked = dict.fromkeys((line["event"], line["unit"], line["horizon"], line["among"])
                          for line in summary)  # fmt: skip
    for names in asked:
        lines = [
            line
            for line in summary
            if (line["event"], line["unit"], line["horizon"], line["among"]) == names
        ]
        verdict = judge(lines)
        low, high = verdict.facts["low"], verdict.facts["high"]
        print(f"  {' '.join(names)}: {verdict.facts['measure']} {verdict.standing}, best other "
              f"{verdict.facts['best_method']} "
              f"({low:+.3f} to {high:+.3f})")  # fmt: skip


def keep(
    workspace: Workspace,
    runs: list[dict[str, Any]],
    summary: list[dict[str, Any]],
    *,
    seconds: float,
    k: int,
) -> None:
    """Store the evaluation where the evaluation page looks for it."""
    content = {"evaluated_at": datetime.now(tz=UTC).isoformat(), "seconds": seconds, "k": k,
               "runs": runs, "summary": summary}  # fmt: skip
    EvaluationStore(workspace.root).update(lambda _: content)


def say(stage: str, done: int, total: int) -> None:
    """Print progress."""
    if done % 10 == 0:
        print(f"{stage} {done}/{total}: {process_time():.0f} CPU s", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
