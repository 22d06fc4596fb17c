"""Tables that leave: masked by default; unmasked once, for a reason a second person approved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.contracts.registry import contract_of
from data.workspace.settings import read_section
from governance.access.permissions import Action, Actor, may, require
from governance.access.persons import own_names
from governance.access.scopes import Scope
from governance.security.compliance.export_requests import (
    ExportContents,
    ExportRequest,
    UnmaskedError,
    is_by,
    may_decide_about,
    read_contents,
    read_request,
    require_approved,
    require_seen,
    watermark,
)
from governance.security.compliance.export_selection import EVERYTHING, ExportSelection
from governance.service import Service
from governance.visits.rules.settings import SECTION, VisitRules

if TYPE_CHECKING:
    from ibis.expr.types import Table

SHORTEST_REASON = 4
COMPLAINTS, INSPECTIONS = "complaints", "inspections"


class ExportService(Service):
    """Services about what leaves."""

    def contents(
        self, actor: Actor, table: str, *, selection: ExportSelection = EVERYTHING
    ) -> ExportContents:
        """Say what an export of the actor's rows would hold.

        Raises `SelectionError` when the table has nothing by which rows could be chosen so.
        """
        require(actor, Action.EXPORT)
        _require_table(actor, table)
        return read_contents(self._engine, table, selection, actor.scope)

    def contents_of(self, actor: Actor, number: int) -> ExportContents:
        """Say what a request would take out, to whoever made it or may decide about it.

        Raises `UnmaskedError`: ``request_unknown``, or ``request_of_another``.
        """
        approves = may(actor, Action.APPROVE_UNMASKED)
        if not approves:
            require(actor, Action.EXPORT_UNMASKED)
        with self._workspace.store.begin() as unit:
            stored = unit.export_requests.get(number)
            request = read_request(stored, number, clock=self.clock)
            if not approves and request.asker != actor.id:
                raise UnmaskedError("request_of_another", number=number)
            if request.asker != actor.id:
                require_seen(self._engine, actor, stored, number)
            scope = Scope.of_mapping(stored.scope) if stored else Scope.nothing()
        selection = ExportSelection.of_mapping(request.selection)
        return read_contents(self._engine, request.table, selection, scope)

    def export_table(
        self, actor: Actor, table: str, path: Path, *, selection: ExportSelection = EVERYTHING
    ) -> int:
        """Write the rows of a table that the actor may see, masked; return how many.

        What chance chose to look at is told to nobody but who makes plans.

        Raises `SelectionError` when the table has nothing by which rows could be chosen so.
        Raises `ExportError` when the file's ending is none of csv, xlsx, parquet, geojson.
        """
        from data.export.tables import export_table

        require(actor, Action.EXPORT)
        _require_table(actor, table)
        return export_table(
            self._engine,
            table,
            path,
            rows=self._seen_rows(
                actor, table, lambda rows: selection.of_rows(actor.scope.of_rows(rows))
            ),
            announce=lambda rows: self._record(
                actor,
                Action.EXPORT,
                table=table,
                file=path.name,
                rows=rows,
                **selection.to_mapping(),
            ),
        )

    def ask_unmasked(
        self, actor: Actor, table: str, reason: str, *, selection: ExportSelection = EVERYTHING
    ) -> ExportRequest:
        """Ask to take a table out unmasked, within the actor's scope and what is selected.

        Raises `UnmaskedError`: ``reason_missing``: a second person has to judge it.
        Raises `UnknownTableError` when there is no such table.
        Raises `SelectionError` when it has nothing by which rows could be chosen so, or rows are
        not of their case.
        """
        require(actor, Action.EXPORT_UNMASKED)
        _require_table(actor, table)
        selection.of_rows(self._engine.table(contract_of(table).name))
        reason = " ".join(reason.split())
        if len(reason) < SHORTEST_REASON:
            raise UnmaskedError("reason_missing", seen=reason, expected=SHORTEST_REASON)
        with self._workspace.store.begin() as unit:
            selection.require_leads(unit, contract_of(table).name)
            number = unit.export_requests.ask(
                table=contract_of(table).name,
                reason=reason,
                scope=actor.scope.to_mapping(),
                selection=selection.to_mapping(),
                asker=actor.id,
                asker_name=actor.name,
                asker_person=actor.person_id,
                asked_at=self.clock.utc(),
            )
            answer = read_request(unit.export_requests.get(number), number, clock=self.clock)
            self._commit(unit, actor, "ask_unmasked", request=number, table=table, reason=reason,
                         **selection.to_mapping())  # fmt: skip
        return answer

    def approve_unmasked(self, actor: Actor, number: int) -> ExportRequest:
        """Approve a request of somebody else.

        Raises `UnmaskedError`: ``request_unknown``, ``request_decided``, or ``approver_is_asker``.
        """
        return self._decide(actor, number, approved=True)

    def refuse_unmasked(self, actor: Actor, number: int) -> ExportRequest:
        """Refuse a request of somebody else; raises as `approve_unmasked` does."""
        return self._decide(actor, number, approved=False)

    def requests(self, actor: Actor) -> list[ExportRequest]:
        """List requests, newest first: for who approves those of their scope, and one's own."""
        approves = may(actor, Action.APPROVE_UNMASKED)
        if not approves:
            require(actor, Action.EXPORT_UNMASKED)
        with self._workspace.store.begin() as unit:
            found = unit.export_requests.all(asker=None if approves else actor.id)
            return [
                read_request(row, row.id, clock=self.clock)
                for row in found
                if row.asker == actor.id or may_decide_about(self._engine, actor, row)
            ]

    def to_decide(self, actor: Actor) -> list[ExportRequest]:
        """List the open requests that the actor may decide about: none of their own."""
        require(actor, Action.APPROVE_UNMASKED)
        with self._workspace.store.begin() as unit:
            actor_names = own_names(unit, actor)
            return [
                read_request(row, row.id, clock=self.clock)
                for row in unit.export_requests.all()
                if row.decided_at is None
                and not is_by(actor_names, row)
                and may_decide_about(self._engine, actor, row)
            ]

    def export_unmasked(self, actor: Actor, number: int, path: Path) -> int:
        """Write what was approved, once, marked with who, when, why and whose approval.

        Complainants stay masked even here: only `complainant` tells who they are.

        Raises `UnmaskedError`: ``request_unknown``, ``request_not_approved``, ``request_expired``,
        ``request_used`` or ``request_of_another``.
        Raises `ExportError` when the file's ending is none of csv, xlsx, parquet, geojson; the
        request stays usable.
        """
        from data.export.tables import export_table
        from data.export.writers import writer_of

        require(actor, Action.EXPORT_UNMASKED)
        writer_of(path)
        request, scope = self._usable(actor, number)
        _require_table(actor, request.table)
        selection = ExportSelection.of_mapping(request.selection)
        facts = {
            "request": number, "table": request.table, "file": path.name, **request.selection
        }  # fmt: skip
        self._use(actor, number, facts)

        def chosen(rows: Table) -> Table:
            return selection.of_rows(actor.scope.of_rows(scope.of_rows(rows)))

        try:
            return export_table(
                self._engine, request.table, path,
                rows=self._seen_rows(actor, request.table, chosen),
                watermark=watermark(request, now=self._local_now()),
                announce=lambda rows: self._record(
                    actor, Action.EXPORT_UNMASKED, **facts, rows=rows
                ),
            )  # fmt: skip
        except BaseException:
            self._release(actor, number, facts)
            raise

    def _use(self, actor: Actor, number: int, facts: dict[str, Any]) -> None:
        """Use a request up, which nobody then can once more."""
        with self._workspace.store.begin() as unit:
            if not unit.export_requests.use(number, file=facts["file"], at=self.clock.utc()):
                raise UnmaskedError("request_used", number=number)
            self._commit(unit, actor, "export_unmasked", **facts)

    def _release(self, actor: Actor, number: int, facts: dict[str, Any]) -> None:
        """Make a request usable again whose file did not come about."""
        with self._workspace.store.begin() as unit:
            unit.export_requests.release(number)
            self._commit(unit, actor, "export_unmasked", **facts, failed=True)

    def _seen_rows(
        self, actor: Actor, table: str, rows: Callable[[Table], Table]
    ) -> Callable[[Table], Table]:
        """Return what keeps the actor's rows, with what they may not know of them left out."""
        from governance.visits.rules.blinding import blind_visits, may_unblind

        if contract_of(table).name != INSPECTIONS or may_unblind(actor):
            return rows
        rules = read_section(self._workspace.settings, SECTION, VisitRules)
        return lambda every: blind_visits(rows(every), rules)

    def _usable(self, actor: Actor, number: int) -> tuple[ExportRequest, Scope]:
        with self._workspace.store.begin() as unit:
            stored = unit.export_requests.get(number)
            request = read_request(stored, number, clock=self.clock)
            scope = Scope.of_mapping(stored.scope) if stored else Scope.nothing()
        if request.asker != actor.id:
            raise UnmaskedError("request_of_another", number=number)
        require_approved(request)
        return request, scope

    def _decide(self, actor: Actor, number: int, *, approved: bool) -> ExportRequest:
        require(actor, Action.APPROVE_UNMASKED)
        with self._workspace.store.begin() as unit:
            stored = unit.export_requests.get(number)
            request = read_request(stored, number, clock=self.clock)
            require_seen(self._engine, actor, stored, number)
            if stored and is_by(own_names(unit, actor), stored):
                raise UnmaskedError("approver_is_asker", number=number, asker=request.asker)
            decided = unit.export_requests.decide(
                number,
                approved=approved,
                approver=actor.id,
                approver_name=actor.name,
                at=self.clock.utc(),
            )
            if not decided:
                raise UnmaskedError("request_decided", number=number)
            action = "approve_unmasked" if approved else "refuse_unmasked"
            answer = read_request(unit.export_requests.get(number), number, clock=self.clock)
            self._commit(unit, actor, action, request=number, table=request.table,
                         asker=request.asker)  # fmt: skip
        return answer


def _require_table(actor: Actor, table: str) -> None:
    """Refuse complaints to who may not see any."""
    if contract_of(table).name == COMPLAINTS:
        require(actor, Action.SEE_COMPLAINTS)
