"""Routes beside Streamlit's own: health, map data, one-file maps and our own assets."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from dashboard.maps import pages
from dashboard.maps.layer_cache import LayerChoice, layer_payload
from dashboard.maps.layers import LAYERS
from dashboard.runtime import context
from dashboard.server import answers, plan_routes, visit_routes
from dashboard.server.assets_url import ASSETS
from dashboard.server.auth import oidc_routes, sign_in_routes
from geo.errors import GridwardenError

LEAFLET = Path(leaflet.BASE_DIR)
_DATA = "/gw/map"
_SMALL_MAP = "/gw/small-map"


class UnknownLayerError(GridwardenError):
    """Somebody asked for a layer that no map has."""


def layer_url(snapshot_id: str) -> str:
    """Return the address under which a snapshot's layers are fetched, without the layer."""
    return f"{_DATA}/{snapshot_id}/"


def small_map_url(snapshot_id: str, unit: str, language: str) -> str:
    """Return the address of a building's small map."""
    return f"{_SMALL_MAP}/{snapshot_id}/{unit}?lang={language}"


def health(_request: Request) -> Response:
    """Answer that the server runs and has an office."""
    context.office()
    return JSONResponse({"status": "ok"})


def map_layer(request: Request) -> Response:
    """Answer one layer of a snapshot; a browser that has it already gets 304."""
    layer = request.path_params["layer"]
    if layer not in LAYERS:
        raise UnknownLayerError("unknown_layer", seen=layer, expected=list(LAYERS))
    query = request.query_params
    choice = LayerChoice(
        layer,
        request.path_params["snapshot"],
        tuple(query.getlist("community")),
        tuple(query.getlist("kind")),
    )
    payload = layer_payload(choice)
    headers = {"etag": payload.etag, "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == payload.etag:
        return Response(status_code=304, headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(payload.body, headers=headers, media_type="application/json")


def small_map(request: Request) -> Response:
    """Answer a building's small map as a page of its own, framed by the building view."""
    page = pages.building_page(
        request.path_params["unit"],
        snapshot_id=request.path_params["snapshot"],
        say=answers.say_of(request),
    )
    return answers.page(page, answers.SINGLE_FILE_POLICY)


def own_routes() -> list[BaseRoute]:
    """Return every route of ours; none lies under a prefix that Streamlit reserves."""
    return [
        Route("/gw/health", health),
        *sign_in_routes.routes(),
        *visit_routes.routes(),
        *plan_routes.routes(),
        *oidc_routes.routes(),
        Route(f"{_DATA}/{{snapshot}}/{{layer}}", map_layer),
        Route(f"{_SMALL_MAP}/{{snapshot}}/{{unit:path}}", small_map),
        Mount("/gw/assets", StaticFiles(directory=ASSETS)),
        Mount("/gw/leaflet", StaticFiles(directory=LEAFLET)),
    ]
