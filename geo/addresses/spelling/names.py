"""Search the names of a register for what a misspelt name may mean."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.addresses.spelling.alike import name_cost, sound_of

# What a name of this many characters may cost to be taken for misspelt (longer: the last).
_BUDGET: Final = (0.0, 0.0, 0.3, 0.5, 0.75, 0.9, 1.05)
_LONG_NAME: Final = 6
_WIDE_EDITS: Final = 2
_MOST: Final = 8


class Guess(NamedTuple):
    """Hold a name that a misspelt one may mean and what the misspelling costs."""

    name: str
    cost: float


def budget(name: str) -> float:
    """Return the highest cost at which a name may be taken for a misspelt one."""
    return _BUDGET[min(len(name), len(_BUDGET) - 1)]


def names_beginning(start: str, names: list[str]) -> list[str]:
    """Return those of sorted names that begin like a shorter one."""
    return names[bisect_left(names, start) : bisect_right(names, start + chr(0x10FFFF))]


def has_sibling(name: str, unlike: str, beginning: Callable[[str], Iterable[str]]) -> bool:
    """Say whether 仁爱楼 is no misspelt 仁义楼, since there is a 仁和楼 as well.

    ``name``, ``unlike``: the name that may be meant, and what was written.
    ``beginning``: returns the names that begin like a text.
    """
    odd = [at for at, (a, b) in enumerate(zip(name, unlike, strict=False)) if a != b]
    if len(odd) != 1 or len(name) != len(unlike):
        return False
    like = re.compile(f"{re.escape(name[: odd[0]])}.{re.escape(name[odd[0] + 1 :])}")
    return any(like.fullmatch(other) and other != name for other in beginning(name[: odd[0]]))


class NameIndex:
    """Find names by sound with one character wrong, missing or added; two in long names.

    Each name is filed under its sound and under its sound with each one character left out, so
    that a search is a handful of look-ups.

    ``names``: the distinct names of the register in canonical spelling.

    ``search``: returns the names that a written one may mean, cheapest first, ties by name.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names: Sequence[str] = sorted(set(names))
        self._known = frozenset("".join(self._names))
        self._sounds = [sound_of(name) for name in self._names]
        self._filed: dict[str, list[int]] = defaultdict(list)
        for index, sound in enumerate(self._sounds):
            for key in _with_one_left_out(sound):
                self._filed[key].append(index)
        self._longest = max(map(len, self._names), default=0) + _WIDE_EDITS
        self.search = lru_cache(maxsize=16_384)(self._search)
        self._long = {i: s for i, s in enumerate(self._sounds) if len(s) >= _LONG_NAME - 1}

    def _search(self, written: str) -> Sequence[Guess]:
        if len(written) > self._longest:
            return []
        sound = sound_of(written)
        found = {i for key in _with_one_left_out(sound) for i in self._filed.get(key, ())}
        if not found and len(written) >= _LONG_NAME:
            near = process.extract(
                sound, self._long, scorer=OSA.distance, score_cutoff=_WIDE_EDITS, limit=_MOST
            )
            found = {index for _, _, index in near}
        guesses = [
            Guess(self._names[i], name_cost(written, self._names[i], known=self._known))
            for i in found
        ]
        return sorted(guesses, key=lambda guess: (guess.cost, guess.name))[:_MOST]


def _with_one_left_out(text: str) -> set[str]:
    return {text, *(text[:i] + text[i + 1 :] for i in range(len(text)))}
