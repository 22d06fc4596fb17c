"""Repositories of duties; stored rows are never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import aliased

from data.store.repositories.chunks import in_chunks
from data.store.tables.duties import Duty, DutyChange
from data.workspace.clock import utc_naive
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

FIELDS = ("target_kind", "target_id", "duty", "person_id", "org", "pledge_on", "valid_from",
          "valid_to")  # fmt: skip
"""What a duty says; the rest of a row tells how it came about."""
COLUMNS = ("id", *FIELDS, "change_id", "recorded_at", "recorded_by", "kind", "reason",
           "proposal_id", "withdrawn_at", "withdrawn_by")  # fmt: skip
CHANGE_COLUMNS = ("change_id", "at", "by", "kind", "reason", "proposal_id", "undoes", "undone",
                  "rows")  # fmt: skip


class DutyChangedMeanwhileError(GridwardenError):
    """A duty that was to be withdrawn had been withdrawn by somebody else."""


class Duties:
    """Duties with all that was ever known about them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def newest_change(self) -> int:
        """Return the number of the newest change, 0 where there is none."""
        return self._session.scalar(select(func.max(DutyChange.id))) or 0

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

        Raises
        ------
        DutyChangedMeanwhileError
            When a duty to withdraw no longer holds.
        """
        row = DutyChange(
            at=utc_naive(at), by=by, kind=kind, reason=reason,
            proposal_id=proposal_id, undoes=undoes,
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        self._withdraw(withdraw, by=row.id)
        rows = [{name: duty.get(name) for name in FIELDS} | {"change_id": row.id} for duty in add]
        if rows:
            self._session.execute(insert(Duty), rows)
        return row.id

    def _withdraw(self, ids: Collection[int], *, by: int) -> None:
        for some in in_chunks(ids):
            held = self._session.scalars(
                select(Duty.id)
                .where(Duty.id.in_(some), Duty.withdrawn_by.is_(None))
                .with_for_update()
            ).all()
            if len(held) != len(some):
                raise DutyChangedMeanwhileError("duty_changed_meanwhile")
            self._session.execute(update(Duty).where(Duty.id.in_(some)).values(withdrawn_by=by))

    def held(
        self,
        *,
        known_at: datetime | None = None,
        targets: Mapping[str, Collection[str]] | None = None,
    ) -> pd.DataFrame:
        """Return the duties that are not withdrawn, or were not at a time (naive UTC).

        Parameters
        ----------
        known_at
            The moment of knowledge; None for now.
        targets
            Target kind → ids to keep; None keeps all.

        Returns
        -------
        DataFrame
            `COLUMNS`, by id.
        """
        query = _all_rows()
        frame = self._read(query.where(Duty.withdrawn_by.is_(None)) if known_at is None else query)
        if known_at is not None:
            moment = pd.Timestamp(known_at)
            later = frame["withdrawn_at"].isna() | (frame["withdrawn_at"] > moment)
            frame = frame[(frame["recorded_at"] <= moment) & later]
        if targets is not None:
            inside = pd.Series(data=False, index=frame.index)
            for kind, ids in targets.items():
                inside |= (frame["target_kind"] == kind) & frame["target_id"].isin(list(ids))
            frame = frame[inside]
        return frame.reset_index(drop=True)

    def history(self, targets: Mapping[str, Collection[str]]) -> pd.DataFrame:
        """Return every duty ever recorded for some targets, withdrawn ones included."""
        chosen = [
            (Duty.target_kind == kind) & Duty.target_id.in_(sorted(ids))
            for kind, ids in targets.items()
        ]
        return self._read(_all_rows().where(or_(*chosen)))

    def of_change(self, change_id: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the duties that a change added and those that it withdrew."""
        added = self._read(_all_rows().where(Duty.change_id == change_id))
        gone = self._read(_all_rows().where(Duty.withdrawn_by == change_id))
        return added, gone

    def withdrawing(self, ids: Iterable[int]) -> set[int]:
        """Return the changes that withdrew any of some duties."""
        query = select(Duty.withdrawn_by).where(Duty.id.in_([int(each) for each in ids]))
        return {each for each in self._session.scalars(query) if each is not None}

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
        undoing = aliased(DutyChange)
        undone = select(undoing.id).where(undoing.undoes == DutyChange.id).exists()
        rows = (
            select(func.count(Duty.id))
            .where(or_(Duty.change_id == DutyChange.id, Duty.withdrawn_by == DutyChange.id))
            .scalar_subquery()
        )
        query = select(
            DutyChange.id.label("change_id"), DutyChange.at, DutyChange.by, DutyChange.kind,
            DutyChange.reason, DutyChange.proposal_id, DutyChange.undoes, undone.label("undone"),
            rows.label("rows"),
        ).order_by(DutyChange.id.desc())  # fmt: skip
        if since is not None:
            query = query.where(DutyChange.at >= since)
        if proposal_id is not None:
            query = query.where(DutyChange.proposal_id == proposal_id)
        found = self._session.execute(query).all()
        return pd.DataFrame([tuple(row) for row in found], columns=list(CHANGE_COLUMNS))

    def _read(self, query: Select[Any]) -> pd.DataFrame:
        rows = self._session.execute(query).all()
        frame = pd.DataFrame([tuple(row) for row in rows], columns=list(COLUMNS))
        times = ("pledge_on", "valid_from", "valid_to", "recorded_at", "withdrawn_at")
        frame = frame.assign(**{name: _moments(frame[name]) for name in times})
        return frame.sort_values("id", ignore_index=True)


def _moments(values: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_datetime(values).astype("datetime64[us]")


def _all_rows() -> Select[Any]:
    withdrawing = aliased(DutyChange)
    return (
        select(
            Duty.id, *(getattr(Duty, name) for name in FIELDS), Duty.change_id,
            DutyChange.at.label("recorded_at"), DutyChange.by.label("recorded_by"),
            DutyChange.kind, DutyChange.reason, DutyChange.proposal_id,
            withdrawing.at.label("withdrawn_at"), withdrawing.by.label("withdrawn_by"),
        )
        .join(DutyChange, DutyChange.id == Duty.change_id)
        .outerjoin(withdrawing, withdrawing.id == Duty.withdrawn_by)
    )  # fmt: skip
