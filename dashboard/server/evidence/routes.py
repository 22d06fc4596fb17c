"""Routes of lead material. Nothing is shown as it came: a file is saved, a picture made anew."""

import json
from typing import Any, Final
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from dashboard.runtime import context
from dashboard.server.request_facts import with_body, with_form
from data.workspace.content_store import read_pieces
from geo.errors import GridwardenError
from governance.records.evidence.intake.service import MOST_PIECE_BYTES, Upload

UPLOADS: Final = "/gw/evidence/uploads"
ORIGINAL: Final = "/gw/evidence/original"
PACK: Final = "/gw/evidence/pack"
PIECE_BYTES: Final = 1_048_576
"""How much a browser sends at once: what is lost when a connection breaks."""
_MOST_JSON: Final = 16_384
_JSON, _BYTES, _JPEG, _ZIP = (
    "application/json", "application/octet-stream", "image/jpeg", "application/zip",
)  # fmt: skip


class UploadRequestError(GridwardenError):
    """A browser sent something that is no part of an upload."""


def picture_url(evidence_no: str, version: int, *, clear: bool = False) -> str:
    """Return the address of a picture to read; another version is another address.

    ``clear``: without any blur, to mark on it: that is written down each time it is asked for.
    """
    return f"/gw/evidence/{evidence_no}/picture?v={version}" + ("&clear=1" if clear else "")


def unfinished(_request: Request) -> Response:
    """Answer the uploads of the account that are not finished."""
    found = context.office().evidence_intake.unfinished(context.actor())
    return JSONResponse({"uploads": [_state(each) for each in found]})


@with_body(kind=_JSON, most=_MOST_JSON)
def begin(_request: Request, body: bytes) -> Response:
    """Begin an upload, or say how far the one of the same file has come."""
    sent = _read(body, filename=str, bytes=int, modified=str, told=dict)
    facts = {str(name): str(value) for name, value in sent["told"].items()}
    begun = context.office().evidence_intake.begin(
        context.actor(),
        sent["filename"],
        sent["bytes"],
        modified=sent["modified"],
        description=facts,
    )
    return JSONResponse(_state(begun))


@with_body(kind=_BYTES, most=MOST_PIECE_BYTES)
def piece(request: Request, body: bytes) -> Response:
    """Take in a piece; answers once it is on the disk."""
    offset = request.query_params.get("offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 16):  # noqa: PLR2004 -- digits
        raise UploadRequestError("upload_malformed", expected="offset")
    kept = context.office().evidence_intake.piece(
        context.actor(), request.path_params["upload"], body, offset=int(offset),
        sha256=request.query_params.get("sha256", ""),
    )  # fmt: skip
    return JSONResponse(_state(kept))


@with_body(kind=_JSON, most=_MOST_JSON)
def finish(request: Request, body: bytes) -> Response:
    """Make a whole upload lead material."""
    sent = _read(body, sha256=str)
    number = context.office().evidence_intake.finish(
        context.actor(), request.path_params["upload"], sha256=sent["sha256"]
    )
    return JSONResponse({"evidence_no": number})


@with_body(kind=_JSON, most=_MOST_JSON)
def drop(request: Request, body: bytes) -> Response:
    """Give an unfinished upload up."""
    _read(body)
    context.office().evidence_intake.drop(context.actor(), request.path_params["upload"])
    return JSONResponse({})


def picture(request: Request) -> Response:
    """Answer a picture to read, blurred where it must be."""
    number = request.path_params["number"]
    files = context.office().evidence_files
    clear = request.query_params.get("clear") == "1"
    content = (files.clear_picture if clear else files.picture)(context.actor(), number)
    return Response(content, media_type=_JPEG)


@with_form
def original(_request: Request, form: FormData) -> Response:
    """Answer a file as it came, to be saved; that is written down."""
    number = str(form.get("number", ""))
    name, path = context.office().evidence_files.open_original(context.actor(), number)
    headers = {"content-length": str(path.stat().st_size)}
    return _saved(StreamingResponse(read_pieces(path), media_type=_BYTES, headers=headers), name)


@with_form
def pack(_request: Request, form: FormData) -> Response:
    """Answer pieces as a pack, made while it is sent; that is written down."""
    made = context.office().evidence_packs.export(
        context.actor(), str(form.get("numbers", "")).split(), purpose=str(form.get("purpose", ""))
    )
    return _saved(StreamingResponse(made.content, media_type=_ZIP), made.name)


def routes() -> list[BaseRoute]:
    """Return the routes of lead material."""
    one = f"{UPLOADS}/{{upload}}"
    return [
        Route(UPLOADS, unfinished),
        Route(UPLOADS, begin, methods=["POST"]),
        Route(one, piece, methods=["POST"]),
        Route(f"{one}/finish", finish, methods=["POST"]),
        Route(f"{one}/drop", drop, methods=["POST"]),
        Route(ORIGINAL, original, methods=["POST"]),
        Route(PACK, pack, methods=["POST"]),
        Route("/gw/evidence/{number}/picture", picture),
    ]


def _state(upload: Upload) -> dict[str, Any]:
    return {"upload": upload.upload, "filename": upload.filename, "bytes": upload.bytes,
            "received": upload.received, "piece": PIECE_BYTES}  # fmt: skip


def _saved(response: Response, name: str) -> Response:
    """Let a browser save what it is answered under a name, and never show it."""
    response.headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["content-security-policy"] = "sandbox; default-src 'none'"
    return response


def _read(body: bytes, **kinds: type) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    sound = isinstance(sent, dict) and all(
        isinstance(sent.get(name), kind) and not isinstance(sent[name], bool)
        for name, kind in kinds.items()
    )
    if not sound:
        raise UploadRequestError("upload_malformed", expected=list(kinds))
    return dict(sent)
