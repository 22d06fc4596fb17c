"""Turn typed cells into exact text, noting numbers that have too many digits to be exact.

Dates become ISO, whole floats lose their ``.0``, other floats their shortest exact spelling. A
*floating* number of more than 15 digits has lost its end; integers of typed formats have not.
"""

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.ingest.batches import SourceBatch

EXACT_BELOW = 1e15
"""Whole numbers from here on have 16 digits or more, which a float does not keep."""

_LIST: Final = r'(?s)^\[\s*["{].*\]$'
_HALF_WIDTH: Final = {
    ord(wide): unicodedata.normalize("NFKC", wide)
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in map(chr, range(ord(first), ord(last) + 1))
}
Texts = tuple[pa.Array, "NDArray[np.bool_] | None"]


def texts_of_values(values: Sequence[Any], *, integers_are_floats: bool) -> Texts:
    """Return Python values of mixed types as text, with a mask of the imprecise ones.

    ``integers_are_floats``: whether whole numbers came out of a spreadsheet, which stores every
    number as a float.
    """
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return pa.array([v or None for v in values], pa.large_string()), None
    texts = pa.array([_text_of(v) for v in values], pa.large_string())
    if not kinds & ({float, int} if integers_are_floats else {float}):
        return texts, None
    risky = (float, int) if integers_are_floats else (float,)
    mask = np.array(
        [isinstance(v, risky) and not isinstance(v, bool) and abs(v) >= EXACT_BELOW for v in values]
    )
    return texts, mask if mask.any() else None


def plain_names(texts: pa.Array) -> pa.Array:
    """Return names on one line, with figures and letters in half width: 12号楼 for １２号楼."""
    coded = texts.dictionary_encode()
    wide = pc.match_substring_regex(coded.dictionary, r"[\n\r０-９Ａ-Ｚａ-ｚ]")
    if not pc.any(wide).as_py():
        return texts
    names = [
        "".join(text.translate(_HALF_WIDTH).splitlines()) for text in coded.dictionary.to_pylist()
    ]
    return pa.array(names, texts.type).take(coded.indices)


def _text_of(value: Any) -> str | None:  # noqa: ANN401 -- a cell can be anything
    if value is None or value == "":
        return None
    for kind, spell in _SPELLINGS:
        if isinstance(value, kind):
            return spell(value)
    return str(value)


def _text_of_float(value: float) -> str | None:
    if not np.isfinite(value):
        return None
    return str(int(value)) if value == int(value) else repr(value)


def _text_of_moment(value: datetime) -> str:
    zone = value.strftime("%z")
    plain = value.replace(tzinfo=None)
    if plain.time() == time() and not zone:
        return plain.date().isoformat()
    return plain.isoformat(" ") + zone


_SPELLINGS: tuple[tuple[Any, Callable[[Any], str | None]], ...] = (
    # in this order: a bool is an int, a datetime is a date
    (str, str),
    (bool, lambda v: "是" if v else "否"),
    (float, _text_of_float),
    (datetime, _text_of_moment),
    ((date, time), lambda v: v.isoformat()),
    (Decimal, lambda v: format(v, "f")),
    ((list, dict, tuple), lambda v: json.dumps(v, ensure_ascii=False, default=str)),
    ((bytes, memoryview), lambda _: None),
)


def texts_of_column(column: pa.Array) -> Texts:
    """Return a typed Arrow column as text, with a mask of the imprecise cells."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts_of_column(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return _texts_of_floats(pc.cast(column, pa.float64()))
    return _texts_of_exact(column), None


def _texts_of_exact(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _blank_to_null(pc.cast(column, pa.large_string()))
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.large_string())
    if pa.types.is_boolean(kind):
        return pc.cast(pc.if_else(column, "是", "否"), pa.large_string())
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return _texts_of_moments(column)
    if pa.types.is_date(kind):
        return pc.cast(pc.cast(column, pa.date32()), pa.large_string())
    return pa.array([_text_of(v) for v in column.to_pylist()], pa.large_string())


def _blank_to_null(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _texts_of_floats(numbers: pa.Array) -> Texts:
    numbers = pc.if_else(pc.is_finite(numbers), numbers, None)
    whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), 2.0**63))
    as_whole = pc.cast(pc.cast(pc.if_else(whole, numbers, None), pa.int64()), pa.large_string())
    texts = pc.coalesce(as_whole, pc.cast(numbers, pa.large_string()))
    huge = pc.fill_null(pc.greater_equal(pc.abs(numbers), EXACT_BELOW), fill_value=False)
    mask: NDArray[np.bool_] = huge.to_numpy(zero_copy_only=False)
    return texts, mask if mask.any() else None


def _texts_of_moments(moments: pa.Array) -> pa.Array:
    """Return ISO text; moments that no calendar holds (smallest integers) become null."""
    micro = pc.cast(moments, pa.timestamp("us"), safe=False)
    year = pc.year(micro)
    sane = pc.and_(pc.greater_equal(year, 1), pc.less_equal(year, 9999))
    micro = pc.if_else(sane, micro, None)
    texts = pc.cast(micro, pa.large_string())
    return pc.replace_substring_regex(texts, r" 00:00:00(?:\.0+)?$|\.0+$", "")


def with_lists_noted(batch: SourceBatch, known: set[str]) -> SourceBatch:
    """Return a batch with a note that names the columns some of whose cells are lists.

    Of texts or of records: a list of numbers is a point.

    ``known``: columns that were named already; those that are named now are added.
    """
    found = [name for name in batch.columns if name not in known and _has_list(batch.rows[name])]
    known.update(found)
    note = (("lists_in_cells", "、".join(found)),) if found else ()
    return replace(batch, notes=(*batch.notes, *note))


def _has_list(texts: pa.ChunkedArray) -> bool:
    some = texts.filter(pc.starts_with(texts, "["))
    return len(some) > 0 and bool(pc.any(pc.match_substring_regex(some, _LIST)).as_py())


def batch_of_texts(
    texts: Sequence[Texts],
    names: Sequence[str],
    *,
    first_row: int,
    count: int,
    **facts: Any,  # noqa: ANN401 -- other facts of a batch
) -> SourceBatch:
    """Return columns of texts with their masks as a batch of `count` rows, numbered on."""
    return SourceBatch(
        rows=pa.table([text for text, _ in texts], names=list(names)),
        source_row=np.arange(first_row, first_row + count, dtype=np.int64),
        imprecise={n: mask for n, (_, mask) in zip(names, texts, strict=True) if mask is not None},
        **facts,
    )
