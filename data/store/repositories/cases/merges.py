"""Repository of what people said about leads: of one event, or of several."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select

from data.store.repositories.repository import Repository
from data.store.tables.cases import Case, Lead
from data.store.tables.lead_merges import LeadMerge, LeadsApart


class LeadMerges(Repository):
    """Decisions about leads, each with all that taking it back needs; times are local."""

    def add(
        self, *, at: datetime, by: str, into: str | None, moved: Mapping[str, Sequence[int]],
        before: Mapping[str, Any],
    ) -> int:  # fmt: skip
        """Keep a decision and return its number."""
        merge = LeadMerge(at=at, by=by, into=into, moved=dict(moved), before=dict(before))
        return self._kept(merge).id

    def keep_apart(self, merge_id: int, pairs: Collection[tuple[int, int]]) -> None:
        """Keep pairs of leads apart by a decision."""
        rows = [
            {"first_lead": min(pair), "second_lead": max(pair), "merge_id": merge_id}
            for pair in sorted(pairs)
        ]
        self._insert_all(LeadsApart, rows)

    def apart(self) -> frozenset[tuple[int, int]]:
        """Return the pairs of leads that are kept apart."""
        query = select(LeadsApart.first_lead, LeadsApart.second_lead)
        return frozenset((row[0], row[1]) for row in self._session.execute(query))

    def get(self, merge_id: int) -> LeadMerge | None:
        """Return a decision, None where there is none of this number."""
        return self._session.get(LeadMerge, merge_id, populate_existing=True)

    def standing(self, limit: int) -> list[LeadMerge]:
        """Return the newest decisions that were not taken back, the newest first."""
        query = select(LeadMerge).where(LeadMerge.undone_at.is_(None))
        return list(self._session.scalars(query.order_by(LeadMerge.id.desc()).limit(limit)))

    def take_back(self, merge: LeadMerge, *, at: datetime, by: str) -> None:
        """Mark a decision as taken back; what it kept apart is no longer."""
        merge.undone_at, merge.undone_by = at, by
        self._session.execute(delete(LeadsApart).where(LeadsApart.merge_id == merge.id))
        self._session.flush()

    def leads_near(self, stages: Collection[str]) -> list[Lead]:
        """Return leads of cases of some stages, and those that share something with one of them.

        That is a building, a reporter or an address. In order of their numbers.
        """
        of_stages = Lead.case_id.in_(select(Case.id).where(Case.stage.in_(sorted(stages))))
        shared = [
            column.in_(select(column).where(of_stages, column.is_not(None), column != ""))
            for column in (Lead.building_id, Lead.reporter_hash, Lead.address)
        ]
        query = select(Lead).where(or_(of_stages, *shared))
        return list(self._session.scalars(query.order_by(Lead.id)))
