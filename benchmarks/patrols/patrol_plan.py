"""Plan weeks of 500 candidates and 10 teams, beside OR-Tools, plain rules and two bounds.

    python -m benchmarks.patrols.patrol_plan [--seconds 58] [--towns 3] [--shifts 4 1] [--any-hour]
                                     [--cpu] [--json FILE]

Each method has the same problem and the same wall time; every plan is checked by
`governance.patrols.routing.solver.feasibility`. With ``--cpu`` ours alone is run, for so many CPU
seconds: what a
machine that does nothing else finds. Columns:

objective  finds that the plan's visits are worth, walking taken off, without the sure ones:
           what appointments and chance's choices are worth, which every good plan keeps
gap        how far below the fractional knapsack of visits and nearest-neighbour walks, hours
           ignored (`knapsack_bound`), as a share of that bound; sure ones left out of both,
           which makes the gap wider. ``of all``: the same with them
faults     rules broken
CPU s      of this process, all threads; far below ``s`` on a busy machine, then repeat

Exits with 1 where our plan breaks a rule, takes longer than 60 s, is beaten, or where its gap is
wider than 12 %: in whole weeks, each team out as often as by default, and with ``--any-hour``,
where doors keep no hours, as the bound has it.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.patrols.patrol_rivals import Rival, knapsack_bound, nearest_first
from benchmarks.patrols.patrol_towns import Week, at_any_hour, demonstration_week, invented_town
from governance.patrols.routing.model.problem import PatrolProblem, Solution
from governance.patrols.routing.selection.candidates import MUST
from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.search import solve
from governance.patrols.routing.solver.upper_bound import shifts_bound

WIDEST_GAP, WHOLE_WEEK = 0.12, 4
MOST_S, SEARCH_S = 60.0, 58.0
"""Most seconds in all; seconds for each search, so that building and checking have theirs."""
BUSY = 100.0
"""Most wall seconds for a CPU second."""
OURS = "Gridwarden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a method made of a week; see the module for the columns."""

    week: str
    method: str
    objective: float
    gap: float
    gap_of_all: float
    gap_by_shift: float
    visits: int
    km: float
    faults: int
    seconds: float
    cpu_s: float


def methods_for(
    problem: PatrolProblem, seconds: float, *, by_cpu: bool
) -> dict[str, Callable[[], Solution]]:
    """Return what is compared; the last is ours, the only one that CPU seconds can end."""
    greedy = solve_greedily(problem)
    if by_cpu:
        return {OURS: lambda: solve_by_cpu(problem, seconds)}
    return {
        "greedy, nearest first": lambda: nearest_first(problem),
        "greedy, worth a minute": lambda: solve_greedily(problem),
        "OR-Tools": lambda: Rival(problem).solve(seconds),
        "OR-Tools from greedy": lambda: Rival(problem).solve(seconds, greedy),
        OURS: lambda: solve(problem, seconds=seconds, seed=1),
    }


def solve_by_cpu(problem: PatrolProblem, seconds: float) -> Solution:
    """Return our plan after so many CPU seconds: what a machine that does nothing else finds."""
    begun = time.process_time()
    return solve(
        problem,
        seconds=seconds * BUSY,
        seed=1,
        progress=lambda _: time.process_time() - begun < seconds,
    )


def sure_worth(problem: PatrolProblem) -> float:
    """Return what appointments and chance's choices add."""
    return float(problem.must[problem.must >= MUST].sum())


def measure(week: Week, name: str, make: Callable[[], Solution]) -> Row:
    """Make a plan, time it and check it."""
    problem, sure = week.problem, sure_worth(week.problem)
    cpu, begun = time.process_time(), time.perf_counter()
    solution = make()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    bound, found = knapsack_bound(problem), solution.objective
    return Row(
        week=week.name,
        method=name,
        objective=found - sure,
        gap=(bound - found) / (bound - sure),
        gap_of_all=(bound - found) / bound,
        gap_by_shift=1.0 - (found - sure) / (shifts_bound(problem) - sure),
        visits=problem.candidates - len(solution.left),
        km=sum(route.metres for route in solution.routes) / 1000.0,
        faults=len(check_solution(problem, solution)),
        seconds=seconds,
        cpu_s=cpu,
    )


def compare(week: Week, seconds: float, *, by_cpu: bool) -> list[Row]:
    """Print one line per method."""
    problem = week.problem
    shape = f"{problem.candidates} candidates, {len(problem.shifts)} shifts"
    sure = int((problem.must >= MUST).sum())
    print(f"\n{week.name}: {shape}, {sure} sure, bound "
          f"{knapsack_bound(problem) - sure_worth(problem):.2f}")  # fmt: skip
    print(f"{'':24}{'objective':>10}{'gap':>8}{'of all':>8}{'by shift':>9}{'visits':>8}{'km':>8}"
          f"{'faults':>8}{'s':>8}{'CPU s':>8}")  # fmt: skip
    rows = []
    for name, make in methods_for(problem, seconds, by_cpu=by_cpu).items():
        rows.append(row := measure(week, name, make))
        print(
            f"{name:24}{row.objective:>10.3f}{row.gap:>8.1%}{row.gap_of_all:>8.2%}"
            f"{row.gap_by_shift:>9.1%}{row.visits:>8}{row.km:>8.1f}{row.faults:>8}"
            f"{row.seconds:>8.1f}{row.cpu_s:>8.1f}",
            flush=True,
        )
    return rows


def what_was_missed(rows: list[Row], *, close: bool) -> Iterator[str]:
    """Say which limits our plan of a week did not keep."""
    ours = next(row for row in rows if row.method == OURS)
    if ours.faults:
        yield f"{ours.week}: {ours.faults} rules broken"
    took = ours.seconds if len(rows) > 1 else ours.cpu_s
    if took > MOST_S:
        yield f"{ours.week}: took {took:.1f} s, limit {MOST_S:.0f} s"
    if close and ours.gap > WIDEST_GAP:
        yield f"{ours.week}: gap {ours.gap:.1%}, limit {WIDEST_GAP:.0%}"
    for row in rows:
        if row is not ours and row.objective >= ours.objective:
            yield f"{ours.week}: beaten by {row.method}"


def weeks_to_plan(options: argparse.Namespace) -> Iterator[tuple[Week, bool]]:
    """Give the weeks, and whether the widest gap is asked of each."""
    size = {"candidates": options.candidates, "teams": options.teams}
    for each in options.shifts:
        for town in range(1, options.towns + 1):
            week = invented_town(town, shifts_each=each, **size)
            if options.any_hour:
                yield at_any_hour(week), True
            else:
                yield week, each >= WHOLE_WEEK
        if options.demonstration and not options.any_hour:
            yield demonstration_week(1, shifts_each=each, **size), each >= WHOLE_WEEK


def read_options() -> argparse.Namespace:
    """Read what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=SEARCH_S, help="wall time of each method")
    parser.add_argument("--towns", type=int, default=3, help="how many invented towns")
    parser.add_argument("--shifts", type=int, nargs="+", default=[4, 1], choices=range(1, 5),
                        help="how often each team goes out in the week")  # fmt: skip
    parser.add_argument("--candidates", type=int, default=500)
    parser.add_argument("--teams", type=int, default=10)
    parser.add_argument("--cpu", action="store_true", help="ours alone, for so many CPU seconds")
    parser.add_argument("--any-hour", action="store_true", help="doors open to all at any hour")
    parser.add_argument("--no-demonstration", dest="demonstration", action="store_false")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    return parser.parse_args()


def main() -> int:
    """Compare week after week; 1 where a limit was missed."""
    options = read_options()
    rows, missed = list[Row](), list[str]()
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    for week, close in weeks_to_plan(options):
        found = compare(week, options.seconds, by_cpu=options.cpu)
        missed += what_was_missed(found, close=close)
        rows += found
        if options.json:
            options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    print(*("", *missed) if missed else ("\nevery limit kept",), sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
