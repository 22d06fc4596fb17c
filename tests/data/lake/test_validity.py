"""The times of an only import are those that a comparison of imports gives."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import pyarrow as pa
import pytest

from data.lake.manifest import Manifest
from data.lake.schema import IMPORTED_AT, LEARNT_AT, SUPERSEDED_AT, TIME, VERSION_LEARNT_AT
from data.lake.validity import add_versions, import_times, times_of_only_import

IMPORTED = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- local times throughout
MANIFEST = Manifest(
    import_id="20261124T120000-abcdef", table="complaints", file_name="rows", sha256="",
    options_hash="", imported_at=IMPORTED, rows_in=4, accepted=4, quarantined=0, duplicates=0,
)  # fmt: skip
TIMES = (LEARNT_AT, VERSION_LEARNT_AT, IMPORTED_AT, SUPERSEDED_AT)


def around(*days: int | None) -> pa.Array:
    return pa.array([None if d is None else IMPORTED + timedelta(d) for d in days], TIME)


@pytest.mark.parametrize("known_from", [(), ("received_at",), ("received_at", "closed_at")])
@pytest.mark.parametrize("given", [around(None, None, None, None), around(-9, None, 2, -1)])
def test_one_import_says_when_each_row_was_learnt(
    known_from: tuple[str, ...], given: pa.Array
) -> None:
    rows = pa.table({
        "row_key": list("abcd"), "row_hash": list("1234"), "import_id": [MANIFEST.import_id] * 4,
        "received_at": around(-3, None, 5, None), "closed_at": around(-1, -2, 6, None),
        LEARNT_AT: given,
    })  # fmt: skip
    compared = add_versions(
        ibis.memtable(rows), ibis.memtable(import_times([MANIFEST])), known_from=known_from,
        single=False,
    ).order_by("row_key").to_pyarrow()  # fmt: skip
    present = {n: rows[n] for n in rows.column_names if rows[n].null_count < 4}
    told = times_of_only_import(present, 4, MANIFEST, known_from=known_from)
    nothing = pa.chunked_array([pa.nulls(4, TIME)])
    for name in TIMES:
        assert told.get(name, nothing).to_pylist() == compared[name].to_pylist()
