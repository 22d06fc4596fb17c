"""Deterministic serialization of content, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

ROWS_PER_GROUP: Final = 16_384
"""So that a few rows of a table in order are read without the others."""


def fingerprint(frame: pd.DataFrame) -> str:
    """Hash a frame's content (SHA-256): names, kinds and values of its columns, in order."""
    import numpy as np
    import pandas as pd

    digest = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        values = column.to_numpy()
        if values.dtype == object or isinstance(column.dtype, pd.StringDtype):
            data = "\x00".join(column.astype("str").tolist()).encode()
        else:
            data = np.ascontiguousarray(values).tobytes()
        digest.update(f"{name}\x00{column.dtype}\x00{len(data)}\x00".encode())
        digest.update(data)
    return digest.hexdigest()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return a frame as the bytes of a Parquet file, the same for the same content."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    texts = pa.schema(
        [
            pa.field(field.name, pa.string()) if pa.types.is_large_string(field.type) else field
            for field in table.schema
        ]
    )
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.cast(texts), sink, compression="zstd", version="2.6", row_group_size=ROWS_PER_GROUP
    )
    return bytes(sink.getvalue())


def canonical(value: Mapping[str, Any]) -> str:
    """Return plain values as one line of JSON that does not depend on their order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pretty(value: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON to be read by people."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()
