"""The rows whose address leads to no building by itself: what a person may decide about.

What was decided is not in it, so that a decision and its undoing need not make it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.model import TableContract
from data.derived.placing.address_keys import KEY, normalised
from data.derived.placing.place import ADDRESS_FIELD, is_placed
from data.lake.schema import EVENT_AT, IMPORT_ID, ROW_KEY, TEXT, TIME

_PLACEMENT: Final = ("match_level", "match_score", "match_candidates", "community_code")
_OF_ROWS: Final = {ADDRESS_FIELD: TEXT, EVENT_AT: TIME, "lon": pa.float64(), "lat": pa.float64()}
_KEYS: Final = {IMPORT_ID: TEXT, ROW_KEY: TEXT}
WAITING_SCHEMA: Final = pa.schema(
    [
        ("table", TEXT),
        (IMPORT_ID, TEXT),
        (ROW_KEY, TEXT),
        (KEY, TEXT),
        ("match_level", TEXT),
        ("match_score", pa.float64()),
        ("match_candidates", TEXT),
        ("community_code", TEXT),
        *_OF_ROWS.items(),
    ]
)
"""A row each: its table, import and key; its normalised address; how it was placed, candidates as
ids joined by ``;``; its address, time and point (degrees, WGS-84) as sent."""


@dataclass(frozen=True, slots=True)
class StoredRows:
    """The rows of an import, side by side.

    ``rows``, ``placement``: the files of what was sent and of where it is.
    """

    contract: TableContract
    rows: Path
    placement: Path
    held: pa.ChunkedArray
    """Whether the row holds now."""


def has_addresses(contract: TableContract) -> bool:
    """Say whether rows of a table are placed by an address, among other things."""
    return is_placed(contract) and any(field.name == ADDRESS_FIELD for field in contract.fields)


def write_waiting(path: Path, imports: Iterable[StoredRows]) -> None:
    """Write the rows that hold, have an address and are in no building."""
    with pq.ParquetWriter(path, WAITING_SCHEMA) as written:
        for stored in imports:
            written.write_table(_waiting(stored))


def _waiting(stored: StoredRows) -> pa.Table:
    placed = pq.read_table(stored.placement, columns=[*_PLACEMENT])
    open_ = pc.or_(
        pc.not_equal(pc.fill_null(placed["match_candidates"], ""), ""),
        pc.equal(placed["match_level"], "none"),
    )
    at = np.flatnonzero(pc.and_(open_, stored.held).to_numpy(zero_copy_only=False))
    sent = _sent(stored.rows, at)
    rows = {name: placed[name].take(at) for name in _PLACEMENT} | {
        name: sent.get(name, pa.nulls(len(at), kind)) for name, kind in (_KEYS | _OF_ROWS).items()
    }
    keys = normalised(rows[ADDRESS_FIELD])
    table = pa.repeat(pa.scalar(stored.contract.name, TEXT), len(at))
    waiting = pa.table({"table": table, KEY: keys, **rows})
    return waiting.select(WAITING_SCHEMA.names).cast(WAITING_SCHEMA).filter(pc.not_equal(keys, ""))


def _sent(rows: Path, at: np.ndarray) -> dict[str, pa.ChunkedArray]:
    present = [name for name in _KEYS | _OF_ROWS if name in pq.read_schema(rows).names]
    table = pq.read_table(rows, columns=present)
    return {name: table[name].take(at) for name in present}
