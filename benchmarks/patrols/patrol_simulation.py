"""Simulate two years of patrols on the demonstration city's hidden truth, policy by policy.

    python -m benchmarks.patrols.patrol_simulation [--variants] [--quick] [--towns 3] [--answered]

Every policy decides the visits of the same towns from the same first half year, with the same
shifts and minutes, walking included, and knows what an office could know: complaints told before
the week, and what its own visits found. Prints means over towns with 95 % intervals, and how much
every policy differs from our plan, town by town.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.patrols.dispatch import Policy
from simulation.patrols.measures import (
    MEASURES,
    WAITS,
    compare,
    measure,
    summarise,
)
from simulation.patrols.office import Scene
from simulation.patrols.plan import OurPlan
from simulation.patrols.policies import (
    AtRandom,
    LastComplaint,
    NearestFirst,
    PureRanking,
    RoundRobin,
)
from simulation.patrols.town import simulate

OURS = "our plan"
VARIANTS: dict[str, dict[str, Any]] = {
    **{f"{OURS}, random arm {share:.0%}": {"random_share": share} for share in (0.0, 0.05, 0.2)},
    **{f"{OURS}, floor {share:.0%}": {"floor_share": share} for share in (0.0, 1.0)},
    f"{OURS}, no company": {"company_m": 0.0},
}
"""Our plan with one setting changed."""
SIMPLE = (PureRanking, LastComplaint, RoundRobin, NearestFirst, AtRandom)
POLICIES = (OURS, *(simple().name for simple in SIMPLE))
TOWNS = 3
FULL, QUICK = Scene(), Scene(buildings=400, weeks=20, teams=1, movers=3)


def make_policy(name: str) -> Policy:
    """Return a policy that has seen nothing yet."""
    for simple in SIMPLE:
        if simple().name == name:
            return simple()
    plan = OurPlan(name=name)
    changed = {OURS: {}, **VARIANTS}[name]
    return replace(plan, rules=replace(plan.rules, **changed))


def run(name: str, seed: int, scene: Scene) -> dict[str, float | str | int]:
    """Return the measures of one policy in one town."""
    begun = time.process_time()
    measures = measure(simulate(scene, make_policy(name), seed=seed))
    return {"policy": name, "seed": seed, **measures, "cpu_s": time.process_time() - begun}


def run_all(
    names: tuple[str, ...], seeds: range, scene: Scene, *, processes: int, out: Path | None
) -> pd.DataFrame:
    """Run every policy in every town; report each on standard error and write it to a CSV."""
    rows = []
    with ProcessPoolExecutor(max_workers=processes) as pool:
        waiting = [pool.submit(run, name, seed, scene) for seed in seeds for name in names]
        for done in as_completed(waiting):
            rows.append(row := done.result())
            found = row["finds per 100 visits"]
            print(f"{row['policy']}, town {row['seed']}: {found:.2f} per 100 visits, "
                  f"{row['cpu_s']:.0f} CPU s", file=sys.stderr)  # fmt: skip
            if out is not None:
                pd.DataFrame(rows).to_csv(out, index=False)
    frame = pd.DataFrame(rows)
    order = {name: number for number, name in enumerate(names)}
    return frame.sort_values(["policy", "seed"], key=lambda c: c.map(order) if c.name == "policy"
                             else c, ignore_index=True)  # fmt: skip


def print_table(summary: pd.DataFrame, *, title: str) -> None:
    """Print one line per measure and policy block: mean ± half of the 95 % interval."""
    print(f"\n{title}")
    for name, form in (MEASURES | WAITS).items():
        rows = summary[summary["measure"] == name]
        told = rows["mean"].notna()
        if not told.any():
            continue
        print(f"  {name}")
        for _, row in (rows if name in WAITS else rows[told]).iterrows():
            mean = "never" if pd.isna(row["mean"]) else form.format(row["mean"])
            width = "" if pd.isna(row["half_width"]) else f" ± {form.format(row['half_width'])}"
            print(f"    {row['policy']:32}{mean:>9}{width}")


def read_options() -> argparse.Namespace:
    """Read what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="one small town, five months")
    parser.add_argument("--towns", type=int, help="how many towns")
    parser.add_argument("--first-town", type=int, default=1, help="seed of the first")
    answered = "others look where complaints point, outside the teams' time"
    parser.add_argument("--answered", action="store_true", help=answered)
    parser.add_argument("--variants", action="store_true", help="our plan's settings, one by one")
    parser.add_argument("--policies", nargs="*", help="only these")
    parser.add_argument("--processes", type=int, default=2, help="how many at once")
    parser.add_argument("--out", type=Path, help="write one row per run as CSV, as they come")
    return parser.parse_args()


def main() -> None:
    """Run every policy in every town and print what came out."""
    options, begun = read_options(), time.perf_counter()
    scene = replace(QUICK if options.quick else FULL, answered_anyway=options.answered)
    towns = options.towns or (1 if options.quick else TOWNS)
    names = tuple(options.policies or ((OURS, *VARIANTS) if options.variants else POLICIES))
    seeds = range(options.first_town, options.first_town + towns)
    results = run_all(names, seeds, scene, processes=options.processes, out=options.out)
    size = f"{scene.buildings} buildings, {scene.teams} teams, {scene.weeks} weeks"
    title = f"{towns} towns of {size}; mean ± half of the 95 % interval"
    print_table(summarise(results), title=title)
    if towns > 1 and OURS in names and len(names) > 1:
        print_table(compare(results, baseline=OURS), title=f"the same, less {OURS}, town by town")
    spent = results["cpu_s"].sum()
    print(f"\n{spent:.0f} s of CPU, {time.perf_counter() - begun:.0f} s on the clock")


if __name__ == "__main__":
    main()
