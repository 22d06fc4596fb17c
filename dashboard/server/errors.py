"""The one place where an anticipated failure becomes an answer: a status for each code."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from dashboard.i18n import translator
from dashboard.server import request_facts
from geo.errors import GridwardenError

_CODES: Final[Mapping[int, tuple[str, ...]]] = {
    400: ("body_broken",),
    401: ("signed_out", "sign_in_failed", "account_locked", "demo_only", "directory_unknown",
          "directory_claim", "directory_refused", "directory_state", "directory_untrusted"),
    403: ("not_allowed", "not_allowed_in_part", "not_own_import", "not_allowed_minors",
          "receipt_or_pin_wrong"),
    404: ("content_missing", "evidence_missing", "evidence_no_picture", "upload_missing",
          "building_has_no_place", "building_unknown", "directory_not_configured",
          "photo_missing", "plan_missing", "public_report_missing", "public_reports_off",
          "plan_version_missing", "shift_missing",
          "snapshot_missing", "snapshot_table_missing", "team_missing", "unit_kind_unknown",
          "unknown_layer", "visit_missing"),
    408: ("body_too_slow",),
    409: ("evidence_changed", "upload_lost", "upload_offset", "plan_changed", "report_key_used",
          "visits_other_account"),
    413: ("body_too_large", "evidence_too_large", "upload_too_long", "photo_too_large",
          "visits_too_large"),
    415: ("body_wrong_kind", "visits_wrong_kind"),
    429: ("uploads_too_many", "public_too_many", "receipt_blocked", "sign_in_blocked",
          "sign_in_slowed"),
    503: ("database_error", "directory_unreachable", "no_office", "public_busy",
          "store_busy", "store_unreachable", "workspace_busy"),
    500: ("derived_damaged", "import_damaged", "snapshot_damaged"),
    507: ("disk_failed", "disk_full", "storage_failed", "storage_full", "storage_read_only"),
}  # fmt: skip
_STATUS: Final = {code: status for status, codes in _CODES.items() for code in codes}
_INVALID: Final = 422


def status_of(error: GridwardenError) -> int:
    """Return the HTTP status of a failure; what is not listed was asked for wrongly: 422."""
    return _STATUS.get(error.code, _INVALID)


def answer_failure(request: Request, error: Exception) -> Response:
    """Say a failure in the user's language: as text to who looks at a page, else as JSON."""
    if not isinstance(error, GridwardenError):
        raise error
    message = translator(request_facts.language_for(request)).error(error)
    headers = {"cache-control": "no-store"}
    if "text/html" in request.headers.get("accept", ""):
        return PlainTextResponse(message, status_code=status_of(error), headers=headers)
    body = {"code": error.code, "message": message}
    return JSONResponse(body, status_code=status_of(error), headers=headers)


HANDLERS: Final = {GridwardenError: answer_failure}
"""What an application is given as its exception handlers."""
