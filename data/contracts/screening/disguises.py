"""Undo disguises: write the word that is meant where another of its sound or shape stands."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, product
from typing import Final, NamedTuple

import ahocorasick

from data.contracts.screening.normalise import BETWEEN, normalise
from data.contracts.screening.spelling import (
    dictionary,
    sound_table,
    sounds_of,
    syllable_of,
    syllables,
)
from data.contracts.screening.word_list import WordList

_USUAL: Final = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经去法如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
)
"""Characters so common that one rarely stands for another."""
SOUNDED: Final = ("subjects", "grades", "teaching")
MASKS: Final = ("x", "o", "0", "某")
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
LETTERS: Final = frozenset(_ALPHABET)
_LONGEST_SYLLABLE: Final = 6
_LONGEST_ROW: Final = 100
"""Letters without a blank: so many are no row of syllables that anybody reads."""


class Repaired(NamedTuple):
    """A normalised text with its disguises undone.

    ``starts``, ``ends``: of each of its characters, where it stands in the normalised text.
    """

    text: str
    """The text as it is meant."""
    starts: list[int]
    ends: list[int]
    changed: list[bool]
    """Of each of its characters, whether it stood there otherwise."""


class _Span(NamedTuple):
    """A stretch of a normalised text, and the term that is meant there."""

    start: int
    end: int
    term: str


class Disguises:
    """The disguises of a word list, ready to be looked for.

    ``words``: the word list: what is looked for by sound, characters of one look, and known
    substitutes.
    ``terms``: finds all terms of the list as they are written.
    """

    def __init__(self, words: WordList, terms: ahocorasick.Automaton) -> None:
        self._terms = terms
        self._sound_table = sound_table(words.shapes)
        sounded = {normalise(each) for each in _sounded(words)}
        self._sounds = _automaton({way: term for term in sounded for way in sounds_of(term)})
        self._known = _automaton(
            {way: term for term in sounded for way in _masked(term)}
            | {
                normalise(way): normalise(meant)
                for meant, ways in words.substitutes.items()
                for way in ways
                if normalise(way) != normalise(meant)
            }
        )

    def undo(self, pieces: Sequence[str]) -> dict[int, Repaired]:
        """Return those of some normalised texts in which something was disguised, by place."""
        joined = BETWEEN.join(pieces)
        found: dict[int, list[_Span]] = {}
        for text, span in self._known_spans(joined, pieces):
            found.setdefault(text, []).append(span)
        for text, span in self._sound_spans(joined, pieces):
            found.setdefault(text, []).append(span)
        repaired = {text: self._repaired(pieces[text], spans) for text, spans in found.items()}
        return {text: each for text, each in repaired.items() if any(each.changed)}

    def _known_spans(self, joined: str, pieces: Sequence[str]) -> Iterator[tuple[int, _Span]]:
        for text, at, (start, end, term) in _spans(self._known, joined, joined, pieces):
            if not cuts_letters(joined, start, end):
                yield text, _Span(start - at, end - at, term)

    def _sound_spans(self, joined: str, pieces: Sequence[str]) -> Iterator[tuple[int, _Span]]:
        looked_at = joined.translate(self._sound_table)
        for text, at, (start, end, term) in _spans(self._sounds, looked_at, joined, pieces):
            if not _is_plain(joined, start, end, term):
                yield text, _Span(start - at, end - at, term)

    def _repaired(self, piece: str, spans: list[_Span]) -> Repaired:
        """Write what is meant: the longest first, and nothing over a word that stands there."""
        of_terms, taken = bytearray(len(piece)), bytearray(len(piece))
        for last, term in self._terms.iter(piece):
            if len(term) > 1:
                _mark(of_terms, last + 1 - len(term), last + 1)
        chosen: list[_Span] = []
        for span in sorted(spans, key=lambda each: (each.start - each.end, each.start)):
            apart = not any(taken[span.start : span.end])
            if apart and not any(of_terms[at] for at in _changed(piece, span)):
                _mark(taken, span.start, span.end)
                chosen.append(span)
        return _with_words(piece, sorted(chosen))


def _spans(
    automaton: ahocorasick.Automaton, looked_at: str, joined: str, pieces: Sequence[str]
) -> Iterator[tuple[int, int, _Span]]:
    """Yield what is found in texts that stand one behind the other, but for terms as written.

    Yields the place of the text among them, where it begins, and the span from the beginning of
    all.
    """
    starts = [0, *accumulate(len(each) + 1 for each in pieces)]
    text = 0
    for last, (way, term) in automaton.iter(looked_at):
        if joined.endswith(term, 0, last + 1) and len(way) == len(term):
            continue
        while starts[text + 1] <= last:
            text += 1
        yield text, starts[text], _Span(last + 1 - len(way), last + 1, term)


def _mark(marks: bytearray, start: int, end: int) -> None:
    marks[start:end] = b"\1" * (end - start)


def _changed(piece: str, span: _Span) -> list[int]:
    """Return which characters of a text a repair would change."""
    start, end, meant = span
    while start < end and meant and piece[start] == meant[0]:
        start, meant = start + 1, meant[1:]
    while start < end and meant and piece[end - 1] == meant[-1]:
        end, meant = end - 1, meant[:-1]
    return [
        at
        for at in range(start, end)
        if len(meant) != end - start or piece[at] != meant[at - start]
    ]


def _sounded(words: WordList) -> Iterator[str]:
    """Yield what is looked for by sound: all that a filter would look for."""
    for name in SOUNDED:
        yield from words.group(name)
    for part in words.forms.values():
        yield from (*part.terms, *part.alone)


def _masked(term: str) -> Iterator[str]:
    """Yield a term with a sign that says nothing between its characters, or in place of one."""
    if all(map(syllable_of, term)):
        for mark, at in product(MASKS, range(1, len(term))):
            yield term[:at] + mark + term[at:]
            if at > 1:
                yield term[: at - 1] + mark + term[at:]


def _automaton(terms: dict[str, str]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for way, term in terms.items():
        automaton.add_word(way, (way, term))
    automaton.make_automaton()
    return automaton


def _with_words(piece: str, spans: Sequence[_Span]) -> Repaired:
    parts, at = [], 0
    done = Repaired("", [], [], [])
    for start, end, term in [*spans, _Span(len(piece), len(piece), "")]:
        parts += [piece[at:start], term]
        done.starts.extend([*range(at, start), *[start] * len(term)])
        done.ends.extend([*range(at + 1, start + 1), *[end] * len(term)])
        done.changed.extend([False] * (start - at) + [True] * len(term))
        at = end
    return done._replace(text="".join(parts))


def _is_plain(text: str, start: int, end: int, term: str) -> bool:
    """Say whether a stretch that sounds like a term is ordinary Chinese.

    Ordinary are words, and stretches whose first or last character belongs to a word outside.
    """
    words, seen = dictionary(), text[start:end]
    if seen in words or cuts_letters(text, start, end):
        return True
    usual = any(a != b and a in _USUAL for a, b in zip(seen, term, strict=False))
    left = (usual or seen[0] != term[0]) and start > 0 and text[start - 1 : start + 1] in words
    right = (usual or seen[-1] != term[-1]) and text[end - 1 : end + 1] in words
    return left or right


def cuts_letters(text: str, start: int, end: int) -> bool:
    """Say whether a stretch ends in the middle of letters that are no row of syllables."""
    before = start > 0 and text[start] in LETTERS and text[start - 1] in LETTERS
    after = end < len(text) and text[end - 1] in LETTERS and text[end] in LETTERS
    if not before and not after:
        return False
    left, right = text[max(0, start - _LONGEST_ROW) : start], text[end : end + _LONGEST_ROW]
    left = left[len(left.rstrip(_ALPHABET)) :]
    right = right[: len(right) - len(right.lstrip(_ALPHABET))]
    return not (_is_row_of_syllables(left) and _is_row_of_syllables(right))


@lru_cache(1_024)
def _is_row_of_syllables(letters: str) -> bool:
    """Say whether letters can be read as syllables one behind the other.

    No pattern asks: of letters that can be read in several ways it would try all combinations.
    """
    if len(letters) == _LONGEST_ROW:
        return False
    known, begun = syllables(), [True, *[False] * len(letters)]
    for at in range(len(letters)):
        for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(letters)) + 1 if begun[at] else 0):
            begun[end] |= letters[at:end] in known
    return begun[-1]
