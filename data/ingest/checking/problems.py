"""Collect what is wrong with the rows of a batch: all of it, not the first."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.model import Field, Personal
from data.ingest.batches import PROBLEMS, SourceBatch
from data.ingest.checking.reasons import Reason
from data.privacy.pseudonyms import mask_prose

_SEEN_LENGTH = 120


class Problems:
    """The problems of one batch, gathered mask by mask.

    ``batch``, ``mapping``: name rows and columns as their sender sees them; `mapping` is field →
    the sender's header.
    """

    def __init__(self, batch: SourceBatch, mapping: Mapping[str, str]) -> None:
        self.source_row, self._sheet, self._mapping = batch.source_row, batch.sheet, mapping
        self._tables: list[pa.Table] = []
        self.bad: NDArray[np.bool_] = np.zeros(len(batch), bool)
        self._by_field: dict[str, NDArray[np.bool_]] = {}

    def add(
        self,
        reason: Reason,
        mask: NDArray[np.bool_],
        *,
        field: Field | None = None,
        seen: pa.Array | None = None,
        expected: str | pa.Array = "",
    ) -> None:
        """Note `reason` for the rows in `mask`, with what was seen there and what was expected.

        `seen` and an array of `expected` are as long as the batch; what is shown of the cells of a
        person is masked.
        """
        rows = np.flatnonzero(mask)
        if not len(rows):
            return
        self.bad = self.bad | mask
        name = field.name if field else ""
        self._by_field[name] = self.of_field(name) | mask
        if seen is not None and field is not None and field.personal is not Personal.NO:
            seen = mask_prose(seen)
        n = len(rows)
        self._tables.append(
            pa.table(
                [
                    pa.array(self.source_row[rows]),
                    _repeat(self._sheet, n),
                    _repeat(reason, n),
                    _repeat(name, n),
                    _repeat(self.header_of(field) if field else "", n),
                    _taken(seen, rows),
                    _repeat(expected, n) if isinstance(expected, str) else _taken(expected, rows),
                ],
                schema=PROBLEMS,
            )
        )

    def header_of(self, field: Field) -> str:
        """Return the header that the sender knows a field by."""
        return self._mapping.get(field.name) or field.header

    def of_field(self, field: str) -> NDArray[np.bool_]:
        """Return which rows have a problem in `field`."""
        return self._by_field.get(field, np.zeros(len(self.bad), bool))

    def table(self) -> pa.Table:
        """Return all problems, by row, in the order in which they were found."""
        if not self._tables:
            return PROBLEMS.empty_table()
        whole = pa.concat_tables(self._tables)
        order = np.argsort(whole.column("source_row").to_numpy(), kind="stable")
        return whole.take(pa.array(order)).combine_chunks()


def _repeat(text: str, times: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.large_string()), times)


def _taken(texts: pa.Array | None, rows: NDArray[np.int64]) -> pa.Array:
    if texts is None:
        return _repeat("", len(rows))
    taken = pc.fill_null(pc.cast(texts.take(pa.array(rows)), pa.large_string()), "")
    return pc.utf8_slice_codeunits(taken, 0, _SEEN_LENGTH)
