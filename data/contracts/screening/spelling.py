"""How a term may be spelled so that a filter misses it: by sound, by letters, by shape."""

import os
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Final

from data.contracts.screening.normalise import BETWEEN, normalise
from geo.garbage import no_collection

_TONES: Final = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_DIGITS: Final = {"1": "yi", "2": "er", "3": "san"}
_FIRST: Final = 0xF0000
"""Syllables stand for themselves in a private plane, so that no character of a text is one."""
_LONGEST_WORD: Final = 4
_FEWEST, _LONGEST = 2, 6
"""Characters of a term that is looked for by sound."""


@cache
def _syllables() -> Mapping[int, str]:
    """Return how each character is read, by its code point, without its tone.

    The first reading, the usual one, of pypinyin's; its 47,000 phrases are asked for by nothing
    here.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    usual = "\n".join(readings.partition(",")[0] for readings in pinyin_dict.values())
    return dict(zip(pinyin_dict, usual.translate(_TONES).split("\n"), strict=True))


def syllable_of(character: str) -> str:
    """Return how a character is read, without its tone; empty for what is no Chinese character."""
    return _syllables().get(ord(character), "")


def syllables() -> frozenset[str]:
    """Return every syllable in letters, without tones."""
    return frozenset(_symbols())


@cache
def _symbols() -> dict[str, str]:
    names = sorted({*_syllables().values()} - {""})
    return {name: chr(_FIRST + at) for at, name in enumerate(names)}


def sound_table(shapes: Mapping[str, str]) -> dict[int, str]:
    """Return the symbol of each character's sound; a character of another's look has that one's."""
    symbols = _symbols()
    table = {code: symbols[syllable] for code, syllable in _syllables().items() if syllable}
    for seen, meant in shapes.items():
        table[ord(normalise(seen))] = symbols[syllable_of(meant)]
    table[ord("0")] = symbols["ling"]
    return table


def sounds_of(term: str) -> set[str]:
    """Return every way in which a normalised term may be spelled by symbols and letters.

    Each character stands as its sound or as the letters of it, and up to half of them as their
    first letter alone. Nothing for a term of less than two Chinese characters.
    """
    symbols = _symbols()
    read = [syllable_of(each) or _DIGITS.get(each, "") for each in term]
    if sum(map(bool, read)) < _FEWEST or len(term) > _LONGEST:
        return set()
    ways = [
        {("", sound), *([(" ", letters[0])] if letters else []), ("", letters or sound),
         ("", symbols.get(letters, sound))}
        for sound, letters in zip([symbols.get(syllable_of(c), c) for c in term], read, strict=True)
    ]  # fmt: skip
    sounding = {at for at, syllable in enumerate(map(syllable_of, term)) if syllable}
    spelled = set()
    for each in product(*ways):
        initials = {at for at, (mark, _) in enumerate(each) if mark}
        if len(initials) <= len(term) // 2 and sounding - initials:
            spelled.add("".join(written for _, written in each))
    return spelled


@cache
def dictionary() -> frozenset[str]:
    """Return the words of ordinary Chinese (CC-CEDICT), of two to four characters, normalised."""
    _syllables()  # pypinyin, which the words' module imports, is there without its own phrases
    with no_collection():  # half a million lists: looking for garbage doubles the time
        from pypinyin_dict.phrase_pinyin_data.cc_cedict import phrases_dict
    written = BETWEEN.join(word for word in phrases_dict if len(word) <= 2 * _LONGEST_WORD)
    words = normalise(written).split(BETWEEN)
    return frozenset(word for word in words if 2 <= len(word) <= _LONGEST_WORD)  # noqa: PLR2004 -- no single characters
