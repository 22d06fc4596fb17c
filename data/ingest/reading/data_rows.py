"""Separate rows of data from totals, footers, notes, blank rows and examples."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.ingest.batches import SourceBatch
from data.ingest.reading.cells import clean, mask_of
from data.ingest.reading.headers.header_rows import FEWEST_NAMES, every_header, is_other_header
from data.ingest.reading.headers.names import SERIAL_HEADERS, normalise_header
from data.ingest.reading.workbooks.own_workbooks import EXAMPLE_MARK
from data.lake.schema import one_array
from data.lake.text_bytes import are_within

_SUM = r"(?:合|小|总|共|累)\s*计"
_BRACKET = r"\s*(?:[(（][^()（）]{1,12}[)）])?\s*"
_TOTAL = (
    rf"^(?:本[页月周季年次])?(?:{_SUM}|共|(?i:grand\s+total|sub\s*total|total)){_BRACKET}"
    r"[:：]?\s*(?:[0-9][0-9,.]*\s*[件条户栋个人次起宗]?)?[。.]?$"
)
"""合计, 本页小计：3件, 合计（5起）."""
_TOTAL_OF_PLACE = rf"^[^\s,，。;；:：]{{2,20}}{_SUM}{_BRACKET}[:：]?$"
_BARE_SUM = rf"^(?:本[页月周季年次])?{_SUM}$"
_SUMS_STAND = 3
"""In one of so many columns behind the first the bare word of a sum may stand."""
_ENDS = ("计", ":", "：", ")", "）")
"""What the words of sums and signatures end with; hardly any other cell does."""
_FOOTER = (
    r"^(?:填表|填报|制表|审核|复核|审批|审签|负责|经办|统计|打印|联系|单位负责|分管领导|主管领导|领导"
    r"|报送|上报|录入|校对|核对|抄送)"
    r"(?:人|单位|部门|日期|时间|人签字|人签名|签字|电话)?(?:[(（][^)）]*[)）])?\s*[:：]"
    r"|^(?:填表|填报|制表|审核|统计|报送)人$"
    r"|^(?i:(?:prepared|compiled|submitted|reported|reviewed|checked|approved|signed)\s+by|signature)"
    r"\s*[:：]"
    r"|^\(?[0-9]+\s*(?:rows?|行)(?:\s+in set.*)?\)?$"
    r"|^第\s*[0-9一二三四五六七八九十]+\s*页(?:\s*[,，/]?\s*共\s*[0-9一二三四五六七八九十]+\s*页)?$"
)
_SIGNED = r"^[\x{4e00}-\x{9fff}]{2,8}签[字名章](?:[(（][^)）]*[)）])?\s*[:：]$"
_NUMBER = "[0-9〇零○一二三四五六七八九十]"
_DAY = rf"^{_NUMBER}{{4}}年{_NUMBER}{{1,3}}月{_NUMBER}{{1,3}}日$"
_OFFICE = (
    r"^[\x{4e00}-\x{9fff}]{2,20}(?:办事处|人民政府|领导小组|专班|委员会|办公室|平安办|综治办|综治中心"
    r"|居委会|村委会)(?:[(（](?:盖章|公章|章)[)）])?$"
)
_RULE = r"^[-+=_*─]{3,}$"  # between the rows of what a database client printed
_REMARK = r"^(?:备注|注|说明|填表说明|填报说明|注意)\s*[:：\d]"
_EXAMPLE = rf"^(?:{EXAMPLE_MARK}|样例|例如|(?i:example))"
_NOTE = r"必填|选填|非必填|填写|格式|例如|例[:：]|如[:：]|下拉|(?i:yyyy)|文本型|请选|示例"
_COUNTERS = r"^(?:[(（]?[0-9]{1,2}[)）]?|[甲乙丙丁戊己])$"


def keep_data_rows(batch: SourceBatch, *, first: bool) -> SourceBatch:
    """Return the rows of data of a batch as read: cells trimmed, blank ones null.

    What is left out is counted by reason code in ``skipped``.

    ``first``: whether these are the first rows under the header, where rows of notes may follow.
    """
    rows = batch.rows
    columns = [clean(one_array(column)) for column in rows.columns]
    n, names = len(rows), rows.column_names
    serial = [normalise_header(name) in SERIAL_HEADERS for name in names]
    content = [c for c, is_serial in zip(columns, serial, strict=True) if not is_serial] or columns
    filled = _count_filled(content, n)
    start = pc.coalesce(*columns) if columns else pa.nulls(n, pa.large_string())
    matches = _matches(start, (_TOTAL, _FOOTER, _REMARK, _RULE, _DAY, _OFFICE))
    is_alone = (filled <= 1) & (len(content) > 1)
    why = {
        "total": matches[_TOTAL] | _sums(start, columns[1 : _SUMS_STAND + 1]),
        "example": _examples(columns, serial, n),
        "footer": matches[_FOOTER]
        | _match_ending(start, _SIGNED, _ENDS[1:3])
        | (matches[_REMARK] & is_alone)
        | _signatures(matches[_DAY] & is_alone, matches[_OFFICE] & is_alone),
        "repeated_header": _is_repeated_header(columns, names, n),
        "note": _notes(columns, n) if first else np.zeros(n, bool),
        "blank": (filled == 0) | matches[_RULE],
    }
    is_data = np.ones(n, bool)
    skipped = {}
    for code, mask in why.items():
        if (mask & is_data).any():
            skipped[code] = int((mask & is_data).sum())
        is_data &= ~mask
    cleaned = replace(batch, rows=pa.table(columns, names=names), skipped=skipped)
    return cleaned if is_data.all() else cleaned.filter(is_data)


def _matches(texts: pa.Array, patterns: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Return which texts match each of some patterns; those that match none are asked once."""
    found = {pattern: np.zeros(len(texts), bool) for pattern in patterns}
    if not are_within(texts, "09"):  # digits alone match none
        rows = np.flatnonzero(mask_of(pc.match_substring_regex(texts, "|".join(patterns))))
        some = texts.take(pa.array(rows))
        for pattern in patterns if len(rows) else ():
            found[pattern][rows] = mask_of(pc.match_substring_regex(some, pattern))
    return found


def _sums(start: pa.Array, others: Sequence[pa.Array]) -> NDArray[np.bool_]:
    """Return which rows are sums of a place, or have the word of a sum beside their first cells."""
    found = _match_ending(start, _TOTAL_OF_PLACE, _ENDS)
    for texts in others:
        found |= _match_ending(texts, _BARE_SUM, _ENDS[:1])
    return found


def _match_ending(texts: pa.Array, pattern: str, ends: Sequence[str]) -> NDArray[np.bool_]:
    """Return which texts match a pattern; asked are those that end as such a text does."""
    found = np.zeros(len(texts), bool)
    may_match = reduce(pc.or_, (pc.ends_with(texts, end) for end in ends))
    if pc.any(may_match).as_py():
        rows = np.flatnonzero(mask_of(may_match))
        found[rows] = mask_of(pc.match_substring_regex(texts.take(pa.array(rows)), pattern))
    return found


def _signatures(days: NDArray[np.bool_], offices: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which rows are a day alone, or the office that stands alone above one."""
    above = np.zeros(len(days), bool)
    above[:-1] = days[1:]
    return days | (offices & above)


def _count_filled(columns: Sequence[pa.Array], n: int) -> NDArray[np.int64]:
    filled = np.zeros(n, np.int64)
    for column in columns:
        filled += mask_of(column.is_valid())
    return filled


def _examples(columns: Sequence[pa.Array], serial: Sequence[bool], n: int) -> NDArray[np.bool_]:
    """Return which rows are examples: only a number column may say so; estates are called so."""
    examples = np.zeros(n, bool)
    for column, is_serial in zip(columns, serial, strict=True):
        if is_serial:
            examples |= mask_of(pc.match_substring_regex(column, _EXAMPLE))
    return examples


def _is_repeated_header(
    columns: Sequence[pa.Array], names: Sequence[str], n: int
) -> NDArray[np.bool_]:
    """Return which rows repeat the header, as sheets do that were printed page by page."""
    equal = np.zeros(n, np.int64)
    for column, name in zip(columns, names, strict=True):
        equal += mask_of(pc.equal(column, name))
    return (equal >= 2) & (equal * 2 > len(names))  # noqa: PLR2004 -- one equal cell is chance


def _notes(columns: Sequence[pa.Array], n: int) -> NDArray[np.bool_]:
    """Return which of the first two rows explain the columns or number them."""
    notes = np.zeros(n, bool)
    for row in range(min(2, n)):
        cells = pa.array([c[row].as_py() for c in columns if c[row].is_valid], pa.large_string())
        if len(cells) < 2:  # noqa: PLR2004 -- one cell says nothing about a row
            continue
        explains = mask_of(pc.match_substring_regex(cells, _NOTE)).mean()
        counts = mask_of(pc.match_substring_regex(cells, _COUNTERS)).all() and len(
            set(cells.to_pylist())
        ) == len(cells)
        notes[row] = explains > 0.5 or (counts and len(cells) * 2 > len(columns))  # noqa: PLR2004
        if not notes[row]:
            break
    return notes


def until_other_table(batch: SourceBatch) -> SourceBatch:
    """Return the rows above the header of another table, and its title; all where there is none."""
    names = pa.array(sorted(every_header()), pa.large_string())
    known = np.zeros(len(batch), np.int64)
    for column in batch.rows.columns:
        known += mask_of(pc.is_in(column.combine_chunks(), value_set=names))
    header = {normalise_header(name) for name in batch.columns}
    for found in np.flatnonzero(known >= FEWEST_NAMES).tolist():
        if is_other_header(_cells(batch, found), header):
            end = found
            while end and len(_cells(batch, end - 1)) < FEWEST_NAMES:
                end -= 1
            above = batch.filter(np.arange(len(batch)) < end)
            return replace(above, notes=(*batch.notes, ("other_table", "")))
    return batch


def _cells(batch: SourceBatch, at: int) -> list[str]:
    cells = [column[at].as_py() for column in batch.rows.columns]
    return [cell for cell in cells if cell]
