"""What can be asked of and put into the tables of proposals and of what limits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, select

from data.store.tables.duties import (
    Absence,
    AssignmentProposal,
    BuildingNeed,
    WardenLimit,
)
from data.workspace.clock import utc_naive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session


class Assignments:
    """Proposals, limits of wardens, needs of buildings, absences."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(
        self, proposal_id: str, *, at: datetime, by: str, valid_from: date,
        content: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Keep a proposal made at an aware time; the same id again changes nothing."""
        if self._session.get(AssignmentProposal, proposal_id) is None:
            utc = utc_naive(at)
            self._session.add(
                AssignmentProposal(
                    id=proposal_id, made_at=utc, made_by=by, valid_from=valid_from,
                    content=dict(content),
                )
            )  # fmt: skip
            self._session.flush()

    def proposal(self, proposal_id: str) -> AssignmentProposal | None:
        """Return a proposal, None where there is none."""
        return self._session.get(AssignmentProposal, proposal_id)

    def state(self) -> tuple[int, datetime | None]:
        """Return what changes whenever a proposal is kept: how many there are, and the last."""
        query = select(func.count(), func.max(AssignmentProposal.made_at))
        count, last = self._session.execute(query.select_from(AssignmentProposal)).one()
        return int(count), last

    def newest(self, count: int = 50) -> Sequence[AssignmentProposal]:
        """Return the newest proposals, newest first."""
        query = select(AssignmentProposal).order_by(
            AssignmentProposal.made_at.desc(), AssignmentProposal.id
        )
        return self._session.scalars(query.limit(count)).all()

    def limit_warden(
        self, person_id: str, *, max_stairs: int | None, languages: Sequence[str]
    ) -> None:
        """Set what a warden cannot climb and can speak."""
        row = self._session.get(WardenLimit, person_id) or WardenLimit(person_id=person_id)
        row.max_stairs, row.languages = max_stairs, sorted(set(languages))
        self._session.add(row)
        self._session.flush()

    def need(
        self, building_id: str, *, languages: Sequence[str], lift: bool | None,
        fixed_person_id: str | None,
    ) -> None:  # fmt: skip
        """Set what a building asks of its warden."""
        row = self._session.get(BuildingNeed, building_id) or BuildingNeed(building_id=building_id)
        row.languages, row.lift = sorted(set(languages)), lift
        row.fixed_person_id = fixed_person_id
        self._session.add(row)
        self._session.flush()

    def add_absence(self, person_id: str, *, since: date, until: date | None) -> int:
        """Note that a person is away; return the number of the note."""
        row = Absence(person_id=person_id, since=since, until=until)
        self._session.add(row)
        self._session.flush()
        return row.id

    def remove_absence(self, absence_id: int) -> bool:
        """Forget an absence; False when there was none."""
        row = self._session.get(Absence, absence_id)
        if row is not None:
            self._session.delete(row)
            self._session.flush()
        return row is not None

    def limits(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Return limits of wardens, needs of buildings, and absences, as their tables."""
        first, second, third = (
            self._table(model) for model in (WardenLimit, BuildingNeed, Absence)
        )
        third = third.assign(
            **{
                name: pd.to_datetime(third[name]).astype("datetime64[us]")
                for name in ("since", "until")
            }
        )
        return first, second, third

    def _table(self, model: type[WardenLimit | BuildingNeed | Absence]) -> pd.DataFrame:
        columns = [column.name for column in model.__table__.columns]
        found = self._session.scalars(select(model).order_by(getattr(model, columns[0]))).all()
        rows = [[getattr(row, name) for name in columns] for row in found]
        return pd.DataFrame(rows, columns=columns)
