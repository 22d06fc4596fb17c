"""Are sealed field trials still what was sealed: each row against its seal and its audit line."""

from __future__ import annotations

from collections.abc import Iterator

from data.integrity.audit_verify import Fault
from data.store.unit_of_work import Store

SEALED, CANCELLED = "seal_trial", "cancel_trial"
"""Actions of the audit lines about trials."""


def verify_trials(store: Store) -> Iterator[Fault | None]:
    """Yield ``trial_changed`` or ``trial_missing`` for what does not hold, None for what does.

    A line that was taken out of the log after it had been kept long enough is missed by nobody: the
    seal in the row holds by itself.
    """
    with store.begin() as unit:
        lines = {event.facts["trial_id"]: event.facts for event in unit.audit.find(action=SEALED)}
        given_up = {event.facts["trial_id"] for event in unit.audit.find(action=CANCELLED)}
        rows = {row.trial_id: row for row in unit.field_trials.all()}
        for trial_id in sorted(lines.keys() | rows.keys()):
            row, line = rows.get(trial_id), lines.get(trial_id)
            if row is None:
                yield Fault("trial_missing", {"trial": trial_id})
                continue
            is_draft = line is None and row.sealed_at is None
            as_sealed = is_draft or unit.field_trials.is_as_sealed(row)
            as_logged = line is None or line["seal"] == row.seal
            revived = trial_id in given_up and row.cancelled_at is None
            holds = as_sealed and as_logged and not revived
            yield None if holds else Fault("trial_changed", {"trial": trial_id})
