"""What the warden's page in the browser is told beside the list: words and addresses, nobody's."""

from typing import Any

from dashboard.i18n import Translator
from dashboard.server.assets_url import asset_url
from data.contracts.vocabulary import NextStep, VisitResult, VisitSign

WORKER = "/gw/field/worker.js"
ADDRESSES = {
    "list": "/gw/my-buildings",
    "patrol": "/gw/my-patrol",
    "visits": "/gw/visits",
    "photo": "/gw/visits/photo/",
    "paper": "/gw/patrol-list",
    "excel": "/gw/patrol-list.xlsx",
    "todayMap": "/gw/patrol-list/map",
    "signIn": "/gw/sign-in?next=/my-buildings",
    "holder": "/gw/field/holder",
    "worker": WORKER,
}
_CODES = {"visit_result": VisitResult, "sign": VisitSign, "next_step": NextStep}
"""Codes by kind; no code belongs to two kinds."""
_LISTS = {"results": "visit_result", "signs": "sign", "steps": "next_step"}


def page_words(say: Translator) -> dict[str, Any]:
    """Return addresses and words of the page in one language; the same for everybody."""
    return {
        "script": asset_url("visits/visits.js"),
        "style": asset_url("visits/visits.css"),
        **ADDRESSES,
        "language": say.language,
        **{
            part: [[code, say.name(kind, code)] for code in _CODES[kind]]
            for part, kind in _LISTS.items()
        },
        "names": {code: say.name(kind, code) for kind in _CODES for code in _CODES[kind]},
        "words": say.part("visits") | {"nothingFound": say.name("visit_result", "未发现异常")},
    }
