"""What a text says is taught, to whom and at which price: facts of a place that words keep."""

import re
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from data.contracts.screening.word_list import default_words
from geo.arrays import Floats, Objects, Positions

TAUGHT_BITS: Final[dict[str, tuple[float, float]]] = {
    "subject": (0.5, -1.5),
    "grade": (0.5, -1.5),
    "price": (2.5, -1.0),
}
"""What it weighs that two texts say the same, and that they say nothing in common."""
_GRADE: Final = re.compile(
    "小学|初中|高中|[一二三四五六七八九]年级|[初高][一二三]|小升初|中考|高考|幼小|学前"
)
_PRICE: Final = re.compile(
    r"(?<!\d)(\d{2,4})(?=元|块|/|[一每][次节课小])|(?:收费|按次|人均|每[节次人课]|课时费|学费|小时)\D?(\d{2,4})(?!\d)"
)


class Taught(NamedTuple):
    """Subjects, grades and prices that a text names."""

    subject: frozenset[str]
    grade: frozenset[str]
    price: frozenset[str]


def taught_in(texts: pd.Series) -> Objects:
    """Return of each text what it says is taught, as `Taught`; None where it says nothing."""
    found = [
        Taught(
            frozenset(_subject().findall(text)),
            frozenset(_GRADE.findall(text)),
            frozenset(one or other for one, other in _PRICE.findall(text)),
        )
        for text in texts.str.normalize("NFKC")
    ]
    taught = np.empty(len(found), dtype=object)
    taught[:] = [each if any(each) else None for each in found]
    return taught


def bits_of_taught(taught: Objects, first: Positions, second: Positions) -> Floats:
    """Return what speaks for pairs of texts by what they say is taught, in bits.

    ``taught``: as `taught_in` gives it, one for each row.
    ``first``, ``second``: positions of the rows of each pair.
    """
    code, kinds = pd.factorize(taught)
    known = np.flatnonzero((code[first] >= 0) & (code[second] >= 0))
    pair = code[first[known]].astype(np.int64) * max(len(kinds), 1) + code[second[known]]
    every, at = np.unique(pair, return_inverse=True)
    weights = [_weight(kinds[each // len(kinds)], kinds[each % len(kinds)]) for each in every]
    bits = np.zeros(len(first))
    bits[known] = np.array(weights, dtype=float)[at] if len(every) else 0.0
    return bits


def _weight(one: Taught, other: Taught) -> float:
    return sum(
        TAUGHT_BITS[name][0 if ours & theirs else 1]
        for name, ours, theirs in zip(Taught._fields, one, other, strict=True)
        if ours and theirs
    )


@cache
def _subject() -> re.Pattern[str]:
    terms = sorted(default_words().group("subjects"), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, terms)))
