"""Record what was found at a door: once, whole, undone within a day."""

from datetime import datetime, timedelta
from typing import Any

from data.contracts.vocabulary import VisitResult
from data.store.tables.visits import VisitVersion
from governance.access.permissions import Action, Actor, NotAllowedError, require
from governance.access.problems import InputProblem
from governance.service import Service
from governance.visits.base import VisitReader
from governance.visits.classification import VisitClassifier
from governance.visits.rules.earlier_right import EarlierRight, FindEarlier
from governance.visits.rules.follow_up import FollowUp, propose_next_step
from governance.visits.rules.new_visit import (
    NewVisit,
    VisitReceipt,
    VisitRefusedError,
    cleaned,
    problems_of,
)


class VisitService(Service):
    """Services that record visits."""

    _classifier: VisitClassifier
    _visit_reader: VisitReader

    def record(
        self, actor: Actor, visit: NewVisit, *, earlier: FindEarlier | None = None
    ) -> VisitReceipt:
        """Record a visit, unless the same account sent its key before: then say what was kept.

        ``earlier``: finds by what a building that is no longer the actor's was theirs at the time
        of the visit, which is then recorded; None where that does not count.

        Raises `NotAllowedError` when the actor may not record visits, or the building is not and
        was not then one of theirs.
        Raises `VisitRefusedError` naming everything that is wrong with it.
        """
        require(actor, Action.RECORD_VISIT)
        held = self._held_visit(actor, visit.key)
        if held is not None:
            return self._receipt(held, repeated=True)
        now, rules = self._local_now(), self._visit_reader.rules
        oldest = now - timedelta(days=rules.late_days)
        right = earlier and self._earlier_right(actor, visit, earlier, oldest=oldest, now=now)
        problems = problems_of(visit, now=now, rules=rules, oldest=oldest)
        if not right and self._visit_reader.building(actor, visit.building_id) is None:
            problems.append(InputProblem("building_unknown", "building_id", visit.building_id))
        if problems:
            raise VisitRefusedError("visit_refused", problems=tuple(problems))
        stop = right.stop if right else None
        version = self._classifier.first_version(actor, cleaned(visit, now=now), stop=stop)
        late = {"late": True, "visited_at": str(visit.at), **right.facts} if right else {}
        return self._save(actor, version, **late)

    def propose_next(self, actor: Actor, result: str) -> FollowUp:
        """Return what a result leads to, as the rules and the calendar propose."""
        require(actor, Action.RECORD_VISIT)
        if result not in tuple(VisitResult):
            problem = InputProblem("result_unknown", "result", result, "、".join(VisitResult))
            raise VisitRefusedError("visit_refused", problems=(problem,))
        return propose_next_step(
            result,
            self._local_now(),
            rules=self._visit_reader.rules,
            calendar=self._visit_reader.calendar,
        )

    def undo(self, actor: Actor, visit_id: str) -> VisitReceipt:
        """Take back a visit of one's own, soon after recording it; it stays in the log.

        Raises `VisitRefusedError`: ``visit_missing``, ``visit_not_yours`` or ``visit_too_late``.
        """
        require(actor, Action.RECORD_VISIT)
        key = f"undo/{visit_id}"
        held = self._held_visit(actor, key)
        if held is not None:
            return self._receipt(held, repeated=True)
        newest = self._own_visit(actor, visit_id)
        version = (
            _columns(newest)
            | self._classifier.stamp(actor)
            | {"key": key, "version": newest.version + 1, "withdrawn": True}
        )
        return self._save(actor, version)

    def _earlier_right(
        self, actor: Actor, visit: NewVisit, find: FindEarlier, *, oldest: datetime, now: datetime
    ) -> EarlierRight | None:
        """Return the right of a visit of before to a building that is no longer the actor's."""
        if visit.at is None or visit.at.tzinfo or not oldest <= visit.at <= now:
            return None
        try:
            self._visit_reader.building(actor, visit.building_id)
        except NotAllowedError:
            return find(actor, visit.building_id, visit.at)
        return None

    def _save(self, actor: Actor, version: dict[str, Any], **late: Any) -> VisitReceipt:  # noqa: ANN401 -- facts are of any kind
        """Add a version and its line in the audit log, both or neither; ``late`` goes into it."""
        facts = {each: version[each] for each in ("visit_id", "version", "building_id")} | late
        with self._workspace.store.begin() as unit:
            stored, new = unit.visits.add(version)
            if new:
                facts |= {"withdrawn": stored.withdrawn, "seal": stored.seal}
                self._commit(unit, actor, Action.RECORD_VISIT, **facts)
        return self._receipt(stored, repeated=not new)

    def _held_visit(self, actor: Actor, key: str) -> VisitVersion | None:
        with self._workspace.store.begin() as unit:
            return unit.visits.by_key(actor.id, key)

    def _own_visit(self, actor: Actor, visit_id: str) -> VisitVersion:
        """Return the newest version of a visit that an actor may still take back."""
        with self._workspace.store.begin() as unit:
            newest = unit.visits.newest(visit_id)
            first = unit.visits.versions(visit_id)["recorded_at"].min()
        if newest is None or newest.recorded_by != actor.id:
            # whose it is, is nobody's business: both read alike
            raise VisitRefusedError("visit_missing", seen=visit_id)
        if newest.withdrawn:
            raise VisitRefusedError("visit_withdrawn", seen=visit_id)
        within = timedelta(hours=self._visit_reader.rules.undo_hours)
        if self.clock.utc() - first > within:
            raise VisitRefusedError("visit_too_late", seen=visit_id, limit=str(within))
        return newest

    def _receipt(self, stored: VisitVersion, *, repeated: bool) -> VisitReceipt:
        return VisitReceipt(
            visit_id=stored.visit_id,
            result=stored.result,
            next_step=stored.next_step,
            retry_at=stored.retry_at,
            repeated=repeated,
            undo_until=stored.recorded_at + timedelta(hours=self._visit_reader.rules.undo_hours),
        )


def _columns(stored: VisitVersion) -> dict[str, Any]:
    names = (column.name for column in stored.__table__.columns)
    return {name: getattr(stored, name) for name in names if name != "id"}
