"""The words of a file that no list of its table has: a person may say what each means."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Kind, TableContract, Vocabulary
from data.ingest.reading.cells import clean, known_or_null

MOST_WORDS: Final = 30
_DECIDED_ELSEWHERE: Final = "datum"


def unknown_words(
    rows: pa.Table, contract: TableContract, mapping: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Return field → word → how many rows have it, the commonest first, `MOST_WORDS` at most.

    Of fields that hold one word of a list. Fields whose list is closed come first: a row with a
    word that they do not know cannot be used.

    ``rows``: as sent.
    ``mapping``: field → column.
    """
    lists = {
        field.name: field.vocabulary
        for field in contract.fields
        if field.vocabulary
        and field.kind in {Kind.ENUM, Kind.PROBLEM}
        and field.name != _DECIDED_ELSEWHERE
        and mapping.get(field.name) in rows.column_names
    }
    closed_first = sorted(lists, key=lambda name: lists[name].open)
    found = {name: _unknown(rows[mapping[name]], lists[name]) for name in closed_first}
    return {name: words for name, words in found.items() if words}


def _unknown(cells: pa.ChunkedArray, vocabulary: Vocabulary) -> dict[str, int]:
    read = vocabulary.reader()
    texts = known_or_null(clean(cells.combine_chunks())).drop_null()
    counted = sorted(pc.value_counts(texts).to_pylist(), key=lambda c: (-c["counts"], c["values"]))
    words = {c["values"]: int(c["counts"]) for c in counted if read(c["values"]) is None}
    return dict(list(words.items())[:MOST_WORDS])
