"""Record what was found at a door: once, whole, corrected in the open, undone within a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data.derived.unit_names import UnitNames
from data.store.tables.visits import VisitVersion
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.problems import InputProblem
from governance.service import Service
from governance.visits.base import VisitReader
from governance.visits.classification import VisitClassifier
from governance.visits.rules.blinding import blinded_kind, may_unblind
from governance.visits.rules.follow_up import NextStep, propose_next_step
from governance.visits.rules.new_visit import (
    NewVisit,
    VisitRefusedError,
    cleaned,
    problems_of,
)
from governance.visits.rules.receipt import VisitAnswer, VisitReceipt
from governance.visits.rules.settings import RESULTS


class VisitService(Service):
    """Services that record visits."""

    _classifier: VisitClassifier
    _visit_reader: VisitReader

    def record(self, actor: Actor, visit: NewVisit) -> VisitReceipt:
        """Record a visit, unless the same account sent its key before: then say what was kept.

        Raises
        ------
        NotAllowedError
            When the actor may not record visits, or the building is not one of theirs.
        VisitRefusedError
            Naming everything that is wrong with it.
        """
        require(actor, Action.RECORD_VISIT)
        held = self._held_visit(actor, visit.key)
        if held is not None:
            return self._recorded(actor, held, self._visit_place(held.building_id), repeated=True)
        now = self._local_now()
        building = self._visit_reader.building(actor, visit.building_id)
        oldest = now - timedelta(days=self._visit_reader.rules.late_days)
        self._check_visit(visit, building, now=now, oldest=oldest)
        kept = cleaned(visit, now=now)
        version = self._classifier.first_version(actor, kept)
        return self._save_visit(actor, version, "" if building is None else str(building["name"]))

    def record_many(
        self, actor: Actor, visits: Sequence[NewVisit | Mapping[str, Any]]
    ) -> list[VisitAnswer]:
        """Record visits that waited on a device; each has its answer, and none harms another.

        Raises
        ------
        NotAllowedError
            When the actor may not record visits at all.
        """
        require(actor, Action.RECORD_VISIT)
        return [self._answer_visit(actor, visit) for visit in visits]

    def propose_next(self, actor: Actor, result: str, *, at: datetime | None = None) -> NextStep:
        """Return what a result leads to, as the rules and the calendar propose."""
        require(actor, Action.RECORD_VISIT)
        if result not in RESULTS:
            problem = InputProblem("result_unknown", "result", result, "、".join(RESULTS))
            raise VisitRefusedError("visit_refused", problems=(problem,))
        return propose_next_step(
            result,
            at or self._local_now(),
            rules=self._visit_reader.rules,
            calendar=self._visit_reader.calendar,
        )

    def undo(self, actor: Actor, visit_id: str) -> VisitReceipt:
        """Take back a visit of one's own, soon after recording it; it stays in the log.

        Raises
        ------
        VisitRefusedError
            ``visit_missing``, ``visit_not_yours`` or ``visit_too_late``.
        """
        require(actor, Action.RECORD_VISIT)
        key = f"undo/{visit_id}"
        held = self._held_visit(actor, key)
        if held is not None:
            return self._recorded(actor, held, self._visit_place(held.building_id), repeated=True)
        newest = self._own_visit(
            actor, visit_id, within=timedelta(hours=self._visit_reader.rules.undo_hours)
        )
        version = _columns(newest) | self._classifier.stamp(actor) | {
            "key": key, "version": newest.version + 1, "withdrawn": True
        }  # fmt: skip
        return self._save_visit(actor, version, self._visit_place(newest.building_id))

    def correct(
        self,
        actor: Actor,
        visit_id: str,
        *,
        key: str,
        **changes: Any,  # noqa: ANN401 -- parts of a visit
    ) -> VisitReceipt:
        """Record a visit of one's own anew; the version before stays, and held until now.

        Parameters
        ----------
        key
            Made by the device for this correction.
        changes
            Parts of `NewVisit`. A next step that is not among them is proposed anew when the
            result changes.

        Raises
        ------
        NotAllowedError
            When the actor may not, or the building is not one of theirs.
        VisitRefusedError
            As of `record_visit` and `undo_visit`.
        """
        require(actor, Action.RECORD_VISIT)
        held = self._held_visit(actor, key)
        if held is not None:
            return self._recorded(actor, held, self._visit_place(held.building_id), repeated=True)
        newest = self._own_visit(
            actor, visit_id, within=timedelta(days=self._visit_reader.rules.correct_days)
        )
        visit = _changed(newest, key=key, changes=changes)
        building = self._visit_reader.building(actor, visit.building_id)
        now = self._local_now()
        oldest = min(newest.at, now - timedelta(days=self._visit_reader.rules.late_days))
        self._check_visit(visit, building, now=now, oldest=oldest)
        version = self._classifier.first_version(actor, cleaned(visit, now=now)) | {
            "visit_id": visit_id, "version": newest.version + 1
        }  # fmt: skip
        return self._save_visit(actor, version, "" if building is None else str(building["name"]))

    def _answer_visit(self, actor: Actor, visit: NewVisit | Mapping[str, Any]) -> VisitAnswer:
        key = str(visit.key if isinstance(visit, NewVisit) else visit.get("key", ""))
        try:
            read = (
                visit
                if isinstance(visit, NewVisit)
                else NewVisit.of_mapping(visit, zone=self.clock.zone)
            )
            return VisitAnswer(key, self.record(actor, read))
        except VisitRefusedError as error:
            return VisitAnswer(key, None, error.problems)
        except GridwardenError as error:
            return VisitAnswer(key, None, (InputProblem(error.code, "building_id"),))

    def _check_visit(
        self, visit: NewVisit, building: pd.Series | None, *, now: datetime, oldest: datetime
    ) -> None:
        problems = problems_of(visit, now=now, rules=self._visit_reader.rules, oldest=oldest)
        if building is None:
            problems.append(InputProblem("building_unknown", "building_id", visit.building_id))
        if problems:
            raise VisitRefusedError("visit_refused", problems=tuple(problems))

    def _save_visit(self, actor: Actor, version: dict[str, Any], name: str) -> VisitReceipt:
        """Add a version and its line in the audit log, both or neither."""
        facts = {each: version[each] for each in ("visit_id", "version", "building_id")}
        with self._workspace.store.begin() as unit:
            stored, new = unit.visits.add(version)
            if new:
                unit.audit.add(
                    at=self._now(),
                    actor=actor.id,
                    action=Action.RECORD_VISIT.value,
                    facts=facts | {"withdrawn": stored.withdrawn, "seal": stored.seal},
                )
                unit.commit()
        return self._recorded(actor, stored, name, repeated=not new)

    def _held_visit(self, actor: Actor, key: str) -> VisitVersion | None:
        with self._workspace.store.begin() as unit:
            return unit.visits.by_key(actor.id, key)

    def _own_visit(self, actor: Actor, visit_id: str, *, within: timedelta) -> VisitVersion:
        """Return the newest version of a visit that an actor may still change."""
        with self._workspace.store.begin() as unit:
            newest = unit.visits.newest(visit_id)
            first = unit.visits.versions(visit_id)["recorded_at"].min()
        if newest is None or newest.recorded_by != actor.id:
            # whose it is, is nobody's business: both read alike
            raise VisitRefusedError("visit_missing", seen=visit_id)
        if newest.withdrawn:
            raise VisitRefusedError("visit_withdrawn", seen=visit_id)
        now = self.clock.utc()
        if now - first > within:
            raise VisitRefusedError("visit_too_late", seen=visit_id, limit=str(within))
        return newest

    def _visit_place(self, building_id: str) -> str:
        return UnitNames(self._engine).of("building", [building_id])[0]

    def _recorded(
        self, actor: Actor, stored: VisitVersion, name: str, *, repeated: bool
    ) -> VisitReceipt:
        """Say what was kept; whoever does not plan does not learn what chance chose."""
        kind = stored.kind
        if not may_unblind(actor):
            kind = blinded_kind(kind, stored.at, self._visit_reader.rules)
        return VisitReceipt(
            visit_id=stored.visit_id,
            version=stored.version,
            key=stored.key,
            building_id=stored.building_id,
            name=name,
            unit=stored.unit,
            at=stored.at,
            result=stored.result,
            kind=kind,
            minutes=stored.minutes,
            next_step=stored.next_step,
            retry_at=stored.retry_at,
            withdrawn=stored.withdrawn,
            repeated=repeated,
            undo_until=stored.recorded_at + timedelta(hours=self._visit_reader.rules.undo_hours),
        )


def _columns(stored: VisitVersion) -> dict[str, Any]:
    names = (column.name for column in stored.__table__.columns)
    return {name: getattr(stored, name) for name in names if name != "id"}


def _changed(stored: VisitVersion, *, key: str, changes: dict[str, Any]) -> NewVisit:
    """Return a stored visit with changes, to be checked like a new one."""
    known = {each.name for each in fields(NewVisit)}
    unknown = tuple(InputProblem("field_unknown", name) for name in changes if name not in known)
    if unknown:
        raise VisitRefusedError("visit_refused", problems=unknown)
    held = {name: value for name, value in _columns(stored).items() if name in known}
    held["signs"] = tuple(held["signs"])
    if changes.get("result", stored.result) != stored.result:
        held |= {"next_step": None, "retry_at": None}
    return NewVisit(**held | changes | {"key": key})
