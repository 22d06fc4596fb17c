"""Let another way of writing addresses read the texts that hold no Chinese character.

The product reads Chinese addresses. A program that imports the files of another country sets an
``AddressDialect`` before it opens a workspace; without one, such a text names no building.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


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


_selected: AddressDialect | None = None


def use_dialect(dialect: AddressDialect | None) -> None:
    """Set the dialect of this process; None reads Chinese addresses only."""
    global _selected  # noqa: PLW0603 -- chosen once, before a workspace is opened
    _selected = dialect


def selected_dialect() -> AddressDialect | None:
    """Return the dialect of this process, None where none is set."""
    return _selected
