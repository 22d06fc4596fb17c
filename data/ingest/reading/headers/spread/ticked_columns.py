"""Read a word of a list that is told by a tick below it: 检查结果, and below it 合格 and 不合格."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Kind, TableContract, simplify
from data.ingest.batches import SourceBatch
from data.ingest.reading.cells import mask_of, read_flags
from data.ingest.reading.headers.header_match import match_header

_LOOKED_AT: Final = 1_000
_BETWEEN: Final = "、"


def ticked_columns(
    batch: SourceBatch, contract: TableContract, known: Mapping[str, tuple[str, str]]
) -> dict[str, dict[str, str]]:
    """Return the columns that hold nothing but ticks → the word above each; {} for none.

    They are under the name of what they answer: a heading that names a field with a closed list, or
    that field's own header where the words above them are of its list.
    """
    lists = {
        field.name: field.vocabulary.spellings()
        for field in contract.fields
        if field.kind is Kind.ENUM and field.vocabulary and not field.vocabulary.open
    }
    head = batch.rows.slice(0, _LOOKED_AT)
    groups: dict[str, dict[str, str]] = {}
    for column in batch.columns:
        heading, _, word = column.rpartition("/")
        match = match_header(heading, known) if heading else None
        if match and match.field in lists:
            groups.setdefault(heading, {})[column] = word
        for name, words in lists.items() if not heading and not _has_figures(head, column) else ():
            if simplify(column) in words:
                groups.setdefault(contract.field(name).header, {})[column] = column
    return {
        name: words
        for name, words in groups.items()
        if len(words) > 1 and name not in batch.columns and _are_ticks(head, words)
    }


def _has_figures(rows: pa.Table, column: str) -> bool:
    """Say whether a column has numbers: below 住宅 they count something."""
    return bool(pc.any(pc.match_substring_regex(rows[column], r"^\s*[0-9]")).as_py())


def _are_ticks(rows: pa.Table, words: Mapping[str, str]) -> bool:
    read = [read_flags(rows[name].combine_chunks()) for name in words]
    ticked = any(mask_of(each.values).any() for each in read)
    return ticked and not any(each.unreadable.any() for each in read)


def with_ticked_words(rows: pa.Table, name: str, words: Mapping[str, str]) -> pa.Table:
    """Return rows with the ticked words in one column of a name, in the place of the first.

    Of several ticks all words stand there; what is no tick stands as it is.
    """
    cells = []
    for column, word in words.items():
        texts = rows[column].combine_chunks()
        read = read_flags(texts)
        ticked_word = pc.if_else(pa.array(mask_of(read.values)), word, "")
        cells.append(pc.if_else(pa.array(read.unreadable), texts, ticked_word))
    joined = pc.binary_join_element_wise(*cells, pa.scalar(_BETWEEN, pa.large_string()))
    joined = pc.utf8_trim(joined, _BETWEEN)
    joined = pc.if_else(pc.equal(joined, ""), None, joined)
    at = min(rows.column_names.index(column) for column in words)
    return rows.add_column(at, name, joined).drop_columns(list(words))
