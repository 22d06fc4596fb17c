"""Reviewed addresses with the time in which each decision held, and the placements of before.

Where a row is as of a cut follows from what had been decided before it. A row that was not here
yet at the cut is read as it is now: an office that loads its history and then reviews the addresses
of it has reviewed them as part of the load, and its past would be empty otherwise. So a row that
came with an import at *I*, and whose address was reviewed at *R* after it, is

================ ====================
as of a cut      where it is
================ ====================
≤ *I*            where it is now
> *I*, ≤ *R*     where it was then
> *R*            where it is now
================ ====================

What was known at an earlier cut is sometimes asked for as it looked at a later one, *T*: a score as
of *T* learns from windows of before. Then "now" is *T* for the rows that had come by then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.derived.placing.address_keys import Keys
from data.derived.placing.addresses import key_of_now
from data.derived.placing.place import NARROW, Placer
from data.lake.schema import ARRIVED_AT, GIVEN, PLACED_FROM, PLACED_UNTIL, PLACEMENT_COLUMNS, TIME
from data.store.repositories.settings import Review


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which something else was decided about an address than now.

    It holds as of cuts after ``start`` up to ``until``; ``review`` is None where nothing was
    decided.
    """

    start: datetime
    until: datetime
    review: Review | None


class Reviews:
    """All decisions about addresses.

    ``history``: as `data.store.repositories.settings.AddressReviews.history` gives them.
    """

    def __init__(self, history: Sequence[Review] = ()) -> None:
        self.history = tuple(history)
        self._of_address = {
            address: list(reviews)
            for address, reviews in groupby(self.history, key=lambda review: review.address)
        }

    @property
    def now(self) -> dict[str, str | None]:
        """Normalised address → building, or None where it is none."""
        return {r.address: r.building_id for r in self.history if r.until is None}

    @cached_property
    def keys_now(self) -> frozenset[str]:
        """The addresses about which something is decided, as they are normalised now."""
        return frozenset(map(key_of_now, self.now))

    @cached_property
    def _of_key(self) -> dict[str, list[Review]]:
        found: dict[str, list[Review]] = {}
        for review in self.history:
            for key in {review.address, key_of_now(review.address)}:
                found.setdefault(key, []).append(review)
        return found

    def of(self, key: str) -> list[Review]:
        """Return the decisions about a normalised address, those of before included."""
        return self._of_key.get(key, [])

    def about(self, keys: frozenset[str]) -> list[Review]:
        """Return the decisions about some normalised addresses, those of before included."""
        return [r for r in self.history if {r.address, key_of_now(r.address)} & keys]

    @cached_property
    def addresses(self) -> frozenset[str]:
        """All addresses about which something is or was decided, as noted and as they read now."""
        noted = [review.address for review in self.history]
        return frozenset([*noted, *map(key_of_now, noted)])

    def changed_by(self, moment: datetime) -> bool:
        """Say whether anything was decided, or withdrawn, at a moment or after it."""
        return any(r.at >= moment or (r.until or r.at) >= moment for r in self.history)

    def changed_since(self, moment: datetime) -> dict[str, list[Period]]:
        """Return the addresses about which something was decided after a moment, and what before.

        The periods of an address follow each other from the moment to its last decision.
        """
        changed = {}
        for address, reviews in self._of_address.items():
            times = {time for review in reviews for time in (review.at, review.until) if time}
            later = sorted(time for time in times if time > moment)
            if later:
                spans = pairwise([moment, *later])
                changed[address] = [Period(a, b, _decided(reviews, b)) for a, b in spans]
        return changed


def _decided(reviews: Sequence[Review], cut: datetime) -> Review | None:
    known = (r for r in reviews if r.at < cut and (r.until is None or r.until >= cut))
    return next(known, None)


def place_decided(
    rows: pa.Table, keys: Keys, *, reviews: Reviews, placer: Callable[[], Placer]
) -> pa.Table:
    """Put the rows whose address was decided where the decision says; the others stay.

    ``rows``: with the columns of a table's file of all versions, placed without any decision.
    ``keys``: the normalised address of each row, '' where there is none.
    ``placer``: gives the placer of now, when something is to be placed.
    """
    decided = np.flatnonzero([key in reviews.keys_now for key in keys])
    return _place_rows(rows, decided, lambda: placer().with_decisions(reviews.now))


def add_past_placements(
    rows: pa.Table,
    keys: Keys,
    *,
    imported_at: datetime,
    reviews: Reviews,
    placer: Callable[[], Placer],
) -> pa.Table:
    """Place rows of an import by what was decided, and add where they were before, and when.

    ``rows``, ``keys``, ``reviews``, ``placer``: as of `place_decided`.
    ``imported_at``: local time of the import.

    Returns `data.lake.schema.PLACED_COLUMNS` filled in; a row whose address was reviewed after the
    import follows once more for every other place and time.
    """
    changed = reviews.changed_since(imported_at)
    undecided = rows
    rows = place_decided(rows, keys, reviews=reviews, placer=placer)
    affected = np.flatnonzero([key in changed for key in keys])
    if not len(affected):
        return rows
    periods = [changed[keys[row]] for row in affected]
    last: list[datetime | None] = [None] * rows.num_rows
    for row, each in zip(affected, periods, strict=True):
        last[row] = each[-1].until
    came = pa.array([None if time is None else imported_at for time in last], TIME)
    rows = _replaced(rows, {ARRIVED_AT: came})
    parts = [_within(rows, last, [None] * rows.num_rows)]
    before = rows.take(affected)
    parts.append(_within(before, [None] * len(affected), [imported_at] * len(affected)))
    before = _replaced(undecided.take(affected), {ARRIVED_AT: before[ARRIVED_AT]})
    for number in range(max(map(len, periods))):
        indices = [at for at, each in enumerate(periods) if number < len(each)]
        then = [periods[at][number] for at in indices]
        parts.append(_within(_as_then(before.take(indices), then, placer),
                             [p.start for p in then], [p.until for p in then]))  # fmt: skip
    return pa.concat_tables(parts)


def _as_then(rows: pa.Table, then: Sequence[Period], placer: Callable[[], Placer]) -> pa.Table:
    """Place undecided rows by the decision that each one's period has, if any."""
    reviewed = np.flatnonzero([period.review is not None for period in then])
    decisions = {p.review.address: p.review.building_id for p in then if p.review}
    return _place_rows(rows, reviewed, lambda: placer().with_decisions(decisions))


def _place_rows(rows: pa.Table, at: NDArray[np.intp], placer: Callable[[], Placer]) -> pa.Table:
    """Place some of the rows anew; their order stays."""
    if not len(at):
        return rows
    again = _placed(rows.take(at), placer())
    order = np.arange(rows.num_rows)
    order[at] = rows.num_rows + np.arange(len(at))
    return pa.concat_tables([rows, again]).take(order)


def _within(
    rows: pa.Table, start: Sequence[datetime | None], until: Sequence[datetime | None]
) -> pa.Table:
    return _replaced(
        rows, {PLACED_FROM: pa.array(start, TIME), PLACED_UNTIL: pa.array(until, TIME)}
    )


def _placed(rows: pa.Table, placer: Placer) -> pa.Table:
    """Place rows anew by what they themselves say."""
    given = {name: GIVEN + name if name in PLACEMENT_COLUMNS else name for name in NARROW}
    present = {name: rows[column] for name, column in given.items() if column in rows.column_names}
    placement = placer.place(pa.table(present))
    return _replaced(rows, {name: placement[name] for name in PLACEMENT_COLUMNS})


def _replaced(rows: pa.Table, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> pa.Table:
    for name, values in columns.items():
        field = rows.schema.field(name)
        rows = rows.set_column(rows.schema.get_field_index(name), field, values.cast(field.type))
    return rows
