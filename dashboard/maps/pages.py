"""The pages made of one map: the street to take away, and a building's surroundings."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from dashboard.i18n import Translator
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.layers import shapes_of
from dashboard.maps.palette import NO_TIER, TIERS, tier_style
from dashboard.maps.standalone_map import StandaloneMap, add_shapes, heading, legend, style_of
from dashboard.runtime import context
from geo.cells import cell_polygons
from geo.errors import GridwardenError
from governance.office import OfficeFacts

_MOST_CELLS = 5_000
_SURROUNDINGS_M = 160
_METRES_PER_DEGREE = 111_320
_GRID_LINE = {"fill": False, "color": "#1d2733", "weight": 1.3, "dashArray": "5 3",
              "interactive": False}  # fmt: skip
_CHOSEN = {"weight": 4, "color": "#111111"}


class NoPlaceError(GridwardenError):
    """A building cannot be drawn because nobody knows where it is."""


def street_page(
    *, snapshot_id: str, communities: Sequence[str] = (), kinds: Sequence[str] = (), say: Translator
) -> str:
    """Return the whole street as one page: cells, official grids, legend, day and snapshot.

    Parameters
    ----------
    snapshot_id
        Which snapshot.
    communities, kinds
        Filters; empty means all.
    say
        Wording.
    """
    office, actor = context.office(), context.actor()
    layer = partial(
        LayerChoice, snapshot_id=snapshot_id, communities=tuple(communities), kinds=tuple(kinds)
    )
    cells = _finest(layer)
    shapes = np.asarray(cell_polygons(cells["unit"].to_numpy(dtype=str)))
    page = _placed(shapes)
    add_shapes(
        page, shapes, name="cells", styles=_styles(cells["tier"], opacity=0.72),
        labels=_labels(cells, say=say),
    )  # fmt: skip
    grids = shapes_of(map_layer(layer("grid")))
    grids = grids[~shapely.is_missing(grids)]
    if len(grids):
        add_shapes(page, grids, name="grids", styles=[_GRID_LINE] * len(grids))
    as_of = office.scores.snapshots(actor).set_index("snapshot_id").loc[snapshot_id, "as_of"]
    facts = say("As of {day} · snapshot {snapshot}", day=as_of, snapshot=snapshot_id)
    title = street_title(office.settings(actor), say=say)
    tiers = [(style.fill, style.outline, say.name("tier", style.tier)) for style in TIERS]
    unscored = (NO_TIER.fill, NO_TIER.outline, say("not scored"))
    return page.page(
        title=title,
        above=heading(title, facts, say("A lead, not a finding")),
        below=legend([*tiers, unscored]),
    )


def street_title(settings: OfficeFacts, *, say: Translator) -> str:
    """Return the heading of the street's map; a workspace may not have said its name yet."""
    street = settings.street or settings.name
    if not street:
        return say("Where to look first")
    return say("{street}: where to look first", street=street)


def building_page(unit: str, *, snapshot_id: str, say: Translator) -> str:
    """Return a building among its neighbours as one page.

    Parameters
    ----------
    unit
        The building's id.
    snapshot_id
        Whose tiers are drawn.
    say
        Wording.

    Raises
    ------
    NoPlaceError
        When the building is unknown or has no place on the map.
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
    styles = _styles(near["tier"], opacity=0.85)
    for place in np.flatnonzero(near["unit"].to_numpy() == unit):
        styles[place] |= _CHOSEN
    page = StandaloneMap(location=[lat, lon], zoom_start=17)
    labels = _labels(near, say=say)
    add_shapes(page, shapes_of(near), name="buildings", styles=styles, labels=labels)
    return page.page(title=str(building["name"].iloc[0]))


def _finest(choice: Callable[[str], LayerChoice]) -> pd.DataFrame:
    for layer in ("cell:10", "cell:9", "cell:8"):
        cells = map_layer(choice(layer))
        if len(cells) <= _MOST_CELLS:
            break
    return cells


def _styles(tiers: pd.Series, *, opacity: float) -> list[dict[str, Any]]:
    styles = [tier_style(str(tier)) for tier in tiers]
    return [style_of(s.fill, s.outline, width_px=s.width_px, opacity=opacity) for s in styles]


def _placed(shapes: np.ndarray) -> StandaloneMap:
    if not len(shapes):
        return StandaloneMap(location=[0, 0], zoom_start=2)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    page = StandaloneMap(location=[(south + north) / 2, (west + east) / 2])
    page.fit_bounds([[south, west], [north, east]])
    return page


def _labels(units: pd.DataFrame, *, say: Translator) -> list[str]:
    return [_unit_text(row, say=say) for row in units.itertuples()]


def _unit_text(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    name = getattr(row, "name", "") or row.unit
    text = f"{name} · {say.name('tier', str(row.tier))}"
    return f"{text} · {say('score')} {row.score:.1f}" if hasattr(row, "score") else text
