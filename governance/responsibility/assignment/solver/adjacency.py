"""Which buildings stand beside each other, and which pieces a territory falls into."""

from functools import lru_cache

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError

from governance.responsibility.assignment.solver.problem import MOST_KEPT, Bools, Floats, Ints

LONG = 6.0
"""A link longer than so many median links leaps over something and counts only if needed."""
TRIANGLE = 3


def link_neighbours(x_m: Floats, y_m: Floats) -> csr_array:
    """Link each building with those around it (Delaunay, without long edges), all in one piece.

    Returns ``csr_array``: symmetric, shape (n, n), ones where two buildings are neighbours.
    Buildings at the same point form a chain; points on one line are linked in their order. Kept, as
    an assignment asks for the same several times; never to be changed in place.
    """
    return _links(*(np.asarray(each, np.float64).tobytes() for each in (x_m, y_m)))


@lru_cache(MOST_KEPT)
def _links(x_bytes: bytes, y_bytes: bytes) -> csr_array:
    x_m, y_m = (np.frombuffer(each, np.float64) for each in (x_bytes, y_bytes))
    count = len(x_m)
    places, place = np.unique(np.c_[x_m, y_m], axis=0, return_inverse=True)
    order = np.argsort(place, kind="stable")
    same = place[order][1:] == place[order][:-1]
    chain = np.c_[order[:-1][same], order[1:][same]]
    first = order[np.r_[True, ~same]] if count else order
    links = np.concatenate([first[_link_places(places)], chain]).astype(np.int64)
    ends = np.concatenate([links, links[:, ::-1]])
    ones = np.ones(len(ends), dtype=np.int8)
    return csr_array(coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(count, count)))


def _link_places(places: Floats) -> Ints:
    """Return pairs of neighbouring places, shape (m, 2)."""
    count = len(places)
    line: Ints = np.c_[np.arange(count - 1), np.arange(1, count)]
    if count <= TRIANGLE:
        return line
    try:
        triangles = Delaunay(places).simplices
    except QhullError:  # all on one line; unique places come sorted along it
        return line
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    links = _once(np.sort(sides, axis=1), count)
    length = np.hypot(*(places[links[:, 0]] - places[links[:, 1]]).T)
    graph = coo_array((length, (links[:, 0], links[:, 1])), shape=(count, count))
    needed = minimum_spanning_tree(graph.tocsr()).tocoo()
    near = links[length <= LONG * np.median(length)]
    tree = np.sort(np.c_[needed.coords[0], needed.coords[1]], axis=1)
    missed = np.setdiff1d(np.arange(count), np.r_[near.ravel(), tree.ravel()])
    if len(missed):  # Qhull leaves out a point that coincides with another within its precision
        tree = np.concatenate([tree, np.c_[np.maximum(missed - 1, 0), np.maximum(missed, 1)]])
    return _once(np.concatenate([near, tree]), count)


def _once(pairs: Ints, count: int) -> Ints:
    """Return each pair of numbers below `count` once, in order."""
    codes = np.unique(pairs[:, 0].astype(np.int64) * count + pairs[:, 1])
    return np.stack([codes // count, codes % count], axis=1)


def pieces(links: csr_array, warden: Ints) -> Ints:
    """Label the connected pieces of all territories, shape (n,)."""
    ends = links.tocoo()
    row, column = ends.coords
    same = warden[row] == warden[column]
    shape = links.shape
    within = coo_array((np.ones(int(same.sum()), np.int8), (row[same], column[same])), shape=shape)
    return np.asarray(connected_components(within, directed=False)[1], dtype=np.int64)


def find_strays(links: csr_array, warden: Ints, load: Floats, *, counts: Bools) -> Bools:
    """Say which buildings lie apart from the heaviest piece of their warden's territory.

    ``links``: from `link_neighbours`.
    ``warden``: warden of each building; negative for none, which is never stray.
    ``load``: decides which piece is the main one; the piece of the lowest building wins a tie.
    ``counts``: buildings that can be stray; one that a person fixed is where it is wanted.
    """
    if not len(warden):
        return np.zeros(0, dtype=bool)
    piece = pieces(links, warden)
    weight = np.bincount(piece, load)
    first = np.unique(piece, return_index=True)[1]
    owner = warden[first]
    order = np.lexsort((first, -weight, owner))
    is_main = np.zeros(len(first), dtype=bool)
    is_main[order[np.r_[True, owner[order][1:] != owner[order][:-1]]]] = True
    return ~is_main[piece] & counts & (warden >= 0)
