"""The pages made of one map: the street to take away, and a building's surroundings."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dashboard.folium_maps import StandaloneMap, add_shapes, style_of
from dashboard.palette import NO_TIER, TIERS, tier_style
from geo.cells import cell_polygons

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dashboard.office import OfficePort
    from dashboard.words import Words
    from governance.access import Actor

_MOST_CELLS = 5_000
_SURROUNDINGS_M = 160
_METRES_PER_DEGREE = 111_320
_GRID_LINE = {"fill": False, "color": "#1d2733", "weight": 1.3, "dashArray": "5 3",
              "interactive": False}  # fmt: skip


def street_page(
    office: OfficePort,
    actor: Actor,
    *,
    snapshot_id: str,
    communities: Sequence[str] = (),
    kinds: Sequence[str] = (),
    say: Words,
) -> str:
    """Return the whole street as one page: cells, official grids, legend, day and snapshot.

    Parameters
    ----------
    office, actor
        Whom to ask, and for whom.
    snapshot_id
        Which snapshot.
    communities, kinds
        Filters; empty means all.
    say
        Wording.
    """
    atlas = partial(
        office.atlas,
        actor,
        snapshot_id=snapshot_id,
        communities=communities or None,
        kinds=kinds or None,
    )
    cells = _finest(atlas)
    cells["geometry"] = np.asarray(cell_polygons(cells["unit"].to_numpy(dtype=str)))
    shapes = _styled(cells, opacity=0.72)
    shapes["_text"] = [_unit_text(row, say=say) for row in shapes.itertuples()]
    page = _placed(shapes)
    add_shapes(page, shapes, name="cells", labels=["_text"])
    grids = _outlined(atlas(layer="grid"))
    if len(grids):
        add_shapes(page, grids[["geometry"]], name="grids", style=_GRID_LINE)
    snapshots = office.snapshots(actor).set_index("snapshot_id")
    title = say("{street}: where to look first", street=office.settings(actor).street)
    facts = say("As of {day} · snapshot {snapshot}", day=snapshots.loc[snapshot_id, "as_of"],
                snapshot=snapshot_id)  # fmt: skip
    return page.page(title=title, above=_heading(title, facts, say=say), below=_legend(say))


def building_page(
    office: OfficePort, actor: Actor, unit: str, *, snapshot_id: str, say: Words
) -> str:
    """Return a building among its neighbours as one page.

    Parameters
    ----------
    office, actor
        Whom to ask, and for whom.
    unit
        The building's id.
    snapshot_id
        Whose tiers are drawn.
    say
        Wording.
    """
    buildings = office.atlas(actor, layer="building", snapshot_id=snapshot_id)
    here = buildings[buildings["unit"] == unit]
    lon, lat = float(here["lon"].iloc[0]), float(here["lat"].iloc[0])
    reach = _SURROUNDINGS_M / _METRES_PER_DEGREE
    near = buildings[
        ((buildings["lat"] - lat).abs() < reach)
        & ((buildings["lon"] - lon).abs() < reach / np.cos(np.radians(lat)))
    ]
    shapes = _styled(_outlined(near), opacity=0.85)
    shapes["_text"] = [_unit_text(row, say=say) for row in shapes.itertuples()]
    for place in np.flatnonzero(shapes["unit"].to_numpy() == unit):
        shapes["_style"].iloc[place].update(weight=4, color="#111111")
    page = StandaloneMap(location=[lat, lon], zoom_start=17)
    add_shapes(page, shapes, name="buildings", labels=["_text"])
    return page.page(title=str(here["name"].iloc[0]))


def _finest(atlas: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    for layer in ("cell:10", "cell:9", "cell:8"):
        cells = atlas(layer=layer)
        if len(cells) <= _MOST_CELLS:
            break
    return cells.reset_index(drop=True)


def _outlined(units: pd.DataFrame) -> pd.DataFrame:
    units = units.reset_index(drop=True)
    known = [None if geom is None or geom is pd.NA else bytes(geom) for geom in units["geom"]]
    shapes = shapely.from_wkb(np.array(known, dtype=object))
    if "lon" in units:
        points = shapely.points(units["lon"].to_numpy(float), units["lat"].to_numpy(float))
        shapes = np.where(shapely.is_missing(shapes), points, shapes)
    units["geometry"] = shapes
    units = units.drop(columns="geom").loc[~shapely.is_missing(shapes)]
    return units.reset_index(drop=True)


def _styled(units: pd.DataFrame, *, opacity: float) -> gpd.GeoDataFrame:
    kept = [n for n in ("unit", "name", "score", "rank", "tier", "geometry") if n in units]
    shapes = gpd.GeoDataFrame(units[kept], geometry="geometry", crs="EPSG:4326")
    shapes["geometry"] = shapes.geometry.set_precision(1e-6)
    styles = [tier_style(str(tier)) for tier in shapes["tier"]]
    shapes["_style"] = [
        style_of(s.fill, s.outline, width_px=s.width_px, opacity=opacity) for s in styles
    ]
    return shapes


def _placed(shapes: gpd.GeoDataFrame) -> StandaloneMap:
    if shapes.empty:
        return StandaloneMap(location=[0, 0], zoom_start=2)
    west, south, east, north = (float(edge) for edge in shapes.total_bounds)
    page = StandaloneMap(location=[(south + north) / 2, (west + east) / 2])
    page.fit_bounds([[south, west], [north, east]])
    return page


def _unit_text(row: Any, *, say: Words) -> str:  # noqa: ANN401 -- a row of itertuples
    name = getattr(row, "name", "") or row.unit
    return f"{name} · {say.name('tier', str(row.tier))} · {say('score')} {row.score:.1f}"


def _heading(title: str, facts: str, *, say: Words) -> str:
    note = escape(say("A lead, not a finding"))
    return (
        f'<div class="gw-panel gw-top"><h1>{escape(title)}</h1>'
        f"<p>{escape(facts)}</p><p><b>{note}</b></p></div>"
    )


def _legend(say: Words) -> str:
    rows = [(style, say.name("tier", style.tier)) for style in TIERS]
    rows.append((NO_TIER, say("not scored")))
    items = "".join(
        f'<li><i style="background:{style.fill};border-color:{style.outline}"></i>'
        f"{escape(name)}</li>"
        for style, name in rows
    )
    return f'<div class="gw-panel gw-bottom"><ul>{items}</ul></div>'
