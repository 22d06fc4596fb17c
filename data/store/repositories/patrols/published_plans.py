"""Plans as they were published last, for who reads no drafts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import aliased

from data.store.repositories.patrols.earlier_stops import SHOWN, TAKEN_BACK
from data.store.repositories.patrols.patrols import LISTED, listed
from data.store.repositories.repository import Repository
from data.store.tables.patrols import PatrolPlan

if TYPE_CHECKING:
    import pandas as pd


class PublishedPlans(Repository):
    """Reads of each plan the version that was published last.

    Its state is ``cancelled`` where the plan was cancelled since; drafts after it do not count.
    """

    def version(self, plan_id: str, version: int | None = None) -> tuple[int, str] | None:
        """Return number and state of the version that was published last; None where none was.

        ``version``: this one instead; None where it was not published.
        """
        query = select(PatrolPlan.version, _state_since()).where(
            PatrolPlan.plan_id == plan_id, PatrolPlan.state == SHOWN
        )
        if version is not None:
            query = query.where(PatrolPlan.version == version)
        newest = query.order_by(PatrolPlan.version.desc()).limit(1)
        found = self._session.execute(newest).one_or_none()
        return None if found is None else (found[0], found[1])

    def all(self, *, limit: int) -> pd.DataFrame:
        """Return what tells of every plan that was ever published, latest week first: `LISTED`."""
        columns = [
            _state_since() if name == "state" else getattr(PatrolPlan, name) for name in LISTED
        ]
        query = select(*columns).where(PatrolPlan.state == SHOWN, ~_is_followed_by(SHOWN))
        query = query.order_by(PatrolPlan.first.desc(), PatrolPlan.id.desc())
        return listed(self._session, query.limit(limit))

    def of_day(self, day: date, *, kind: str) -> tuple[str, int] | None:
        """Return id and version of the plan of a kind, last published, whose span holds a day.

        A plan that was cancelled since does not count.
        """
        query = select(PatrolPlan.plan_id, PatrolPlan.version).where(
            PatrolPlan.state == SHOWN, ~_is_followed_by(SHOWN, TAKEN_BACK),
            PatrolPlan.kind == kind, PatrolPlan.first <= day, PatrolPlan.last >= day,
        )  # fmt: skip
        newest = query.order_by(PatrolPlan.id.desc()).limit(1)
        found = self._session.execute(newest).one_or_none()
        return None if found is None else (found.plan_id, found.version)


def _is_followed_by(*states: str) -> ColumnElement[bool]:
    """Return the condition that a later version of the plan has one of these states."""
    later = aliased(PatrolPlan)
    return (
        select(later.id)
        .where(
            later.plan_id == PatrolPlan.plan_id,
            later.version > PatrolPlan.version,
            later.state.in_(states),
        )
        .exists()
    )


def _state_since() -> ColumnElement[str]:
    return case((_is_followed_by(TAKEN_BACK), TAKEN_BACK), else_=SHOWN).label("state")
