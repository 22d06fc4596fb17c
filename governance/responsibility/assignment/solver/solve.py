"""Share a street's buildings out among its wardens."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array

from governance.responsibility.assignment.solver.adjacency import link_neighbours
from governance.responsibility.assignment.solver.min_cost_flow import offer, share_out, whole_loads
from governance.responsibility.assignment.solver.problem import (
    NOBODY,
    Bools,
    Floats,
    Instance,
    Ints,
    Prices,
    Rules,
)
from governance.responsibility.assignment.solver.repair import RepairProblem, repair

INNER = 0.4
"""Share of the tolerance that the flow may use; the rest is room for repairing borders."""
HALVINGS = 6
TIE = 1e-9
"""Bonus of keeping one's territory, so that equals are left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the street, in its own numbering of buildings and wardens; as `Instance`."""

    x_m: Floats
    y_m: Floats
    load: Floats
    present: Ints
    fixed: Ints
    allowed: Bools
    """Pairs that may be, shape (n, w)."""
    fair: Floats
    """Load of each warden if all was as even as the areas allow."""
    links: csr_array
    """From `adjacency.link_neighbours`."""


def share_buildings(instance: Instance, rules: Rules, *, seed: int) -> Ints:
    """Share buildings out: loads balanced, territories in one piece, few changes.

    Each part of the street that shares no warden with another is solved by itself: a min-cost
    flow of load at squared distances from the wardens' centres, the centres drawn to what they
    got, a few rounds; then borders are repaired. Changes cost what `rules.stickiness` says.

    ``seed``: places the centres of wardens who have no building yet; the same seed, instance and
    rules give the same answer.

    Returns warden of each building, `NOBODY` only where no warden may have it.
    """
    answer = np.full(instance.buildings, NOBODY, dtype=np.int64)
    for number, (rows, wardens) in enumerate(instance.parts()):
        if len(wardens):
            part, rows_kept = cut_part(instance, rows, wardens)
            of_part = _share_part(part, rules, rng=np.random.default_rng((seed, number)))
            answer[rows[rows_kept]] = wardens[of_part]
    return answer


def cut_part(instance: Instance, rows: Ints, wardens: Ints) -> tuple[Part, Ints]:
    """Return the part and which of its rows somebody may have."""
    whole = instance.allowed_of(rows)[:, wardens]
    rows_kept = np.flatnonzero(whole.any(axis=1))
    rows = rows[rows_kept]
    index = np.full(instance.wardens + 1, NOBODY, dtype=np.int64)
    index[wardens] = np.arange(len(wardens))
    x_m, y_m = instance.x_m[rows], instance.y_m[rows]
    part = Part(
        x_m=x_m,
        y_m=y_m,
        load=instance.load[rows],
        present=index[instance.present[rows]],
        fixed=index[instance.fixed[rows]],
        allowed=whole[rows_kept],
        fair=instance.fair(rows, wardens),
        links=link_neighbours(x_m, y_m),
    )
    return part, rows_kept


def _share_part(part: Part, rules: Rules, *, rng: np.random.Generator) -> Ints:
    """Solve one part; when too many change hands, again with more stickiness."""
    if not len(part.load):
        return np.zeros(0, dtype=np.int64)
    centres = _first_centres(part, rng=rng)
    answer = _solve(part, rules, centres)
    if rules.most_moved is None or _moved_share(part, answer) <= rules.most_moved:
        return answer
    low, high = rules.stickiness, 1.0
    answer = _solve(part, replace(rules, stickiness=1.0), centres)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        tried = _solve(part, replace(rules, stickiness=middle), centres)
        if _moved_share(part, tried) <= rules.most_moved:
            answer, high = tried, middle
        else:
            low = middle
    return answer


def _moved_share(part: Part, warden: Ints) -> float:
    """Return the share of open buildings with a warden who stays that change hands."""
    rows = np.arange(len(warden))
    could_stay = (part.present != NOBODY) & part.allowed[rows, np.maximum(part.present, 0)]
    moved = could_stay & (warden != part.present)
    return float(moved.sum() / max(1, could_stay.sum()))


def _solve(part: Part, rules: Rules, centres: Floats) -> Ints:
    radius2 = max(1.0, float(np.average(_squares(part, centres).min(axis=1), weights=part.load)))
    prices = Prices.of(rules, radius2=radius2, fair=part.fair)
    units = whole_loads(part.load)
    unit_fair = part.fair * (units.sum() / part.load.sum())
    inner = INNER * rules.tolerance
    rows = np.arange(len(units))
    for _ in range(rules.rounds):
        cost = _cost(part, centres, prices)
        offered = offer(cost, part.allowed, most=rules.candidates, keep=part.present)
        warden = share_out(
            cost[rows[:, None], np.maximum(offered, 0)] / radius2,
            units,
            offered=offered,
            low=unit_fair * (1 - inner),
            high=unit_fair * (1 + inner),
            excess=prices.excess / radius2,
        )
        warden = keep_names(part, warden)
        moved = _centres(part, warden, otherwise=centres)
        settled = np.allclose(moved, centres, atol=0.5)
        centres = moved
        if settled:
            break
    cost = np.where(part.allowed, _cost(part, centres, prices), np.inf)
    movable = part.fixed == NOBODY
    problem = RepairProblem(
        links=part.links, cost=cost, load=part.load, prices=prices, movable=movable
    )
    return repair(problem, warden)


def keep_names(part: Part, warden: Ints) -> Ints:
    """Exchange wardens between whole territories where that leaves more buildings as they are.

    Ways and loads stay the same; nobody gets a building that they may not have.
    """
    count = part.allowed.shape[1]
    size = (len(warden), count)
    of_territory = csr_array((np.ones(len(warden)), (np.arange(len(warden)), warden)), shape=size)
    has = np.flatnonzero(part.present != NOBODY)
    unchanged = np.zeros((count, count))
    np.add.at(unchanged, (warden[has], part.present[has]), part.load[has])
    unchanged[np.diag_indices(count)] += TIE * part.load.sum()
    impossible = of_territory.T @ (~part.allowed).astype(np.float64)
    worth = np.where(impossible > 0, -part.load.sum() * count, unchanged)
    name: Ints = linear_sum_assignment(worth, maximize=True)[1].astype(np.int64)
    if (impossible[np.arange(count), name] > 0).any():
        return warden
    return name[warden]


def _squares(part: Part, centres: Floats) -> Floats:
    """Return squared distances to the centres, shape (n, w), square metres."""
    return (part.x_m[:, None] - centres[:, 0]) ** 2 + (part.y_m[:, None] - centres[:, 1]) ** 2


def _cost(part: Part, centres: Floats, prices: Prices) -> Floats:
    """Return squared distances plus the price of a change."""
    cost = _squares(part, centres)
    has = np.flatnonzero(part.present != NOBODY)
    cost[has] += prices.change
    cost[has, part.present[has]] -= prices.change
    return cost


def _centres(part: Part, warden: Ints, *, otherwise: Floats) -> Floats:
    """Return the centre of gravity of each territory; an empty one keeps its centre."""
    count = len(otherwise)
    held = warden != NOBODY
    load = np.bincount(warden[held], part.load[held], count)
    weighted = [
        np.bincount(warden[held], part.load[held] * c[held], count) for c in (part.x_m, part.y_m)
    ]
    mean = np.stack(weighted, axis=1) / np.where(load > 0, load, 1.0)[:, None]
    return np.where((load > 0)[:, None], mean, otherwise)


def _first_centres(part: Part, *, rng: np.random.Generator) -> Floats:
    """Start from what wardens have; put newcomers where load lies far from everybody."""
    held = np.where(part.fixed != NOBODY, part.fixed, part.present)
    wardens = part.allowed.shape[1]
    centres = _centres(part, held, otherwise=np.full((wardens, 2), np.nan))
    for new in np.flatnonzero(np.isnan(centres[:, 0])):
        known = centres[~np.isnan(centres[:, 0])]
        far = _squares(part, known).min(axis=1) if len(known) else np.ones(len(part.load))
        weight = part.load * far * part.allowed[:, new]
        weight = weight if weight.sum() > 0 else part.load
        at = rng.choice(len(weight), p=weight / weight.sum())
        centres[new] = part.x_m[at], part.y_m[at]
    return centres
