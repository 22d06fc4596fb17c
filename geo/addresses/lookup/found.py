"""Hold what a look-up in a register found."""

from typing import Final, NamedTuple

from geo.addresses.register import Table

TABLE_SCORES: Final[dict[Table, float]] = {
    "exact": 1.0,
    "alias": 0.97,
    "gate": 0.95,
    "part": 0.92,
    "short": 0.9,
}
ESTATE_SCORE: Final = 0.6


class Found(NamedTuple):
    """Hold the rows a place and number may mean; ``sure`` where it is one and nothing objects.

    ``name`` is the one under which they are filed, '' where they were found by their door.
    """

    rows: list[int]
    sure: bool
    score: float
    method: str
    estate: str
    name: str = ""


NOTHING: Final = Found([], sure=False, score=0.0, method="none", estate="")
