"""From pairs of leads to groups that are of one event each."""

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.arrays import Floats, Ints, Positions

Compare = Callable[[Positions, Positions], Floats]
_NEVER: Final = -1e9
LARGEST: Final = 400
"""Of more leads that are connected, those least sure are left out first."""


def groups_of_pairs(
    count: int, first: Positions, second: Positions, bits: Floats, *, compare: Compare
) -> Ints:
    """Return the group of each row, numbered in the order of their first rows.

    Rows that pairs of at least 0 bits connect are all compared with each other. Two groups are put
    together, the surest first, while the best pair between them and the mean of all pairs between
    them add up to more than 0 bits: a vague address joins by one good reason, and two buildings
    are not put together by a chain.

    ``first``, ``second``, ``bits``: the pairs that were compared, and what speaks for each.
    ``compare``: gives the bits of any other pairs.
    """
    parts = _hanging_together(count, first, second, bits)
    inside = [np.triu_indices(len(rows), k=1) for rows in parts]
    pairs = [(rows[a], rows[b]) for rows, (a, b) in zip(parts, inside, strict=True)]
    group = np.arange(count)
    if not parts:
        return group
    every = compare(*(np.concatenate(side) for side in zip(*pairs, strict=True)))
    ends = np.cumsum([len(a) for a, _ in inside])[:-1]
    for rows, (a, b), part_bits in zip(parts, inside, np.split(every, ends), strict=True):
        group[rows] = rows[_agglomerate(len(rows), a, b, part_bits)]
    _, at, numbered = np.unique(group, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(at))[numbered], dtype=np.int64)


def _agglomerate(count: int, first: Positions, second: Positions, bits: Floats) -> Positions:
    """Return for each of a few rows the first row of its group."""
    best, mean = np.full((count, count), _NEVER), np.zeros((count, count))
    for matrix in (best, mean):
        matrix[first, second] = matrix[second, first] = bits
    size, group = np.ones(count), np.arange(count)
    while True:
        link = (best + mean) / 2
        a, b = sorted(divmod(int(link.argmax()), count))
        if link[a, b] <= 0:
            return group
        np.maximum(best[a], best[b], out=best[a])
        mean[a] = (size[a] * mean[a] + size[b] * mean[b]) / (size[a] + size[b])
        best[:, a], mean[:, a] = best[a], mean[a]
        best[a, a] = best[b] = best[:, b] = _NEVER
        size[a] += size[b]
        group[group == b] = a


def _hanging_together(
    count: int, first: Positions, second: Positions, bits: Floats, least: float = 0.0
) -> list[Positions]:
    """Return connected rows, two at least and `LARGEST` at most."""
    sure = bits >= least
    ones = np.ones(int(sure.sum()), dtype=bool)
    graph = coo_matrix((ones, (first[sure], second[sure])), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    order = np.argsort(part, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(part[order])) + 1)
    found = []
    for rows in parts:
        if len(rows) > LARGEST:
            inside = sure & np.isin(first, rows)
            found += _hanging_together(
                count, first[inside], second[inside], bits[inside], least + 1.0
            )
        elif len(rows) > 1:
            found.append(rows)
    return found
