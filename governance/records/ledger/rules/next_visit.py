"""When the place of a line is visited next."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from data.contracts.ledger_vocabulary import CADENCE_DAYS, VISITED, LedgerCadence
from data.contracts.vocabulary import VisitResult

LOOKED = frozenset(
    {VisitResult.NOTHING, VisitResult.SUSPECTED, VisitResult.FOUND, VisitResult.GONE}
)
"""Results of visits that a cadence counts: somebody could look."""


def next_visit(*, status: str, cadence: str, in_on: date, last_on: date | None) -> date | None:
    """Return the day by which a place is to be visited again, None where it is not for now."""
    if status not in VISITED:
        return None
    begun = in_on if last_on is None else max(in_on, last_on)
    return begun + timedelta(days=CADENCE_DAYS[LedgerCadence(cadence)])


def last_looks(visits: Iterable[tuple[str, date, str]]) -> Mapping[str, date]:
    """Return building → the last day on which somebody could look, of (building, day, result)."""
    last: dict[str, date] = {}
    for building, day, result in visits:
        if result in LOOKED and (building not in last or day > last[building]):
            last[building] = day
    return last
