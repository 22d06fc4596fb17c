"""Read the addresses that hold no Chinese character, of whatever country.

Without more knowledge of a country such an address is a number and words, and two are the same
where these are (`PlainDialect`). A program that knows how its country writes addresses sets an
``AddressDialect`` of its own before it opens a workspace.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol


class DialectAddress(NamedTuple):
    """Hold the parts of an address; '' where the text names none."""

    street: str
    number: str
    rest: str


class DialectMatch(NamedTuple):
    """Hold the positions an address may mean, how sure that is (0 to 1), and how it was found."""

    positions: Sequence[int]
    score: float
    method: str


class DialectIndex(Protocol):
    """Find registered buildings by address."""

    def find(self, text: str) -> DialectMatch:
        """Return the buildings that a text may mean; exactly one is a match."""


class AddressDialect(Protocol):
    """Read and match addresses without Chinese characters."""

    def parse(self, text: str) -> DialectAddress:
        """Split an address into its parts; never raise."""

    def index(self, buildings: Iterable[tuple[int, str]]) -> DialectIndex:
        """Index buildings, each a position in the register and a standard address."""

    def display_name(self, key: str, address: str) -> str:
        """Return the name of a building, from its key and one spelling of its address."""


_POSTCODE: Final = 5
"""Digits of a number that stands alone behind a comma and is none of a house."""
_NUMBER: Final = re.compile(r"\d+[A-Z]?(?:[-/]\d+[A-Z]?)?$")
_WORD: Final = re.compile(r"[^\W\d_]{3}|^[NSEW] \d+ ?[NSEW]$|^(?:CL|CR|KR|DG|TV|AC|AK|AV) \d")
"""A street has a word of three letters, or is one of a grid: 3300 S, Kr 15."""
_LETTER_APART: Final = re.compile(r"(?<=\d) (?=[A-Z]$)")
_TOKEN: Final = re.compile(r"[^\W_]+(?:[-/'’][^\W_]+)*")
_POINT: Final = re.compile(r"\(\s*-?\d+\.\d+\s*,\s*-?\d+\.\d+\s*\)")
_INSIDE: Final = re.compile(
    r"\b(?:UNIT|APT|APARTMENT|FLAT|SUITE|STE|FLOOR|FL|ROOM|RM|SHOP|ETAGE|APPARTEMENT|PISO|INTERNO|"
    r"LOCAL|LOJA|LOK|КВ)\b[\s.:-]*[^\W_]*|\d+(?:ST|ND|RD|TH|\.)?\s+(?:FLOOR|FL|OG|STOCK|ÉTAGE)\b|"
    r"#\s*[^\W_]+(?:-[^\W_]+)?|(?:지하\s*)?\d+(?:층|호)"
)
"""Where inside the building."""
_BETWEEN: Final = re.compile(r"[,;\n]|(?<=\d)\s+-\s+(?=[^\W\d])")
_BEFORE_A_NUMBER: Final = re.compile(r"\b(?:NO|NR|NUM|Д|ДОМ)\b\.?\s*(?=\d)")
_HASH: Final = re.compile(
    r"(?P<street>(?:^|[,;\n])\s*"
    r"(?:CALLE|CLL?|CARRERA|CRA?|KRA?|DIAG(?:ONAL)?|DG|TRANSV(?:ERSAL)?|TV|AVENIDA|AV|AC|AK)\b"
    r"(?:[\s.]*(?:CALLE|CL|CARRERA|CRA?|KR)?[\s.]*\d+\s?[A-Z]{0,2}(?:\s+(?:BIS|SUR|NORTE|ESTE|[A-Z]))*|"
    r"[\s.]*(?:\d+\s+DE\s)?[^#,;\n\d]*[^\W\d_]{2})[\s.]*)"
    r"#\s*(?P<number>\d+(?:\s?[A-Z]\b)?)(?:(?:\s*-\s*|\s+)(?P<house>\d{1,3}[A-Z]?\b))?"
)
"""Calle 7 # 45-12 is a house between Calle 7 and its crossing 45; Calle Mayor 12 # 5 a flat."""
_MARKED: Final = re.compile(
    r"(?<!STALL )(?<!KIOSK )(?<!BOX )(?<!GATE )\b(?:NO|NR|NUM|SỐ)\b[\s.:°]*"
    r"(?P<number>\d+[A-Z]?(?:[-/](?:\d+[A-Z]?|[A-Z]))?)(?![^\W_])"
)
"""A number of which the text says that it is the house's."""
_BEHIND_MARKED: Final = re.compile(
    r"\b(?:D|K|KAT|DAİRE)\b\s*[:.]\s*\d+[A-Z]?|"
    r"\b(?:APTO|APARTAMENTO|OFICINA|OFC?|INT|INTERIOR|BODEGA)\b\.?\s*\d*[A-Z]?\b"
)
"""Flat and floor in Turkish and Spanish, which stand behind the number."""
_MARK_LEFT: Final = re.compile(r"(?<=\w) (?:NO|NR?|NUM)$")
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)")


class PlainDialect:
    """Read an address as a house number, the words beside it, and the town behind a comma.

    The number stands first (12 High Street; 12, rue Haute) or last (Hauptstraße 12 a; Calle Mayor,
    12), or behind a word that says so (Cad. No: 12 Konak). A text without a number or without a
    word of three letters names no building.

    Decisions hang on what is read: a building read rightly keeps its key, oddities with it (the
    street of ``Cad. No:12`` is CAD NO), and the word counts only where no house is read otherwise.
    Behind a Spanish ``#``, which was read as a flat, it always counts.
    """

    def parse(self, text: str) -> DialectAddress:
        """Split an address into its parts; never raise."""
        plain = _POINT.sub(" ", unicodedata.normalize("NFKC", text).upper())
        plain, hashes = _HASH.subn(_with_word, plain)
        inside = " ".join(_INSIDE.findall(plain))
        marked = _INSIDE.sub(" ", plain)
        bare = _IN_BRACKETS.sub(" ", marked)
        readings = [partial(_street_and_number, _BEFORE_A_NUMBER.sub("", each))
                    for each in (marked, bare)]  # fmt: skip
        readings.insert(0 if hashes else 2, partial(_marked, bare))
        for read in readings:
            street, number = read()
            if number:
                return DialectAddress(street, number, inside)
        return DialectAddress(" ".join(text.upper().split()), "", "")

    def index(self, buildings: Iterable[tuple[int, str]]) -> "PlainIndex":
        """Index buildings under their number, street and town."""
        return PlainIndex((row, self.parse(address)) for row, address in buildings)

    def display_name(self, key: str, address: str) -> str:
        """Return the address as it was written, on one line, without coordinates."""
        lines = (" ".join(line.split()) for line in _POINT.sub("\n", address).splitlines())
        return ", ".join(filter(None, lines)) or key


def _street_and_number(text: str) -> tuple[str, str]:
    """Return the street with its town, and the number; ('', '') where a text names no house."""
    clauses = _clauses(text)
    if len(clauses) > 1 and _belong_together(*clauses[:2]):
        clauses[:2] = [clauses[0] + clauses[1]]
    for at, words in enumerate(clauses):
        street, number = _house(words)
        if number:
            town = [" ".join(more) for more in clauses[at + 1 :]]
            return ", ".join([street, *town]), number
    return "", ""


def _with_word(found: re.Match[str]) -> str:
    house = f"-{found['house']}" if found["house"] else ""
    return f"{found['street']} NO {found['number'].replace(' ', '')}{house}"


def _marked(text: str) -> tuple[str, str]:
    """Return the street with its town, and the number that a word says is the house's."""
    found = _MARKED.search(text)
    if found is None:
        return "", ""
    behind = _clauses(_BEHIND_MARKED.sub(" ", text[found.end() :]))
    clauses = [*_clauses(text[: found.start()])[-1:], *behind]
    street = ", ".join(" ".join(words) for words in clauses)
    return (street, found["number"]) if _WORD.search(street.partition(",")[0]) else ("", "")


def _clauses(text: str) -> list[list[str]]:
    return [words for part in _BETWEEN.split(text) if (words := _TOKEN.findall(part))]


def _belong_together(first: list[str], second: list[str]) -> bool:
    """Say whether one of two clauses is but the number of the other."""
    if len(first) == 1 and _NUMBER.match(first[0]):
        return True
    alone = len(second) == 1 and len(second[0]) < _POSTCODE and bool(_NUMBER.match(second[0]))
    return alone and not _house(first)[1]


def _house(words: list[str]) -> tuple[str, str]:
    """Return the street and the number of a house, ('', '') where words do not name one."""
    words = _LETTER_APART.sub("", " ".join(words)).split()
    at = next((at for at in (0, -1) if _NUMBER.match(words[at])), None)
    if at is None:
        return "", ""
    number = words.pop(at)
    street = " ".join(words)
    return (street, number) if _WORD.search(street) else ("", "")


class PlainIndex:
    """Find buildings whose number, street and town are those of an address.

    A town that only one of the two names contradicts nothing, nor does a word for the number.
    """

    def __init__(self, buildings: Iterable[tuple[int, DialectAddress]]) -> None:
        self._exact: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._of_street: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for row, read in buildings:
            if read.number:
                street, _, town = read.street.partition(", ")
                self._exact[read.number, read.street].append(row)
                self._of_street[read.number, _unmarked(street)].append((town, row))

    def find(self, text: str) -> DialectMatch:
        """Return the buildings that a text may mean; exactly one is a match."""
        read = PLAIN.parse(text)
        if exact := self._exact.get((read.number, read.street)):
            return DialectMatch(exact, 1.0, "exact")
        street, _, town = read.street.partition(", ")
        near = self._of_street.get((read.number, _unmarked(street)), [])
        rows = [row for other, row in near if not town or not other]
        return DialectMatch(rows, 0.9 if rows else 0.0, "incomplete" if rows else "none")


def _unmarked(street: str) -> str:
    """Return a street without the word for a number that was read as its last (``CAD NO``)."""
    return _MARK_LEFT.sub("", street)


PLAIN: Final = PlainDialect()
_selected: AddressDialect = PLAIN


def use_dialect(dialect: AddressDialect) -> None:
    """Set the dialect of this process."""
    global _selected  # noqa: PLW0603 -- chosen once, before a workspace is opened
    _selected = dialect


def selected_dialect() -> AddressDialect:
    """Return the dialect of this process, `PLAIN` where none is set."""
    return _selected
