"""A building, who is named there, and the other buildings where they are named, as a drawing."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

NODE_COLUMNS: Final = ("node", "is_party", "kind", "label", "x", "y")
EDGE_COLUMNS: Final = ("party", "building_id", "moved")
MOST_NODES: Final = 40


@dataclass(frozen=True, slots=True)
class Network:
    """A small network around one building."""

    nodes: pd.DataFrame
    """`NODE_COLUMNS`: parties by their code, buildings by their id, the one asked for first, in the
    middle of a circle of radius 1.
    """
    edges: pd.DataFrame
    """`EDGE_COLUMNS`: who is named where; ``moved`` whether they came there after a check."""
    left_out: int
    """How many parties are not drawn, those of many buildings first."""


NOBODY: Final = Network(
    pd.DataFrame(columns=list(NODE_COLUMNS)), pd.DataFrame(columns=list(EDGE_COLUMNS)), 0
)
"""The network of a building where nobody is on file elsewhere."""


def network_around(building_id: str, mentioned: pd.DataFrame, names: dict[str, str]) -> Network:
    """Return the network around a building.

    ``mentioned``: ``party, kind, label, building_id, degree, moved``, a row for each party and
    building, of parties that are named at the building in the middle.
    ``names``: building → what it is called.
    """
    parties = mentioned.drop_duplicates("party").sort_values(["degree", "party"], ignore_index=True)
    counts = mentioned.groupby("party")["building_id"].nunique().reindex(parties["party"])
    drawn = parties[np.cumsum(counts.to_numpy()) < MOST_NODES]
    edges = mentioned[mentioned["party"].isin(drawn["party"])]
    edges = edges.drop_duplicates(["party", "building_id"])[list(EDGE_COLUMNS)]
    turn = 2 * np.pi * np.arange(len(drawn)) / max(len(drawn), 1) - np.pi / 2
    angle = dict(zip(drawn["party"], turn, strict=True))
    others = edges[edges["building_id"] != building_id]
    ring = _spread(others.assign(angle=others["party"].map(angle)))
    rows = [(building_id, False, "building", names.get(building_id, building_id), 0.0, 0.0)]
    rows += [
        (party, True, kind, label, 0.5 * np.cos(at), 0.5 * np.sin(at))
        for party, kind, label, at in zip(
            drawn["party"], drawn["kind"], drawn["label"], turn, strict=True
        )
    ]
    rows += [
        (each, False, "building", names.get(each, each), np.cos(at), np.sin(at))
        for each, at in ring.items()
    ]
    nodes = pd.DataFrame(rows, columns=list(NODE_COLUMNS))
    return Network(nodes, edges.reset_index(drop=True), len(parties) - len(drawn))


def _spread(others: pd.DataFrame) -> dict[str, float]:
    """Return buildings at even distances on a circle, each near those who are named there."""
    x = np.cos(others["angle"]).groupby(others["building_id"]).mean()
    y = np.sin(others["angle"]).groupby(others["building_id"]).mean()
    near = pd.Series(np.arctan2(y, x) % (2 * np.pi), index=x.index).sort_values(kind="stable")
    even = 2 * np.pi * np.arange(len(near)) / max(len(near), 1)
    return dict(zip(near.index.astype(str), even.tolist(), strict=True))
