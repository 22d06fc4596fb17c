"""The state of a line of the ledger, which follows from its history alone."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from data.contracts.ledger_vocabulary import LedgerCadence, LedgerStatus, LedgerTier
from data.store.history import ReplayedState


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState(ReplayedState):
    """Where a line stands; each field is a column of `data.store.tables.records.ledger`."""

    STAGE: ClassVar[str] = "status"

    ledger_no: str = ""
    subject: str = ""
    kind: str = ""
    name: str = ""
    address: str = ""
    building_id: str | None = None
    community: str = ""
    grid: str = ""
    in_on: date = date.min
    in_reason: str = ""
    tier: str = LedgerTier.BLUE
    cadence: str = LedgerCadence.MONTHLY
    owner_id: str | None = None
    """Whom somebody named to answer for it; None leaves it to the duties for the building."""
    rule_version: int = 0
    status: str = LedgerStatus.LISTED
    former_status: str | None = None
    exit_asked_by: str | None = None
    approvers: tuple[str, ...] = ()
    """Who approved its exit so far: people, or accounts of nobody in the table of staff."""
    out_on: date | None = None
    out_reason: str | None = None
    hold_reason: str | None = None
    reopened: int = 0
    """How often it came back."""


FIELDS: Final = LedgerState.fact_fields()
replay: Final = LedgerState.of_history
