"""Decoys for visits that would betray who complained: an ordinary neighbour on the same round.

A building behind which a complaint stands is never the only one of its surroundings that a team
goes to in a shift, where that can be helped: the people there see a round of several buildings.
So that company tells nothing either, every other stop has some as well, and stops behind which
complaints stand are not crowded together on a round.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from geo.shapes.projection import distances_between_m
from governance.patrols.routing.model.problem import (
    FREE,
    Bools,
    Floats,
    Ints,
    Orders,
    PatrolProblem,
    walked_m,
)
from governance.patrols.routing.solver.insertion_heuristic import Insertions

DRAWN_AMONG: Final = 5
"""A decoy is drawn among so many of the nearest: always the nearest would tell something too."""


class Decoys(NamedTuple):
    """Routes with decoys, the candidates that were added as such, and the stops without any."""

    orders: Orders
    joined: set[int]
    alone: list[int]


class DecoySearch(NamedTuple):
    """What is known of n candidates besides the problem, shape (n,) each, ``close`` (n, n).

    ``sensitive``: a complaint of late stands behind it. ``ordinary``: can be a decoy. ``wanting``:
    is to have company: whatever is sensitive, and what must look like it.
    ``close``: near enough to be decoys of each other. ``fixed``: never displaced by a decoy.
    ``chance``: a draw in [0, 1).
    """

    sensitive: Bools
    ordinary: Bools
    wanting: Bools
    close: Bools
    fixed: Bools
    chance: Floats


def add_decoys(problem: PatrolProblem, orders: Orders, search: DecoySearch) -> Decoys:
    """Insert an ordinary neighbour beside each stop that wants company and has none on its round.

    Drawn among the nearest, put where it costs the shift least. Where a shift has no time left,
    what is worth least gives way, or the stop itself if the round is worth more with another in
    its place or nothing else can give way; never what is fixed. Nothing is done to a shift that is
    overfull by what a person locked.
    """
    table, joined, given_up = Insertions(problem, orders), set[int](), list[int]()
    # A decoy that was added stays: else two would replace each other for ever.
    search = search._replace(fixed=search.fixed.copy())
    while (alone := _first_alone(table.orders, search, given_up)) is not None:
        shift, stop = alone
        changed = _with_decoy(table, shift, stop, search)
        if changed is None:
            given_up.append(stop)
            continue
        table = changed.table
        if changed.neighbour is not None:
            search.fixed[changed.neighbour] = True
            joined.add(changed.neighbour)
    return Decoys(table.orders, joined, [stop for _, stop in stops_alone(table.orders, search)])


def spread_out(problem: PatrolProblem, orders: Orders, search: DecoySearch) -> Orders:
    """Take sensitive stops that are near each other on a round apart: to another round, or off it.

    Complaints come in clusters; a round with many stops side by side would tell where. What is
    worth least is moved first, to the round where it fits best; what fits nowhere else is left out,
    unless it is fixed.
    """
    table, worth = Insertions(problem, orders), problem.worth
    for shift in sorted(orders):
        for stop in sorted(orders[shift], key=lambda each: (worth[each, shift], each)):
            free = problem.locked[stop] == FREE and shift not in table.closed
            if free and _near_another(stop, table.orders[shift], search):
                left = _without(table, shift, stop)
                if _moved(left, stop, shift, search) or not search.fixed[stop]:
                    table = left
    return table.orders


def _moved(table: Insertions, stop: int, away_from: int, search: DecoySearch) -> bool:
    """Insert a sensitive stop into the other round where it fits best; False where it fits none."""
    gain = table.gain[:, stop].copy()
    for shift, order in table.orders.items():
        if shift == away_from or _near_another(stop, order, search):
            gain[shift] = -np.inf
    best = int(gain.argmax())
    return bool(gain[best] > 0) and table.insert(best, stop)


def _near_another(stop: int, order: list[int], search: DecoySearch) -> bool:
    """Say whether a sensitive stop would be near another sensitive one."""
    return bool(search.sensitive[stop]) and any(
        search.close[stop, each] and search.sensitive[each] for each in order
    )


def fill_up(problem: PatrolProblem, orders: Orders, search: DecoySearch, among: Bools) -> Orders:
    """Use the time that is left: insert what brings most per minute and needs no further decoy.

    Nothing sensitive is put near another sensitive stop.

    ``among``: candidates that may be inserted, shape (n,).
    """
    table = Insertions(problem, orders)
    wanting = search.sensitive | (search.wanting & search.close.any(axis=1))
    while True:
        open_to = among[None, :] & (~wanting[None, :] | _has_decoy_by_shift(table.orders, search))
        open_to &= ~_crowded_by_shift(table.orders, search)
        rate = np.where(open_to & (table.gain > 0), table.gain / table.added_s, -np.inf)
        shift, stop = (int(one) for one in np.unravel_index(int(rate.argmax()), rate.shape))
        if not np.isfinite(rate[shift, stop]):
            return table.orders
        table.insert(shift, stop)


def stops_alone(orders: Orders, search: DecoySearch) -> list[tuple[int, int]]:
    """Return shift and stop of all sensitive stops without an ordinary one near on their round."""
    without = stops_without_company(orders, search)
    return [(shift, stop) for shift, stop in without if search.sensitive[stop]]


def stops_without_company(orders: Orders, search: DecoySearch) -> list[tuple[int, int]]:
    """Return shift and stop of all that want company and have none near on their round.

    Company to a sensitive stop is an ordinary one; to an ordinary stop it is any.
    """
    return [
        (shift, stop)
        for shift, order in sorted(orders.items())
        for stop in order
        if search.wanting[stop] and not _has_decoy(stop, order, search)
    ]


def within_decoy_range(lon: Floats, lat: Floats, *, within_m: float) -> Bools:
    """Say which of n places are company to each other: near, and not the same; shape (n, n)."""
    if not len(lon):
        return np.zeros((0, 0), dtype=bool)
    close: Bools = distances_between_m(lon, lat) <= within_m
    np.fill_diagonal(close, val=False)
    return close


class _Changed(NamedTuple):
    """Routes in which a stop has company, and whom; or in which it is left out."""

    table: Insertions
    neighbour: int | None


def _with_decoy(table: Insertions, shift: int, stop: int, search: DecoySearch) -> _Changed | None:
    """Return routes in which a stop has a decoy; None where it can have none."""
    if shift in table.closed or not len(_neighbours(table, shift, stop, search)):
        return None
    if (neighbour := _joining(table, shift, stop, search)) is not None:
        return _Changed(table, neighbour)
    crowded = _with_displacement(table, shift, stop, search)
    if search.fixed[stop]:
        return crowded
    without = _Changed(_without(table, shift, stop), None)
    ways = [without] if crowded is None else [crowded, without]
    return max(ways, key=lambda way: _worth_filled(way.table, shift, search))


def _joining(table: Insertions, shift: int, stop: int, search: DecoySearch) -> int | None:
    """Insert a neighbour of a stop that fits as things are; None where none does."""
    possible = _neighbours(table, shift, stop, search)
    possible = possible[np.isfinite(table.gain[shift, possible])]
    drawn = _drawn(table.problem, stop, possible, search)
    return next((each for each in drawn if table.insert(shift, each)), None)


def _with_displacement(
    table: Insertions, shift: int, stop: int, search: DecoySearch
) -> _Changed | None:
    """Let what is worth least give way until a neighbour fits; None where even that is no help."""
    worth = table.problem.worth[:, shift]
    while True:
        weaker = [e for e in table.orders[shift] if e != stop and not search.fixed[e]]
        if not weaker:
            return None
        table = _without(table, shift, min(weaker, key=lambda each: (worth[each], each)))
        if (neighbour := _joining(table, shift, stop, search)) is not None:
            return _Changed(table, neighbour)


def _without(table: Insertions, shift: int, stop: int) -> Insertions:
    left = [each for each in table.orders[shift] if each != stop]
    return Insertions(table.problem, {**table.orders, shift: left})


def _worth_filled(table: Insertions, shift: int, search: DecoySearch) -> float:
    """Return what a shift is worth, with the best visit that its time left and the decoys allow."""
    problem, order = table.problem, np.array(table.orders[shift], dtype=np.int64)
    worth = float(problem.worth[order, shift].sum())
    worth -= problem.km_worth * walked_m(problem, shift, order) / 1000.0
    some = ~search.wanting | _has_decoy_by_shift({shift: order.tolist()}, search)[0]
    return worth + max(0.0, float(table.gain[shift, some].max(initial=0.0)))


def _neighbours(table: Insertions, shift: int, stop: int, search: DecoySearch) -> Ints:
    """Return the ordinary candidates near a stop that could go in its shift, if it had time."""
    can_go = ~np.isnan(table.problem.value[:, shift])
    return np.flatnonzero(search.close[stop] & search.ordinary & table.free & can_go)


def _drawn(
    problem: PatrolProblem, stop: int, neighbours: Ints, search: DecoySearch
) -> Iterable[int]:
    """Return neighbours in the order of trying: the nearest few by chance, then the others."""
    by_way = neighbours[np.argsort(problem.metres[stop, neighbours], kind="stable")]
    few, others = by_way[:DRAWN_AMONG], by_way[DRAWN_AMONG:]
    return [*few[np.argsort(search.chance[few], kind="stable")].tolist(), *others.tolist()]


def _first_alone(
    orders: Orders, search: DecoySearch, given_up: list[int]
) -> tuple[int, int] | None:
    alone = stops_without_company(orders, search)
    return next((each for each in alone if each[1] not in given_up), None)


def _has_decoy(stop: int, order: list[int], search: DecoySearch) -> bool:
    any_will_do = not search.sensitive[stop]
    return any(
        search.close[stop, each] and (any_will_do or not search.sensitive[each]) for each in order
    )


def _has_decoy_by_shift(orders: Orders, search: DecoySearch) -> Bools:
    """Say by shift which candidates would have a decoy there, shape (s, n)."""
    has = []
    for shift in sorted(orders):
        order = np.array(orders[shift], dtype=np.int64)
        ordinary = search.close[:, order[~search.sensitive[order]]].any(axis=1)
        has.append(np.where(search.sensitive, ordinary, search.close[:, order].any(axis=1)))
    return np.array(has, dtype=bool)


def _crowded_by_shift(orders: Orders, search: DecoySearch) -> Bools:
    """Say by shift which sensitive candidates would be near a sensitive stop, shape (s, n)."""
    sensitive = {s: [e for e in order if search.sensitive[e]] for s, order in orders.items()}
    near = [search.close[:, sensitive[s]].any(axis=1) for s in sorted(orders)]
    return np.array(near, dtype=bool) & search.sensitive[None, :]
