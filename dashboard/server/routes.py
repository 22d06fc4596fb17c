"""Routes beside Streamlit's own: health, map data, one-file maps and our own assets."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from dashboard.documents.reports.community import community_report
from dashboard.documents.reports.dossier import dossier
from dashboard.documents.reports.ledger import ledger_page
from dashboard.maps import pages
from dashboard.maps.content import over_layers, place_names
from dashboard.maps.layer_cache import LayerChoice, grids_payload, map_layer
from dashboard.maps.layers import Payload
from dashboard.maps.tiles.answers import TILE_LAYERS, ground_tiles, pack, unit_tiles
from dashboard.maps.tiles.squares import tiles_named
from dashboard.runtime import context
from dashboard.server import answers
from dashboard.server.assets_url import ASSETS, KEPT, asset_version
from dashboard.server.auth import oidc_routes, sign_in_routes
from dashboard.server.evidence import routes as evidence_routes
from dashboard.server.operations import routes as operation_routes
from dashboard.server.public.site import public_site
from dashboard.server.visits import field, plan_routes
from dashboard.server.visits import routes as visit_routes
from data.store.repositories.records.ledger_lists import SORTS, LedgerQuery
from geo.errors import GridwardenError

LEAFLET = Path(leaflet.BASE_DIR)
_GRIDS, _TILES, _GROUND = "/gw/grids", "/gw/tiles", "/gw/ground"
_PLACES, _FIND, _OVER = "/gw/places", "/gw/find", "/gw/over"
_SMALL_MAP = "/gw/small-map"
_DOSSIER, _COMMUNITY, _LEDGER = "/gw/dossier", "/gw/community-report", "/gw/ledger"
_LEDGER_ASKS = ("statuses", "kinds", "reasons", "tiers", "communities")


class UnknownLayerError(GridwardenError):
    """Somebody asked for a layer that no map has."""


def ground_urls(language: str) -> dict[str, str]:
    """Return the addresses of the base map and of names and borders."""
    return {"ground": f"{_GROUND}/{{tiles}}?lang={language}", "places": _PLACES}


def unit_urls(snapshot_id: str) -> dict[str, str]:
    """Return the addresses of tiles, of what lies over them, and of the search."""
    return {
        "grids_of": f"{_GRIDS}/{snapshot_id}",
        "tiles_of": f"{_TILES}/{{snapshot}}/",
        "over_of": f"{_OVER}/{snapshot_id}/",
        "find": f"{_FIND}/{snapshot_id}?text=",
    }


def small_map_url(snapshot_id: str, unit: str, language: str) -> str:
    """Return the address of a building's small map."""
    return f"{_SMALL_MAP}/{snapshot_id}/{unit}?lang={language}"


def dossier_url(snapshot_id: str, unit: str, language: str) -> str:
    """Return the address of a building's dossier to print."""
    return f"{_DOSSIER}/{snapshot_id}/{unit}?lang={language}"


def community_url(code: str, language: str) -> str:
    """Return the address of a community's report to print."""
    return f"{_COMMUNITY}/{code}?lang={language}"


def ledger_url(query: LedgerQuery, language: str) -> str:
    """Return the address of the asked-for lines of the ledger to print."""
    asked = [(name, value) for name in _LEDGER_ASKS for value in getattr(query, name)]
    asked += [("search", query.search), ("sort", query.sort), ("lang", language)]
    if query.overdue_on is not None:
        asked.append(("overdue", "1"))
    return f"{_LEDGER}?{urlencode(asked)}"


def health(_request: Request) -> Response:
    """Answer that the server runs and has an office."""
    context.office()
    return JSONResponse({"status": "ok"})


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


def ground(request: Request) -> Response:
    """Answer what of the base map crosses each of some squares."""
    english = answers.say_of(request).language == "en"
    tiles = tiles_named(request.path_params["tiles"])
    return _kept_answer(request, ground_tiles(tiles, english=english))


def places(request: Request) -> Response:
    """Answer the borders and names that one may see."""
    return _kept_answer(request, place_names.payload())


def find(request: Request) -> Response:
    """Answer which buildings, estates and communities hold the words asked for."""
    text, snapshot = request.query_params.get("text", ""), request.path_params["snapshot"]
    return _kept_answer(request, pack(place_names.found(text, snapshot_id=snapshot)))


def over(request: Request) -> Response:
    """Answer what can be laid over the map, to who may see it."""
    name, actor = request.path_params["layer"], context.actor()
    known = over_layers.offered(actor, days=2)
    if name not in known:
        raise UnknownLayerError("unknown_layer", seen=name, expected=known)
    content = over_layers.content(name, request.path_params["snapshot"])
    return _kept_answer(request, pack(content))


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


def dossier_page(request: Request) -> Response:
    """Answer what is known of a building as a page to print; the look-up is an export."""
    unit, snapshot_id = request.path_params["unit"], request.path_params["snapshot"]
    buildings = map_layer(LayerChoice("building", snapshot_id))
    found = buildings[buildings["unit"] == unit]
    html = dossier(
        context.office(), context.actor(), unit, snapshot_id=snapshot_id,
        place=found.iloc[0] if len(found) else pd.Series(dtype=object),
        say=answers.say_of(request),
    )  # fmt: skip
    return answers.page(html, answers.PAPER_POLICY)


def community_page(request: Request) -> Response:
    """Answer a community's situation as a page to print; the look-up is an export."""
    code, say = request.path_params["community"], answers.say_of(request)
    html = community_report(context.office(), context.actor(), code, say=say)
    return answers.page(html, answers.PAPER_POLICY)


def ledger_paper(request: Request) -> Response:
    """Answer lines of the ledger as a page to print; the look-up is an export."""
    told, office = request.query_params, context.office()
    names: dict[str, Any] = {name: tuple(told.getlist(name)) for name in _LEDGER_ASKS}
    sort = told.get("sort", "")
    query = LedgerQuery(
        **names, search=told.get("search", ""), sort=sort if sort in SORTS else "next",
        overdue_on=office.clock.today() if told.get("overdue") else None,
    )  # fmt: skip
    html = ledger_page(office, context.actor(), query, say=answers.say_of(request))
    return answers.page(html, answers.PAPER_POLICY)


def report_photo(request: Request) -> Response:
    """Answer a photo of a public report, to who works on it."""
    photo = context.office().public_reports.photo(context.actor(), request.path_params["sha256"])
    return Response(photo, media_type="image/jpeg")


class _OwnFiles(StaticFiles):
    """Our own files; a browser asks whether what it has is still the same.

    A script names the others that it needs without a version.
    """

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 -- starlette's own
        """Answer a file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


class _KeptFiles(StaticFiles):
    """Our own files under their version: what lies at an address never changes."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 -- starlette's own
        """Answer a file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "private, max-age=31536000, immutable"
        return response


def own_routes() -> list[BaseRoute]:
    """Return every route of ours; none lies under a prefix that Streamlit reserves."""
    return [
        Route("/gw/health", health),
        *operation_routes.routes(),
        *sign_in_routes.routes(),
        *visit_routes.routes(),
        *field.routes(),
        *plan_routes.routes(),
        *evidence_routes.routes(),
        *oidc_routes.routes(),
        public_site(),
        Route("/gw/report-photo/{sha256}", report_photo),
        Route(f"{_GRIDS}/{{snapshot}}", grids),
        Route(f"{_TILES}/{{snapshot}}/{{layer}}/{{tiles}}", map_tiles),
        Route(f"{_GROUND}/{{tiles}}", ground),
        Route(_PLACES, places),
        Route(f"{_OVER}/{{snapshot}}/{{layer}}", over),
        Route(f"{_FIND}/{{snapshot}}", find),
        Route(f"{_SMALL_MAP}/{{snapshot}}/{{unit:path}}", small_map),
        Route(f"{_DOSSIER}/{{snapshot}}/{{unit:path}}", dossier_page),
        Route(f"{_COMMUNITY}/{{community}}", community_page),
        Route(_LEDGER, ledger_paper),
        Mount("/gw/assets", _OwnFiles(directory=ASSETS)),
        Mount(f"{KEPT}/{asset_version()}", _KeptFiles(directory=ASSETS)),
        Mount("/gw/leaflet", StaticFiles(directory=LEAFLET)),
    ]
