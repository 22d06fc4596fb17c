"""Decisions recorded on cases as rows of the lake's violations, from which the score learns."""

import csv
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from data.contracts.case_vocabulary import PENALTIES, CaseAction, Outcome
from data.contracts.registry import contract_of
from data.ingest.run import import_file
from data.integrity.file_changes import FileKind
from data.lake.schema import IMPORT_ID
from data.store.repositories.cases.cases import Cases
from data.store.tables.cases import Case, CaseEvent
from governance.access.permissions import Action, Actor
from governance.service import Component

TABLE: Final = "violations"
FIELDS: Final = ("decision_no", "decided_on", "raw_address", "building_id", "penalty", "case_no",
                 "lead_source", "learnt_at")  # fmt: skip
DECISION_ACTIONS: Final = frozenset({CaseAction.DECIDE, CaseAction.CORRECT})
_OURS: Final = re.compile(rf"(?:-?{Cases.PREFIX}-\d{{4}}-\d+){{2}}\.csv")
"""Names of the files that are written here."""


class DecisionRows(Component):
    """Writes decided cases into the lake: an import of its own, known from when it was recorded."""

    def write(self, actor: Actor) -> int:
        """Import the decisions that are missing; return how many.

        An import of ours with a number that was corrected since is taken back first, and comes
        again as it is now.
        """
        with self._workspace.store.begin() as unit:
            rows, replaced = _decision_rows(unit.cases.with_events(DECISION_ACTIONS))
        for import_id in self._mistyped(replaced):
            self._take_back(import_id, actor)
        held = self._engine.table(TABLE).select("decision_no").to_pyarrow()["decision_no"]
        known = set(held.to_pylist())
        rows = {number: row for number, row in rows.items() if number not in known}
        if rows:
            self._write_rows(list(rows.values()), actor)
        return len(rows)

    def _mistyped(self, replaced: Collection[tuple[str, str]]) -> list[str]:
        """Return the imports of ours that hold a case's number of before."""
        if not replaced:
            return []
        table = self._engine.table(TABLE).select("case_no", "decision_no", IMPORT_ID)
        numbers = sorted({number for _, number in replaced})
        found = table.filter(table["decision_no"].isin(numbers)).to_pyarrow().to_pylist()
        imports = {
            each[IMPORT_ID] for each in found if (each["case_no"], each["decision_no"]) in replaced
        }
        manifests = (self._workspace.lake.manifest(each) for each in sorted(imports))
        return [each.import_id for each in manifests if _OURS.fullmatch(each.file_name)]

    def _take_back(self, import_id: str, actor: Actor) -> None:
        change = self._resources.file_changes.change(
            FileKind.UNDONE_IMPORT, actor=actor.id, action=Action.UNDO_IMPORT.value
        )
        with change as announce, self._workspace.lock():
            announce(import_id, import_id=import_id, table=TABLE)
            self._workspace.lake.undo(import_id)

    def _write_rows(self, rows: Sequence[Mapping[str, Any]], actor: Actor) -> None:
        contract = contract_of(TABLE)
        headers = {name: contract.field(name).header for name in FIELDS}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{rows[0]['case_no']}-{rows[-1]['case_no']}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [headers[name] for name in FIELDS])
                writer.writeheader()
                writer.writerows({headers[name]: row[name] for name in FIELDS} for row in rows)
            self._import(path, actor)

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


def _decision_rows(
    decided: Iterable[tuple[Case, CaseEvent]],
) -> tuple[dict[str, dict[str, Any]], frozenset[tuple[str, str]]]:
    """Return number → row of each decision with a penalty, and the numbers that were corrected.

    ``decided``: cases with their decisions and corrections, in the order they came.

    Of the latter case and number, but for those that another decision of the case has now.
    """
    rows: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}
    replaced = set[tuple[str, str]]()
    for case, event in decided:
        if event.action == CaseAction.DECIDE:
            row = _row(case, event)
            last[case.case_no] = row
            if event.facts["outcome"] in PENALTIES:
                rows.append(row)
        elif (number := event.facts.get("decision_no")) is not None:
            row = last[case.case_no]
            replaced.add((case.case_no, str(row["decision_no"])))
            row["decision_no"] = number
    now = {(row["case_no"], row["decision_no"]) for row in rows}
    return {str(row["decision_no"]): row for row in rows}, frozenset(replaced - now)


def _row(case: Case, event: CaseEvent) -> dict[str, Any]:
    recorded = event.facts.get("recorded_at") or event.at
    learnt = datetime.fromisoformat(str(recorded))
    return {
        "decision_no": event.facts.get("decision_no"),
        "decided_on": event.facts["decided_on"],
        "raw_address": case.address,
        "building_id": case.building_id or "",
        "penalty": PENALTIES.get(Outcome(event.facts["outcome"]), ""),
        "case_no": case.case_no,
        "lead_source": case.channel,
        "learnt_at": f"{learnt:%Y-%m-%d %H:%M:%S}",
    }
