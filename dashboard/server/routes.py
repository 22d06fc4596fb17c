"""Routes beside Streamlit's own: health, papers, the rooms' routes and our own assets."""

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
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.runtime import context
from dashboard.server import answers
from dashboard.server.assets_url import ASSETS, KEPT, asset_version
from dashboard.server.auth import oidc_routes, sign_in_routes
from dashboard.server.evidence import routes as evidence_routes
from dashboard.server.maps import routes as map_routes
from dashboard.server.operations import routes as operation_routes
from dashboard.server.public.site import public_site
from dashboard.server.visits import field, plan_routes
from dashboard.server.visits import routes as visit_routes
from data.store.repositories.records.ledger_lists import SORTS, LedgerQuery

LEAFLET = Path(leaflet.BASE_DIR)
_DOSSIER, _COMMUNITY, _LEDGER = "/gw/dossier", "/gw/community-report", "/gw/ledger"
_FOR_EVER = "private, max-age=31536000, immutable"
_LEDGER_ASKS = ("statuses", "kinds", "reasons", "tiers", "communities")


def dossier_url(snapshot_id: str, unit: str, language: str) -> str:
    """Return the address of a building's dossier to print."""
    return f"{_DOSSIER}/{snapshot_id}/{unit}?lang={language}"


def community_url(code: str, language: str) -> str:
    """Return the address of a community's report to print."""
    return f"{_COMMUNITY}/{code}?lang={language}"


def ledger_url(query: LedgerQuery, language: str) -> str:
    """Return the address of the asked-for lines of the ledger to print."""
    parameters = [(name, value) for name in _LEDGER_ASKS for value in getattr(query, name)]
    parameters += [("search", query.search), ("sort", query.sort), ("lang", language)]
    if query.overdue_on is not None:
        parameters.append(("overdue", "1"))
    return f"{_LEDGER}?{urlencode(parameters)}"


def health(_request: Request) -> Response:
    """Answer that the server runs and has an office."""
    context.office()
    return JSONResponse({"status": "ok"})


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
    parameters, office = request.query_params, context.office()
    names: dict[str, Any] = {name: tuple(parameters.getlist(name)) for name in _LEDGER_ASKS}
    sort = parameters.get("sort", "")
    query = LedgerQuery(
        **names, search=parameters.get("search", ""), sort=sort if sort in SORTS else "next",
        overdue_on=office.clock.today() if parameters.get("overdue") else None,
    )  # fmt: skip
    html = ledger_page(office, context.actor(), query, say=answers.say_of(request))
    return answers.page(html, answers.PAPER_POLICY)


def report_photo(request: Request) -> Response:
    """Answer a photo of a public report, to who works on it."""
    photo = context.office().public_reports.photo(context.actor(), request.path_params["sha256"])
    return Response(photo, media_type="image/jpeg")


class _OwnFiles(StaticFiles):
    """Our own files, for which a browser asks again as the header ``kept`` says."""

    def __init__(self, *, kept: str) -> None:
        super().__init__(directory=ASSETS)
        self._kept = kept

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 -- starlette's own
        """Answer a file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = self._kept
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
        *map_routes.routes(),
        Route(f"{_DOSSIER}/{{snapshot}}/{{unit:path}}", dossier_page),
        Route(f"{_COMMUNITY}/{{community}}", community_page),
        Route(_LEDGER, ledger_paper),
        # A script names the others that it needs without a version; what has one never changes.
        Mount("/gw/assets", _OwnFiles(kept="no-cache")),
        Mount(f"{KEPT}/{asset_version()}", _OwnFiles(kept=_FOR_EVER)),
        Mount("/gw/leaflet", StaticFiles(directory=LEAFLET)),
    ]
