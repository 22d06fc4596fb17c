"""A page before its script has run: the map is drawn while Streamlit still starts.

Each page is Streamlit's own, in which what waits for its part does not move. That of the map has
one script more, which asks for what the map shows before anything was chosen, draws it where the
page will have its map, and hands it over once the page has one.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from dashboard import navigation
from dashboard.i18n import Translator, translator
from dashboard.maps.content import list_marks
from dashboard.maps.content.street_data import MapChoice, Seen, days_of, first_choice, street_data
from dashboard.maps.layer_cache import ranked_units
from dashboard.runtime import context
from dashboard.server import request_facts
from dashboard.server.assets_url import LEAFLET_SCRIPT, kept_url, preload_header
from dashboard.server.maps.addresses import FIRST_SIGHT, basemap_urls, unit_urls
from governance.access.permissions import Action, require

WALL: Final = "wall"
"""Value of ``?screen=`` for a screen on a wall: a dark map, nothing to choose beside it."""
SCRIPT: Final = "map/street/first_sight.js"
MAP_STYLE, LEAFLET_STYLE = "map/map.css", "/gw/leaflet/leaflet.css"
_STREET: Final = "map/street/street_map"
_STILL: Final = "<style>[data-testid=stSkeleton] { animation: none !important; }</style>"
"""Drawing what pulses sixty times a second takes a computer without a GPU most of a core."""


class _PageName(Convertor[str]):
    regex = "|".join(entry.url_path for entry in navigation.PAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page", _PageName())
PAGE: Final = "/{page:page}"


def map_files(name: str, language: str) -> dict[str, Any]:
    """Return where the browser finds a map's script, style, Leaflet and the basemap under it."""
    office, actor = context.office(), context.actor()
    facts, tiles = office.settings(actor), None
    if facts.tile_url:
        credit = facts.tile_attribution or ""
        tiles = {"url": facts.tile_url, "attribution": credit, "datum": facts.tile_datum}
    basemap = {**basemap_urls(language), "attribution": office.basemap.attribution(actor)}
    return {
        "basemap": basemap,
        "tiles": tiles,
        "script": kept_url(f"{name}.js"),
        "style": kept_url(MAP_STYLE),
        "leaflet": [LEAFLET_SCRIPT, LEAFLET_STYLE],
    }


def street_map(choice: MapChoice, seen: Seen, *, say: Translator) -> dict[str, Any]:
    """Return all that the street map's script is told."""
    return {
        **map_files(_STREET, say.language),
        **unit_urls(choice.snapshot_id, say.language),
        **street_data(choice, seen, say=say),
    }


def page(request: Request) -> Response:
    """Answer Streamlit's page, and what a browser needs for the map of it, if it has one."""
    name = request.path_params["page"]
    links = {}
    if name == "map":
        links = {"link": _map_links(request)}
    elif name == "start":
        links = {"link": preload_header(f"{_STREET}.js")}
    return HTMLResponse(_html(name), headers=links)


def _map_links(request: Request) -> str:
    target = f"{FIRST_SIGHT}?{request.url.query}" if request.url.query else FIRST_SIGHT
    styles = (f"<{url}>; rel=preload; as=style" for url in (LEAFLET_STYLE, kept_url(MAP_STYLE)))
    answer = f"<{target}>; rel=preload; as=fetch; crossorigin"
    return ", ".join([preload_header(SCRIPT), answer, *styles])


@cache
def _html(name: str) -> str:
    html = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    script = f'<script type="module" src="{kept_url(SCRIPT)}"></script>' if name == "map" else ""
    return html.replace("</title>", f"</title>\n    {_STILL}{script}", 1)


def first_sight(request: Request) -> Response:
    """Answer what the map shows before anything was chosen; 204 where nothing was scored yet."""
    office, actor = context.office(), context.actor()
    require(actor, Action.SEE_REASONS)  # as the page does
    snapshots = office.scores.snapshots(actor)
    if snapshots.empty:
        return Response(status_code=204)
    choice = first_choice(snapshots, cells=request.query_params.get("cells", ""))
    seen = Seen(
        level="building",
        pins=list_marks.pins("building", ranked_units(choice.layer)),
        days=days_of(snapshots),
        dark=request.query_params.get("screen") == WALL,
    )
    say = translator(request_facts.language_for(request))
    return JSONResponse({**street_map(choice, seen, say=say), "height": None})
