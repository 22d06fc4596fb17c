"""Long tables cut into pieces of rows, which tables that differ in few rows share."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

MEAN_ROWS: Final = 2_048
"""Of a piece: fewer, and each is told less briefly; more, and a change writes more."""


def cut(frame: pd.DataFrame, *, by: str) -> list[tuple[str, bytes]]:
    """Return a frame as pieces in the order of its rows: digest and content of each.

    Where a piece ends follows from the rows there alone, so that a row which comes, goes or changes
    makes one piece another, or two, and leaves all before and after it as they were.

    ``by``: a column of texts that tell rows apart.
    """
    import pandas as pd

    ends = pd.util.hash_array(frame[by].to_numpy(object)) % MEAN_ROWS == 0
    numbers = ends.cumsum() - ends
    contents = [_packed(rows) for _, rows in frame.groupby(numbers, sort=True)]
    return [(sha256(each).hexdigest(), each) for each in contents or [_packed(frame)]]


def joined(contents: Sequence[bytes], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the frame of some pieces, types as they were; only some columns where named."""
    import pyarrow as pa

    from data.lake.ipc import of_stream

    whole = pa.concat_tables(map(of_stream, contents))
    frame: pd.DataFrame = (whole.select(columns) if columns else whole).to_pandas()
    return frame


def _packed(rows: pd.DataFrame) -> bytes:
    import pyarrow as pa

    from data.lake.ipc import to_stream

    table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
    # Taken out of the whole, so that nothing of the rows around is in the content.
    table = table.take(pa.array(range(len(rows)), pa.int64())).combine_chunks()
    content: bytes = to_stream(table, compression="zstd").to_pybytes()
    return content
