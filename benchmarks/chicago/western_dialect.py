"""Read Chicago's addresses with the parser and the index of Western street addresses."""

import re
from collections.abc import Iterable

from benchmarks.chicago.western import parse_western
from benchmarks.chicago.western_match import WesternIndex
from geo.addresses.dialect import DialectAddress

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
