"""What a warden's page is told: their buildings, and never why one is on their list.

Only the columns named here travel. Score, points, factors, complaints and the cause that put a
building on today's list stay behind, whatever the service returns.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pandas as pd

from dashboard.i18n import Translator
from dashboard.navigation import building_url
from data.contracts.vocabulary import VisitResult
from governance.access.permissions import Action, Actor, may
from governance.office import Office

MOST_CARDS = 300
MOST_HISTORY = 20
WEEK_DAYS = 7


def list_payload(
    office: Office, actor: Actor, *, say: Translator, text: str = "", most: int = MOST_CARDS
) -> dict[str, Any]:
    """Return the page's list: today's buildings in walking order, then the others.

    ``office``, ``actor``: whose buildings, and who asks.
    ``text``: keep buildings whose name, address or code holds this; empty keeps all.
    ``most``: so many cards at most; ``total`` tells how many there are, ``beyond`` how many of
    today's are left out.
    """
    rows = _in_order(_holding(office.worklist.my_buildings(actor), text))
    records = may(actor, Action.RECORD_VISIT)
    beyond = rows.iloc[most:]
    beyond = beyond[beyond["today"].astype(bool)]
    seen_beyond = int(beyond["done"].sum())
    return {
        "account": actor.id,
        "mayRecord": records,
        "total": len(rows),
        "beyond": {"toSee": len(beyond) - seen_beyond, "seen": seen_beyond},
        "buildings": [
            card(row, say=say, page=_page_of(actor, str(row["building_id"]), say=say))
            for row in rows.head(most).to_dict("records")
        ],
        "proposals": _proposals(office, actor) if records else {},
    }


def card(row: Mapping[Any, Any], *, say: Translator, page: str = "") -> dict[str, Any]:
    """Return what a card shows of a row of ``my_buildings``.

    ``page``: address of the building's page; "" where the person may not open it.
    """
    last, step = _known(row.get("last_result")), _known(row.get("next_step"))
    return {
        "id": str(row["building_id"]),
        "name": str(_known(row["name"]) or row["building_id"]),
        "address": str(_known(row.get("address")) or ""),
        "today": bool(row["today"]),
        "order": int(row["order"]),
        "done": bool(row["done"]),
        "dueOn": time_text(row.get("due_on")),
        "daysLate": int(_known(row.get("days_late")) or 0),
        "walkM": _number(row.get("walk_m"), digits=-1),
        "look": [say.name("look_short", code) for code in _codes(row.get("look_for"))],
        "lastAt": time_text(row.get("last_at")),
        "lastResult": last,
        "nextStep": step if step != "none" else None,
        "retryAt": time_text(row.get("retry_at")),
        "page": page,
        "ended": _ended(row.get("ended_on"), say=say),
    }


def _ended(day: object, *, say: Translator) -> str:
    """Say from when a building no longer stands; "" of one that does."""
    known = _known(day)
    return say("Pulled down since {day}", day=f"{known:%Y-%m-%d}") if known is not None else ""


def _page_of(actor: Actor, building_id: str, *, say: Translator) -> str:
    """Return the address of a building's page; what a plan only lends has none."""
    page = building_url(actor, language=say.language)
    return page + quote(building_id, safe="") if page and building_id not in actor.delegated else ""


def history_payload(
    office: Office, actor: Actor, building_id: str, *, say: Translator
) -> dict[str, Any]:
    """Return one building's card, its known units and its newest visits."""
    building = office.worklist.building(actor, building_id)
    newest = building.visits.head(MOST_HISTORY)
    visits = [visit(row, say=say) for row in newest.to_dict("records")]
    shown = card(building.row, say=say, page=_page_of(actor, building_id, say=say))
    return {
        "building": shown,
        "units": list(building.units),
        "visits": [*_last_if_missing(shown, visits, say=say), *visits],
    }


def _last_if_missing(
    shown: dict[str, Any], visits: list[dict[str, Any]], *, say: Translator
) -> list[dict[str, Any]]:
    """Return the last visit as the card tells it, where it was imported or is another's."""
    at = shown["lastAt"]
    if at is None or any(each["at"] >= at for each in visits):
        return []
    return [visit({"at": at, "result": shown["lastResult"]}, say=say)]


def visit(row: Mapping[Any, Any], *, say: Translator) -> dict[str, Any]:
    """Return what the history shows of a visit: never who made it."""
    return {
        "at": time_text(row["at"]),
        "result": _known(row["result"]),
        "kind": say.name("visit_kind", str(row["kind"])) if _known(row.get("kind")) else "",
        "unit": str(_known(row.get("unit")) or ""),
        "note": str(_known(row.get("note")) or ""),
        "signs": list(_codes(row.get("signs"))),
        "pupils": _number(row.get("pupils")),
        "teachers": _number(row.get("teachers")),
        "photos": list(_codes(row.get("photos"))),
        "visitId": str(row["visit_id"]) if _known(row.get("may_undo")) else None,
    }


def listed(rows: pd.DataFrame, *, on: date, week: bool) -> pd.DataFrame:
    """Return the rows a paper list holds: today's, or all that fall due within a week."""
    if not week:
        return rows[rows["today"].astype(bool)].sort_values("order")
    until = pd.Timestamp(on + timedelta(days=WEEK_DAYS - 1))
    due = pd.to_datetime(rows["due_on"], errors="coerce") <= until
    return _in_order(rows[rows["today"].astype(bool) | due])


def recorded(answer: Any, *, now_utc: datetime, say: Translator) -> dict[str, Any]:  # noqa: ANN401 -- a VisitAnswer
    """Return what the browser learns about one entry it sent."""
    done = answer.recorded
    if done is None:
        return {
            "key": answer.key,
            "state": "refused",
            "problems": problems(answer.problems, say=say),
        }
    return {
        "key": answer.key,
        "state": "saved",
        "visitId": done.visit_id,
        "result": done.result,
        "nextStep": done.next_step if done.next_step != "none" else None,
        "retryAt": time_text(done.retry_at),
        "undoS": max(0, int((done.undo_until - now_utc).total_seconds())),
        "repeated": bool(done.repeated),
    }


def problems(of_entry: Iterable[Any], *, say: Translator) -> list[dict[str, str]]:
    """Return problems of an entry in the words of the page."""
    return [
        {
            "code": str(each.code),
            "field": str(each.field or ""),
            "message": say.name(
                "visit_problem",
                str(each.code),
                seen=each.seen,
                expected=each.expected,
                field=each.field,
            ),
        }
        for each in of_entry
    ]


def time_text(value: Any) -> str | None:  # noqa: ANN401 -- a cell of a frame
    """Return a local time or day as ISO text, to the minute; None for an unknown one."""
    return None if pd.isna(value) else str(pd.Timestamp(value).isoformat(timespec="minutes"))


def _proposals(office: Office, actor: Actor) -> dict[str, dict[str, Any]]:
    proposed = {result: office.visits.propose_next(actor, result) for result in VisitResult}
    return {
        result: {"step": each.step, "retryAt": time_text(each.retry_at)}
        for result, each in proposed.items()
    }


def _holding(rows: pd.DataFrame, text: str) -> pd.DataFrame:
    wanted = text.strip().casefold()
    if not wanted:
        return rows
    keep = pd.Series(data=False, index=rows.index)
    for column in ("name", "address", "building_id"):
        texts = rows[column].fillna("").astype(str).str.casefold()
        keep |= texts.str.contains(wanted, regex=False)
    return rows[keep]


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    later = ~rows["today"].astype(bool)
    return (
        rows.assign(_later=later)
        .sort_values(
            ["_later", "order", "due_on", "building_id"], kind="stable", na_position="last"
        )
        .drop(columns="_later")
    )


def _known(value: Any) -> Any:  # noqa: ANN401 -- a cell of a frame
    return None if pd.isna(value) else value


def _codes(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- a cell that holds a list
    return () if value is None or isinstance(value, float) else tuple(value)


def _number(value: Any, *, digits: int = 0) -> int | None:  # noqa: ANN401 -- a cell of a frame
    return None if pd.isna(value) else int(round(float(value), digits))
