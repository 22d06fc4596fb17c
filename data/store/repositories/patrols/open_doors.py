"""Doors whose last visit asked for another one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select, true
from sqlalchemy.orm import aliased

from data.store.repositories.repository import Repository, frame_of, narrow
from data.store.repositories.versioned import is_newest
from data.store.tables.visits import VisitVersion

if TYPE_CHECKING:
    import pandas as pd

OPEN_DOORS: Final = ("building_id", "next_step", "retry_at")


class OpenDoors(Repository):
    """Reads what visits left to be done at single doors of a building."""

    def left(
        self,
        *,
        steps: Collection[str],
        since: datetime,
        buildings: Collection[str] | None = None,
        before: datetime | None = None,
        until: int | None = None,
    ) -> pd.DataFrame:
        """Return the next steps that no later visit to their door settled, the earliest first.

        A visit of which no door is told is one to the whole building: it settles every door, and
        every later visit settles it.

        ``steps``: these alone.
        ``since``, ``before``: local times: only visits at or after the first, before the second.
        ``buildings``, ``until``: as of `data.store.repositories.visits.Visits.last_per_building`.

        Returns `OPEN_DOORS`.
        """
        left, later = aliased(VisitVersion), aliased(VisitVersion)
        known = true() if until is None else later.id <= until
        in_time = true() if before is None else later.at < before
        settled = select(later.id).where(
            later.building_id == left.building_id, in_time, known,
            later.withdrawn.is_(False), is_newest(later, "visit_id", until=until),
            or_(left.unit == "", later.unit.in_(("", left.unit))),
            or_(later.at > left.at, (later.at == left.at) & (later.id > left.id)),
        )  # fmt: skip
        query = select(*(getattr(left, name) for name in OPEN_DOORS)).where(
            left.next_step.in_(sorted(steps)), left.at >= since,
            true() if before is None else left.at < before,
            true() if until is None else left.id <= until,
            left.withdrawn.is_(False), is_newest(left, "visit_id", until=until),
            ~settled.exists(),
        )  # fmt: skip
        parts = narrow(query, left.building_id, buildings)
        rows = [row for part in parts for row in self._session.execute(part)]
        found = frame_of(rows, OPEN_DOORS, dtype=object).astype({"retry_at": "datetime64[us]"})
        return found.sort_values(["retry_at", "next_step"], ignore_index=True)
