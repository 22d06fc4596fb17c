"""Verify sealed field trials: each row against its seal and its audit lines."""

from collections.abc import Iterator
from typing import Any

from data.integrity.sealed.audit import Fault
from data.store.tables.field_trials import FieldTrial
from data.store.unit_of_work import Store, UnitOfWork

SEALED, CANCELLED, LOOKED = "seal_trial", "cancel_trial", "read_trial"
"""Actions of the audit lines about trials."""
PROTOCOL_CHANGED, LOG_DIFFERS, LOG_LINE_GONE = (
    "protocol_changed",
    "log_differs",
    "log_line_gone",
)
"""What can be wrong with a trial; the last also comes of old lines being taken out of the log."""


def verify_trials(store: Store) -> Iterator[Fault | None]:
    """Yield ``trial_changed`` or ``trial_missing`` for what does not hold, None for what does.

    A line that was taken out of the log after it had been kept long enough is missed by nobody: the
    seal in the row holds by itself.
    """
    with store.begin() as unit:
        rows = {row.trial_id: row for row in unit.field_trials.all()}
        for trial_id in sorted(rows.keys() | _lines(unit, SEALED).keys()):
            if trial_id not in rows:
                yield Fault("trial_missing", {"trial": trial_id})
                continue
            faults = set(trial_faults(unit, rows[trial_id])) - {LOG_LINE_GONE}
            yield Fault("trial_changed", {"trial": trial_id}) if faults else None


def trial_faults(unit: UnitOfWork, row: FieldTrial) -> list[str]:
    """Return what does not hold of a trial: codes of this module; none of a draft."""
    line = _lines(unit, SEALED).get(row.trial_id)
    if line is None and row.sealed_at is None:
        return []
    faults = [] if unit.field_trials.is_as_sealed(row) else [PROTOCOL_CHANGED]
    if line is None:
        return [*faults, LOG_LINE_GONE]
    given_up = row.trial_id in _lines(unit, CANCELLED)
    looks = {e.facts["day"] for e in unit.audit.find(action=LOOKED)
             if e.facts["trial_id"] == row.trial_id}  # fmt: skip
    as_logged = (
        (line["sha256"], line["seal"]) == (row.sha256, row.seal)
        and given_up == (row.cancelled_at is not None)
        and looks == set(row.looks)
    )
    return faults if as_logged else [*faults, LOG_DIFFERS]


def _lines(unit: UnitOfWork, action: str) -> dict[str, dict[str, Any]]:
    """Return trial → what the log says of it."""
    return {event.facts["trial_id"]: event.facts for event in unit.audit.find(action=action)}
