"""Repositories of settings, header mappings and address reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from data.store.repositories.repository import Repository
from data.store.tables.base import AddressReview, HeaderMapping, ReplacedReview, Setting


class HeaderMappings(Repository):
    """Remembered header mappings, by sender and table."""

    def of(self, *, sender: str, table: str) -> dict[str, str]:
        """Return field → column as last confirmed for this sender's files."""
        query = select(HeaderMapping).where(
            HeaderMapping.sender == sender, HeaderMapping.table == table
        )
        return {row.field: row.column for row in self._session.scalars(query)}

    def remember(self, mapping: Mapping[str, str], *, sender: str, table: str) -> None:
        """Replace what is remembered for this sender's files."""
        self._session.execute(
            delete(HeaderMapping).where(
                HeaderMapping.sender == sender, HeaderMapping.table == table
            )
        )
        self._session.add_all(
            HeaderMapping(sender=sender, table=table, field=field, column=column)
            for field, column in sorted(mapping.items())
        )
        self._session.flush()


@dataclass(frozen=True, slots=True)
class Review:
    """What an address was decided to mean, and when that held; times are local.

    ``at``, ``until``: from when to when; None where it still holds.
    """

    address: str
    """Normalised."""
    building_id: str | None
    """None where it is no building."""
    at: datetime
    until: datetime | None


class AddressReviews(Repository):
    """Decisions of people about what an address means."""

    def decisions(self) -> dict[str, str | None]:
        """Return normalised address → building, or None where it is no building."""
        query = select(AddressReview).order_by(AddressReview.address)
        return {row.address: row.building_id for row in self._session.scalars(query)}

    def state(self) -> tuple[int, datetime | None]:
        """Return how many decisions there are and when the newest was made (UTC).

        It changes with every decision and withdrawal.
        """
        query = select(func.count(), func.max(AddressReview.at))
        count, newest = self._session.execute(query.select_from(AddressReview)).one()
        return count, newest

    def all(self) -> Sequence[AddressReview]:
        """Return every decision, by address."""
        return self._session.scalars(select(AddressReview).order_by(AddressReview.address)).all()

    def history(self) -> tuple[Review, ...]:
        """Return every decision that holds or held, by address, the oldest first."""
        replaced = select(ReplacedReview).order_by(ReplacedReview.id)
        held = [
            Review(r.address, r.building_id, r.at, r.until) for r in self._session.scalars(replaced)
        ]
        hold = [Review(r.address, r.building_id, r.at, None) for r in self.all()]
        return tuple(sorted([*held, *hold], key=lambda review: review.address))

    def decide(
        self, address: str, *, table: str, building_id: str | None, reviewer: str, at: datetime
    ) -> None:
        """Record a decision; a later one about the same address takes its place."""
        row = self._current(address)
        if row is None:
            row = AddressReview(address=address)
        else:
            self._keep(row, until=at)
        row.table, row.building_id, row.reviewer, row.at = table, building_id, reviewer, at
        self._kept(row)

    def withdraw(self, address: str, *, at: datetime) -> bool:
        """End a decision; False when there was none."""
        row = self._current(address)
        if row is not None:
            self._keep(row, until=at)
            self._session.delete(row)
            self._session.flush()
        return row is not None

    def _current(self, address: str) -> AddressReview | None:
        query = select(AddressReview).where(AddressReview.address == address)
        return self._session.scalars(query).one_or_none()

    def _keep(self, row: AddressReview, *, until: datetime) -> None:
        """Keep for how long a decision held: what was known then rests on it."""
        self._session.add(
            ReplacedReview(address=row.address, building_id=row.building_id, at=row.at, until=until)
        )


class Settings(Repository):
    """Settings that change while working."""

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- a setting is any JSON
        """Return a setting's value."""
        row = self._session.get(Setting, name)
        return default if row is None else row.value

    def put(self, name: str, value: Any) -> None:  # noqa: ANN401 -- a setting is any JSON
        """Set a setting."""
        row = self._session.get(Setting, name) or Setting(name=name)
        row.value = value
        self._kept(row)
