"""Find the terms of a word list in many texts at once, as they stand and as they are disguised."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, product
from typing import Final, NamedTuple

import ahocorasick

from data.contracts.screening.disguises import LETTERS, Disguises, Repaired, cuts_letters
from data.contracts.screening.normalise import BETWEEN, normalise
from data.contracts.screening.word_list import GROUPS, WordList

ALONE: Final = "alone"


class Role(NamedTuple):
    """What a term is for: ``group`` one of ``GROUPS``, ``form`` or ``alone``; and which form."""

    group: str
    form: str = ""


class Hit(NamedTuple):
    """A term that was found.

    ``start``, ``end``: place in the normalised text, the end behind the last character.
    """

    text: int
    """Place of its text among those that were looked through."""
    start: int
    end: int
    term: str
    """The term that is meant, normalised."""
    roles: tuple[Role, ...]
    disguised: bool
    """Whether it stands there by sound, letters or shape only."""


class Matcher:
    """A word list, ready to be looked for."""

    def __init__(self, words: WordList) -> None:
        self.written: dict[str, str] = {}
        roles: dict[str, list[Role]] = {}
        for written, role in _terms(words):
            term = normalise(written)
            if term:
                self.written.setdefault(term, written)
                roles.setdefault(term, []).append(role)
        self._roles = {term: tuple(dict.fromkeys(each)) for term, each in roles.items()}
        self._automaton = ahocorasick.Automaton()
        for term in self._roles:
            self._automaton.add_word(term, term)
        self._automaton.make_automaton()
        self._lettered = {term for term in self._roles if {term[0], term[-1]} & LETTERS}
        self._disguises = Disguises(words, self._automaton)

    def find(self, texts: Sequence[str]) -> Iterator[Hit]:
        """Yield every hit in some texts, text by text."""
        pieces = [normalise(each.replace(BETWEEN, " ")) for each in texts]
        repaired = self._disguises.undo(pieces)
        for text, each in repaired.items():
            pieces[text] = each.text
        starts = [0, *accumulate(len(each) + 1 for each in pieces)]
        text = 0
        for last, term in self._automaton.iter(BETWEEN.join(pieces)):
            while starts[text + 1] <= last:
                text += 1
            end = last + 1 - starts[text]
            if term in self._lettered and cuts_letters(pieces[text], end - len(term), end):
                continue
            if text in repaired:
                yield self._meant(text, end - len(term), end, term, repaired[text])
            else:
                yield Hit(text, end - len(term), end, term, self._roles[term], False)  # noqa: FBT003 -- twice as fast as by name

    def _meant(self, text: int, start: int, end: int, term: str, repaired: Repaired) -> Hit:
        first, behind = repaired.starts[start], repaired.ends[end - 1]
        return Hit(text, first, behind, term, self._roles[term], any(repaired.changed[start:end]))


def _terms(words: WordList) -> Iterator[tuple[str, Role]]:
    for group in GROUPS:
        for term in words.group(group):
            yield term, Role(group)
    for role, patterns in _patterns(words):
        for pattern, subject in product(patterns, words.group("subjects")):
            yield pattern.replace("{subject}", subject), role
    for form, part in words.forms.items():
        for term in part.terms:
            yield term, Role("form", form)
        for term in part.alone:
            yield term, Role(ALONE, form)


def _patterns(words: WordList) -> Iterator[tuple[Role, tuple[str, ...]]]:
    for name in ("teaching", "other_sense", "own_class"):
        yield Role(name), getattr(words, name).patterns
    for form, part in words.forms.items():
        yield Role("form", form), part.patterns
