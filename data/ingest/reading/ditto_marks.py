"""Write out cells that say 同上: what the cell above says."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.ingest.batches import SourceBatch
from data.ingest.reading.cells import mask_of
from data.lake.schema import one_array

_DITTO = pa.array(["同上", "〃", "〞", "″", "”", "Ditto", "ditto", "同上。"], pa.large_string())
"""What stands in a cell that says what the one above says."""


class DittoMarks:
    """Writes what the cell above says where a cell says 同上, over the batches of a file in order.

    A mark that no row of its sheet stands above stays.
    """

    def __init__(self) -> None:
        self._sheet: str | None = None
        self._above: dict[str, str | None] = {}

    def written_out(self, batch: SourceBatch) -> SourceBatch:
        """Return a batch without the marks, and a note that names the columns that had any."""
        if batch.sheet != self._sheet:
            self._sheet, self._above = batch.sheet, {}
        rows, marked = batch.rows, []
        for at, name in enumerate(batch.columns):
            texts = one_array(rows.column(at))
            marks = mask_of(pc.is_in(texts, value_set=_DITTO))
            if marks.any():
                rows = rows.set_column(at, name, self._filled(name, texts, marks))
                marked.append(name)
        if len(rows):
            self._above = {name: rows[name][-1].as_py() for name in rows.column_names}
        note = (("ditto_marks", "、".join(marked)),) if marked else ()
        return replace(batch, rows=rows, notes=(*batch.notes, *note))

    def _filled(self, name: str, texts: pa.Array, marks: NDArray[np.bool_]) -> pa.Array:
        above = pa.array([self._above.get(name, texts[0].as_py())], texts.type)
        last = np.maximum.accumulate(np.where(marks, 0, np.arange(1, len(marks) + 1)))
        return pa.concat_arrays([above, texts]).take(pa.array(last))
