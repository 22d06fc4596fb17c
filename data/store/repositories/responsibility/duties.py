"""Repositories of duties; stored rows are never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select, update
from sqlalchemy.orm import aliased

from data.store.repositories.repository import Repository, frame_of, in_chunks
from data.store.repositories.versioned import ChangedMeanwhileError, hold_all
from data.store.tables.duties import Duty, DutyChange
from data.workspace.clock import utc_naive

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("target_kind", "target_id", "duty", "person_id", "org", "pledge_on", "valid_from",
          "valid_to")  # fmt: skip
"""What a duty says; the rest of a row tells how it came about."""
COLUMNS = ("id", *FIELDS, "change_id", "recorded_at", "recorded_by", "kind", "reason",
           "proposal_id", "withdrawn_at", "withdrawn_by", "withdrawn_in")  # fmt: skip
"""``withdrawn_by`` is who withdrew it, ``withdrawn_in`` the number of that change."""
CHANGE_COLUMNS = ("change_id", "at", "by", "kind", "reason", "proposal_id", "undoes", "undone",
                  "rows")  # fmt: skip
APPROVAL_COLUMNS = ("proposal_id", "undone", "person_id", "buildings")
_Withdrawing = aliased(DutyChange)


class Duties(Repository):
    """Duties with all that was ever known about them."""

    def newest_change(self) -> int:
        """Return the number of the newest change, 0 where there is none."""
        return self._session.scalar(select(func.max(DutyChange.id))) or 0

    def hold_all(self) -> None:
        """Keep others from changing any duty until the end of the unit of work.

        A decision rests on what it finds, also on there being nothing yet: two that are each right
        alone must not overlap together.
        """
        hold_all(self._session, DutyChange)

    def change(
        self,
        *,
        at: datetime,
        by: str,
        kind: str,
        reason: str = "",
        proposal_id: str | None = None,
        undoes: int | None = None,
        add: Sequence[Mapping[str, Any]] = (),
        withdraw: Collection[int] = (),
    ) -> int:
        """Record a decision at an aware time: duties it adds and duties it withdraws.

        Raises `ChangedMeanwhileError` when a duty to withdraw no longer holds.
        """
        row = self._kept(DutyChange(
            at=utc_naive(at), by=by, kind=kind, reason=reason,
            proposal_id=proposal_id, undoes=undoes,
        ))  # fmt: skip
        self._withdraw(withdraw, by=row.id)
        rows = [{name: duty.get(name) for name in FIELDS} | {"change_id": row.id} for duty in add]
        self._insert_all(Duty, rows)
        return row.id

    def _withdraw(self, ids: Collection[int], *, by: int) -> None:
        for some in in_chunks(ids):
            held = self._session.scalars(
                select(Duty.id)
                .where(Duty.id.in_(some), Duty.withdrawn_by.is_(None))
                .with_for_update()
            ).all()
            if len(held) != len(some):
                raise ChangedMeanwhileError("duty_changed_meanwhile")
            self._session.execute(update(Duty).where(Duty.id.in_(some)).values(withdrawn_by=by))

    def held(self, targets: Mapping[str, Collection[str]] | None = None) -> pd.DataFrame:
        """Return the duties that are not withdrawn: `COLUMNS`, by id.

        ``targets``: target kind → ids to keep; None keeps all.
        """
        return self._read(_all_rows().where(Duty.withdrawn_by.is_(None)), targets)

    def history(self, targets: Mapping[str, Collection[str]] | None = None) -> pd.DataFrame:
        """Return every duty ever recorded, withdrawn ones included: `COLUMNS`, by id.

        ``targets``: target kind → ids to keep; None keeps all.
        """
        return self._read(_all_rows(), targets)

    def of_change(self, change_id: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the duties that a change added and those that it withdrew."""
        added = self._read(_all_rows().where(Duty.change_id == change_id))
        withdrawn = self._read(_all_rows().where(Duty.withdrawn_by == change_id))
        return added, withdrawn

    def one(self, duty_id: int) -> dict[str, Any] | None:
        """Return one duty as `COLUMNS`, None where there is none."""
        found = (
            self._session.execute(_all_rows().where(Duty.id == duty_id)).mappings().one_or_none()
        )
        return dict(found) if found else None

    def changes(
        self, *, since: datetime | None = None, proposal_id: str | None = None
    ) -> pd.DataFrame:
        """Return the changes since a time (naive UTC), newest first: `CHANGE_COLUMNS`."""
        rows = (
            select(func.count(Duty.id))
            .where(or_(Duty.change_id == DutyChange.id, Duty.withdrawn_by == DutyChange.id))
            .scalar_subquery()
        )
        query = select(
            DutyChange.id.label("change_id"), DutyChange.at, DutyChange.by, DutyChange.kind,
            DutyChange.reason, DutyChange.proposal_id, DutyChange.undoes, _undone().label("undone"),
            rows.label("rows"),
        ).order_by(DutyChange.id.desc())  # fmt: skip
        if since is not None:
            query = query.where(DutyChange.at >= since)
        if proposal_id is not None:
            query = query.where(DutyChange.proposal_id == proposal_id)
        return frame_of(self._session.execute(query).all(), CHANGE_COLUMNS)

    def approved_buildings(self, proposal_id: str) -> frozenset[str]:
        """Return the buildings whose change was approved and not taken back."""
        approved = _approved()
        query = select(approved.c.target_id).where(
            approved.c.proposal_id == proposal_id, ~approved.c.undone
        )
        return frozenset(self._session.scalars(query))

    def approvals(self, proposal_ids: Collection[str]) -> pd.DataFrame:
        """Count what was approved of proposals, and what of that was taken back again.

        Returns `APPROVAL_COLUMNS`: how many buildings went to each person.
        """
        approved = _approved()
        keys = (approved.c.proposal_id, approved.c.undone, approved.c.person_id)
        counted = select(*keys, func.count(approved.c.target_id.distinct())).group_by(*keys)
        rows = [
            row
            for some in in_chunks(proposal_ids)
            for row in self._session.execute(counted.where(approved.c.proposal_id.in_(some)))
        ]
        return frame_of(rows, APPROVAL_COLUMNS).astype({"undone": bool})

    def _read(
        self, query: Select[Any], targets: Mapping[str, Collection[str]] | None = None
    ) -> pd.DataFrame:
        import pandas as pd

        parts = [
            query.where(Duty.target_kind == kind, Duty.target_id.in_(some))
            for kind, ids in (targets or {}).items()
            for some in in_chunks(ids)
        ]
        queries = [query] if targets is None else parts
        rows = [tuple(row) for each in queries for row in self._session.execute(each)]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        times = ("pledge_on", "valid_from", "valid_to", "recorded_at", "withdrawn_at")
        frame = frame.assign(**{name: _moments(frame[name]) for name in times})
        return frame.sort_values("id", ignore_index=True)


def _moments(values: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.to_datetime(values).astype("datetime64[us]")


def _all_rows() -> Select[Any]:
    return (
        select(
            Duty.id, *(getattr(Duty, name) for name in FIELDS), Duty.change_id,
            DutyChange.at.label("recorded_at"), DutyChange.by.label("recorded_by"),
            DutyChange.kind, DutyChange.reason, DutyChange.proposal_id,
            _Withdrawing.at.label("withdrawn_at"), _Withdrawing.by.label("withdrawn_by"),
            Duty.withdrawn_by.label("withdrawn_in"),
        )
        .join(DutyChange, DutyChange.id == Duty.change_id)
        .outerjoin(_Withdrawing, _Withdrawing.id == Duty.withdrawn_by)
    )  # fmt: skip


def _undone() -> ColumnElement[bool]:
    undoing = aliased(DutyChange)
    return select(undoing.id).where(undoing.undoes == DutyChange.id).exists()


def _approved() -> Subquery:
    """Return what changes of proposals gave to whom; the days cut off of others are left out."""
    gave = (
        select(DutyChange.proposal_id, Duty.target_id, Duty.person_id, _undone().label("undone"))
        .join(Duty, Duty.change_id == DutyChange.id)
        .where(DutyChange.proposal_id.is_not(None), Duty.valid_to.is_(None))
    )
    return gave.subquery()
