"""Read and match Chicago's addresses as Western street addresses."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from benchmarks.chicago.western import WesternAddress, parse_western
from geo.addresses.dialect import DialectAddress, DialectMatch

# Letters that may be wrong in a street name of at least this length.
_SLIPS: Final = ((12, 2), (5, 1))
_LONG_WORD: Final = 4


class WesternIndex:
    """File buildings under their number and street.

    ``buildings``: row of the register and standard address.
    """

    def __init__(self, buildings: Iterable[tuple[int, str]]) -> None:
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._at_number: dict[str, list[tuple[WesternAddress, int]]] = defaultdict(list)
        self._ranges: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._on_street: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._names: set[str] = set()
        for row, address in buildings:
            read = parse_western(address)
            self._names.add(read.name)
            if not read.number:
                continue
            self._exact[read.key].append(row)
            self._at_number[read.number].append((read, row))
            if read.number.isdigit():
                self._on_street[read.street].append((int(read.number), row))
            if read.number_last:
                ends = int(read.number), int(read.number_last)
                self._ranges[read.street].append((*ends, row))

    def find(self, text: str) -> DialectMatch:
        """Return the rows of one address: same key, within a range, incomplete, or misspelt."""
        read = parse_western(text)
        if not read.number:
            return DialectMatch([], 0.0, "none")
        if read.key in self._exact:
            return DialectMatch(self._exact[read.key], 1.0, "exact")
        for search in (self._in_range, self._incomplete, self._misspelt):
            answer = search(read)
            if answer.positions:
                return answer
        return DialectMatch([], 0.0, "none")

    def _in_range(self, read: WesternAddress) -> DialectMatch:
        """Find a number between the ends of a range, the register's or the text's.

        Both must be on the same side of the street.
        """
        number = int(read.number) if read.number.isdigit() else -1
        rows = [
            row
            for first, last, row in self._ranges.get(read.street, ())
            if first <= number <= last and (number - first) % 2 == 0
        ]
        if not rows and read.number_last:
            last = int(read.number_last)
            rows = [
                row
                for other, row in self._on_street.get(read.street, ())
                if number <= other <= last and (other - number) % 2 == 0
            ]
        return DialectMatch(rows, 0.95, "range")

    def _incomplete(self, read: WesternAddress) -> DialectMatch:
        """Find the same number and name, where one of both leaves out the type or the direction."""
        rows = [
            row
            for other, row in self._at_number.get(read.number, ())
            if other.name == read.name and _agree(read, other)
        ]
        return DialectMatch(rows, 0.9, "incomplete")

    def _misspelt(self, read: WesternAddress) -> DialectMatch:
        """Find the same number, direction and type, and a name that differs by a letter or two.

        A name that the register has elsewhere is no slip, nor is AVENUE J for AVENUE M.
        """
        slips = next((slips for length, slips in _SLIPS if len(read.name) >= length), 0)
        if not slips or read.name in self._names or read.name[:1].isdigit():
            return DialectMatch([], 0.0, "none")
        near = [
            (OSA.distance(read.name, other.name, score_cutoff=slips), row)
            for other, row in self._at_number.get(read.number, ())
            if _agree(read, other) and _long_words_differ(read.name, other.name)
        ]
        rows = [row for distance, row in near if distance <= slips]
        return DialectMatch(rows, 0.88, "fuzzy")


def _long_words_differ(one: str, other: str) -> bool:
    """Tell whether two names differ in long words only, none of them a number."""
    mine, theirs = set(one.split()), set(other.split())
    return all(len(word) >= _LONG_WORD and word.isalpha() for word in mine ^ theirs)


def _agree(one: WesternAddress, other: WesternAddress) -> bool:
    """Tell whether two addresses contradict each other nowhere but perhaps in the name."""
    pairs = (
        (one.direction, other.direction),
        (one.street_type, other.street_type),
        (one.post_direction, other.post_direction),
    )
    return all(not a or not b or a == b for a, b in pairs)


NUMBER_RANGE = re.compile(r"\s*(\d+)\s*-\s*(\d+)\s")


class WesternDialect:
    """Read addresses as number, direction, name and type; an ``AddressDialect``."""

    def parse(self, text: str) -> DialectAddress:
        """Split an address into its parts; never raise."""
        western = parse_western(text)
        return DialectAddress(street=western.street, number=western.number, rest=western.rest)

    def index(self, buildings: Iterable[tuple[int, str]]) -> WesternIndex:
        """Index buildings under their number and street."""
        return WesternIndex(buildings)

    def display_name(self, key: str, address: str) -> str:
        """Return the key with the range of house numbers that the address gives.

        ``2551 W CERMAK RD`` of ``2551-57 W Cermak Rd, Fl 2`` is called ``2551-57 W CERMAK RD``.
        """
        numbers = NUMBER_RANGE.match(address)
        if numbers is None or not key.startswith(f"{numbers[1]} "):
            return key
        return f"{numbers[1]}-{numbers[2]}{key.removeprefix(numbers[1])}"
