"""Suggest the names that a text which matches nothing is most likely about."""

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process

from geo.addresses.places import ROAD_END
from geo.addresses.register import RegisterIndex
from geo.addresses.spelling.names import Guess, NameIndex, budget

_SHORTEST: Final = 3
_MARGIN: Final = 0.25
_LEAST_ALIKE = 50.0


def likeliest_name(text: str, names: Sequence[str]) -> str:
    """Return the name that is most like a part of a text, '' where none is half alike.

    ``text``: an address as it was sent.
    ``names``: estates or streets; of equally likely ones the first.
    """
    found = process.extractOne(text, names, scorer=fuzz.partial_ratio, score_cutoff=_LEAST_ALIKE)
    return found[0] if found else ""


def misspelt_part(place: str, names: NameIndex, index: RegisterIndex) -> Guess | None:
    """Return the part of an estate that is meant, the estate's name misspelt: 虎珀山庄东村.

    ``place``: the name as written.
    ``names``: the names of the register without parts.
    ``index``: the register.
    """
    for cut in range(len(place) - 1, _SHORTEST - 1, -1):
        near = [
            Guess(guess.name + place[cut:], guess.cost)
            for guess in (names.search(place[:cut]) if place[cut - 1] not in "0123456789" else [])
            if guess.cost <= budget(guess.name) and guess.name + place[cut:] in index.parts
        ]
        if near and (len(near) == 1 or near[1].cost >= near[0].cost + _MARGIN):
            return near[0]
    return None


def nearest_estates(place: str, number: str, index: RegisterIndex) -> tuple[list[int], str]:
    """Return buildings of estates that a name only begins like, or that begin like the name.

    锦绣花园2期 where the register knows no parts, 锦绣花园南门, 海棠湾 for 海棠湾国际花园.

    ``place``, ``number``: the name, and the number as `short_number` returns it.
    ``index``: the register.

    Returns rows of the register, and the estate where it is one alone.
    """
    for end in range(len(place) - 1, _SHORTEST - 1, -1):
        whole = place[:end]
        table = index.table_of(whole)
        if table and not ROAD_END.search(whole):
            return index.all_rows(table, whole), whole
    longer = index.homes_beginning(place) if len(place) >= _SHORTEST else []
    rows = [row for home in longer for row in index.rows("exact", home, number)]
    return rows, longer[0] if len(longer) == 1 else ""
