"""Answers that several routes give: pages of their own, workbooks, and in whose language."""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.i18n import Translator, translator

SINGLE_FILE_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'; sandbox allow-scripts"
)
"""A map stands alone, in a frame of our pages."""
PAPER_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; sandbox allow-scripts allow-modals"
)
"""A page to print stands alone: its print button works, and it can neither fetch nor send."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def say_of(request: Request) -> Translator:
    """Return the wording of the language that an address names."""
    return translator(request.query_params.get("lang", ""))


def page(html: str, policy: str) -> Response:
    """Answer a page that stands alone, under a content security policy."""
    return HTMLResponse(html, headers={"content-security-policy": policy})


def workbook(content: bytes, name: str) -> Response:
    """Answer a workbook to be saved under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_XLSX, headers=headers)


def moved(to: str) -> Response:
    """Lead a browser to another address, which it asks for anew every time."""
    return RedirectResponse(to, status_code=303, headers={"cache-control": "no-store"})
