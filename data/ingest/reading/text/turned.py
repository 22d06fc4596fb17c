"""Turn a text whose fields stand down the first column and whose records are its columns."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import pyarrow as pa

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import batch_of_texts
from data.ingest.reading.data_rows import keep_data_rows
from data.ingest.reading.headers.header_rows import locate_header
from data.ingest.reading.text.encoding import LOST


def turned_batch(
    rows: Sequence[Sequence[str | None]], contract: TableContract | None
) -> SourceBatch | None:
    """Return the records of a text on its side, numbered by their columns; None for no table.

    ``rows``: all rows of the text, of which `stands_on_its_side` is true; None where a cell is
    blank.
    """
    columns = [list(column) for column in zip_longest(*rows)]
    found = locate_header(columns, contract, given=True)
    if found is None:
        return None
    header, start = replace(found, turned=True), found.last + 1
    below = columns[start:]
    texts = [
        (pa.array([record[at] for record in below], pa.large_string()), None)
        for at in range(len(header.names))
    ]
    lost = any(LOST in cell for record in below for cell in record if cell)
    notes = (*header.notes, *((("damaged_text", ""),) if lost else ()))
    batch = batch_of_texts(
        texts, header.names, first_row=start + 1, count=len(below), heading=header.heading,
        notes=notes,
    )  # fmt: skip
    return keep_data_rows(batch, first=True)
