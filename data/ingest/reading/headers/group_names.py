"""Tell apart the columns below one name: 租赁期限 over 起 and 止, 户数 over 自住 and 出租.

A name above several columns says what they are together. Of a span of time the first is its
beginning, the second its end; of a count they are parts, and the field is the one that says total.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Field, Kind, TableContract
from data.ingest.reading.headers.header_match import HeaderMatch, match_header

_WHOLE: Final = re.compile(r"^(?:总|合\s*计|共|小\s*计|计$|全部)|(?:总数|合计|小计|数量|金额|^数)$")
_END: Final = (
    r"^\s*(?:(?:19|20)?[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*(?:[-/.月]\s*(?:[0-9]{1,2}\s*日?)?)?"
    r"|[0-9]{1,2}月[0-9]{1,2}日|长期|无固定期限|不定期|至今)\s*$"
)
_UNNAMED: Final = re.compile(r"^列\d+$")
_ENDS: Final = 2
"""So many columns are beginning and end."""


def settle_group_names(
    matches: Sequence[HeaderMatch],
    columns: Sequence[str],
    contract: TableContract,
    known: Mapping[str, tuple[str, str]],
    sample: pa.Table | None,
) -> list[HeaderMatch]:
    """Return matches with the columns below one name told apart.

    ``columns``: all headers of the sender, in their order.
    ``known``: as of `known_headers`.
    ``sample``: some of the cells.
    """
    below: dict[str, list[str]] = {}
    for column in columns:
        below.setdefault(column.rpartition("/")[0], []).append(column)
    settled: list[HeaderMatch] = []
    for match in matches:
        field, group = contract.field(match.field), below[match.column.rpartition("/")[0]]
        if len(group) > 1 and _is_told_above(match, known):
            settled += _of_group(match, field, group)
        elif field.kind is Kind.PERIOD:
            settled += _with_neighbour(match, field, columns, sample)
        else:
            settled.append(match)
    return settled


def is_whole(name: str) -> bool:
    """Say whether a name below that of a count says that it is all of it: 总户数, 合计."""
    return _WHOLE.search(name) is not None


def _is_told_above(match: HeaderMatch, known: Mapping[str, tuple[str, str]]) -> bool:
    """Say whether only the name above a column names its field."""
    above, _, last = match.column.rpartition("/")
    of_above, of_last = (match_header(name, known) if name else None for name in (above, last))
    is_above = of_above is not None and of_above.field == match.field
    return is_above and (of_last is None or of_last.field != match.field)


def _of_group(match: HeaderMatch, field: Field, group: Sequence[str]) -> list[HeaderMatch]:
    if field.kind is Kind.PERIOD and len(group) == _ENDS:
        return [replace(match, field=field.fills[group.index(match.column)])]
    if field.kind in {Kind.INT, Kind.FLOAT}:
        return [match] if is_whole(match.column.rpartition("/")[2]) else []
    return [match]


def _with_neighbour(
    match: HeaderMatch, field: Field, columns: Sequence[str], sample: pa.Table | None
) -> list[HeaderMatch]:
    """Return beginning and end where a span's header stands over two columns, each of days."""
    neighbour = [*columns, ""][columns.index(match.column) + 1]
    ends = match.column, neighbour
    if _UNNAMED.match(neighbour) and all(_are_ends(sample, name) for name in ends):
        return [
            replace(match, field=name, column=column)
            for name, column in zip(field.fills, ends, strict=True)
        ]
    return [match]


def _are_ends(sample: pa.Table | None, column: str) -> bool:
    """Say whether all cells of a column are one end of a span each, and there are some."""
    if sample is None or sample[column].null_count == len(sample):
        return False
    return bool(pc.all(pc.match_substring_regex(sample[column], _END)).as_py())
