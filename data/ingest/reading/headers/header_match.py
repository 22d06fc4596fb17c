"""Say which field one header names, at any of its levels."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from data.contracts.model import TableContract
from data.ingest.reading.headers.address_columns import is_named_address
from data.ingest.reading.headers.names import CUT, LONGEST_HEADER, normalise_header

_CUT = 0.9
_LAST, _ABOVE = 0.89, 0.88
"""How sure the levels of a header are: one above several columns says least which of them it is."""
_ANY_ID, _LESS = frozenset({"id", "fid", "编号"}), 0.01
"""Headers of the number of a row, whatever it is of: one that says of what goes first."""
_OF_TODAY = ("current", "latest", "目前", "当前", "现", "最新")
"""What headers begin with of which a column says what holds today: one of the day goes first."""
_BRACKETS = re.compile(r"[(\[{【〔<《][^)\]}】〕>》]*[)\]}】〕>》]")


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """One column understood as one field.

    ``confidence`` runs from 0 to 1; ``how`` is ``header``, ``alias``, ``bracket`` (after leaving
    out brackets and units), ``part`` (one level of a two-level header), ``cut`` (the beginning of
    one field's header), ``named`` or ``content`` (plainly so by its cells), ``remembered`` or
    ``given``.
    """

    field: str
    column: str
    confidence: float
    how: str


@lru_cache(maxsize=64)
def known_headers(contract: TableContract) -> Mapping[str, tuple[str, str]]:
    """Return every known spelling, normalised → (field name, ``header`` or ``alias``).

    A spelling that two fields share belongs to the one declared first.
    """
    known: dict[str, tuple[str, str]] = {}
    for field in contract.fields:
        known.setdefault(_declared(field.header), (field.name, "header"))
    for field in contract.fields:
        for spelling in (field.name, *field.aliases, *_without_brackets(field.header)):
            known.setdefault(_declared(spelling), (field.name, "alias"))
    return known


@cache
def _declared(spelling: str) -> str:
    """Normalise a spelling of a contract; what a sender writes is not kept in memory."""
    return normalise_header(spelling)


def _without_brackets(header: str) -> tuple[str, ...]:
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", header))
    return (bare,) if bare else ()


def match_header(column: str, known: Mapping[str, tuple[str, str]]) -> HeaderMatch | None:
    """Return the field that `column` plainly names, or None."""
    whole = unicodedata.normalize("NFKC", column[:LONGEST_HEADER])
    bare = _BRACKETS.sub("", whole)
    attempts = [(whole, 1.0, ""), (whole.replace("/", ""), 0.95, "part"), (bare, 0.92, "bracket")]
    if "/" in whole:
        last_with_unit = whole.rpartition("/")[2]
        *above, last = bare.split("/")
        attempts += [(part, _LAST, "part") for part in (last_with_unit, last)]
        if not is_named_address(last):
            attempts += [(part, _ABOVE, "part") for part in reversed(above)]
    for text, confidence, how in attempts:
        owner = known.get(normalise_header(text))
        if owner:
            sure = confidence if owner[1] == "header" else confidence * 0.97
            plain = normalise_header(text)
            sure -= _LESS * (plain in _ANY_ID or plain.startswith(_OF_TODAY))
            return HeaderMatch(owner[0], column, round(sure, 3), how or owner[1])
    return _match_cut(column, known) if column.endswith(CUT) else None


def _match_cut(column: str, known: Mapping[str, tuple[str, str]]) -> HeaderMatch | None:
    """Return the only field of which a spelling begins as a name does that was cut."""
    begun = normalise_header(column.removesuffix(CUT))
    fields = {owner for spelling, (owner, _) in known.items() if spelling.startswith(begun)}
    return HeaderMatch(fields.pop(), column, _CUT, "cut") if begun and len(fields) == 1 else None
