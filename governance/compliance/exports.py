"""Tables that leave: masked by default; unmasked once, for a reason a second person approved."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from ibis.expr.types import Table

from data.contracts.registry import contract_of
from data.export.tables import export_table
from data.export.writers import writer_of
from data.store.tables.export_requests import ExportRequest as StoredRequest
from data.workspace.settings import read_section
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may, require
from governance.access.scopes import Scope
from governance.service import Service
from governance.visits.rules.blinding import blind_visits, may_unblind
from governance.visits.rules.settings import SECTION, VisitRules

VALID_DAYS = 7
"""An approval that was not used for so many days is void."""
SHORTEST_REASON = 4
COMPLAINTS, INSPECTIONS = "complaints", "inspections"


class UnmaskedError(GridwardenError):
    """An unmasked export cannot be asked for, decided or made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """A request to take a table out unmasked.

    Parameters
    ----------
    state
        ``open``, ``approved``, ``refused``, ``used`` or ``expired``.
    asked_at, decided_at, used_at
        Local times.
    """

    number: int
    table: str
    reason: str
    asker: str
    asker_name: str
    asked_at: datetime
    approver: str | None
    approver_name: str | None
    decided_at: datetime | None
    used_at: datetime | None
    file: str | None
    state: str


class ExportService(Service):
    """Services about what leaves."""

    def export_table(self, actor: Actor, table: str, path: Path) -> int:
        """Write the rows of a table that the actor may see, masked; return how many.

        What chance chose to look at is told to nobody but who makes plans.

        Raises
        ------
        ExportError
            When the file's ending is none of csv, xlsx, parquet, geojson.
        """
        require(actor, Action.EXPORT)
        _require_table(actor, table)
        return export_table(
            self._engine,
            table,
            path,
            rows=self._seen_rows(actor, table, actor.scope.of_rows),
            announce=lambda rows: self._record(
                actor, Action.EXPORT, table=table, file=path.name, rows=rows
            ),
        )

    def ask_unmasked(self, actor: Actor, table: str, reason: str) -> ExportRequest:
        """Ask to take a table out unmasked, within the actor's scope.

        Raises
        ------
        UnmaskedError
            ``reason_missing``: a second person has to judge it.
        UnknownTableError
            When there is no such table.
        """
        require(actor, Action.EXPORT_UNMASKED)
        _require_table(actor, table)
        reason = " ".join(reason.split())
        if len(reason) < SHORTEST_REASON:
            raise UnmaskedError("reason_missing", seen=reason, expected=SHORTEST_REASON)
        with self._workspace.store.begin() as unit:
            number = unit.export_requests.ask(
                table=contract_of(table).name,
                reason=reason,
                scope=actor.scope.to_mapping(),
                asker=actor.id,
                asker_name=actor.name,
                asker_person=actor.person_id,
                asked_at=self._utc(),
            )
            asked = unit.export_requests.get(number)
            facts = {"request": number, "table": table, "reason": reason}
            unit.audit.add(at=self._now(), actor=actor.id, action="ask_unmasked", facts=facts)
            answer = self._read(asked, number)
            unit.commit()
        return answer

    def approve_unmasked(self, actor: Actor, number: int) -> ExportRequest:
        """Approve a request of somebody else.

        Raises
        ------
        UnmaskedError
            ``request_unknown``, ``request_decided``, or ``approver_is_asker``.
        """
        return self._decide(actor, number, approved=True)

    def refuse_unmasked(self, actor: Actor, number: int) -> ExportRequest:
        """Refuse a request of somebody else; raises as `approve_unmasked` does."""
        return self._decide(actor, number, approved=False)

    def requests(self, actor: Actor) -> pd.DataFrame:
        """List requests, newest first: all for who approves, else one's own.

        Columns are the fields of `ExportRequest`.
        """
        approves = may(actor, Action.APPROVE_UNMASKED)
        if not approves:
            require(actor, Action.EXPORT_UNMASKED)
        with self._workspace.store.begin() as unit:
            found = unit.export_requests.all(asker=None if approves else actor.id)
            rows = [asdict(self._read(row, row.id)) for row in found]
        return pd.DataFrame(rows, columns=[field.name for field in fields(ExportRequest)])

    def export_unmasked(self, actor: Actor, number: int, path: Path) -> int:
        """Write what was approved, once, marked with who, when, why and whose approval.

        Complainants stay masked even here: only `complainant` tells who they are.

        Raises
        ------
        UnmaskedError
            ``request_unknown``, ``request_not_approved``, ``request_expired``, ``request_used`` or
            ``request_of_another``.
        ExportError
            When the file's ending is none of csv, xlsx, parquet, geojson; the request stays usable.
        """
        require(actor, Action.EXPORT_UNMASKED)
        writer_of(path)
        request, scope = self._usable(actor, number)
        _require_table(actor, request.table)
        facts = {"request": number, "table": request.table, "file": path.name}
        with self._workspace.store.begin() as unit:
            if not unit.export_requests.use(number, file=path.name, at=self._utc()):
                raise UnmaskedError("request_used", number=number)
            unit.audit.add(at=self._now(), actor=actor.id, action="export_unmasked", facts=facts)
            unit.commit()
        try:
            return export_table(
                self._engine,
                request.table,
                path,
                rows=self._seen_rows(actor, request.table, _both(actor.scope, scope)),
                watermark=self._watermark(request),
                announce=lambda rows: self._record(
                    actor, Action.EXPORT_UNMASKED, **facts, rows=rows
                ),
            )
        except BaseException:
            with self._workspace.store.begin() as unit:
                unit.export_requests.release(number)
                failed = {**facts, "failed": True}
                unit.audit.add(
                    at=self._now(), actor=actor.id, action="export_unmasked", facts=failed
                )
                unit.commit()
            raise

    def _seen_rows(
        self, actor: Actor, table: str, rows: Callable[[Table], Table]
    ) -> Callable[[Table], Table]:
        """Return what keeps the actor's rows, with what they may not know of them left out."""
        if contract_of(table).name != INSPECTIONS or may_unblind(actor):
            return rows
        rules = read_section(self._workspace.settings, SECTION, VisitRules)
        return lambda every: blind_visits(rows(every), rules)

    def _usable(self, actor: Actor, number: int) -> tuple[ExportRequest, Scope]:
        with self._workspace.store.begin() as unit:
            stored = unit.export_requests.get(number)
            request = self._read(stored, number)
            scope = Scope.of_mapping(stored.scope) if stored else Scope.nothing()
        if request.asker != actor.id:
            raise UnmaskedError("request_of_another", number=number)
        codes = {
            "open": "request_not_approved",
            "refused": "request_not_approved",
            "expired": "request_expired",
            "used": "request_used",
        }
        if request.state != "approved":
            raise UnmaskedError(codes[request.state], number=number, days=VALID_DAYS)
        return request, scope

    def _decide(self, actor: Actor, number: int, *, approved: bool) -> ExportRequest:
        require(actor, Action.APPROVE_UNMASKED)
        with self._workspace.store.begin() as unit:
            stored = unit.export_requests.get(number)
            request = self._read(stored, number)
            same_person = stored and actor.person_id and actor.person_id == stored.asker_person
            if request.asker == actor.id or same_person:
                raise UnmaskedError("approver_is_asker", number=number, asker=request.asker)
            decided = unit.export_requests.decide(
                number,
                approved=approved,
                approver=actor.id,
                approver_name=actor.name,
                at=self._utc(),
            )
            if not decided:
                raise UnmaskedError("request_decided", number=number)
            facts = {"request": number, "table": request.table, "asker": request.asker}
            action = "approve_unmasked" if approved else "refuse_unmasked"
            unit.audit.add(at=self._now(), actor=actor.id, action=action, facts=facts)
            answer = self._read(unit.export_requests.get(number), number)
            unit.commit()
        return answer

    def _utc(self) -> datetime:
        return self.clock.utc()

    def _read(self, row: StoredRequest | None, number: int) -> ExportRequest:
        if row is None:
            raise UnmaskedError("request_unknown", seen=number)
        return ExportRequest(
            number=row.id,
            table=row.table,
            reason=row.reason,
            asker=row.asker,
            asker_name=row.asker_name,
            asked_at=self.clock.to_local(row.asked_at),
            approver=row.approver,
            approver_name=row.approver_name,
            decided_at=row.decided_at and self.clock.to_local(row.decided_at),
            used_at=row.used_at and self.clock.to_local(row.used_at),
            file=row.file,
            state=_state(row, self._utc()),
        )

    def _watermark(self, request: ExportRequest) -> str:
        asker = f"{request.asker_name}（{request.asker}）"
        approver = f"{request.approver_name}（{request.approver}）"
        when = self._local_now().strftime("%Y-%m-%d %H:%M")
        return (
            f"未脱敏 UNMASKED · 申请 {request.number} · 导出 {asker} {when} · "
            f"事由：{request.reason} · 批准 {approver}"
        )


def _require_table(actor: Actor, table: str) -> None:
    """Refuse complaints to who may not see any."""
    if contract_of(table).name == COMPLAINTS:
        require(actor, Action.SEE_COMPLAINTS)


def _state(row: StoredRequest, now: datetime) -> str:
    if row.used_at is not None:
        return "used"
    if row.decided_at is None:
        return "open"
    if not row.approved:
        return "refused"
    return "approved" if now < row.decided_at + timedelta(days=VALID_DAYS) else "expired"


def _both(now: Scope, then: Scope) -> Callable[[Table], Table]:
    """Keep what lay in the scope when it was asked and does so now."""
    return lambda rows: now.of_rows(then.of_rows(rows))
