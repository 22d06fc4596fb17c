"""Repository of leads: one row for each row of the lake or of the store that reports something."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, Select, bindparam, select, update

from data.contracts.case_vocabulary import ENDED, Stage
from data.store.repositories.repository import Repository, in_chunks, narrow
from data.store.tables.cases import Case, Lead

KEPT_IN_STEP: Final = ("channel", "ticket_no", "nature", "received_at", "due_at", "status",
                       "returned", "satisfaction", "title", "text", "address", "building_id",
                       "community", "grid", "forms", "reporter_hash")  # fmt: skip
"""What a lead takes over again whenever the row that it stands for changes."""
_READ_AT_ONCE: Final = 5_000


class Leads(Repository):
    """Leads; times are the office's local time."""

    def known(
        self, origin_table: str, keys: Collection[str] | None = None
    ) -> dict[str, tuple[Any, ...]]:
        """Return origin key → id, case and `KEPT_IN_STEP` of a table's leads.

        ``keys``: only the leads of these rows; all when None.
        """
        query = _columns(origin_table, "origin_key", "id", "case_id", *KEPT_IN_STEP)
        return {
            row[0]: tuple(row)[1:]
            for narrowed in narrow(query, Lead.origin_key, keys)
            for row in self._session.execute(narrowed)
        }

    def in_step(self, origin_table: str) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
        """Yield origin key, case and `KEPT_IN_STEP` of a table's leads, some thousands at once."""
        query = _columns(origin_table, "origin_key", "case_id", *KEPT_IN_STEP)
        found = self._session.execute(query.execution_options(yield_per=_READ_AT_ONCE))
        yield from found.partitions()

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add leads, each a mapping of all columns but the id."""
        self._insert_all(Lead, rows)

    def change(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change leads: mappings with ``id`` and `KEPT_IN_STEP`."""
        if rows:
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in KEPT_IN_STEP}
            changing = update(Lead).where(Lead.id == bindparam("of_id")).values(values)
            named = [
                {"of_id": row["id"]} | {f"new_{name}": row[name] for name in KEPT_IN_STEP}
                for row in rows
            ]
            self._session.connection().execute(changing, named)

    def move(self, lead_ids: Collection[int], *, to_case: int) -> None:
        """Give leads to a case."""
        for some in in_chunks(lead_ids):
            self._session.execute(update(Lead).where(Lead.id.in_(some)).values(case_id=to_case))

    def of_cases(self, case_ids: Collection[int]) -> list[Lead]:
        """Return the leads of cases, the earliest first."""
        found = self._among(select(Lead), Lead.case_id, case_ids)
        return sorted(found, key=lambda lead: (lead.received_at, lead.id))

    def of_origin(self, origin_table: str, origin_key: str) -> Lead | None:
        """Return the lead that stands for a row."""
        query = select(Lead).where(Lead.origin_table == origin_table)
        return self._session.scalars(query.where(Lead.origin_key == origin_key)).one_or_none()

    def case_of(self, origin_table: str, origin_key: str) -> Case | None:
        """Return the case of the lead that stands for a row."""
        query = select(Case).join(Lead, Lead.case_id == Case.id)
        query = query.where(Lead.origin_table == origin_table, Lead.origin_key == origin_key)
        return self._session.scalars(query).one_or_none()

    def in_work(self, origin_table: str, *, also: Collection[Stage] = ()) -> list[str]:
        """Return the origin keys of a table's leads whose case was taken on and has not ended.

        ``also``: stages beside those.
        """
        stages = sorted((set(Stage) - ENDED - {Stage.NEW}).union(also))
        query = _columns(origin_table, "origin_key").join(Case, Lead.case_id == Case.id)
        return list(self._session.scalars(query.where(Case.stage.in_(stages))))

    def numbers_of_reporter(self, reporter_hash: str) -> list[str]:
        """Return the ticket numbers of the leads of a reporter, by their keyed hash, sorted."""
        query = select(Lead.ticket_no).where(Lead.reporter_hash == reporter_hash)
        return sorted(self._session.scalars(query))

    def with_reporter(self, origin_table: str) -> dict[str, int]:
        """Return origin key → id of a table's leads that know their reporter by a keyed hash."""
        query = select(Lead.origin_key, Lead.id).where(Lead.origin_table == origin_table)
        known = query.where(Lead.reporter_hash.is_not(None))
        return dict(self._session.execute(known).all())

    def forget_reporters(self, lead_ids: Collection[int]) -> None:
        """Take the keyed hashes of reporters from leads."""
        for some in in_chunks(lead_ids):
            self._session.execute(update(Lead).where(Lead.id.in_(some)).values(reporter_hash=None))


def _columns(origin_table: str, *names: str) -> Select[*tuple[Any, ...]]:
    columns = [getattr(Lead, name) for name in names]
    return select(*columns).where(Lead.origin_table == origin_table)
