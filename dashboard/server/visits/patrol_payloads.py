"""What a team is told of its route: where, when and what to look for, and never why.

Only the columns named here travel, whatever the service returns.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, day_text, team_text
from dashboard.server.visits.payloads import time_text


def route_payload(rows: pd.DataFrame, *, today: date, say: Translator) -> dict[str, Any]:
    """Return the shifts of a person's team, the next one first.

    ``rows``: of ``my_patrol``.
    ``today``: the office's own day; shifts of today are marked.
    """
    order = ["day", "part", "shift_id", "place"]
    shifts = rows.sort_values(order, kind="stable").groupby("shift_id", sort=False)
    return {"shifts": [_shift(group, today=today, say=say) for _, group in shifts]}


def _shift(rows: pd.DataFrame, *, today: date, say: Translator) -> dict[str, Any]:
    first = rows.iloc[0]
    day = pd.Timestamp(first["day"]).date()
    ends = (rows["arrive"] + rows["minutes"]).max()
    return {
        "id": str(first["shift_id"]),
        "today": day == today,
        "title": " · ".join(
            [team_text(first["team"], say=say), day_text(day, say=say),
             say.name("part", str(first["part"])), f"{clock(rows['arrive'].min())}–{clock(ends)}"]
        ),
        "departments": [str(each) for each in first["departments"]],
        "stops": [_stop(row, say=say) for row in rows.to_dict("records")],
    }  # fmt: skip


def _stop(row: Mapping[Any, Any], *, say: Translator) -> dict[str, Any]:
    """Return what a card shows of a stop; the names are those of a building's own card."""
    last = row.get("last_result")
    return {
        "id": str(row["building_id"]),
        "name": str(row["name"] or row["building_id"]),
        "address": str(row["address"] or ""),
        "place": int(row["place"]),
        "arrive": clock(row["arrive"]),
        "mode": say.name("visit_kind", str(row["mode"])),
        "look": [say.name("look_short", str(code)) for code in row["look_for"]],
        "done": bool(row["done"]),
        "lastAt": time_text(row.get("last_at")),
        "lastResult": None if pd.isna(last) else str(last),
    }
