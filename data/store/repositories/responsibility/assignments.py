"""Repositories of assignment proposals and their limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from data.store.repositories.repository import Repository, frame_of
from data.store.tables.duties import Absence, AssignmentProposal, BuildingNeed, WardenLimit
from data.workspace.clock import utc_naive

if TYPE_CHECKING:
    import pandas as pd


class ProposalLine(NamedTuple):
    """What a list says about a stored proposal.

    ``stickiness``, ``moved``, ``max_over_mean``: what was asked for, and what the proposal comes
    to.
    ``wardens``, ``moved_in``: each warden, and how many buildings each would get.
    """

    id: str
    made_at: datetime
    """Naive UTC."""
    made_by: str
    valid_from: date
    stickiness: float
    moved: int
    max_over_mean: float
    wardens: Sequence[str]
    moved_in: Sequence[int]


_LINES: Final = WeakKeyDictionary[object, dict[tuple[str, datetime], ProposalLine]]()
"""The newest proposals of each store by id and time."""


class Assignments(Repository):
    """Proposals, limits of wardens, needs of buildings, absences."""

    def keep(
        self, proposal_id: str, *, at: datetime, by: str, valid_from: date,
        content: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Keep a proposal made at an aware time; the same id again changes nothing."""
        if self._session.get(AssignmentProposal, proposal_id) is None:
            self._kept(
                AssignmentProposal(
                    id=proposal_id, made_at=utc_naive(at), made_by=by, valid_from=valid_from,
                    content=dict(content),
                )
            )  # fmt: skip

    def proposal(self, proposal_id: str) -> AssignmentProposal | None:
        """Return a proposal, None where there is none."""
        return self._session.get(AssignmentProposal, proposal_id)

    def state(self) -> tuple[int, datetime | None]:
        """Return what changes whenever a proposal is kept: how many there are, and the last."""
        query = select(func.count(), func.max(AssignmentProposal.made_at))
        count, last = self._session.execute(query.select_from(AssignmentProposal)).one()
        return int(count), last

    def holds(self, proposal_id: str) -> bool:
        """Return whether there is a proposal of this id."""
        query = select(AssignmentProposal.id).where(AssignmentProposal.id == proposal_id)
        return self._session.scalar(query) is not None

    def newest(self, count: int = 50) -> list[ProposalLine]:
        """List the newest proposals, newest first, without reading what they propose.

        A proposal never changes, and its content is parsed whole to tell a line of it, so a process
        asks once for each.
        """
        stored = AssignmentProposal
        newest = select(stored.id, stored.made_at).order_by(stored.made_at.desc(), stored.id)
        keys = [(id_, made_at) for id_, made_at in self._session.execute(newest.limit(count))]
        known = _LINES.get(bind := self._session.get_bind(), {})
        unread = [id_ for id_, made_at in keys if (id_, made_at) not in known]
        read = {(line.id, line.made_at): line for line in self._lines(unread)}
        lines = {key: known.get(key) or read[key] for key in keys}
        _LINES[bind] = lines
        return list(lines.values())

    def _lines(self, ids: Sequence[str]) -> list[ProposalLine]:
        stored, content = AssignmentProposal, AssignmentProposal.content
        query = select(
            stored.id, stored.made_at, stored.made_by, stored.valid_from,
            content[("options", "stickiness")].as_float(),
            content[("totals", "moved")].as_integer(),
            content[("totals", "max_over_mean")].as_float(),
            content[("wardens", "person_id")], content[("wardens", "moved_in")],
        )  # fmt: skip
        rows = self._session.execute(query.where(stored.id.in_(ids))) if ids else ()
        return [ProposalLine(*row) for row in rows]

    def rows_of(self, proposal_id: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of a proposal's rows, without reading the others."""
        import pandas as pd

        content = AssignmentProposal.content
        query = select(*(content[("rows", name)] for name in columns)).where(
            AssignmentProposal.id == proposal_id
        )
        cells = self._session.execute(query).one()
        return pd.DataFrame(dict(zip(columns, cells, strict=True)))

    def limit_warden(
        self, person_id: str, *, max_stairs: int | None, languages: Sequence[str]
    ) -> None:
        """Set what a warden cannot climb and can speak."""
        row = self._session.get(WardenLimit, person_id) or WardenLimit(person_id=person_id)
        row.max_stairs, row.languages = max_stairs, sorted(set(languages))
        self._kept(row)

    def need(self, building_id: str, **noted: Any) -> None:  # noqa: ANN401 -- each column has its own type
        """Note what a building asks of its warden; what is not given stays as it was.

        ``noted``: any of ``languages`` (a sequence of texts), ``lift`` and ``fixed_person_id``.
        """
        row = self._session.get(BuildingNeed, building_id)
        row = row or BuildingNeed(building_id=building_id, languages=[])
        for name, value in noted.items():
            setattr(row, name, sorted(set(value)) if name == "languages" else value)
        self._kept(row)

    def add_absence(self, person_id: str, *, since: date, until: date | None) -> int:
        """Note that a person is away; return the number of the note."""
        return self._kept(Absence(person_id=person_id, since=since, until=until)).id

    def remove_absence(self, absence_id: int) -> bool:
        """Forget an absence; False when there was none."""
        row = self._session.get(Absence, absence_id)
        if row is not None:
            self._session.delete(row)
            self._session.flush()
        return row is not None

    def limits(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Return limits of wardens, needs of buildings, and absences, as their tables."""
        import pandas as pd

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
        return frame_of(([getattr(row, name) for name in columns] for row in found), columns)
