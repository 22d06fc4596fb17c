"""Routes of the warden's page: their list, what they recorded, photos, and paper.

Whoever asks is known from the request alone. A record names the account that typed it; one that
waited in a browser while somebody else signed in is refused, not filed under the wrong name.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.documents import visit_list
from dashboard.i18n import Translator
from dashboard.maps.route_maps import routes_page, walk_of
from dashboard.runtime import context
from dashboard.server import answers
from dashboard.server.request_facts import VisitRequestError, with_body
from dashboard.server.visits.payloads import (
    history_payload,
    list_payload,
    listed,
    problems,
    recorded,
)
from data.store.unit_of_work import TextError
from governance.access.permissions import Actor, NotAllowedError
from governance.visits.rules.new_visit import VisitRefusedError

MOST_BYTES = 256 * 1024
MOST_PHOTO_BYTES = 8 * 1024 * 1024
MOST_ENTRIES = 100
LONGEST_AGE = timedelta(days=36_500)
"""An entry that says it is older was made by no browser; `visits.late_days` refuses far younger."""
TYPED = ("key", "building_id", "result", "unit", "signs", "pupils", "teachers", "note",
         "next_step", "retry_at")  # fmt: skip
Drawn = TypeVar("Drawn", str, bytes)
"""A list as a page or as a workbook."""
_JSON, _JPEG = "application/json", "image/jpeg"


def my_buildings(request: Request) -> Response:
    """Answer the list of the person who is signed in."""
    office, actor, say = context.office(), context.actor(), answers.say_of(request)
    text = request.query_params.get("q", "")
    return JSONResponse(list_payload(office, actor, say=say, text=text))


def one_building(request: Request) -> Response:
    """Answer one of the person's buildings with its newest visits."""
    office, actor, say = context.office(), context.actor(), answers.say_of(request)
    building_id = request.path_params["building"]
    return JSONResponse(history_payload(office, actor, building_id, say=say))


@with_body(kind=_JSON, most=MOST_BYTES)
def record(request: Request, body: bytes) -> Response:
    """Take in what was recorded or undone; one answer for each entry, in the same order."""
    actor, sent = context.actor(), _read(body)
    _check_account(actor, sent.get("account"))
    results = take_in(actor, sent["entries"], say=answers.say_of(request))
    return JSONResponse({"account": actor.id, "answers": results})


@with_body(kind=_JPEG, most=MOST_PHOTO_BYTES)
def add_photo(request: Request, body: bytes) -> Response:
    """Attach a photo to a visit already recorded; the service strips and bounds it again."""
    actor, query = context.actor(), request.query_params
    _check_account(actor, query.get("account"))
    photo = context.office().photos.attach(
        actor, query.get("visit", ""), body, no_faces=query.get("no_faces") == "1"
    )
    return JSONResponse({"sha256": photo.sha256, "bytes": len(photo.content)})


def one_photo(request: Request) -> Response:
    """Answer a photo of a visit the person may see."""
    content = context.office().photos.read(context.actor(), request.path_params["sha256"])
    return Response(content, media_type=_JPEG)


def paper_list(request: Request) -> Response:
    """Answer the list as a page to print."""
    return answers.page(_paper(request, visit_list.patrol_sheet), answers.PAPER_POLICY)


def today_map(request: Request) -> Response:
    """Answer today's list as a map, framed by the page of the person's buildings."""
    office, actor, say = context.office(), context.actor(), answers.say_of(request)
    rows = listed(office.worklist.my_buildings(actor), on=office.clock.today(), week=False)
    title = say.part("visits")["todayMap"]
    walk = walk_of(rows, name=title)
    ways = [walk] if walk.numbers else []
    page = routes_page(ways, title=title, facts=context.facts().name, say=say)
    return answers.page(page, answers.SINGLE_FILE_POLICY)


def excel_list(request: Request) -> Response:
    """Answer the list as a workbook."""
    name = f"patrol-{context.office().clock.today()}.xlsx"
    return answers.workbook(_paper(request, visit_list.patrol_workbook, leaves_as=name), name)


def take_in(
    actor: Actor, entries: Sequence[Mapping[str, Any]], *, say: Translator
) -> list[dict[str, Any]]:
    """Record and undo what a browser sent.

    ``entries``: each with ``key`` and ``kind`` (``visit`` or ``undo``), see `TYPED`. A visit tells
    its age in seconds instead of its time, so that a phone's wrong clock does no harm.
    """
    new = [_new_visit(entry) for entry in entries if entry.get("kind") != "undo"]
    now = context.office().clock.utc()
    visits = context.office().sent_visits.record_many(actor, new) if new else []
    by_key = {str(visit.key): recorded(visit, now_utc=now, say=say) for visit in visits}
    by_key |= {
        str(entry["key"]): _undo(actor, entry, say=say)
        for entry in entries
        if entry.get("kind") == "undo"
    }
    return [by_key[str(entry["key"])] for entry in entries]


def routes() -> list[BaseRoute]:
    """Return the routes of the warden's page."""
    return [
        Route("/gw/my-buildings", my_buildings),
        Route("/gw/my-buildings/{building:path}", one_building),
        Route("/gw/visits", record, methods=["POST"]),
        Route("/gw/visits/photo", add_photo, methods=["POST"]),
        Route("/gw/visits/photo/{sha256}", one_photo),
        Route("/gw/patrol-list", paper_list),
        Route("/gw/patrol-list.xlsx", excel_list),
        Route("/gw/patrol-list/map", today_map),
    ]


def _new_visit(entry: Mapping[str, Any]) -> dict[str, Any]:
    age = timedelta(seconds=max(0, entry["age_s"]))
    typed = {name: entry[name] for name in TYPED if entry.get(name) not in (None, "")}
    return typed | {"at": (context.office().clock.local() - age).isoformat(timespec="seconds")}


def _undo(actor: Actor, entry: Mapping[str, Any], *, say: Translator) -> dict[str, Any]:
    key = str(entry["key"])
    try:
        context.office().visits.undo(actor, str(entry["visit_id"]))
    except (NotAllowedError, TextError, VisitRefusedError) as error:
        each = problems(getattr(error, "problems", ()), say=say)
        whole = [{"code": error.code, "field": "", "message": say.error(error)}]
        return {"key": key, "state": "refused", "problems": each or whole}
    return {"key": key, "state": "undone"}


def _paper(request: Request, draw: Callable[..., Drawn], *, leaves_as: str | None = None) -> Drawn:
    office, actor = context.office(), context.actor()
    today, week = office.clock.today(), request.query_params.get("span") == "week"
    rows = listed(office.worklist.my_buildings(actor, leaves_as=leaves_as), on=today, week=week)
    return draw(rows, on=today, name=actor.name, office=office.settings(actor).name)


def _read(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
        entries = sent["entries"]
        sound = isinstance(entries, list) and all(map(_is_entry, entries))
    except (ValueError, KeyError, TypeError, RecursionError):
        sound, entries = False, []
    if not sound:
        raise VisitRequestError("visits_malformed", expected="entries with key, kind and age_s")
    if len(entries) > MOST_ENTRIES:
        raise VisitRequestError("visits_too_large", seen=len(entries), expected=MOST_ENTRIES)
    return dict(sent)


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
        return False
    if not entry["key"].isprintable():  # it is answered, and half a character cannot be
        return False
    if entry.get("kind") == "undo":
        return isinstance(entry.get("visit_id"), str)
    age = entry.get("age_s")
    if not isinstance(age, int | float) or isinstance(age, bool):
        return False
    is_age = age <= LONGEST_AGE.total_seconds()  # NaN is not
    return is_age and isinstance(entry.get("building_id"), str)


def _check_account(actor: Actor, account: object) -> None:
    if account != actor.id:
        raise VisitRequestError("visits_other_account", what_to_do="sign in as who typed it")
