"""Groups for the share of false flags: communities, and types of community."""

from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Texts
from risk.evaluation.targets.geography import BUILDING, number_column
from risk.evaluation.view import View

MIXED: Final = "mixed"
"""Type of a community no kind of building of which is in the majority."""


def groups_of(view: View) -> Texts:
    """Give each building its community, or the kind of place last seen in it where none is known.

    Cells belong to no community.
    """
    groups = np.full(len(view.units), "", dtype=object)
    if view.question.level != BUILDING:
        return groups.astype(np.str_)
    visits, buildings = view.known.facts.visits, view.known.buildings
    for frame, name in ((visits, "kind"), (buildings, "kind"), (buildings, "community")):
        at = view.position(frame[number_column(BUILDING)].to_numpy())
        named = (at >= 0) & (frame[name] != "").to_numpy()
        groups[at[named]] = frame[name].to_numpy(dtype=object)[named]
    return groups.astype(np.str_)


def types_of(view: View) -> Texts:
    """Give each building the type of its community; see `community_types`."""
    types = np.full(len(view.units), "", dtype=object)
    if view.question.level != BUILDING:
        return types.astype(np.str_)
    buildings = view.known.buildings
    known = community_types(buildings)
    at = view.position(buildings[number_column(BUILDING)].to_numpy())
    texts = known.reindex(buildings["community"]).astype("str").fillna("").to_numpy(dtype=object)
    inside = (at >= 0) & (texts != "")
    types[at[inside]] = texts[inside]
    return types.astype(np.str_)


def community_types(buildings: pd.DataFrame) -> pd.Series:
    """Name the type of each community: the kind of more than half of its buildings, else `MIXED`.

    ``buildings``: ``community`` and ``kind``, ``''`` where unknown; buildings of no known kind do
    not count.

    The series: by community; a community without any building of a known kind is left out.
    """
    known = buildings[(buildings["community"] != "") & (buildings["kind"] != "")]
    counts = known.groupby(["community", "kind"]).size()
    share = counts / counts.groupby(level="community").transform("sum")
    most = share[share > 0.5].reset_index("kind")["kind"]  # noqa: PLR2004 -- more than half
    every = pd.Index(sorted(set(known["community"])), name="community")
    return most.astype("str").reindex(every).fillna(MIXED)
