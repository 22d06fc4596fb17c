"""Say whether a sentence tells of a building, but means another place."""

import re
from collections.abc import Container
from itertools import pairwise
from typing import Final

from geo.addresses.lexicon import HAN, clean

_ELSEWHERE: Final = re.compile(
    r"别处|(?:别的|其他|另外?的?|另外?一)[个处栋]?(?:地方|小区|楼)|"
    r"(?:以前|之前|原来|原先|原本|过去|号楼|[栋幢座号]).*[搬迁](?:到|去|至|往|了)"
)
_MAY_BE: Final = re.compile("[搬迁别其另住家]")
_HOME: Final = re.compile(rf"^[{HAN}]{{0,4}}?(?:家住|住在?|我家|家在)")
_CLAUSE_END: Final = re.compile(r"[,，。;；!！?？]")
_ROAD_END: Final = re.compile(r"(?:大道|[路街巷道村])$")
_SHORTEST, _LONGEST = 3, 10


def means_elsewhere(text: str, own: str, names: Container[str]) -> bool:
    """Say whether what a text reports is elsewhere than in the building that it names.

    Parameters
    ----------
    text
        As it came.
    own
        All names that the register holds of the building.
    names
        The names of all estates: who lives in one may report another.
    """
    if not _MAY_BE.search(text):
        return False
    if _ELSEWHERE.search(text):
        return True
    clauses = [clause for clause in _CLAUSE_END.split(clean(text)) if clause]
    return any(
        _HOME.match(home) is not None and _names_another(clause, own, names)
        for home, clause in pairwise(clauses)
    )


def _names_another(clause: str, own: str, names: Container[str]) -> bool:
    spans = (
        clause[start : start + size]
        for start in range(len(clause))
        for size in range(_SHORTEST, min(_LONGEST, len(clause) - start) + 1)
    )
    return any(span in names and span not in own and not _ROAD_END.search(span) for span in spans)
