"""The stops that teams were shown at an earlier moment, from the versions of plans."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from data.store.repositories.repository import Repository
from data.store.tables.patrols import PatrolPlan

SHOWN: Final = "published"
TAKEN_BACK: Final = "cancelled"
"""States of versions that replace what teams see: by their stops, and by nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStop:
    """A stop of a version of a plan; ``arm`` and ``mode`` as `PatrolStop` has them."""

    plan_id: str
    version: int
    team_id: str
    arm: str
    mode: str


class EarlierStops(Repository):
    """Reads what was published; versions are never changed, so any moment can be told."""

    def at(self, building_id: str, *, moment: datetime, day: date) -> list[EarlierStop]:
        """Return the stops at a building that teams were shown, latest version of a plan first.

        ``moment``: UTC, naive; a version published later does not count, nor a draft.
        ``day``: that the plan's span holds.
        """
        newest = (
            select(func.max(PatrolPlan.id))
            .where(
                PatrolPlan.made_at <= moment, PatrolPlan.state.in_((SHOWN, TAKEN_BACK)),
                PatrolPlan.first <= day, PatrolPlan.last >= day,
            )
            .group_by(PatrolPlan.plan_id)
        )  # fmt: skip
        parts = {"stops": ("building_id", "shift_id", "arm", "mode"),
                 "shifts": ("shift_id", "team_id")}  # fmt: skip
        columns = [PatrolPlan.content[part, name] for part in parts for name in parts[part]]
        query = select(PatrolPlan.plan_id, PatrolPlan.version, *columns)
        query = query.where(PatrolPlan.id.in_(newest), PatrolPlan.state == SHOWN)
        return [
            EarlierStop(plan_id=plan_id, version=version, team_id=teams[shift], arm=arm, mode=mode)
            for plan_id, version, *stops, shifts, team_ids in self._session.execute(
                query.order_by(PatrolPlan.id.desc())
            )
            for teams in (dict(zip(shifts, team_ids, strict=True)),)
            for building, shift, arm, mode in zip(*stops, strict=True)
            if building == building_id
        ]
