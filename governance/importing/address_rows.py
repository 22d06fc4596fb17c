"""The rows behind an address, as they may be shown beside a decision about it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.contracts.model import FREE_TEXT
from data.contracts.registry import TABLES
from data.lake.schema import EVENT_AT, IMPORT_ID, ROW_KEY
from data.privacy.export_masks import mask_batch

ROW_COLUMNS: Final = ("table", "at", "address", "text", "source")
MOST_ROWS: Final = 50
_SOURCE: Final = "source"
_LEFT_OUT: Final = frozenset({"handling", "reply", "raw_address"})
"""What was written after the fact, which says nothing of the place, and what is told by itself."""


def masked_rows(waiting: pd.DataFrame, files: Mapping[str, Path]) -> pd.DataFrame:
    """Return `ROW_COLUMNS` of rows, the newest first, `MOST_ROWS` at most.

    They are masked as everything that leaves: rooms, names and telephones hidden, what people
    wrote scrubbed, no text of a confidential complaint.

    ``waiting``: rows of `governance.importing.waiting_addresses.waiting_rows`.
    ``files``: import id → its rows file.
    """
    newest = waiting.sort_values(EVENT_AT, ascending=False, na_position="last").head(MOST_ROWS)
    parts = [
        _read(str(table), files[str(import_id)], rows[ROW_KEY].tolist())
        for (table, import_id), rows in newest.groupby(["table", IMPORT_ID])
        if str(import_id) in files
    ]
    rows = pd.concat([pd.DataFrame(columns=list(ROW_COLUMNS)), *parts])
    return rows.sort_values("at", ascending=False, na_position="last").reset_index(drop=True)


def _read(table: str, path: Path, keys: list[str]) -> pd.DataFrame:
    contract = TABLES[table]
    rows = pq.read_table(path, filters=[(ROW_KEY, "in", keys)]).combine_chunks()
    masked = pa.Table.from_batches(
        [mask_batch(b, contract) for b in rows.to_batches()], rows.schema
    )
    frame = masked.to_pandas()
    prose = [f.name for f in contract.stored if f.personal in FREE_TEXT]
    wanted = [name for name in prose if name in frame and name not in _LEFT_OUT]
    texts = [frame[name].fillna("") for name in wanted]
    return pd.DataFrame(
        {
            "table": table,
            "at": frame[EVENT_AT],
            "address": frame["raw_address"],
            "text": [
                " ".join(filter(None, dict.fromkeys(each))) for each in zip(*texts, strict=True)
            ]
            if texts
            else "",
            "source": frame[_SOURCE].fillna("") if _SOURCE in frame else "",
        }
    )
