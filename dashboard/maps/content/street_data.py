"""What the street map's script is told: what is drawn, what is pointed out, and in which words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd

from dashboard.i18n import Translator
from dashboard.maps.content import list_marks, over_layers
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.palette import NO_TIER, TIERS
from dashboard.runtime import context

AUTO: Final = "auto"
"""A soft heat under the buildings, of cells whose size follows the zoom."""
CELL_CHOICES: Final = (AUTO, "cell:10", "cell:9", "cell:8")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A chosen snapshot and its day."""

    snapshot_id: str
    as_of: str


@dataclass(frozen=True, slots=True)
class MapChoice(Snapshot):
    """The chosen snapshot, filters and layers of the map."""

    communities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    cells: str | None = AUTO
    grids: bool = False
    buildings: bool = True

    @property
    def layer(self) -> LayerChoice:
        """Return the buildings that the filters leave."""
        return LayerChoice("building", self.snapshot_id, self.communities, self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What else the map shows."""

    level: str
    """What the list ranks; cells and grids are then drawn by their tier."""
    pins: Sequence[dict[str, Any]]
    """The list's first lines, as :func:`dashboard.maps.content.list_marks.pins` gives them."""
    selected: str | None = None
    """The unit that is highlighted and moved to, or None."""
    days: Sequence[tuple[str, str]] = field(default_factory=list)
    """Snapshots that can be looked at, oldest first: id and day."""
    dark: bool = False
    """Whether it hangs on a wall."""


def days_of(snapshots: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the newest snapshot of each day and the day, oldest first.

    ``snapshots``: ``snapshot_id, as_of``, newest first.
    """
    by_day = snapshots.drop_duplicates("as_of").iloc[::-1]
    ids, days = by_day["snapshot_id"].astype(str), by_day["as_of"].astype(str)
    return list(zip(ids, days, strict=True))


def first_choice(snapshots: pd.DataFrame, *, cells: str) -> MapChoice:
    """Return what the map shows before anything was chosen.

    ``snapshots``: as in :func:`days_of`, not empty.
    ``cells``: one of :data:`CELL_CHOICES`; anything else is the first.
    """
    snapshot_id, day = days_of(snapshots)[-1]
    grids = not map_layer(LayerChoice("grid", snapshot_id)).empty
    known = cells if cells in CELL_CHOICES else AUTO
    return MapChoice(snapshot_id, day, cells=known, grids=grids)


def street_data(choice: MapChoice, seen: Seen, *, say: Translator) -> dict[str, Any]:
    """Return what the script is told beside the addresses of its files and tiles."""
    box = list_marks.box_of(seen.selected, choice.snapshot_id) if seen.selected else None
    offered = over_layers.offered(context.actor(), days=len(seen.days))
    buildings = map_layer(choice.layer)
    held = list_marks.counts(buildings, [style.tier for style in TIERS])
    return {
        "snapshot": choice.snapshot_id,
        "filters": urlencode({"community": choice.communities, "kind": choice.kinds}, doseq=True),
        "cells": choice.cells,
        "grids": choice.grids,
        "buildings": choice.buildings,
        "bounds": list_marks.bounds(choice.layer),
        "ranked": seen.level,
        "days": [list(each) for each in seen.days],
        "pins": list(seen.pins),
        "selected": seen.selected,
        "focus": {"unit": seen.selected, "box": box} if box else None,
        "theme": "dark" if seen.dark else "light",
        "counts": held,
        "styles": _styles(held, say=say),
        "unscored": NO_TIER.as_json() | {"label": say("not scored")},
        "words": say.part("street_map"),
        "over": [
            {"name": name, "label": say.name("over_layer", name)} | _key_to(name, say)
            for name in offered
        ],
    }


def _key_to(layer: str, say: Translator) -> dict[str, Any]:
    """Return the marks of a layer that has any; what each means, where they are several."""
    if layer == over_layers.CASES:
        marks = [
            {"sign": str(number), "hue": hue, "means": say.name("case_stage", stage)}
            for number, (stage, hue) in enumerate(over_layers.CASE_HUES.items(), 1)
        ]
        return {"legend": marks}
    hues = over_layers.MARKS.get(layer, {})
    marks = [{"kind": kind, "hue": hue} for kind, hue in hues.items()]
    if len(marks) > 1:
        marks = [mark | {"means": say.name("over_mark", mark["kind"])} for mark in marks]
    return {"legend": marks} if marks else {}


def _styles(held: Sequence[int], *, say: Translator) -> list[dict[str, Any]]:
    """Return how tiers are drawn, what they are called and which share of buildings they are."""
    total = max(sum(held), 1)
    return [
        style.as_json()
        | {
            "label": say.name("tier", style.tier),
            "meaning": say("{share} of buildings", share=f"{count / total:.0%}"),
        }
        for style, count in zip(TIERS, held, strict=True)
    ]
