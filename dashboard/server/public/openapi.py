"""The description of the JSON API (OpenAPI 3.1), made of what the code itself checks against."""

from copy import deepcopy
from dataclasses import fields
from typing import Any, Final

from governance.cases.public_reports.outcome import PublicStage, ReportOutcome
from governance.cases.public_reports.public_intake import Offer
from governance.cases.public_reports.receipts import PIN_DIGITS
from governance.cases.public_reports.report_form import form_schema

_BASE: Final = "/gw/public/api/v1"
_LONGEST_TYPED: Final = 64
OUTCOME_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "receipt": {"type": "string", "minLength": 1, "maxLength": _LONGEST_TYPED},
        "pin": {"type": "string", "minLength": 1, "maxLength": _LONGEST_TYPED},
    },
    "required": ["receipt", "pin"],
    "additionalProperties": False,
}
_RECEIPT: Final = {
    "type": "object",
    "properties": {
        "receipt": {"type": "string", "examples": ["7K3M-9QXD-2HVT"]},
        "pin": {"type": "string", "pattern": f"^[0-9]{{{PIN_DIGITS}}}$"},
    },
    "required": ["receipt", "pin"],
    "additionalProperties": False,
}
_DAY: Final = {"type": ["string", "null"], "format": "date"}
_OUTCOME: Final = {
    "type": "object",
    "properties": {
        "receipt": {"type": "string"},
        "received_on": {"type": "string", "format": "date"},
        "stage": {"type": "string", "enum": [each.value for each in PublicStage]},
        "passed_on_to": {"type": "string", "description": "Who decided; told with the answer."},
        "answered_on": _DAY,
        "answer": {"type": "string"},
        "closed_on": _DAY,
    },
    "required": [field.name for field in fields(ReportOutcome)],
    "additionalProperties": False,
}
_PROBLEM: Final = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "In the language of Accept-Language."},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["field", "code", "message"],
            },
        },
    },
    "required": ["code", "message", "problems"],
}
_REFUSALS: Final = {
    "400": "The body cannot be read.",
    "403": "No report has this receipt number and this PIN.",
    "408": "The body came too slowly.",
    "409": "Something else was sent under this key.",
    "413": "The body or a photo is too large.",
    "415": "The body is of another content type.",
    "422": "Something in it is wrong; `problems` names all of it.",
    "429": "Too often; `retry-after` says how many seconds to wait.",
    "503": "Too much at once; `retry-after` says how many seconds to wait.",
}


def description(offer: Offer) -> dict[str, Any]:
    """Return the OpenAPI document for what an office takes reports of."""
    form = form_schema(without=offer.unasked)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gridwarden public reports", "version": "1.0.0"},
        "servers": [{"url": _BASE}],
        "paths": {
            "/reports": {"post": _send(form, photos=offer.rules.photos)},
            "/outcome": {"post": _ask()},
        },
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


def _send(form: dict[str, Any], *, photos: int) -> dict[str, Any]:
    with_photos = deepcopy(form)
    with_photos["properties"]["photos"] = {
        "type": "array",
        "maxItems": photos,
        "items": {"type": "string", "format": "binary"},
        "description": "JPEG, PNG or WebP; kept without place, camera and time.",
    }
    return {
        "operationId": "sendReport",
        "summary": "Report something",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": form},
                "multipart/form-data": {"schema": with_photos},
            },
        },
        "responses": _responses("201", "It was taken in.", _RECEIPT, without="403"),
    }


def _ask() -> dict[str, Any]:
    return {
        "operationId": "askOutcome",
        "summary": "Ask what became of a report",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": OUTCOME_SCHEMA}},
        },
        "responses": _responses("200", "Where it stands.", _OUTCOME, without="409"),
    }


def _responses(
    code: str, what: str, schema: dict[str, Any], *, without: str
) -> dict[str, dict[str, Any]]:
    problem = {"$ref": "#/components/schemas/Problem"}
    refusals = {
        status: {"description": why, "content": {"application/json": {"schema": problem}}}
        for status, why in _REFUSALS.items()
        if status != without
    }
    good = {"description": what, "content": {"application/json": {"schema": schema}}}
    return {code: good} | refusals
