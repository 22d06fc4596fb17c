"""What speaks for and against two leads being of the same event, in bits.

A bit doubles the odds. A weight is log2 of how much more often it is seen of two leads of one
event than of two that merely share a key (Fellegi and Sunter 1969); the frequencies are policy's,
written down here, and were not learnt from any generator's texts.
"""

import re
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from scipy.sparse import csr_matrix

from geo.addresses.parse import may_be_one_room
from geo.arrays import Bools, Floats, Objects, Positions
from governance.cases.merging.taught import bits_of_taught

BITS: Final[dict[str, float]] = {
    "prior": -3.0,
    "same_flat": 8.0,
    "same_building": 4.0,
    "same_estate": 1.5,
    "other_flat": -3.0,
    "other_house": -5.0,
    "other_estate": -4.0,
    "other_building": -12.0,
    "same_caller": 3.0,
    "same_contact": 6.0,
    "other_contact": -0.5,
    "number_named": 14.0,
}
"""The weight of each thing seen; ``prior`` is that of sharing a key."""
_DAYS: Final = (3.0, 14.0, 45.0, 120.0, np.inf)
_BITS_OF_DAYS: Final = (1.5, 0.5, 0.0, -1.5, -4.0)
_ALIKE: Final = (0.1, 0.25, 0.45, 0.65, 0.85)
WORDS_SPEAK_FROM: Final = _ALIKE[1]
"""From so alike on, words speak for one event; below, against it."""
_BITS_OF_ALIKE: Final = (-1.0, -0.5, 0.5, 2.0, 3.5, 5.0)
_NAMES_ALIKE: Final = 60.0
_ROAD: Final = re.compile(r"(?:大道|路|街|巷|胡同)$")
_CHUNK: Final = 200_000


class Evidence(NamedTuple):
    """What was seen of each pair.

    ``place``, ``contact``: names of `BITS`, '' where nothing is known.
    ``caller``, ``named``: whether one person reported both, whether one names the other.
    """

    place: Objects
    contact: Objects
    caller: np.ndarray
    named: np.ndarray
    days: Floats
    """Between them."""
    alike: Floats
    """Cosine of their words, 0 to 1; NaN where one has none."""
    taught: Floats
    """Bits of what both say is taught, to whom and at which price."""

    @property
    def bits(self) -> Floats:
        """Return the logarithm to base 2 of the odds that both are of one event."""
        alike = np.array(_BITS_OF_ALIKE)[np.searchsorted(_ALIKE, np.nan_to_num(self.alike))]
        return np.asarray(
            BITS["prior"] + _weights(self.place) + _weights(self.contact)
            + np.array(_BITS_OF_DAYS)[np.searchsorted(_DAYS, self.days)]
            + np.where(np.isnan(self.alike), 0.0, alike)
            + self.taught + BITS["same_caller"] * self.caller + BITS["number_named"] * self.named
        )  # fmt: skip


def _weights(names: Objects) -> Floats:
    found, at = np.unique(names.astype(str), return_inverse=True)
    return np.array([BITS.get(name, 0.0) for name in found])[at]


def character_grams(texts: pd.Series) -> csr_matrix:
    """Return which pairs of characters stand in each text, shape (texts, 2**18)."""
    from sklearn.feature_extraction.text import HashingVectorizer  # here, as it takes a second

    plain = texts.str.normalize("NFKC").str.lower().str.replace(r"[\s\W_\d]+", "", regex=True)
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(2, 2), n_features=1 << 18, norm=None, binary=True,
        alternate_sign=False, lowercase=False, dtype=np.float32,
    )  # fmt: skip
    grams: csr_matrix = vectorizer.transform(plain)
    return grams


def weighted(grams: csr_matrix) -> csr_matrix:
    """Return the grams of each text by how rare they are, of length 1."""
    from sklearn.feature_extraction.text import TfidfTransformer

    weights: csr_matrix = TfidfTransformer().fit_transform(grams)
    return weights


def compare(rows: pd.DataFrame, words: csr_matrix, first: Positions, second: Positions) -> Evidence:
    """Return what is seen of pairs of rows.

    ``rows``: as of `governance.cases.merging.rows.rows_of_leads`.
    ``words``: as `weighted` gives them, one row each.
    ``first``, ``second``: positions of the rows of each pair.
    """
    seconds = rows["received_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    caller = rows["caller"].to_numpy(object)
    return Evidence(
        place=_places(rows, first, second),
        contact=_contacts(rows["contact"].to_numpy(object), first, second),
        caller=(caller[first] == caller[second]) & (caller[first] != ""),
        named=_named(rows, first, second),
        days=np.abs(seconds[first] - seconds[second]) / 86_400.0,
        alike=_alike(words, first, second),
        taught=bits_of_taught(rows["taught"].to_numpy(object), first, second),
    )


def _places(rows: pd.DataFrame, first: Positions, second: Positions) -> Objects:
    """Return what the places of each pair have to do with each other, the surest first."""
    building, house, place = (rows[n].to_numpy(object) for n in ("building_id", "house", "place"))
    exact = ~rows["nearby"].to_numpy()[first] & ~rows["nearby"].to_numpy()[second]
    placed = _both(building, first, second)
    housed = _both(house, first, second) & ~placed
    named = _both(place, first, second) & ~placed & ~housed
    inside = placed & (building[first] == building[second])
    inside |= housed & (house[first] == house[second])
    same_name = place[first] == place[second]
    conditions = [inside, placed, housed & same_name, (housed | named) & same_name]
    names = ["same_building", "other_building", "other_house", "same_estate"]
    found = np.select(conditions, names, default="").astype(object)
    open_ = np.flatnonzero((found == "") & (housed | named) & exact)
    apart = [
        _other_name(*pair) for pair in zip(place[first[open_]], place[second[open_]], strict=True)
    ]
    found[open_[np.array(apart, dtype=bool)]] = "other_estate"
    room = rows["room"].to_numpy(object)
    for at in np.flatnonzero(inside & _both(room, first, second)):
        alike = may_be_one_room(room[first[at]], room[second[at]])
        found[at] = "same_flat" if alike else "other_flat"
    return found


def _both(values: Objects, first: Positions, second: Positions) -> Bools:
    return np.asarray((values[first] != "") & (values[second] != ""))


def _other_name(one: str, other: str) -> bool:
    """Say whether two names cannot be of one place: both of estates or of roads, and unlike."""
    if bool(_ROAD.search(one)) != bool(_ROAD.search(other)):
        return False
    return fuzz.ratio(one, other) < _NAMES_ALIKE


def _contacts(contact: Objects, first: Positions, second: Positions) -> Objects:
    def outcome(one: str, other: str) -> str:
        if not one or not other:
            return ""
        same = one == other or set(one.split()) & set(other.split())
        return "same_contact" if same else "other_contact"

    pairs = zip(contact[first], contact[second], strict=True)
    return np.array([outcome(*pair) for pair in pairs], dtype=object)


def _named(rows: pd.DataFrame, first: Positions, second: Positions) -> Bools:
    """Say of each pair whether they share a number, or one names the other's."""
    named = rows["named"].to_numpy(object)
    numbers = rows["numbers"].to_numpy(object)
    found = np.zeros(len(first), dtype=bool)
    speaking = (named[first] != "") | (named[second] != "") | _both(numbers, first, second)
    for at in np.flatnonzero(speaking):
        a, b = int(first[at]), int(second[at])
        one, other = set(numbers[a].split()), set(numbers[b].split())
        found[at] = bool(one & (other | set(named[b].split())) or other & set(named[a].split()))
    return found


def _alike(words: csr_matrix, first: Positions, second: Positions) -> Floats:
    filled = np.diff(words.indptr) > 0
    cosine = np.full(len(first), np.nan)
    both = np.flatnonzero(filled[first] & filled[second])
    for at in range(0, len(both), _CHUNK):
        part = both[at : at + _CHUNK]
        product = words[first[part]].multiply(words[second[part]])
        cosine[part] = np.asarray(product.sum(axis=1)).ravel()
    return cosine
