"""Decisions recorded on cases as rows of the lake's violations, from which the score learns."""

import csv
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from data.contracts.case_vocabulary import PENALTIES, CaseAction, Outcome
from data.contracts.registry import contract_of
from data.ingest.run import import_file
from data.integrity.file_changes import FileKind
from data.store.tables.cases import Case, CaseEvent
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor
from governance.service import Component

TABLE: Final = "violations"
FIELDS: Final = ("decision_no", "decided_on", "raw_address", "building_id", "penalty", "case_no",
                 "lead_source", "learnt_at")  # fmt: skip


class DecisionRows(Component):
    """Writes decided cases into the lake: an import of its own, known from when it was recorded."""

    def missing(self, unit: UnitOfWork) -> list[dict[str, Any]]:
        """Return the rows of decisions that the lake has not got yet."""
        table = self._engine.table(TABLE)
        held = set(table.select("decision_no").to_pyarrow()["decision_no"].to_pylist())
        rows = {
            str(event.facts.get("decision_no")): _row(case, event)
            for case, event in unit.cases.decided(CaseAction.DECIDE)
            if event.facts.get("outcome") in PENALTIES
        }
        return [row for number, row in rows.items() if number not in held]

    def write(self, actor: Actor) -> int:
        """Import the decisions that are missing; return how many."""
        with self._workspace.store.begin() as unit:
            rows = self.missing(unit)
        if not rows:
            return 0
        contract = contract_of(TABLE)
        headers = {name: contract.field(name).header for name in FIELDS}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{rows[0]['case_no']}-{rows[-1]['case_no']}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [headers[name] for name in FIELDS])
                writer.writeheader()
                writer.writerows({headers[name]: row[name] for name in FIELDS} for row in rows)
            self._import(path, actor)
        return len(rows)

    def _import(self, path: Path, actor: Actor) -> None:
        changes = self._resources.file_changes
        with changes.change(
            FileKind.IMPORT, actor=actor.id, action=Action.IMPORT.value
        ) as announce:
            import_file(
                self._workspace,
                TABLE,
                path,
                now=self._local_now(),
                announce=lambda new: announce(
                    new.import_id, import_id=new.import_id, table=TABLE, accepted=new.accepted,
                    quarantined=new.quarantined,
                ),
            )  # fmt: skip


def _row(case: Case, event: CaseEvent) -> dict[str, Any]:
    recorded = event.facts.get("recorded_at") or event.at
    learnt = datetime.fromisoformat(str(recorded))
    return {
        "decision_no": event.facts["decision_no"],
        "decided_on": event.facts["decided_on"],
        "raw_address": case.address,
        "building_id": case.building_id or "",
        "penalty": PENALTIES[Outcome(event.facts["outcome"])],
        "case_no": case.case_no,
        "lead_source": case.channel,
        "learnt_at": f"{learnt:%Y-%m-%d %H:%M:%S}",
    }
