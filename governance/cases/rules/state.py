"""The state of a case, which follows from its history alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from data.contracts.case_vocabulary import Stage
from data.store.history import ReplayedState


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState(ReplayedState):
    """Where a case stands; each field is a column of `data.store.tables.cases.Case`.

    ``stage``, ``former_stage``: `Stage`, and the one to go back to from a hold or a merger.
    ``clock``, ``due_at``, ``days_left``: `ClockKind` that runs, the local time it runs out, and
    while it is stopped the working days that it has left; all None where nothing is due.
    """

    stage: str = Stage.NEW
    former_stage: str | None = None
    merged_into: str | None = None
    holder_id: str | None = None
    clock: str | None = None
    due_at: datetime | None = None
    days_left: int | None = None
    extended_days: int = 0
    """Working days by which it was extended, all told."""
    extend_basis: str | None = None
    finding: str | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None
    visit_id: str | None = None
    referral: str | None = None
    sent_to: str | None = None
    sent_at: datetime | None = None
    receipt_no: str | None = None
    outcome: str | None = None
    decision_no: str | None = None
    decided_on: date | None = None
    served_on: date | None = None
    recorded_at: datetime | None = None
    replied_at: datetime | None = None
    reply_by: str | None = None
    reply: str | None = None
    satisfaction: str | None = None
    return_reason: str | None = None
    hold_reason: str | None = None
    hold_asked_by: str | None = None
    hold_approver: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    reopened: int = 0


FIELDS: Final = CaseState.fact_fields()
replay: Final = CaseState.of_history
