"""The pages made of one map: the street to take away, and a building's surroundings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.maps.content import list_marks
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.layers import shapes_of
from dashboard.maps.palette import NO_TIER, TIERS, TierStyle, tier_style
from dashboard.maps.paper_basemap import add_basemap, add_grids, add_pins
from dashboard.maps.standalone.standalone_map import (
    MapScript,
    StandaloneMap,
    add_shapes,
    heading,
    legend,
    style_of,
)
from dashboard.runtime import context
from geo.errors import GridwardenError
from governance.access.permissions import Action, may
from governance.office import OfficeFacts
from risk.features.factors import BASE

MOST_LISTED = 20
_ROOM = 0.012
"""Degrees that the map shows beside the street: about a kilometre."""
_MOST_REASONS = 3
_BUILT, _BUILT_LINE = "#dedad2", "#b9b2a6"
_DARK_BUILT = {"fillColor": "#223040", "color": "#33465a"}
_SURROUNDINGS_M = 160
_METRES_PER_DEGREE = 111_320
_CHOSEN = {"weight": 4, "color": "#111111"}
_DARK_CHOSEN = {"color": "#ffffff"}


class NoPlaceError(GridwardenError):
    """A building cannot be drawn because nobody knows where it is."""


def street_page(
    *, snapshot_id: str, communities: Sequence[str] = (), kinds: Sequence[str] = (), say: Translator
) -> str:
    """Return the whole street as one page: basemap, buildings, the list with reasons, legend.

    ``communities``, ``kinds``: filters; empty means all.
    """
    office, actor = context.office(), context.actor()
    choice = LayerChoice("building", snapshot_id, tuple(communities), tuple(kinds))
    units = map_layer(choice).sort_values("rank", ignore_index=True)
    shapes = shapes_of(units)
    placed = ~shapely.is_missing(shapes)
    page = _placed(shapes[placed])
    west, south, east, north = list_marks.bounds(choice) or (0, 0, 0, 0)
    add_basemap(page, (west - _ROOM, south - _ROOM, east + _ROOM, north + _ROOM), say=say)
    add_grids(page, snapshot_id)
    add_shapes(
        page, shapes[placed], name="buildings", styles=_styles(units["tier"][placed]),
        labels=_labels(units[placed], say=say),
    )  # fmt: skip
    add_pins(page, list_marks.pins("building", units))
    as_of = office.scores.snapshots(actor).set_index("snapshot_id").loc[snapshot_id, "as_of"]
    facts = say("As of {day} · snapshot {snapshot}", day=as_of, snapshot=snapshot_id)
    title = street_title(office.settings(actor), say=say)
    counts = list_marks.counts(units, [style.tier for style in TIERS])
    tiers = [
        (_fill(style), _line(style), f"{say.name('tier', style.tier)} {count:,}", style.pattern)
        for style, count in zip(TIERS, counts, strict=True)
    ]
    listed = first_rows(units, snapshot_id=snapshot_id, say=say)
    return page.page(
        title=title,
        above=heading(title, facts, say("A lead, not a finding")) + listed,
        below=legend(tiers),
    )


def first_rows(units: pd.DataFrame, *, snapshot_id: str, say: Translator) -> str:
    """Return the list beside the map: the first ranks, and to whom may know, why."""
    office, actor = context.office(), context.actor()
    rows = []
    for row in units.head(MOST_LISTED).to_dict("records"):
        why = ""
        if may(actor, Action.SEE_REASONS):
            unit = office.scores.explain(
                actor, str(row["unit"]), snapshot_id=snapshot_id, rows=False
            )
            raised = [name for name, points in unit.points.items() if points > 0 and name != BASE]
            first = sorted(raised, key=lambda name: -unit.points[name])[:_MOST_REASONS]
            why = say(", ").join(say.name("factor", name) for name in first)
        tier = str(row["tier"])
        rows.append(
            {
                "rank": int(row["rank"]),
                "name": row["name"] or row["unit"],
                "why": why,
                "tier": say.name("tier", tier),
                "fill": _fill(tier_style(tier)),
            }
        )
    return render("map/list.html", title=say("Where to look first"), rows=rows)


def street_title(settings: OfficeFacts, *, say: Translator) -> str:
    """Return the heading of the street's map; a workspace may not have said its name yet."""
    street = settings.street or settings.name
    if not street:
        return say("Where to look first")
    return say("{street}: where to look first", street=street)


def building_page(unit: str, *, snapshot_id: str, say: Translator) -> str:
    """Return a building among its neighbours as one page.

    ``unit``: the building's id.
    ``snapshot_id``: whose tiers are drawn.

    Raises `NoPlaceError` when the building is unknown or has no place on the map.
    """
    buildings = map_layer(LayerChoice("building", snapshot_id))
    building = buildings[buildings["unit"] == unit]
    if building.empty or not np.isfinite(building[["lon", "lat"]].to_numpy(float)).all():
        raise NoPlaceError("building_has_no_place", seen=unit)
    lon, lat = float(building["lon"].iloc[0]), float(building["lat"].iloc[0])
    reach = _SURROUNDINGS_M / _METRES_PER_DEGREE
    near = buildings[
        ((buildings["lat"] - lat).abs() < reach)
        & ((buildings["lon"] - lon).abs() < reach / np.cos(np.radians(lat)))
    ]
    styles = _styles(near["tier"])
    for place in np.flatnonzero(near["unit"].to_numpy() == unit):
        dark = styles[place].get("dark", {}) | _DARK_CHOSEN
        styles[place] |= _CHOSEN | {"dark": dark}
    page = StandaloneMap(location=[lat, lon], zoom_start=17)
    aside = 3 * reach / np.cos(np.radians(lat))
    add_basemap(page, (lon - aside, lat - 3 * reach, lon + aside, lat + 3 * reach), say=say)
    labels = _labels(near, say=say)
    add_shapes(page, shapes_of(near), name="buildings", styles=styles, labels=labels)
    return page.page(title=str(building["name"].iloc[0]))


def _styles(tiers: pd.Series) -> list[dict[str, Any]]:
    styles = [tier_style(str(tier)) for tier in tiers]
    return [
        style_of(_fill(each), _line(each), width_px=each.width_px, opacity=0.95)
        | {"pattern": each.pattern}
        | ({"dark": _DARK_BUILT} if _is_basemap(each) else {})
        for each in styles
    ]


def _line(style: TierStyle) -> str:
    return _BUILT_LINE if _is_basemap(style) else style.outline


def _fill(style: TierStyle) -> str:
    return _BUILT if _is_basemap(style) else style.fill


def _is_basemap(style: TierStyle) -> bool:
    """Say whether a building has no colour: one of low risk looks like a house on any map."""
    return style in {TIERS[-1], NO_TIER}


def _placed(shapes: np.ndarray) -> StandaloneMap:
    if not len(shapes):
        return StandaloneMap(location=[0, 0], zoom_start=2)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    page = StandaloneMap(location=[(south + north) / 2, (west + east) / 2])
    page.add_child(MapScript("fit_beside_list", bounds=[[south, west], [north, east]]))
    return page


def _labels(units: pd.DataFrame, *, say: Translator) -> list[str]:
    return [_unit_text(row, say=say) for row in units.itertuples()]


def _unit_text(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    name = getattr(row, "name", "") or row.unit
    text = f"{name} · {say.name('tier', str(row.tier))}"
    return f"{text} · {say('score')} {row.score:.1f}" if hasattr(row, "score") else text
