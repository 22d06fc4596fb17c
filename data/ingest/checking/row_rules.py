"""Rules of whole rows: required fields, order of times, location, time span."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.case_vocabulary import CONFIRMED
from data.contracts.model import TableContract, simplify
from data.contracts.vocabulary import SOMETHING
from data.ingest.batches import (
    FOUND_IN_SENTENCE,
    NOT_FOUND_IN_SENTENCE,
    OLD_WITHOUT_STATUS,
    CheckOptions,
    SourceBatch,
)
from data.ingest.checking.columns import Columns, read_columns
from data.ingest.checking.problems import Problems
from data.ingest.checking.reasons import Reason
from data.ingest.checking.times.missing_years import guessed_years
from data.ingest.reading.cells import mask_of

_DAY = timedelta(days=1)
_FINDS = sorted({*SOMETHING, *CONFIRMED})
_LONG_AGO = timedelta(days=60)
_CLOCKS_DIFFER = timedelta(minutes=10)
"""So far the clock of the sender's system may be ahead of the office's."""


def read_by_rules(
    batch: SourceBatch, contract: TableContract, mapping: Mapping[str, str], options: CheckOptions
) -> tuple[Columns, Problems]:
    """Return the fields of a batch as they were read, and what is wrong with its rows."""
    problems = Problems(batch, mapping)
    options = replace(options, sheet=batch.sheet, years_of_rows=options.decided.years_of(batch))
    columns = read_columns(batch, contract, mapping, options=options, problems=problems)
    guessed = guessed_years(batch, mapping, options, columns.values)
    columns = replace(columns, guessed_years=guessed)
    columns.noted.update(_results_of_sentences(contract, columns))
    if contract.name == "complaints":
        columns.noted[OLD_WITHOUT_STATUS] = _old_without_status(columns.values, options.now)
    _check_rules(contract, columns, options, problems)
    if batch.surplus is not None:
        problems.add(Reason.TOO_MANY_CELLS, mask_of(batch.surplus.is_valid()), seen=batch.surplus)
    return columns, problems


def _results_of_sentences(
    contract: TableContract, columns: Columns
) -> dict[str, NDArray[np.bool_]]:
    """Say which rows have a result that no list has: of a find or suspicion, and any other."""
    noted: dict[str, NDArray[np.bool_]] = {}
    for field in contract.fields:
        words = field.vocabulary
        if words is None or words.sentence is None:
            continue
        values = columns.values[field.name]
        texts = columns.texts.get(field.name, pa.nulls(len(values), pa.large_string()))
        known, coded = words.spellings(), texts.dictionary_encode()
        in_words = pc.fill_null(coded.indices, len(coded.dictionary)).to_numpy()
        is_sentence = [simplify(text) not in known for text in coded.dictionary.to_pylist()]
        read = np.array([*is_sentence, True])[in_words] & mask_of(values.is_valid())
        found = mask_of(pc.is_in(values, pa.array(_FINDS, values.type)))
        noted |= {FOUND_IN_SENTENCE: read & found, NOT_FOUND_IN_SENTENCE: read & ~found}
    return noted


def _old_without_status(values: Mapping[str, pa.Array], now: datetime) -> NDArray[np.bool_]:
    """Say which tickets came long ago and may still be open: they become leads that wait."""
    received, silent = (
        values["received_at"],
        pc.and_(values["status"].is_null(), values["closed_at"].is_null()),
    )
    is_old = pc.less(received, pa.scalar(now - _LONG_AGO, received.type))
    return mask_of(pc.fill_null(pc.and_(is_old, silent), fill_value=False))


def _check_rules(
    contract: TableContract, columns: Columns, options: CheckOptions, problems: Problems
) -> None:
    """Note every row that breaks a rule, with the field and what was sent there."""
    values, texts = columns.values, columns.texts
    for field in contract.fields:
        keyed = field.name == contract.key and contract.key_required and field.name in texts
        if field.required or keyed:
            # a cell that could not be read is reported as that, not as missing
            blank = mask_of(values[field.name].is_null()) & ~problems.of_field(field.name)
            problems.add(Reason.REQUIRED_MISSING, blank, field=field, seen=texts.get(field.name))
        if field.past:
            late = mask_of(pc.greater(values[field.name], pa.scalar(options.now + _CLOCKS_DIFFER)))
            problems.add(Reason.IN_FUTURE, late, field=field, seen=texts.get(field.name))
    for start, end in contract.ordered:
        # an end without a time of day means the whole day
        reversed_ = mask_of(pc.less(_end_of_day(values[end]), values[start]))
        problems.add(
            Reason.END_BEFORE_START,
            reversed_,
            field=contract.field(end),
            seen=texts.get(end),
            expected=problems.header_of(contract.field(start)),
        )
    _check_place(contract, values, problems)


def _end_of_day(moments: pa.Array) -> pa.Array:
    midnight = pc.equal(pc.floor_temporal(moments, unit="day"), moments)
    return pc.if_else(midnight, pc.add(moments, pa.scalar(_DAY)), moments)


def _check_place(contract: TableContract, values: dict[str, pa.Array], problems: Problems) -> None:
    places = [name for name in contract.one_of if name in values]
    if not places:
        return
    silent = [mask_of(values[name].is_null()) & ~problems.of_field(name) for name in places]
    nowhere = np.logical_and.reduce(silent) & ~problems.of_field("point")
    headers = dict.fromkeys(contract.field(name).header for name in places)
    problems.add(Reason.NOTHING_TO_PLACE, nowhere, expected="/".join(headers))
