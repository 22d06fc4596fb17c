"""Map the sender's columns to fields: by aliases, by corrections, by remembered mappings.

`guess_mapping` is pure; whoever stores what a sender's headers meant last time keeps
``header_signature(columns)`` with the confirmed mapping and passes it back as ``remembered``.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from data.contracts.model import TableContract, simplify
from data.ingest.reading.headers.cell_matches import AXES, RESULT, matches_by_cells
from data.ingest.reading.headers.column_cells import (
    count_prose,
    has_no_results,
    is_empty,
    is_free_text,
    is_metres,
)
from data.ingest.reading.headers.group_names import settle_group_names
from data.ingest.reading.headers.header_match import HeaderMatch, known_headers, match_header
from data.ingest.reading.headers.names import column_at, normalise_header
from data.privacy.pseudonyms import may_not_be_held
from geo.errors import GridwardenError

APPLIED = 0.85
"""Matches at least this sure are used unless someone says otherwise."""

_FIRST = 20
"""So many rows tell which of several columns that headers name is meant."""
_TELL_RESULTS = frozenset({"problem", "critical_count", "other_count"})
"""Fields by which a visit without a result found something or nothing."""


class MappingError(GridwardenError):
    """A mapping names fields or columns that do not exist, or leaves out what is required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderGuess:
    """What became of every column of the sender; ``left_out`` are fields left out by hand."""

    matches: tuple[HeaderMatch, ...]
    unmapped: tuple[str, ...]
    forbidden: tuple[str, ...]
    missing: tuple[str, ...]
    left_out: frozenset[str] = frozenset()

    @property
    def mapping(self) -> dict[str, str]:
        """Return field → column of what will be used."""
        return {match.field: match.column for match in self.matches}

    @property
    def named(self) -> set[str]:
        """Return the fields of which more than the cells of a column tells it."""
        return {match.field for match in self.matches if match.how != "content"}


def header_signature(columns: Iterable[str]) -> str:
    """Return 16 hex digits that stand for this set of headers, whatever their order."""
    text = "\n".join(sorted({normalise_header(c) for c in columns}))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def guess_mapping(
    columns: Sequence[str],
    contract: TableContract,
    *,
    remembered: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
    sample: pa.Table | None = None,
) -> HeaderGuess:
    """Say which of the sender's `columns` is which field of `contract`.

    Given overrides count first, then what was remembered for this sender, then names. Each field
    takes one column and each column is taken once: those with cells before empty ones, the surest
    match first, then the leftmost; of several for longitude and latitude those that hold degrees,
    of several for a word of a list those that hold such words, or fewer different texts.
    What no header names may be told by cells (`matches_by_cells`).

    ``columns``: the sender's headers, as read.
    ``remembered``, ``overrides``: field → column. An override to the empty string leaves the field
    out. Remembered columns that the file does not have are passed over.

    Raises `MappingError` if an override names an unknown field or column; all of them at once.
    """
    overrides = resolve_overrides(columns, contract, overrides or {})
    forbidden = tuple(c for c in columns if may_not_be_held(c))
    matches = [HeaderMatch(f, c, 1.0, "given") for f, c in overrides.items() if c]
    names = {f.name for f in contract.fields}
    for field, column in (remembered or {}).items():
        if field in names and field not in overrides and column in columns:
            matches.append(HeaderMatch(field, column, 1.0, "remembered"))
    matches += _named(columns, contract, sample)
    left_out = {f for f, c in overrides.items() if not c}
    taken = _take(matches, left_out=left_out, banned=set(forbidden))
    taken = _with_cells(columns, contract, sample, taken, left_out)
    used = {m.column for m in taken}
    unmapped = tuple(c for c in columns if c not in used and c not in forbidden)
    return HeaderGuess(
        matches=tuple(taken),
        unmapped=unmapped,
        forbidden=forbidden,
        missing=tuple(n for n in contract.required if n not in {m.field for m in taken}),
        left_out=frozenset(left_out),
    )


def _named(
    columns: Sequence[str], contract: TableContract, sample: pa.Table | None
) -> list[HeaderMatch]:
    """Return what headers name, in the order in which it is taken."""
    known, first = known_headers(contract), sample.slice(0, _FIRST) if sample else None
    named = [match for c in columns if (match := match_header(c, known))]
    named = settle_group_names(named, columns, contract, known, sample)
    return sorted(
        (m for m in named if not is_free_text(first, m.column, contract.field(m.field))),
        key=lambda m: (
            is_empty(first, m.column),
            m.field in AXES and is_metres(first, m.column),
            count_prose(first, m.column, contract.field(m.field)),
            -m.confidence,
        ),
    )


def _with_cells(
    columns: Sequence[str],
    contract: TableContract,
    sample: pa.Table | None,
    taken: list[HeaderMatch],
    left_out: set[str],
) -> list[HeaderMatch]:
    """Return the matches and what cells tell beside them, or instead of what headers only name."""
    kept = {m.column for m in taken if m.how in {"given", "remembered"}}
    courts = {
        m.column
        for m in taken
        if m.field == RESULT
        and m.column not in kept
        and has_no_results(sample, m.column, contract.field(RESULT))
    }
    mapping = {m.field: m.column for m in taken if m.column not in courts}
    found = matches_by_cells(columns, contract, sample, mapping, left_out)
    by_cells = [
        HeaderMatch(field, column, APPLIED, how)
        for field, (column, how) in found.items()
        if column not in kept
    ]
    results = {each.column for each in by_cells if each.field == RESULT}
    others = results | (courts if results or _TELL_RESULTS & {*mapping, *found} else set())
    return [m for m in taken if m.column not in others] + by_cells


def _take(
    matches: Iterable[HeaderMatch], *, left_out: set[str], banned: set[str]
) -> list[HeaderMatch]:
    taken: dict[str, HeaderMatch] = {}
    columns: set[str] = set()
    for match in matches:
        free = match.field not in taken and match.field not in left_out
        # one column may be given for several fields by hand, but is guessed only once
        fresh = match.how == "given" or match.column not in columns
        if free and fresh and match.column not in banned and match.confidence >= APPLIED:
            taken[match.field] = match
            columns.add(match.column)
    return list(taken.values())


def fields_by_spelling(contract: TableContract) -> dict[str, str]:
    """Return a table's fields by simplified name and simplified Chinese header."""
    by_name = {simplify(field.name): field.name for field in contract.fields}
    return by_name | {simplify(field.header): field.name for field in contract.fields}


def unknown_names(
    contract: TableContract, seen: Sequence[str], *, columns: Sequence[str] = ()
) -> MappingError:
    """Return the refusal of names that neither the table nor the file has."""
    return MappingError(
        "unknown_names_in_mapping",
        seen=list(seen),
        table=contract.name,
        fields=[field.name for field in contract.fields],
        headers=[field.header for field in contract.fields],
        columns=list(columns),
    )


def resolve_overrides(
    columns: Sequence[str], contract: TableContract, overrides: Mapping[str, str]
) -> dict[str, str]:
    """Return `overrides` with names as the file and the contract spell them.

    Fields may be given by name or Chinese header, columns in any case, or by their position (3, C).

    Raises `MappingError` with every field and column that does not exist.
    """
    fields = fields_by_spelling(contract)
    by_text = {normalise_header(c): c for c in reversed(columns)}
    resolved: dict[str, str] = {}
    unknown: list[str] = []
    for field, column in overrides.items():
        name = fields.get(simplify(field))
        spelled = column if column in columns else by_text.get(normalise_header(column))
        spelled = spelled or column_at(column, columns)
        if name is None:
            unknown.append(field)
        if column and spelled is None:
            unknown.append(column)
        if name is not None:
            resolved[name] = (spelled or "") if column else ""
    if unknown:
        raise unknown_names(contract, unknown, columns=columns)
    return resolved
