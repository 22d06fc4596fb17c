"""Find columns of fields that no header names by what stands in their cells."""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.contracts.vocabulary import ProblemSeverity
from data.ingest.reading.headers.address_columns import address_column, holds_points
from data.ingest.reading.headers.column_cells import (
    differs_within,
    holds_counts,
    holds_days,
    tells_purposes,
    tells_results,
)
from data.ingest.reading.headers.names import normalise_header
from data.ingest.reading.headers.units import severity_counted
from data.privacy.pseudonyms import may_not_be_held

ADDRESS_FIELDS = frozenset({"raw_address", "std_address"})
AXES, _POINT, PURPOSE = frozenset({"lon", "lat"}), "point", "purpose"
RESULT, _GRADE = "result", "grade"
COUNTS = {"critical_count": ProblemSeverity.SERIOUS, "other_count": ProblemSeverity.OTHER}
"""Field → the severity of the problems that it counts."""
_OF_VISIT = ("inspection_id", "unit_id", *sorted(ADDRESS_FIELDS))


def matches_by_cells(
    columns: Sequence[str],
    contract: TableContract,
    sample: pa.Table | None,
    taken: Mapping[str, str],
    left_out: Collection[str],
) -> dict[str, tuple[str, str]]:
    """Return field → column and how it was found, of fields that no other column is.

    An address, the point of a row, what visits were for and found, and the time that a table asks
    for, where a single column holds days and its header names nothing else. A grade in words
    of results is the result. Numbers below a header that counts problems of a severity
    (`severity_counted`) are these.

    ``taken``: field → column of those that headers name.
    ``left_out``: fields that shall have none.
    """
    known, used = {field.name for field in contract.fields} - {*left_out}, set(taken.values())
    free = [each for each in columns if each not in used and not may_not_be_held(each)]
    found: dict[str, tuple[str, str]] = {}
    if (names := known & ADDRESS_FIELDS) and not names & {*taken, *left_out}:
        plain = address_column(columns, sample, taken=used)
        if plain is not None:
            found[names.pop()] = plain
            free.remove(plain[0])
    for name, severity in COUNTS.items():
        some = [c for c in free if severity_counted(c, contract) == severity]
        numbers = [c for c in some if holds_counts(sample, c)]
        if name in known - {*taken} and numbers:
            found[name] = numbers[0], "named"
            free.remove(numbers[0])
    of_rows = dict(taken) | {field: column for field, (column, _) in found.items()}
    plainly: dict[str, str | None] = {}
    if not {_POINT, *AXES} & {*taken, *left_out}:
        addresses = [of_rows[name] for name in sorted(ADDRESS_FIELDS) if name in of_rows]
        plainly[_POINT] = next((c for c in [*addresses, *free] if holds_points(sample, c)), None)
    if PURPOSE not in taken:
        plainly[PURPOSE] = next((each for each in free if tells_purposes(sample, each)), None)
    time = contract.event_fields[0] if contract.event_fields else ""
    if time in contract.required and time not in taken:
        plainly[time] = _only_days(free, sample)
    if RESULT in known and RESULT not in taken:
        of_rows |= {field: column for field, column in plainly.items() if column}
        words = [taken[_GRADE]] if _GRADE in taken else []
        plainly[RESULT] = _results([*free, *words], contract, sample, of_rows)
    return found | {f: (c, "content") for f, c in plainly.items() if c and f in known}


def _only_days(free: Sequence[str], sample: pa.Table | None) -> str | None:
    """Return the one column that holds days, unless some table calls it something."""
    days = [each for each in free if holds_days(sample, each)]
    return None if len(days) != 1 or normalise_header(days[0]) in _every_name() else days[0]


def _every_name() -> set[str]:
    fields = (field for table in TABLES.values() for field in table.fields)
    return {normalise_header(name) for f in fields for name in (f.name, f.header, *f.aliases)}


def _results(
    free: Sequence[str],
    contract: TableContract,
    sample: pa.Table | None,
    taken: Mapping[str, str],
) -> str | None:
    """Return the one column that tells what each visit found, and not each row of a visit."""
    field = contract.field(RESULT)
    telling = [each for each in free if tells_results(sample, each, field)]
    if len(telling) != 1 or sample is None:
        return None
    visit = [taken[name] for name in (contract.event_fields[0], *_OF_VISIT) if name in taken]
    return None if differs_within(sample, telling[0], by=visit) else telling[0]
