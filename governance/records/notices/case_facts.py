"""What a notice may tell of a case: place by estate, people masked, counts, what was decided."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from data.contracts.case_vocabulary import PENALTIES
from data.contracts.vocabulary import BuildingKind
from data.derived.answers.unit_names import UnitNames
from data.store.tables.cases import Case
from data.store.unit_of_work import UnitOfWork
from governance.access.scopes import Scope
from governance.records.notices.rules.decided import DecidedCase
from governance.records.notices.rules.masking import mask_party
from governance.service import Component

_VIOLATION: Final = ("decision_no", "party", "party_kind", "form", "disguise", "subjects",
                     "pupils", "teachers")  # fmt: skip
_COUNTS: Final = ("pupils", "teachers")


class DecidedCases(Component):
    """Reads cases as notices tell of them; asks nobody's permission."""

    def of(self, unit: UnitOfWork, numbers: Collection[str]) -> dict[str, DecidedCase]:
        """Return number → case, of those that there are."""
        return self._read(unit, unit.cases.by_numbers(numbers))

    def penalised(self, unit: UnitOfWork, *, since: date, scope: Scope) -> dict[str, DecidedCase]:
        """Return the cases that were decided against somebody since a day, the newest first."""
        cases = unit.cases.decided_with(PENALTIES, since=since)
        return self._read(unit, [case for case in cases if scope.covers_row(case)])

    def staff_names(self) -> frozenset[str]:
        """Return the names of the office's people, none of which stands in a notice."""
        names = self._engine.table("persons").select("name").to_pandas()["name"]
        return frozenset(str(name).strip() for name in names.dropna() if "*" not in str(name))

    def _read(self, unit: UnitOfWork, cases: Iterable[Case]) -> dict[str, DecidedCase]:
        known = list(cases)
        violations = self._violations({str(case.decision_no) for case in known if case.decision_no})
        buildings = self._buildings({str(case.building_id) for case in known if case.building_id})
        communities = UnitNames(self._engine).communities if known else {}
        found = {}
        for case in known:
            facts = dict(violations.get(str(case.decision_no), {}))
            visit = unit.visits.newest(case.visit_id) if case.visit_id else None
            if visit is not None and not visit.withdrawn:
                facts |= {name: getattr(visit, name) for name in _COUNTS if facts.get(name) is None}
            place = buildings.get(str(case.building_id), {})
            name = communities.get(case.community, "")
            found[case.case_no] = _decided(case, facts | place | {"community_name": name})
        return found

    def _violations(self, numbers: Collection[str]) -> Mapping[str, dict[str, Any]]:
        if not numbers:
            return {}
        table = self._engine.table("violations")
        table = table.select(*_VIOLATION).filter(table["decision_no"].isin(sorted(numbers)))
        frame = table.to_pandas()
        for name in _COUNTS:
            frame[name] = frame[name].astype("Int64").astype(object)
        frame = frame.astype(object).where(frame.notna(), None)
        return {row["decision_no"]: row for row in frame.to_dict("records")}

    def _buildings(self, ids: Collection[str]) -> Mapping[str, dict[str, Any]]:
        if not ids:
            return {}
        table = self._engine.table("buildings")
        table = table.select("building_id", "estate", "kind")
        frame = table.filter(table["building_id"].isin(sorted(ids))).to_pandas().fillna("")
        frame["kind"] = frame["kind"].where(frame["kind"].isin(set(BuildingKind)), "")
        rows = zip(frame["building_id"], frame["estate"], frame["kind"], strict=True)
        return {str(row[0]): {"estate": row[1], "place_kind": row[2]} for row in rows}


def _decided(case: Case, facts: Mapping[str, Any]) -> DecidedCase:
    texts = ("community_name", "estate", "place_kind", "party_kind", "form", "disguise", "subjects")
    counts_and_texts: dict[str, Any] = {
        name: None if pd.isna(n := facts.get(name)) else int(n) for name in _COUNTS
    }
    counts_and_texts |= {name: str(facts.get(name) or "") for name in texts}
    found_on = case.verified_at.date() if case.verified_at else None
    return DecidedCase(
        case_no=case.case_no, stage=case.stage, channel=case.channel, finding=case.finding,
        outcome=case.outcome, decision_no=case.decision_no, decided_on=case.decided_on,
        served_on=case.served_on,
        decided_by=case.sent_to or "", found_on=found_on,
        building_id=case.building_id, community=case.community, grid=case.grid,
        party=mask_party(str(facts.get("party") or "")),
        **counts_and_texts,
    )  # fmt: skip
