"""Map the sender's columns to fields: by aliases, by corrections, by remembered mappings.

`guess_mapping` is pure; whoever stores what a sender's headers meant last time keeps
``header_signature(columns)`` with the confirmed mapping and passes it back as ``remembered``.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.contracts.model import Field, TableContract, simplify
from data.privacy.pseudonyms import may_not_be_held
from geo.errors import GridwardenError

APPLIED = 0.85
"""Matches at least this sure are used unless someone says otherwise."""

_BRACKETS = re.compile(r"[(\[{【〔<《][^)\]}】〕>》]*[)\]}】〕>》]")
_EDGES = re.compile(r"^[*#:;,.、。\s]+|[*#:;,.、。\s]+$")


class MappingError(GridwardenError):
    """A mapping names fields or columns that do not exist, or leaves out what is required."""


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """One column understood as one field.

    ``confidence`` runs from 0 to 1; ``how`` is ``header``, ``alias``, ``bracket`` (after leaving
    out brackets and units), ``part`` (one level of a two-level header), ``remembered`` or
    ``given``.
    """

    field: str
    column: str
    confidence: float
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderGuess:
    """What became of every column of the sender."""

    matches: tuple[HeaderMatch, ...]
    unmapped: tuple[str, ...]
    forbidden: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def mapping(self) -> dict[str, str]:
        """Return field → column of what will be used."""
        return {match.field: match.column for match in self.matches}


def normalise_header(header: str) -> str:
    """Return a header as it is compared: NFKC, lower case, without blanks, joiners and marks."""
    text = unicodedata.normalize("NFKC", header)
    return simplify(_EDGES.sub("", text))


def header_signature(columns: Iterable[str]) -> str:
    """Return 16 hex digits that stand for this set of headers, whatever their order."""
    text = "\n".join(sorted({normalise_header(c) for c in columns}))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def known_headers(contract: TableContract) -> dict[str, tuple[str, str]]:
    """Return every known spelling, normalised → (field name, ``header`` or ``alias``).

    A spelling that two fields share belongs to the one declared first.
    """
    known: dict[str, tuple[str, str]] = {}
    for field in contract.fields:
        known.setdefault(normalise_header(field.header), (field.name, "header"))
    for field in contract.fields:
        for spelling in (field.name, *field.aliases, *_without_brackets(field)):
            known.setdefault(normalise_header(spelling), (field.name, "alias"))
    return known


def _without_brackets(field: Field) -> list[str]:
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", field.header))
    return [bare] if bare else []


def match_header(column: str, known: Mapping[str, tuple[str, str]]) -> HeaderMatch | None:
    """Return the field that `column` plainly names, or None."""
    whole = unicodedata.normalize("NFKC", column)
    bare = _BRACKETS.sub("", whole)
    attempts = [(whole, 1.0, ""), (whole.replace("/", ""), 0.95, "part"), (bare, 0.92, "bracket")]
    if "/" in whole:
        attempts += [(part, 0.88, "part") for part in reversed(bare.split("/"))]
    for text, confidence, how in attempts:
        owner = known.get(normalise_header(text))
        if owner:
            sure = confidence if owner[1] == "header" else confidence * 0.97
            return HeaderMatch(owner[0], column, round(sure, 3), how or owner[1])
    return None


def guess_mapping(
    columns: Sequence[str],
    contract: TableContract,
    *,
    remembered: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> HeaderGuess:
    """Say which of the sender's `columns` is which field of `contract`.

    Given overrides count first, then what was remembered for this sender, then names. Each field
    takes one column and each column is taken once: the surest match first, then the leftmost.

    Parameters
    ----------
    columns
        The sender's headers, as read.
    remembered, overrides
        Field → column. An override to the empty string leaves the field out. Remembered columns
        that the file does not have are passed over.

    Raises
    ------
    MappingError
        If an override names an unknown field or column; all of them at once.
    """
    overrides = resolve_overrides(columns, contract, overrides or {})
    forbidden = tuple(c for c in columns if may_not_be_held(c))
    matches = [HeaderMatch(f, c, 1.0, "given") for f, c in overrides.items() if c]
    names = {f.name for f in contract.fields}
    for field, column in (remembered or {}).items():
        if field in names and field not in overrides and column in columns:
            matches.append(HeaderMatch(field, column, 1.0, "remembered"))
    known = known_headers(contract)
    named = [match_header(c, known) for c in columns]
    matches += sorted((m for m in named if m), key=lambda m: -m.confidence)
    left_out = {f for f, c in overrides.items() if not c}
    taken = _take(matches, left_out=left_out, banned=set(forbidden))
    used = {m.column for m in taken}
    unmapped = tuple(c for c in columns if c not in used and c not in forbidden)
    return HeaderGuess(
        matches=tuple(taken),
        unmapped=unmapped,
        forbidden=forbidden,
        missing=tuple(n for n in contract.required if n not in {m.field for m in taken}),
    )


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


def resolve_overrides(
    columns: Sequence[str], contract: TableContract, overrides: Mapping[str, str]
) -> dict[str, str]:
    """Return `overrides` with names as the file and the contract spell them.

    Fields may be given by name or Chinese header, columns in any case.

    Raises
    ------
    MappingError
        With every field and column that does not exist.
    """
    fields = {simplify(f.name): f.name for f in contract.fields}
    fields |= {simplify(f.header): f.name for f in contract.fields}
    by_text = {normalise_header(c): c for c in reversed(columns)}
    resolved: dict[str, str] = {}
    unknown: list[str] = []
    for field, column in overrides.items():
        name = fields.get(simplify(field))
        spelled = column if column in columns else by_text.get(normalise_header(column))
        if name is None:
            unknown.append(field)
        if column and spelled is None:
            unknown.append(column)
        if name is not None:
            resolved[name] = (spelled or "") if column else ""
    if unknown:
        raise MappingError(
            "unknown_names_in_mapping",
            seen=unknown,
            table=contract.name,
            fields=[f.name for f in contract.fields],
            columns=list(columns),
        )
    return resolved
