"""What can be laid over the map, for who may: routes, suspicions, reports, change, cases."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.palette import tier_order
from dashboard.maps.route_maps import hues_of
from dashboard.runtime import context
from governance.access.permissions import Action, Actor, may

WEEK: Final = timedelta(days=7)
MOST_POINTS: Final = 400
CASES: Final = "cases"
_SUSPECTED, _WAITING = "#7a1f8a", "#1f5f8b"
_RISE, _FALL = "#a3123a", "#1f7a4d"
MARKS: Final = {
    "suspected": {"suspected": _SUSPECTED},
    "waiting": {"waiting": _WAITING},
    "change": {"rise": _RISE, "fall": _FALL},
}
"""Layers whose marks are told apart by their kind, with their colours."""
CASE_HUES: Final = {
    "new": "#a3123a",
    "assigned": "#9a4a00",
    "verified": "#6b5500",
    "referred": "#7a1f8a",
    "decided": "#1f5f8b",
    "replied": "#1f7a4d",
    "on_hold": "#4a5563",
}
"""Stages of open cases with their colours, in their order; a mark says the place in it."""
_HIGH: Final = 2
"""Place of the first tier that is not high."""


def offered(actor: Actor, *, days: int) -> list[str]:
    """Return the names of what a person may lay over a map of so many days."""
    needed: Mapping[str, bool] = {
        "routes": may(actor, Action.SEE_PLAN),
        "suspected": may(actor, Action.SEE_VISITS),
        "waiting": may(actor, Action.SEE_COMPLAINTS) and may(actor, Action.SEE_REASONS),
        "change": may(actor, Action.SEE_REASONS) and days > 1,
        CASES: may(actor, Action.SEE_CASES),
    }
    return [name for name, offers in needed.items() if offers]


def content(name: str, snapshot_id: str) -> dict[str, Any]:
    """Return what a layer draws.

    Returns ``lines``: ``hue``, ``places`` (longitude and latitude), and of each place ``units`` and
    ``names``; ``points``: ``kind``, ``hue``, ``place``, ``unit`` and ``name``, at most
    :data:`MOST_POINTS`.

    Raises `NotAllowedError` when the acting user may not see it.
    Raises `KeyError` when there is no such layer.
    """
    made: Mapping[str, Callable[[str], dict[str, Any]]] = {
        "routes": lambda _: _routes(),
        "suspected": _suspected,
        "waiting": _waiting,
        "change": _change,
        CASES: _cases,
    }
    return {"lines": [], "points": [], **made[name](snapshot_id)}


def _routes() -> dict[str, Any]:
    office, actor = context.office(), context.actor()
    day = office.clock.today() + WEEK
    plan = office.plans.of_week(actor, day)
    if plan is None:
        return {}
    hues = hues_of(plan.shifts["shift_id"])
    stops = plan.stops.sort_values(["shift_id", "place"])
    stops = stops[np.isfinite(stops[["lon", "lat"]].to_numpy(float)).all(axis=1)]
    return {
        "lines": [
            {
                "hue": hues[str(shift)],
                "places": _pairs(part),
                "units": part["building_id"].astype(str).tolist(),
                "names": part["name"].astype(str).tolist(),
            }
            for shift, part in stops.groupby("shift_id")
        ]
    }


def _suspected(snapshot_id: str) -> dict[str, Any]:
    """Return buildings whose last visit asks for a chief's look."""
    office, actor = context.office(), context.actor()
    waiting = office.suspicions.waiting(actor)["building_id"]
    return _points(snapshot_id, dict.fromkeys(waiting, ("suspected", _SUSPECTED)))


def _waiting(snapshot_id: str) -> dict[str, Any]:
    """Return buildings about which a report waits for a visit."""
    waiting = context.office().risk_map.waiting_reports(context.actor())
    return _points(snapshot_id, dict.fromkeys(waiting, ("waiting", _WAITING)))


def _change(snapshot_id: str) -> dict[str, Any]:
    """Return buildings that came to, or left, the two highest tiers within a week or more."""
    office, actor = context.office(), context.actor()
    scores = office.scores.snapshots(actor)
    days = pd.to_datetime(scores["as_of"])
    day = days[scores["snapshot_id"].eq(snapshot_id)].max()
    older = scores.loc[days <= day - WEEK, "snapshot_id"]
    if older.empty:
        return {}
    before = map_layer(LayerChoice("building", str(older.iloc[0]))).set_index("unit")["tier"]
    now = map_layer(LayerChoice("building", snapshot_id)).set_index("unit")["tier"]
    both = pd.DataFrame({"now": now, "before": before}).dropna()
    order = both.apply(lambda tiers: tiers.map(tier_order))
    high = (order >= 0) & (order < _HIGH)
    step = (order["now"] - order["before"])[high["now"] != high["before"]]
    marks = {
        str(unit): ("rise", _RISE) if change < 0 else ("fall", _FALL)
        for unit, change in step[step != 0].items()
    }
    return _points(snapshot_id, marks)


def _cases(snapshot_id: str) -> dict[str, Any]:
    """Return buildings with an open case, by the stage of the one that is due first."""
    stages = context.office().case_inbox.open_places(context.actor())
    marks = {unit: (stage, CASE_HUES[stage]) for unit, stage in stages.items()}
    found = _points(snapshot_id, marks)
    order = {stage: str(number) for number, stage in enumerate(CASE_HUES, 1)}
    return {"points": [point | {"sign": order[point["kind"]]} for point in found["points"]]}


def _points(snapshot_id: str, marks: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return marked buildings that one may see as points, the highest ranks first."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    shown = buildings[buildings["unit"].isin(marks)]
    shown = shown[np.isfinite(shown[["lon", "lat"]].to_numpy(float)).all(axis=1)]
    shown = shown.sort_values("rank").head(MOST_POINTS)
    return {
        "points": [
            {
                "kind": marks[unit][0],
                "hue": marks[unit][1],
                "place": place,
                "unit": unit,
                "name": name,
            }
            for unit, name, place in zip(
                shown["unit"], shown["name"].fillna(shown["unit"]), _pairs(shown), strict=True
            )
        ]
    }


def _pairs(frame: pd.DataFrame) -> list[list[float]]:
    pairs: list[list[float]] = frame[["lon", "lat"]].to_numpy(float).round(6).tolist()
    return pairs
