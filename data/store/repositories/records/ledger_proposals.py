"""Repository of what the rules of the ledger propose, and of the key lists."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from data.contracts.ledger_vocabulary import ProposalState
from data.store.repositories.repository import InsideOf, Repository, in_chunks, inside_where, narrow
from data.store.tables.records.ledger import KeySubject, LedgerProposal


class LedgerProposals(Repository):
    """Proposals; one that was decided stays, so that it does not come again."""

    def of_state(
        self, *states: str, buildings: Collection[str] | None = None
    ) -> list[LedgerProposal]:
        """Return the proposals of some states, the oldest first.

        ``buildings``: only those about these.
        """
        query = select(LedgerProposal).where(LedgerProposal.state.in_(states))
        queries = narrow(query, LedgerProposal.building_id, buildings)
        found = [proposal for each in queries for proposal in self._fresh(each)]
        return sorted(found, key=lambda each: each.id)

    def page(
        self, kinds: Collection[str], *, inside: InsideOf | None, limit: int, offset: int
    ) -> tuple[list[LedgerProposal], int]:
        """Return open proposals of some kinds, the newest first, and how many there are in all."""
        where = [LedgerProposal.state == ProposalState.OPEN, LedgerProposal.kind.in_(kinds),
                 *inside_where(LedgerProposal, inside)]  # fmt: skip
        query = select(LedgerProposal).where(*where).order_by(LedgerProposal.id.desc())
        rows = self._fresh(query.limit(limit).offset(offset))
        total = self._session.scalar(select(func.count()).select_from(LedgerProposal).where(*where))
        return rows, int(total or 0)

    def counts(self, *, inside: InsideOf | None) -> dict[str, int]:
        """Return kind → how many are open."""
        where = [LedgerProposal.state == ProposalState.OPEN, *inside_where(LedgerProposal, inside)]
        return self._count_by(LedgerProposal.kind, (), *where)

    def get(self, proposal_id: int) -> LedgerProposal | None:
        """Return a proposal, None where there is none of this number."""
        return self._session.get(LedgerProposal, proposal_id, populate_existing=True)

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add proposals, each a mapping of all columns but the id."""
        self._insert_all(LedgerProposal, rows)

    def change(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change proposals, each a mapping of its id and the columns that become others.

        Proposals that were read before stay as they were read: with thousands of them, looking for
        each among all would take minutes.
        """
        if rows:
            self._session.execute(update(LedgerProposal), [dict(row) for row in rows])

    def decide(
        self, proposal_id: int, state: str, *, by: str, at: datetime, note: str = "",
        entry_id: int | None = None,
    ) -> bool:  # fmt: skip
        """Decide on an open proposal; False where somebody did so before."""
        values: dict[str, Any] = {"state": state, "decided_by": by, "decided_at": at, "note": note}
        if entry_id is not None:
            values["entry_id"] = entry_id
        is_open = LedgerProposal.state == ProposalState.OPEN
        return self._changed(LedgerProposal, LedgerProposal.id == proposal_id, is_open, **values)


class KeySubjects(Repository):
    """Institutions and people that are followed up; one that ended stays with its reason."""

    def current(self, *, lists: Collection[str] = (), inside: InsideOf | None) -> list[KeySubject]:
        """Return those that are followed up, of some lists or of all, by list and name."""
        where = [KeySubject.ended_on.is_(None), *inside_where(KeySubject, inside)]
        if lists:
            where.append(KeySubject.key_list.in_(lists))
        query = select(KeySubject).where(*where).order_by(KeySubject.key_list, KeySubject.id)
        return self._fresh(query)

    def get(self, subject_id: int) -> KeySubject | None:
        """Return one of them, None where there is none of this number."""
        return self._session.get(KeySubject, subject_id, populate_existing=True)

    def add(self, **row: Any) -> int:  # noqa: ANN401 -- columns of the table
        """Add one and return its number."""
        return self._insert(KeySubject, **row)

    def end(
        self, subject_ids: Collection[int], *, on: date | None, by: str | None, reason: str
    ) -> None:
        """End following some up; with no day, follow them up again."""
        for some in in_chunks(subject_ids):
            changing = update(KeySubject).where(KeySubject.id.in_(some))
            self._session.execute(
                changing.values(ended_on=on, ended_by=by, end_reason=reason),
                execution_options={"synchronize_session": False},
            )

    def state(self) -> list[int]:
        """Return what is another once somebody was added or ended."""
        query = select(func.max(KeySubject.id), func.count(KeySubject.ended_on))
        newest, ended = self._session.execute(query).one()
        return [int(newest or 0), int(ended)]
