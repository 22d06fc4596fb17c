"""Read records in JSON: one a line, an array of them, or an array inside an answer of a service."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import batch_of_texts, texts_of_values
from data.ingest.reading.headers.header_rows import FEWEST_NAMES
from data.ingest.reading.headers.names import unique_names
from data.ingest.reading.input_formats import Source, UnreadableSourceError, is_sparse
from data.ingest.reading.text.encoding import find_encoding

_DEEPEST = 4
_PLACE = 3
"""A place as a list begins with so many cells: its address, latitude and longitude."""
Record = Mapping[str, Any]


def read_record_batches(source: Source, *, batch_rows: int = 200_000) -> Iterator[SourceBatch]:
    """Yield the records as text; ``source_row`` is the line, or the record counted from 1.

    What lies inside an object is a column of its own (``reporter/name``); shapes stay whole.

    Raises `UnreadableSourceError`: ``broken_json`` with the line, ``no_records``, or
    ``broken_file`` where every record has names of its own, so that nearly all cells are empty.
    """
    path = Path(source)
    try:
        records = [dict(_flattened(record)) for record in _records(path)]
    except (RecursionError, ValueError) as error:  # too deep; a number of thousands of digits
        raise _broken(path, 1, error) from error
    names = list(dict.fromkeys(name for record in records for name in record))
    if not names:
        raise UnreadableSourceError("no_records", seen=path.name)
    if is_sparse(len(names) * len(records), sum(map(len, records))):
        reason = f"{len(names)} different names in {len(records)} records"
        raise UnreadableSourceError("broken_file", seen=path.name, reason=reason)
    for first in range(0, len(records), batch_rows):
        some = records[first : first + batch_rows]
        columns = [[record.get(name) for record in some] for name in names]
        texts = [texts_of_values(cells, integers_are_floats=False) for cells in columns]
        yield batch_of_texts(texts, unique_names(names), first_row=first + 1, count=len(some))


def _records(path: Path) -> list[Record]:
    text = path.read_text(encoding=find_encoding(path), errors="replace").strip()
    try:
        return _list_in(json.loads(text))
    except json.JSONDecodeError as error:
        if "\n" not in text or text.startswith("["):
            raise _broken(path, error.lineno, error) from error
    return list(_by_line(path, text))


def _by_line(path: Path, text: str) -> Iterator[Record]:
    for number, line in enumerate(text.split("\n"), start=1):  # texts may hold U+2028 and the like
        if line.strip():
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise _broken(path, number, error) from error
            if isinstance(record, dict):
                yield record


def _broken(path: Path, line: int, error: Exception) -> UnreadableSourceError:
    return UnreadableSourceError("broken_json", seen=path.name, line=line, reason=str(error))


def _list_in(value: Any, depth: int = 0) -> list[Record]:  # noqa: ANN401 -- any JSON
    """Return the longest list of objects in a document; the document where it is one object."""
    if isinstance(value, list):
        objects: list[Record] = [each for each in value if isinstance(each, dict)]
        return objects or _under_header(value[:1], value[1:])
    if not isinstance(value, dict) or depth > _DEEPEST:
        return []
    table = (
        _by_column(value)
        or _under_header([value.get("columns")], value.get("data"))
        or _described(value)
    )
    if table:
        return table
    found = max((_list_in(each, depth + 1) for each in value.values()), key=len, default=[])
    return found or ([value] if depth == 0 else [])


def _under_header(header: list[Any], rows: Any) -> list[Record]:  # noqa: ANN401 -- any JSON
    """Return lists of cells as records, under the list of names that is told first."""
    lists = [*header, *(rows if isinstance(rows, list) else [])]
    if len(lists) < len(header) + 1 or not all(isinstance(each, list) for each in lists):
        return []
    names = lists[0]
    if len(names) < FEWEST_NAMES or not all(isinstance(name, str) for name in names):
        return []
    return [dict(zip(names, row, strict=False)) for row in lists[1:]]


def _described(value: Record) -> list[Record]:
    """Return lists of cells as records, under columns that ``meta`` describes, as Socrata has it.

    Columns of the portal itself, whose field begins with a colon, are left out; of a place that is
    a list of address, latitude, longitude and more the point is kept.
    """
    meta = value.get("meta")
    view = meta.get("view") if isinstance(meta, dict) else None
    columns, rows = view.get("columns") if isinstance(view, dict) else None, value.get("data")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return []
    named = {
        at: str(each.get("name"))
        for at, each in enumerate(columns)
        if isinstance(each, dict) and not str(each.get("fieldName", "")).startswith(":")
    }
    return [
        {name: _plain(row[at]) for at, name in named.items() if at < len(row)}
        for row in rows
        if isinstance(row, list)
    ]


def _plain(cell: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(cell, list) and len(cell) >= _PLACE and cell[1] and cell[2]:
        return f"({cell[1]}, {cell[2]})"
    return cell if not isinstance(cell, list) else next((each for each in cell if each), None)


def _by_column(value: Record) -> list[Record]:
    """Return records of a table that is told column by column, each under the rows' numbers."""
    columns = list(value.values())
    if len(columns) < FEWEST_NAMES or not all(isinstance(each, dict) for each in columns):
        return []
    numbers = list(columns[0])
    if not numbers or any(list(each) != numbers for each in columns):
        return []
    if not all(number.isdigit() for number in numbers):
        return []
    return [{name: cells[number] for name, cells in value.items()} for number in numbers]


def _flattened(record: Record, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict) and value and "coordinates" not in value:
            yield from _flattened(value, f"{above}{name}/")
        else:
            yield f"{above}{name}", value
