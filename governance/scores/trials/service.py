"""Field trials: design one, seal it, see how far it is, read its result, verify what was sealed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.integrity.sealed.trials import trial_faults
from data.results.run_log import SnapshotError
from data.store.audit.row_seals import text_of_protocol
from data.store.tables.field_trials import FieldTrial
from data.store.unit_of_work import UnitOfWork
from data.workspace.settings import read_section
from governance.access.permissions import Action, Actor, require, require_whole
from governance.scores.trials.design import (
    WEEK_DAYS,
    TrialDesign,
    TrialError,
    TrialOptions,
    design_trial,
)
from governance.scores.trials.protocol import protocol_of
from governance.scores.trials.records import (
    Trial,
    TrialCheck,
    TrialResult,
    TrialState,
    trial_of,
    verdict_of,
)
from governance.scores.trials.settings import SECTION, TrialRules
from governance.service import Service, lazy_parts
from risk.evaluation.trial.analysis import analyse_trial

if TYPE_CHECKING:
    import pandas as pd

    import governance.scores.trials.reader
    import governance.service
    import governance.visits.base

WEEK_COLUMNS: Final = ("week", "begins", "planned", "visited", "looked")
_ID_BYTES, _KEY_BYTES = 4, 32


@lazy_parts
class TrialService(Service):
    """Services about field trials, for whoever makes plans for the whole street."""

    _snapshot_reader: governance.service.SnapshotReader
    _visit_reader: governance.visits.base.VisitReader
    _trials: governance.scores.trials.reader.TrialReader

    def design(self, actor: Actor, trial_options: TrialOptions) -> Trial:
        """Work out the size and length of a trial and keep it as a draft.

        Raises `TrialError`: ``trial_begun`` for a first day that is not in the future, and as
        `governance.scores.trials.design.design_trial`.
        """
        _allow(actor, Action.DESIGN_TRIAL)
        pinned = self._pinned()
        design = pinned._design(trial_options)  # noqa: SLF001 -- of its own class
        trial_id = f"T{design.first:%Y%m%d}-{secrets.token_hex(_ID_BYTES)}"
        with self._workspace.store.begin() as unit:
            unit.field_trials.add(
                trial_id=trial_id, made_at=self.clock.utc(), made_by=actor.id,
                design=design.to_plain(), first=design.first, last=design.last,
            )  # fmt: skip
            self._commit(unit, actor, Action.DESIGN_TRIAL, trial_id=trial_id,
                            per_arm=design.per_arm, weeks=design.weeks)  # fmt: skip
            return self._trial(_row(unit, trial_id))

    def seal(self, actor: Actor, trial_id: str, *, accept_short: bool = False) -> Trial:
        """Draw the buildings and lay everything down for good; the hash goes into the audit log.

        ``accept_short``: whether a trial of a street too small for the stated power is sealed all
        the same.

        Raises `TrialError`: ``trial_missing``, ``trial_not_draft``, ``trial_begun`` where its first
        day is not in the future, ``trial_short``, ``trial_overlaps`` where another is sealed for
        these days.
        """
        _allow(actor, Action.SEAL_TRIAL)
        with self._workspace.store.begin() as unit:
            unit.field_trials.hold_all()
            row = _row(unit, trial_id)
            design = TrialDesign.of_plain(row.design)
            if row.sealed_at or row.cancelled_at:
                raise TrialError("trial_not_draft", seen=trial_id)
            self._refuse_begun(design.first)
            if design.is_short and not accept_short:
                raise TrialError("trial_short", seen=design.per_arm, expected=design.needed)
            if others := unit.field_trials.sealed_within(design.first, design.last):
                raise TrialError("trial_overlaps", seen=others[0].trial_id)
            snapshot = self._snapshot_reader.snapshot(design.snapshot_id)
            key = secrets.token_hex(_KEY_BYTES)
            sealed = unit.field_trials.seal(
                trial_id, protocol=protocol_of(trial_id, design, snapshot, key=key), by=actor.id,
                at=self.clock.utc(),
            )  # fmt: skip
            assert sealed is not None  # noqa: S101 -- held, and a draft
            self._commit(
                unit, actor, Action.SEAL_TRIAL, trial_id=trial_id, sha256=sealed[0], seal=sealed[1],
                snapshot_id=design.snapshot_id, first=str(design.first), last=str(design.last),
                per_arm=design.per_arm,
            )  # fmt: skip
            return self._trial(_row(unit, trial_id))

    def cancel(self, actor: Actor, trial_id: str, *, reason: str) -> Trial:
        """Give a trial up, with a reason that stays; what was sealed stays as it is.

        Raises `TrialError`: ``trial_missing``, ``trial_reason_missing``, ``trial_cancelled``.
        """
        _allow(actor, Action.CANCEL_TRIAL)
        if not reason.strip():
            raise TrialError("trial_reason_missing")
        with self._workspace.store.begin() as unit:
            _row(unit, trial_id)
            cancelled = unit.field_trials.cancel(
                trial_id, reason=reason.strip(), by=actor.id, at=self.clock.utc()
            )
            if not cancelled:
                raise TrialError("trial_cancelled", seen=trial_id)
            self._commit(unit, actor, Action.CANCEL_TRIAL, trial_id=trial_id, reason=reason.strip())
            return self._trial(_row(unit, trial_id))

    def all(self, actor: Actor) -> tuple[Trial, ...]:
        """Return every trial, newest first."""
        _allow(actor, Action.READ_TRIAL)
        with self._workspace.store.begin() as unit:
            return tuple(self._trial(row) for row in unit.field_trials.all())

    def progress(self, actor: Actor, trial_id: str) -> pd.DataFrame:
        """Say how many of each week's buildings were visited so far; of all arms together.

        Returns `WEEK_COLUMNS`, a row per week; no finds, which would be a look at the result.
        """
        _allow(actor, Action.READ_TRIAL)
        trial, protocol = self._sealed(trial_id)
        outcomes = self._trials.outcomes(protocol, self._local_now().date())
        weeks = outcomes.assign(planned=1).groupby("week")[["planned", "visited", "looked"]].sum()
        weeks = weeks.astype(int).reset_index()
        begins = [trial.design.first + timedelta(days=WEEK_DAYS * (w - 1)) for w in weeks["week"]]
        weeks = weeks.assign(begins=begins).astype({"begins": "datetime64[s]"})
        return weeks[list(WEEK_COLUMNS)]

    def result(self, actor: Actor, trial_id: str, *, early: bool = False) -> TrialResult:
        """Read what a trial found, as its protocol says.

        ``early``: look before its time: that is written down, and widens every interval of this
        trial.

        Raises `TrialError`: ``trial_missing``, ``trial_not_sealed``, ``trial_cancelled``;
        ``trial_not_begun``; ``trial_not_over`` where it is not asked for early.
        """
        _allow(actor, Action.READ_TRIAL)
        trial, protocol = self._sealed(trial_id)
        today = self._local_now().date()
        over = trial.state == TrialState.OVER
        if trial.state == TrialState.CANCELLED:
            raise TrialError("trial_cancelled", seen=trial_id)
        if not over and today < trial.design.first:
            raise TrialError("trial_not_begun", expected=str(trial.design.first))
        if not over and not early:
            raise TrialError("trial_not_over", expected=str(trial.design.read_from))
        if not over:
            trial = replace(trial, looks=self._note_look(actor, trial_id, today))
        outcomes = self._pinned()._trials.outcomes(protocol, today)  # noqa: SLF001 -- of its own class
        level = 1 - trial.design.alpha / (1 + len(trial.looks))
        findings = analyse_trial(outcomes, level=level)
        return TrialResult(
            **vars(findings),
            trial=trial,
            verdict=verdict_of(findings),
            until=min(today, trial.design.last),
            early=not over,
            faults=self._faults(trial_id),
        )

    def verify(self, actor: Actor, trial_id: str) -> TrialCheck:
        """Work the hash out anew, draw again, and hold both against what was sealed and logged."""
        _allow(actor, Action.READ_TRIAL)
        trial, _ = self._sealed(trial_id)
        return TrialCheck(
            trial_id=trial_id, sha256=str(trial.sha256), faults=self._faults(trial_id)
        )

    def protocol(self, actor: Actor, trial_id: str) -> str:
        """Open what was sealed: JSON that tells every building's arm, of which the hash is.

        Whoever has it can check the hash, draw again and count for themselves; it is noted as an
        export.

        Raises `TrialError`: ``trial_missing``, ``trial_not_sealed``; ``trial_not_over`` while teams
        go by it.
        """
        _allow(actor, Action.READ_TRIAL)
        trial, protocol = self._sealed(trial_id)
        if trial.state not in {TrialState.OVER, TrialState.CANCELLED}:
            raise TrialError("trial_not_over", expected=str(trial.design.read_from))
        self._record(actor, Action.EXPORT, file=f"{trial_id}.json", sha256=trial.sha256)
        return text_of_protocol(protocol)

    def _design(self, options: TrialOptions) -> TrialDesign:
        today = self._local_now().date()
        first = options.first or today + timedelta(days=WEEK_DAYS - today.weekday())
        self._refuse_begun(first)
        snapshot = self._snapshot_reader.snapshot(None)
        if snapshot.is_of_earlier_model:
            raise TrialError("trial_score_outdated", seen=str(snapshot.as_of))
        return design_trial(
            snapshot,
            options,
            read_section(self._workspace.settings, SECTION, TrialRules),
            self._trials.usual(today),
            first=first,
            late_days=self._visit_reader.rules.late_days,
        )

    def _refuse_begun(self, first: date) -> None:
        today = self._local_now().date()
        if first <= today:
            raise TrialError("trial_begun", seen=str(first), expected=str(today))

    def _note_look(self, actor: Actor, trial_id: str, today: date) -> tuple[date, ...]:
        """Write down that the result is looked at early, before it is."""
        with self._workspace.store.begin() as unit:
            unit.field_trials.hold_all()
            days = unit.field_trials.note_look(trial_id, today)
            self._commit(unit, actor, Action.READ_TRIAL, trial_id=trial_id, early=True,
                            day=str(today))  # fmt: skip
        return tuple(map(date.fromisoformat, days))

    def _faults(self, trial_id: str) -> tuple[str, ...]:
        with self._workspace.store.begin() as unit:
            row = _row(unit, trial_id)
            faults, protocol = trial_faults(unit, row), row.protocol or {}
        return (*faults, *self._draw_faults(trial_id, protocol))

    def _draw_faults(self, trial_id: str, protocol: Mapping[str, Any]) -> list[str]:
        """Draw again from the snapshot and the key; say what differs."""
        try:
            design = TrialDesign.of_plain(protocol["design"])
            snapshot = self._snapshots.open(design.snapshot_id)
            if snapshot.problems():
                return ["snapshot_changed"]
            again = protocol_of(trial_id, design, snapshot, key=str(protocol["key"]))
        except (SnapshotError, LookupError, TypeError, ValueError):
            return ["snapshot_changed"]
        if again["manifest_sha256"] != protocol.get("manifest_sha256"):
            return ["snapshot_changed"]
        return [] if again["buildings"] == protocol.get("buildings") else ["draw_differs"]

    def _sealed(self, trial_id: str) -> tuple[Trial, Mapping[str, Any]]:
        with self._workspace.store.begin() as unit:
            row = _row(unit, trial_id)
            if row.sealed_at is None or row.protocol is None:
                raise TrialError("trial_not_sealed", seen=trial_id)
            return self._trial(row), row.protocol

    def _trial(self, row: FieldTrial) -> Trial:
        return trial_of(row, self.clock)


def _allow(actor: Actor, action: Action) -> None:
    """Ask for the whole street, and that the actor makes plans: who is sent must not know."""
    require_whole(actor, action)
    require(actor, Action.MAKE_PLAN)


def _row(unit: UnitOfWork, trial_id: str) -> FieldTrial:
    row = unit.field_trials.get(trial_id)
    if row is None:
        raise TrialError("trial_missing", seen=trial_id)
    return row
