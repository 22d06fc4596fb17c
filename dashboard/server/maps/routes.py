"""Routes of the map: tiles, names, what lies over it, and a building's small map."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.maps import pages
from dashboard.maps.content import over_layers, place_names
from dashboard.maps.layer_cache import LayerChoice, grids_payload
from dashboard.maps.layers import Payload
from dashboard.maps.tiles.answers import TILE_LAYERS, basemap_tiles, pack, unit_tiles
from dashboard.maps.tiles.squares import tiles_named
from dashboard.runtime import context
from dashboard.server import answers
from dashboard.server.maps import first_sight, unit_card
from dashboard.server.maps.addresses import (
    BASEMAP,
    CARD,
    FIND,
    FIRST_SIGHT,
    GRIDS,
    OVER,
    PLACES,
    SMALL_MAP,
    TILES,
)
from geo.errors import GridwardenError


class UnknownLayerError(GridwardenError):
    """Somebody asked for a layer that no map has."""


def grids(request: Request) -> Response:
    """Answer the official grids of a snapshot."""
    return _kept_answer(request, grids_payload(_choice(request, "grid")))


def map_tiles(request: Request) -> Response:
    """Answer what of a layer lies in each of some squares, as far as one may see it."""
    layer = request.path_params["layer"]
    if layer not in TILE_LAYERS:
        raise UnknownLayerError("unknown_layer", seen=layer, expected=list(TILE_LAYERS))
    tiles = tiles_named(request.path_params["tiles"])
    return _kept_answer(request, unit_tiles(_choice(request, layer), tiles))


def basemap(request: Request) -> Response:
    """Answer what of the basemap crosses each of some squares."""
    english = answers.say_of(request).language == "en"
    tiles = tiles_named(request.path_params["tiles"])
    return _kept_answer(request, basemap_tiles(tiles, english=english))


def places(request: Request) -> Response:
    """Answer the borders and names that one may see."""
    return _kept_answer(request, place_names.payload())


def find(request: Request) -> Response:
    """Answer which buildings, estates and communities hold the words asked for."""
    text, snapshot = request.query_params.get("text", ""), request.path_params["snapshot"]
    return _answer(pack(place_names.found(text, snapshot_id=snapshot)))


def over(request: Request) -> Response:
    """Answer what can be laid over the map, to who may see it."""
    name, actor = request.path_params["layer"], context.actor()
    known = over_layers.offered(actor, days=2)
    if name not in known:
        raise UnknownLayerError("unknown_layer", seen=name, expected=known)
    content = over_layers.content(name, request.path_params["snapshot"])
    return _answer(pack(content))


def _choice(request: Request, layer: str) -> LayerChoice:
    query = request.query_params
    return LayerChoice(
        layer,
        request.path_params["snapshot"],
        tuple(query.getlist("community")),
        tuple(query.getlist("kind")),
    )


def _kept_answer(request: Request, payload: Payload) -> Response:
    """Answer; a browser that has it already gets 304."""
    headers = {"etag": payload.etag, "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == payload.etag:
        return Response(status_code=304, headers=headers)
    return _answer(payload, headers)


def _answer(payload: Payload, headers: Mapping[str, str] | None = None) -> Response:
    headers = {**(headers or {}), "content-encoding": "gzip"}
    return Response(payload.body, headers=headers, media_type="application/json")


def small_map(request: Request) -> Response:
    """Answer a building's small map as a page of its own, framed by the building view."""
    page = pages.building_page(
        request.path_params["unit"],
        snapshot_id=request.path_params["snapshot"],
        say=answers.say_of(request),
    )
    return answers.page(page, answers.SINGLE_FILE_POLICY)


def routes() -> list[BaseRoute]:
    """Return the map's routes."""
    return [
        Route(first_sight.PAGE, first_sight.page),
        Route(FIRST_SIGHT, first_sight.first_sight),
        Route(f"{CARD}/{{snapshot}}/{{unit:path}}", unit_card.answer),
        Route(f"{GRIDS}/{{snapshot}}", grids),
        Route(f"{TILES}/{{snapshot}}/{{layer}}/{{tiles}}", map_tiles),
        Route(f"{BASEMAP}/{{tiles}}", basemap),
        Route(PLACES, places),
        Route(f"{OVER}/{{snapshot}}/{{layer}}", over),
        Route(f"{FIND}/{{snapshot}}", find),
        Route(f"{SMALL_MAP}/{{snapshot}}/{{unit:path}}", small_map),
    ]
