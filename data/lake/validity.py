"""Which version of a row was known when, as one Ibis expression over the imports of a table.

A key may come in many imports. Its newest import holds; what an older one said held until then.
From the set of imports alone – so that taking one back is exact – each stored row gets:

``version_learnt_at``
    When this version became known. The first version of a key: the row's own ``learnt_at`` where
    the sender gave one, else the time of the event, because an office that loads two years of
    tickets knew each when it came in (but not later than the import: a date in the future is no
    knowledge). A later version is known from its import, or from the ``learnt_at`` it gives where
    that is later still: until it came, the office read the version before. A row of a register,
    which has no event, is known from its import, and from `ALWAYS` where that belongs to the first
    load: the imports of the table within `FIRST_LOAD_DAYS` of its first one. So there is a register
    at any date, and what is added or corrected afterwards is known from then on.
``learnt_at``
    The earliest ``version_learnt_at`` of the same key with the same content.
``imported_at``
    The earliest import of the same key with the same content. What is written into a row after
    its event – an outcome, a status – may be younger than the row, but no younger than this.
``superseded_at``
    When a later import's version of the key became known; NULL while there is none.

So a row is part of the view as of ``cut`` exactly when
``version_learnt_at < cut <= superseded_at`` (NULL meaning for ever), and of today's view when
``superseded_at`` is NULL.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from data.lake.manifest import Manifest
from data.lake.schema import (
    ARRIVED_AT,
    IMPORTED_AT,
    LEARNT_AT,
    PLACED_FROM,
    PLACED_UNTIL,
    SEEN_FROM,
    SUPERSEDED_AT,
    TIME,
    VERSION_LEARNT_AT,
)

LEARNING_VERSION = 5
"""Part of every fingerprint of rows: raise it when the same imports would be known otherwise."""
ALWAYS = datetime(1970, 1, 1)  # noqa: DTZ001 -- local times throughout
"""From when the first load of a register is taken to have been known."""
FIRST_LOAD_DAYS = 7
"""Registers come in several files, and with a mistake that is repaired the next day."""

_REGISTER_KNOWN_FROM = "register_known_from"
IMPORT_TIMES = pa.schema(
    [
        ("import_id", pa.string()),
        (IMPORTED_AT, pa.timestamp("us")),
        (_REGISTER_KNOWN_FROM, pa.timestamp("us")),
    ]
)


def held_at(rows: Table, cut: ibis.Value) -> ibis.Value:
    """Say of each version of `add_versions` whether it holds at a cut, a moment or a column.

    Of placed rows also whether they were there as of the cut (`data.derived.placing.reviews`), as
    it looked at the time ``seen_from`` where the rows have such a column.
    """
    held = _within(rows, VERSION_LEARNT_AT, SUPERSEDED_AT, cut)
    if PLACED_UNTIL not in rows.columns:
        return held
    if SEEN_FROM in rows.columns:
        came, later = rows[ARRIVED_AT], rows[SEEN_FROM]
        cut = ibis.ifelse((came >= cut) & (came < later), later, cut)
    return held & _within(rows, PLACED_FROM, PLACED_UNTIL, cut)


def held(rows: Table, *, cut: datetime | None = None) -> Table:
    """Keep the versions that hold now, or held at a cut, where they are or were."""
    if cut is not None:
        return rows.filter(held_at(rows, ibis.literal(cut)))
    ends = [name for name in (SUPERSEDED_AT, PLACED_UNTIL) if name in rows.columns]
    return rows.filter(*(rows[name].isnull() for name in ends))


def without(rows: Table, columns: Collection[str]) -> Table:
    """Return the rows without those of some columns that they have."""
    return rows.drop(*(name for name in columns if name in rows.columns))


def _within(rows: Table, start: str, until: str, cut: ibis.Value) -> ibis.Value:
    """Say of each row whether a cut is after one time and no later than the other."""
    begun = rows[start].isnull() | (rows[start] < cut)
    return begun & (rows[until].isnull() | (rows[until] >= cut))


def as_first_versions(rows: Table, *, known_from: datetime | None = None) -> Table:
    """Add the times of `held_at` to rows that were never corrected.

    ``known_from``: when all of them were learnt; by default each at its ``learnt_at``.
    """
    learnt = rows[LEARNT_AT] if known_from is None else ibis.literal(known_from)
    return rows.mutate(**{VERSION_LEARNT_AT: learnt, SUPERSEDED_AT: ibis.null("timestamp(6)")})


def import_times(manifests: Sequence[Manifest]) -> pa.Table:
    """Return the imports of a table with their times: made, and known from where a register."""
    return pa.Table.from_pydict(
        {
            "import_id": [m.import_id for m in manifests],
            IMPORTED_AT: [local_import_time(m) for m in manifests],
            _REGISTER_KNOWN_FROM: registers_known_from(manifests),
        },
        schema=IMPORT_TIMES,
    )


def local_import_time(manifest: Manifest) -> datetime:
    """Return the local time of an import."""
    return manifest.imported_at.replace(tzinfo=None)


def registers_known_from(manifests: Sequence[Manifest]) -> list[datetime]:
    """Return from when the rows of each import of one register are known."""
    times = [local_import_time(manifest) for manifest in manifests]
    loaded = min(times, default=ALWAYS) + timedelta(days=FIRST_LOAD_DAYS)
    return [ALWAYS if time <= loaded else time for time in times]


def add_versions(rows: Table, times: Table, *, known_from: Sequence[str], single: bool) -> Table:
    """Return the rows with the four times above.

    ``rows``: stored rows: at least row_key, row_hash, import_id, the given learnt_at and
    `known_from`.
    ``times``: as from `import_times`.
    ``known_from``: time columns, best first, that say when the office came to know of a row; empty
    for a register.
    ``single``: True when there is one import, in which keys never repeat: spares the sorting.
    """
    dated = rows.join(times, "import_id")
    first = later = dated[_REGISTER_KNOWN_FROM]
    if known_from:
        known = ibis.coalesce(*(dated[name] for name in known_from), dated.imported_at)
        first, later = ibis.least(known, dated.imported_at), dated.imported_at
    if single:
        learnt = ibis.coalesce(dated.learnt_at, first)
        never = ibis.null("timestamp(6)")
        return dated.mutate(**{VERSION_LEARNT_AT: learnt, LEARNT_AT: learnt, SUPERSEDED_AT: never})
    by_key = ibis.window(group_by=dated.row_key, order_by=dated.import_id)
    is_first = ibis.row_number().over(by_key) == 0
    given = ibis.coalesce(dated.learnt_at, is_first.ifelse(first, later))
    learnt = is_first.ifelse(given, ibis.greatest(given, later))
    learning = dated.mutate(**{VERSION_LEARNT_AT: learnt})
    version = learning[VERSION_LEARNT_AT]
    after = ibis.window(group_by=learning.row_key, order_by=learning.import_id, rows=(1, None))
    same = ibis.window(group_by=[learning.row_key, learning.row_hash])
    return learning.mutate(
        **{
            LEARNT_AT: version.min().over(same),
            IMPORTED_AT: learning[IMPORTED_AT].min().over(same),
            SUPERSEDED_AT: version.min().over(after),
        }
    )


def times_of_only_import(
    rows: Mapping[str, pa.ChunkedArray],
    count: int,
    manifest: Manifest,
    *,
    known_from: Sequence[str],
) -> dict[str, pa.ChunkedArray]:
    """Return the times of `add_versions` of some rows of a table's only import: nothing repeats.

    ``superseded_at`` is left out, since there is none.

    ``rows``: columns of the stored rows, ``count`` each; an absent one has no value.
    ``known_from``: as of `add_versions`.
    """
    imported = pa.scalar(local_import_time(manifest), TIME)
    first = pa.scalar(registers_known_from([manifest])[0], TIME)
    if known_from:
        known = pc.coalesce(*(rows[name] for name in known_from if name in rows), imported)
        first = pc.min_element_wise(known, imported)
    learnt = pc.coalesce(rows[LEARNT_AT], first) if LEARNT_AT in rows else first
    times = {IMPORTED_AT: imported, VERSION_LEARNT_AT: learnt, LEARNT_AT: learnt}
    return {
        name: pa.chunked_array([pa.repeat(time, count)]) if isinstance(time, pa.Scalar) else time
        for name, time in times.items()
    }
