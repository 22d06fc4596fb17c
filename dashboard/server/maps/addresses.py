"""Where a browser finds what a map of ours is made of."""

from typing import Final

GRIDS: Final = "/gw/grids"
TILES: Final = "/gw/tiles"
BASEMAP: Final = "/gw/basemap"
PLACES: Final = "/gw/places"
FIND: Final = "/gw/find"
OVER: Final = "/gw/over"
CARD: Final = "/gw/unit-card"
SMALL_MAP: Final = "/gw/small-map"
FIRST_SIGHT: Final = "/gw/first-sight"


def basemap_urls(language: str) -> dict[str, str]:
    """Return the addresses of the basemap and of names and borders."""
    return {"basemap": f"{BASEMAP}/{{tiles}}?lang={language}", "places": PLACES}


def unit_urls(snapshot_id: str, language: str) -> dict[str, str]:
    """Return the addresses of tiles, of what lies over them, of a unit's card, of the search."""
    return {
        "grids_of": f"{GRIDS}/{snapshot_id}",
        "tiles_of": f"{TILES}/{{snapshot}}/",
        "over_of": f"{OVER}/{snapshot_id}/",
        "card_of": f"{CARD}/{snapshot_id}/{{unit}}?lang={language}",
        "find": f"{FIND}/{snapshot_id}?text=",
    }


def small_map_url(snapshot_id: str, unit: str, language: str) -> str:
    """Return the address of a building's small map."""
    return f"{SMALL_MAP}/{snapshot_id}/{unit}?lang={language}"
