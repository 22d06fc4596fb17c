"""Who may ask for what: one row for each route and method that the server knows, Streamlit's too.

A row names the roles that are let in; every other role is refused with 403. What a role is told
that is let in is asked in `test_every_route_every_role.py` and the tests of each page.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from governance.access.roles import GRANTED

EVERYBODY = frozenset(GRANTED)
_OUTSIDE = {"property_owner", "auditor", "system_administrator", "security_administrator",
            "audit_administrator"}  # fmt: skip
MAP = EVERYBODY - _OUTSIDE
LIST = EVERYBODY - (_OUTSIDE - {"property_owner"})
VISITS = MAP - {"hotline_clerk"}
IN_A_TEAM = frozenset({"grid_chief", "warden", "building_head", "enforcement_officer"})
PLAN = frozenset({"office_manager", "planner", "grid_chief"})
REASONS = PLAN | {"enforcement_officer"}
MATERIAL = frozenset({"office_manager", "grid_chief", "enforcement_officer"})
EXPORTS = PLAN
WHOLE_STREET: frozenset[str] = frozenset()
"""Nobody whose scope is a part of the street."""
NOBODY: frozenset[str] = frozenset()

OPEN, CLOSED, SIGNED_IN = "open", "closed", "signed_in"


class Row(NamedTuple):
    """One method of one route."""

    roles: frozenset[str]
    """Roles that are not refused."""
    kind: str = SIGNED_IN
    """``open``: also whoever did not sign in is answered. ``closed``: 404 to everybody."""
    more: Mapping[str, Any] = {}
    """What a request sends, so that permission and not its form decides."""
    query: str = ""
    """What stands behind the path."""


_UPLOAD = {"json": {"filename": "a.jpg", "bytes": 3, "modified": "", "told": {}}}
_PIECE = {"content": b"abc", "headers": {"content-type": "application/octet-stream"}}
_PHOTO = {"content": b"abc", "headers": {"content-type": "image/jpeg"}}
_CLOSED = Row(NOBODY, CLOSED)
_AGENT = {
    f"{method} /_stcore/agent/{name}": _CLOSED
    for method in ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
    for name in ("interact", "openapi.json", "mcp")
}
TABLE: Mapping[str, Row] = {
    "GET /healthz": Row(EVERYBODY, OPEN),
    "GET /readyz": Row(EVERYBODY, OPEN),
    "GET /metrics": Row(EVERYBODY, OPEN),
    "GET /gw/health": Row(EVERYBODY, OPEN),
    "GET /gw/sign-in": Row(EVERYBODY, OPEN),
    "POST /gw/sign-in": Row(EVERYBODY, OPEN),
    "POST /gw/demo-sign-in": Row(EVERYBODY, OPEN),
    "POST /gw/sign-out": Row(EVERYBODY, OPEN),
    "GET /gw/oidc/start": Row(EVERYBODY, OPEN),
    "GET /gw/oidc/callback": Row(EVERYBODY, OPEN),
    "GET /gw/password": Row(EVERYBODY),
    "POST /gw/password": Row(EVERYBODY),
    "GET /gw/my-buildings": Row(LIST),
    "GET /gw/my-buildings/{building:path}": Row(VISITS),
    "POST /gw/visits": Row(EVERYBODY, more={"json": {"account": "?", "entries": []}}),
    "POST /gw/visits/photo": Row(IN_A_TEAM, more=_PHOTO, query="?account={account}&visit=v"),
    "GET /gw/visits/photo/{sha256}": Row(VISITS),
    "GET /gw/patrol-list": Row(LIST),
    "GET /gw/patrol-list.xlsx": Row(LIST),
    "GET /gw/patrol-list/map": Row(LIST),
    "GET /gw/field": Row(EVERYBODY),
    "GET /gw/field/words": Row(EVERYBODY),
    "GET /gw/field/worker.js": Row(EVERYBODY),
    "GET /gw/field/holder": Row(EVERYBODY),
    "GET /gw/plan-map": Row(PLAN),
    "GET /gw/plan-sheet": Row(PLAN),
    "GET /gw/my-patrol": Row(IN_A_TEAM),
    "GET /gw/my-patrol/map": Row(IN_A_TEAM),
    "GET /gw/my-patrol/sheet": Row(IN_A_TEAM),
    "GET /gw/my-patrol/sheet.xlsx": Row(IN_A_TEAM),
    "GET /gw/evidence/uploads": Row(MATERIAL),
    "POST /gw/evidence/uploads": Row(MATERIAL, more=_UPLOAD),
    "POST /gw/evidence/uploads/{upload}": Row(MATERIAL, more=_PIECE, query="?offset=0"),
    "POST /gw/evidence/uploads/{upload}/finish": Row(MATERIAL, more={"json": {"sha256": "0" * 64}}),
    "POST /gw/evidence/uploads/{upload}/drop": Row(MATERIAL, more={"json": {}}),
    "POST /gw/evidence/original": Row(MATERIAL, more={"data": {"number": "CL-2026-0001"}}),
    "POST /gw/evidence/pack": Row(
        frozenset({"enforcement_officer"}), more={"data": {"numbers": "CL-2026-0001"}}
    ),
    "GET /gw/evidence/{number}/picture": Row(MATERIAL),
    "GET /gw/report-photo/{sha256}": Row(frozenset({"office_manager", "hotline_clerk"})),
    "GET /{page:page}": Row(EVERYBODY),
    "GET /gw/first-sight": Row(REASONS),
    "GET /gw/unit-card/{snapshot}/{unit:path}": Row(REASONS),
    "GET /gw/grids/{snapshot}": Row(MAP),
    "GET /gw/tiles/{snapshot}/{layer}/{tiles}": Row(MAP),
    "GET /gw/basemap/{tiles}": Row(MAP),
    "GET /gw/places": Row(MAP),
    "GET /gw/over/{snapshot}/{layer}": Row(EVERYBODY),
    "GET /gw/find/{snapshot}": Row(MAP, query="?text=1"),
    "GET /gw/small-map/{snapshot}/{unit:path}": Row(MAP),
    "GET /gw/dossier/{snapshot}/{unit:path}": Row(EXPORTS),
    "GET /gw/community-report/{community}": Row(WHOLE_STREET),
    "GET /gw/ledger": Row(frozenset({"office_manager", "grid_chief"})),
    "GET /gw/public/report": Row(EVERYBODY, OPEN),
    "POST /gw/public/report": Row(EVERYBODY, OPEN),
    "GET /gw/public/outcome": Row(EVERYBODY, OPEN),
    "POST /gw/public/outcome": Row(EVERYBODY, OPEN),
    "GET /gw/public/assets/{name}": Row(EVERYBODY, OPEN),
    "GET /gw/public/api/openapi.json": Row(EVERYBODY, OPEN),
    "POST /gw/public/api/v1/reports": Row(EVERYBODY, OPEN),
    "POST /gw/public/api/v1/outcome": Row(EVERYBODY, OPEN),
    "MOUNT /gw/assets": Row(EVERYBODY),
    "MOUNT /gw/kept": Row(EVERYBODY),
    "MOUNT /gw/leaflet": Row(EVERYBODY),
    "MOUNT ": Row(EVERYBODY),
    "GET /_stcore/health": Row(EVERYBODY),
    "OPTIONS /_stcore/health": Row(EVERYBODY),
    "GET /_stcore/host-config": Row(EVERYBODY),
    "GET /media/{file_id:path}": Row(EVERYBODY),
    "OPTIONS /media/{file_id:path}": Row(EVERYBODY),
    "PUT /_stcore/upload_file/{session_id}/{file_id}": Row(NOBODY),
    "DELETE /_stcore/upload_file/{session_id}/{file_id}": Row(NOBODY),
    "OPTIONS /_stcore/upload_file/{session_id}/{file_id}": Row(
        frozenset({"office_manager", "planner", "hotline_clerk"})
    ),
    "WEBSOCKET /_stcore/stream": Row(EVERYBODY),
    "GET /_stcore/metrics": _CLOSED,
    "OPTIONS /_stcore/metrics": _CLOSED,
    "GET /component/{path:path}": _CLOSED,
    "OPTIONS /component/{path:path}": _CLOSED,
    "GET /_stcore/bidi-components/{path:path}": _CLOSED,
    "OPTIONS /_stcore/bidi-components/{path:path}": _CLOSED,
    "GET /auth/login": _CLOSED,
    "GET /auth/logout": _CLOSED,
    "GET /oauth2callback": _CLOSED,
    **_AGENT,
}  # fmt: skip
"""Streamlit's upload asks each role for its own proof against forgery, so none gets through here
without a page; that a planner's page can is shown by the journeys of importing."""
