"""Check a batch against a contract: every row ends up accepted, quarantined or a duplicate.

`check_batch(batch, contract, mapping, *, options, seen) -> CheckedBatch` is all a caller needs;
`batches.py` says what goes in and comes out. Rules of a row, all reported together:

- what is required is there, numbers are numbers, dates are dates, choices are in their list;
- codes kept all their digits;
- nothing happened after the import; ends are not before starts; counts are not negative;
- the row names a place where its table is about one;
- its key was not used before for something else (`deduplicate.py`).
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.model import Personal, TableContract, Vocabulary
from data.derived.placing.building_register import codes_of_list
from data.ingest.batches import DUPLICATES, CheckedBatch, CheckOptions, SourceBatch
from data.ingest.checking.column_decisions import decide_columns
from data.ingest.checking.columns import Columns
from data.ingest.checking.deduplicate import SeenRows, content_texts, hash_rows, keys_of
from data.ingest.checking.original_rows import original_rows
from data.ingest.checking.problems import Problems
from data.ingest.checking.reasons import IDENTICAL_ROW, JOINED_PIECE, REPEATED_KEY, Reason
from data.ingest.checking.row_rules import read_by_rules
from data.ingest.checking.split_rows.of_file import Pieces, join_pieces
from data.ingest.checking.times.title_years import dated
from data.ingest.reading.cells import clean, mask_of
from data.ingest.reading.headers.names import SERIAL_HEADERS, normalise_header
from data.lake.schema import EVENT_AT, ROW_HASH, ROW_KEY, SHEET, SOURCE_ROW, one_array
from data.privacy import pseudonyms
from data.privacy.identities import identities_of
from data.privacy.name_words import WORD_KEYS_PATTERN, word_key_column

_KEY_PATTERN = "^[0-9a-f]{16}$"


def check_batch(
    batch: SourceBatch,
    contract: TableContract,
    mapping: Mapping[str, str],
    *,
    options: CheckOptions,
    seen: SeenRows,
    pieces: Pieces | None = None,
) -> CheckedBatch:
    """Check every row of `batch` and say what became of it.

    ``mapping``: field → the sender's header. Columns that may not be held are dropped even if
    mapped.
    ``seen``: what this import accepted before; it is extended by this batch.
    ``pieces``: the things that the file lists in pieces; None where the batch is the whole file.

    Returns `CheckedBatch`: ``len(batch)`` rows in all, each in exactly one table, in their order.
    """
    dropped = _drop_forbidden(batch)
    mapping = {f: c for f, c in mapping.items() if c not in dropped}
    options = _decided(batch, contract, mapping, options)
    columns, problems = read_by_rules(batch, contract, mapping, options)
    values: Mapping[str, pa.Array] = treat_persons(contract, columns, options)
    values, later, empty = join_pieces(contract, mapping, values, problems, pieces)
    rows = _stored_rows(contract, values, batch)
    rows, exactly = _identify(contract, rows, batch, problems.bad | empty, seen)
    exactly |= empty & ~problems.bad
    identical, repeated = _find_duplicates(contract, rows, problems, seen, exactly, batch.repeated)
    identical |= exactly
    accepted = ~problems.bad & ~identical & ~repeated
    return CheckedBatch(
        accepted=rows if accepted.all() else rows.filter(pa.array(accepted)).combine_chunks(),
        quarantined=original_rows(batch, contract, mapping, values, problems.bad, options),
        problems=problems.table(),
        duplicates=_duplicates(rows, identical, repeated, later),
        dropped_personal=dropped,
        kept_unknown=_kept_unknown(contract, rows),
        identities=_identities(contract, rows, columns, accepted, problems.bad, options),
        noted={code: mask[accepted] for code, mask in columns.noted.items()},
        guessed_years=columns.guessed_years[accepted],
    )


def _decided(
    batch: SourceBatch, contract: TableContract, mapping: Mapping[str, str], options: CheckOptions
) -> CheckOptions:
    """Decide from a batch about its columns and its year, unless the file did for all of its."""
    decided = options.columns or decide_columns(lambda: [(batch, mapping)], contract, options)
    return replace(dated(options, batch), columns=decided)


def _drop_forbidden(batch: SourceBatch) -> dict[str, int]:
    """Return the columns that may not be held with how many cells each had."""
    return {
        name: len(batch) - clean(one_array(batch.rows.column(name))).null_count
        for name in batch.columns
        if pseudonyms.may_not_be_held(name)
    }


def treat_persons(
    contract: TableContract, columns: Columns, options: CheckOptions
) -> dict[str, pa.Array]:
    """Return the values with keys made from unmasked originals and the originals masked."""
    values = dict(columns.values)
    for field in contract.fields:
        if field.key_from:
            originals = [columns.values[name] for name in field.key_from]
            if field.of_words:
                pattern = WORD_KEYS_PATTERN
                made = word_key_column(originals[0], secret=options.secret)
            else:
                pattern = _KEY_PATTERN
                made = pseudonyms.key_column(originals, secret=options.secret)
            is_sent = pc.match_substring_regex(values[field.name], pattern)
            values[field.name] = pc.coalesce(made, pc.if_else(is_sent, values[field.name], None))
    for field in contract.stored:
        values[field.name] = pseudonyms.mask_column(values[field.name], field.treatment)
        if contract.kept_apart and field.personal is Personal.PROSE:
            who = columns.values[contract.kept_apart[0]]
            values[field.name] = pseudonyms.hide_names(values[field.name], who)
    return values


def _identities(
    contract: TableContract, rows: pa.Table, columns: Columns, accepted: NDArray[np.bool_],
    refused: NDArray[np.bool_], options: CheckOptions,
) -> pa.Table | None:  # fmt: skip
    """Return who stands behind rows that are kept: in the lake, or in quarantine with no key."""
    if not (options.secret and contract.kept_apart):
        return None
    *who, key = contract.kept_apart
    row_key = pc.if_else(pa.array(accepted), one_array(rows.column(ROW_KEY)), None)
    parts = (row_key, one_array(rows.column(key)), *(columns.values[n] for n in who))
    is_kept = accepted | refused
    if not is_kept.all():
        parts = tuple(part.filter(pa.array(is_kept)) for part in parts)
    return identities_of(*parts)


def _stored_rows(
    contract: TableContract, values: Mapping[str, pa.Array], batch: SourceBatch
) -> pa.Table:
    names = [field.name for field in contract.stored]
    if contract.learnt_fields:
        learnt = pc.coalesce(*(values[name] for name in contract.learnt_fields))
        values = {**values, "learnt_at": learnt}
    table = pa.table({name: values[name] for name in names})
    # Words follow from the name: a row that came before they were kept is the same row.
    row_hash = hash_rows(table, [field.name for field in contract.stored if not field.of_words])
    key = values[contract.key]
    if contract.name == "buildings":
        key = codes_of_list(values, row_hash)
        table = table.set_column(names.index(contract.key), contract.key, key)
    table = table.append_column(ROW_KEY, keys_of(key, row_hash))
    table = table.append_column(ROW_HASH, row_hash)
    table = table.append_column(SOURCE_ROW, pa.array(batch.source_row, pa.int64()))
    table = table.append_column(SHEET, _constant(batch.sheet, len(batch)))
    if contract.event_fields:
        event = pc.coalesce(*(values[name] for name in contract.event_fields))
        table = table.append_column(EVENT_AT, event)
    return table


def _constant(text: str, times: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.large_string()), times)


def _identify(
    contract: TableContract,
    rows: pa.Table,
    batch: SourceBatch,
    bad: NDArray[np.bool_],
    seen: SeenRows,
) -> tuple[pa.Table, NDArray[np.bool_]]:
    """Tell apart rows without a key; return the rows and which of them were sent exactly before."""
    keyless = mask_of(one_array(rows.column(contract.key)).is_null()) & ~bad
    exactly = np.zeros(len(rows), bool)
    if not keyless.any():
        return rows, exactly
    some = pa.array(np.flatnonzero(keyless))
    row_hash = one_array(rows.column(ROW_HASH))
    content = [name for name in batch.columns if normalise_header(name) not in SERIAL_HEADERS]
    sent = content_texts(batch.rows.take(some), content)
    times = np.zeros(len(rows), np.int64)
    times[keyless], exactly[keyless] = seen.contents.count(row_hash.take(some), sent)
    keys = keys_of(one_array(rows.column(contract.key)), row_hash, times)
    return rows.set_column(rows.column_names.index(ROW_KEY), ROW_KEY, keys), exactly


def _find_duplicates(
    contract: TableContract,
    rows: pa.Table,
    problems: Problems,
    seen: SeenRows,
    exactly: NDArray[np.bool_],
    refused: pa.Array | None,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return masks of identical and of repeated rows; conflicting ones become problems.

    ``refused``: as of `SourceBatch.repeated`.
    """
    if refused is not None:
        _refuse_conflicting(contract, rows, problems, mask_of(refused.is_valid()), refused)
    good = np.flatnonzero(~problems.bad & ~exactly)
    needed = [ROW_KEY, ROW_HASH, SOURCE_ROW, *contract.same_line]
    some = rows.select(list(dict.fromkeys(needed)))
    if len(good) < len(rows):
        some = some.take(pa.array(good))
    duplicates = seen.compare(
        one_array(some.column(ROW_KEY)),
        one_array(some.column(ROW_HASH)),
        some.select(contract.same_line),
        some.column(SOURCE_ROW).to_numpy(),
    )
    masks = np.zeros((3, len(rows)), bool)
    masks[0, good], masks[1, good] = duplicates.identical, duplicates.same_line
    masks[2, good] = duplicates.conflicting
    first = np.zeros(len(rows), np.int64)
    first[good] = duplicates.first_row
    _refuse_conflicting(contract, rows, problems, masks[2], pa.array(first))
    return masks[0], masks[1]


def _refuse_conflicting(
    contract: TableContract, rows: pa.Table, problems: Problems, mask: NDArray[np.bool_],
    first: pa.Array,
) -> None:  # fmt: skip
    """Refuse rows whose key another row has with other content; ``first``: which row."""
    problems.add(
        Reason.CONFLICTING_KEY,
        mask,
        field=contract.field(contract.key),
        seen=one_array(rows.column(ROW_KEY)),
        expected=first,
    )


def _duplicates(
    rows: pa.Table,
    identical: NDArray[np.bool_],
    repeated: NDArray[np.bool_],
    later: NDArray[np.bool_],
) -> pa.Table:
    which = identical | repeated
    some = rows.filter(pa.array(which))
    same = pc.if_else(pa.array(later[which]), JOINED_PIECE, IDENTICAL_ROW)
    code = pc.if_else(pa.array(identical[which]), same, REPEATED_KEY)
    return pa.table(
        [
            some.column(SOURCE_ROW),
            some.column(SHEET),
            pc.cast(code, pa.large_string()),
            some.column(ROW_KEY),
        ],
        schema=DUPLICATES,
    )


def _kept_unknown(contract: TableContract, rows: pa.Table) -> dict[str, dict[str, int]]:
    """Return field → value outside its list → rows: open lists, and grades that say no number."""
    by_field = {}
    for field in contract.stored:
        if field.vocabulary is not None and field.vocabulary.open:
            unknown = _unknown_choices(one_array(rows.column(field.name)), field.vocabulary)
            if unknown:
                by_field[field.name] = unknown
        if field.words_of:
            no_number = one_array(rows.column(field.words_of)).is_null()
            words = one_array(rows.column(field.name)).filter(no_number)
            unknown = _unknown_choices(words, Vocabulary(()))
            if unknown:
                by_field[field.words_of] = unknown
    return by_field


def _unknown_choices(values: pa.Array, vocabulary: Vocabulary) -> dict[str, int]:
    """Return the values that are not in the vocabulary, with how often each occurs."""
    counts = pc.value_counts(values.drop_null()).to_pylist()
    known = set(vocabulary.values)
    return {
        c["values"]: c["counts"]
        for c in counts
        if not all(part in known for part in c["values"].split(";"))
    }
