"""Original rows of refused records, for correction and a new import."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from data.contracts.model import Kind, Personal, TableContract
from data.ingest.batches import SENT_ROW, SENT_SHEET, CheckOptions, SourceBatch
from data.ingest.checking.column_decisions import DATES
from data.ingest.checking.times.missing_years import with_years
from data.ingest.reading.cells import clean
from data.privacy import pseudonyms


def original_rows(
    batch: SourceBatch,
    contract: TableContract,
    mapping: Mapping[str, str],
    values: Mapping[str, pa.Array],
    bad: NDArray[np.bool_],
    options: CheckOptions,
) -> pa.Table:
    """Return the refused rows under the sender's headers, with persons masked.

    The keys of masked persons come along under their own header, so that a corrected row can
    still be linked when it is imported again. Dates without a year get that of the sheet's
    title, or of the dates around them: these do not come along.
    """
    rows = np.flatnonzero(bad)
    who = next((mapping[name] for name in contract.kept_apart[:1] if name in mapping), None)
    fields = {column: contract.field(name) for name, column in mapping.items()}
    years, titled = options.decided.years_of(batch), np.full(len(batch), options.year or 0)
    sent: dict[str, pa.Array] = {}
    for name in batch.columns:
        if pseudonyms.may_not_be_held(name):
            continue
        texts = batch.rows.column(name).combine_chunks().take(pa.array(rows))
        known = fields.get(name)
        if known and known.kind in DATES:
            texts = with_years(texts, years.get(known.name, titled)[rows])
        sent[name] = pseudonyms.mask_sent(texts, name, known)
        if who is not None and (known is None or known.personal is Personal.PROSE):
            names = batch.rows.column(who).combine_chunks().take(pa.array(rows))
            sent[name] = pseudonyms.hide_names(sent[name], clean(names))
    return _with_system_columns(sent, batch, contract, values, rows)


def _with_system_columns(
    sent: dict[str, pa.Array],
    batch: SourceBatch,
    contract: TableContract,
    values: Mapping[str, pa.Array],
    rows: NDArray[np.int64],
) -> pa.Table:
    take = pa.array(rows)
    for field in contract.fields:
        if field.key_from:
            sent[field.header] = values[field.name].take(take)
        if field.kind is Kind.GEOMETRY and batch.geometry is not None:
            shapes = shapely.from_wkb(batch.geometry.take(take).to_pylist(), on_invalid="ignore")
            sent[field.header] = pa.array(shapely.to_wkt(shapes).tolist(), pa.large_string())
    sent[SENT_ROW] = pa.array(batch.source_row[rows], pa.int64())
    sent[SENT_SHEET] = pa.repeat(pa.scalar(batch.sheet, pa.large_string()), len(rows))
    return pa.table(sent)
