"""Repository of field trials: a draft is sealed once, and cancelled at most once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from data.store.audit.row_seals import hash_protocol, seal_trial
from data.store.repositories.repository import Repository
from data.store.repositories.versioned import hold_all
from data.store.tables.field_trials import FieldTrial


class FieldTrials(Repository):
    """Field trials; times are UTC."""

    def add(self, **facts: Any) -> None:  # noqa: ANN401 -- the columns of the table
        """Add a draft."""
        self._kept(FieldTrial(looks=[], **facts))

    def get(self, trial_id: str) -> FieldTrial | None:
        """Return a trial, or None where there is none of this id."""
        query = select(FieldTrial).where(FieldTrial.trial_id == trial_id)
        return self._session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def all(self) -> Sequence[FieldTrial]:
        """Return every trial, newest first."""
        return self._session.scalars(select(FieldTrial).order_by(FieldTrial.id.desc())).all()

    def sealed_within(self, first: date, last: date) -> Sequence[FieldTrial]:
        """Return the sealed trials, not cancelled, whose span meets another."""
        query = select(FieldTrial).where(
            FieldTrial.sealed_at.is_not(None),
            FieldTrial.cancelled_at.is_(None),
            FieldTrial.first <= last,
            FieldTrial.last >= first,
        )
        return self._session.scalars(query.order_by(FieldTrial.id)).all()

    def seal(
        self, trial_id: str, *, protocol: Mapping[str, Any], by: str, at: datetime
    ) -> tuple[str, str] | None:
        """Keep a draft's protocol for good.

        Returns the protocol's SHA-256 and its seal; None where the trial is
        no draft any more.
        """
        sha256 = hash_protocol(protocol)
        seal = seal_trial(self._sealing.key(), trial_id, sha256)
        draft = FieldTrial.sealed_at.is_(None) & FieldTrial.cancelled_at.is_(None)
        sealed = self._change(trial_id, draft, protocol=dict(protocol), sha256=sha256, seal=seal,
                              sealed_by=by, sealed_at=at)  # fmt: skip
        return (sha256, seal) if sealed else None

    def cancel(self, trial_id: str, *, reason: str, by: str, at: datetime) -> bool:
        """Cancel a trial; False when it had been cancelled before."""
        held = FieldTrial.cancelled_at.is_(None)
        return self._change(trial_id, held, reason=reason, cancelled_by=by, cancelled_at=at)

    def note_look(self, trial_id: str, day: date) -> list[str]:
        """Note a day on which the result was looked at early; return all of them."""
        row = self.get(trial_id)
        days = sorted({*(row.looks if row else ()), day.isoformat()})
        self._change(trial_id, FieldTrial.sealed_at.is_not(None), looks=days)
        return days

    def is_as_sealed(self, row: FieldTrial) -> bool:
        """Say whether what a sealed trial's row holds belongs to its hash and seal."""
        protocol = row.protocol or {}
        sha256 = hash_protocol(protocol)
        seal = seal_trial(self._sealing.key(), row.trial_id, sha256)
        span = {"first": row.first.isoformat(), "last": row.last.isoformat()}
        laid_down = {name: protocol.get("design", {}).get(name) for name in span}
        return (row.sealed_at is not None, row.sha256, row.seal, span) == (
            True, sha256, seal, laid_down
        )  # fmt: skip

    def hold_all(self) -> None:
        """Keep others from sealing until the end of the unit of work."""
        hold_all(self._session, FieldTrial)

    def _change(self, trial_id: str, condition: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 -- columns
        """Change a trial where the condition holds; two at once cannot both succeed."""
        return self._changed(FieldTrial, FieldTrial.trial_id == trial_id, condition, **values)
