"""Say of texts which of the policy's forms of tutoring they tell of, and by which words."""

from bisect import bisect, bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

from data.contracts.screening.matcher import ALONE, Hit, Matcher
from data.contracts.screening.normalise import places
from data.contracts.screening.office_terms import OfficeTerm, with_office_terms
from data.contracts.screening.word_list import WordList, default_words

_COVERING = frozenset(["other_sense", "form", ALONE])


class Mark(NamedTuple):
    """A stretch of a text and the word of the list that it is.

    ``start``, ``end``: in the text as it came.
    """

    start: int
    end: int
    term: str
    """The word that is meant."""
    why: str
    """The form that it makes, or the kind of word it is."""
    disguised: bool
    """Whether it stands there by sound, letters or shape only."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What a text tells of."""

    forms: tuple[str, ...]
    """Forms of the policy, in the order of the word list."""
    tutoring: bool
    """Whether it is about teaching school subjects outside of school at all."""


class _Rule(NamedTuple):
    """What else makes a form than a term of it: groups that stand together, and beside what not."""

    form: str
    together: tuple[frozenset[str], ...]
    unless: frozenset[str]


class Screener:
    """Screens texts by a word list.

    ``words``: the word list; by default the product's own.
    """

    def __init__(self, words: WordList | None = None) -> None:
        words = words or default_words()
        self._matcher = Matcher(words)
        self._rules = tuple(
            _Rule(form, part.together, part.unless) for form, part in words.forms.items()
        )
        self._hides = {form: frozenset(part.hides) for form, part in words.forms.items()}

    def screen(self, texts: Sequence[str]) -> list[Screened]:
        """Return what each text tells of."""
        by_text: list[list[Hit]] = [[] for _ in texts]
        for hit in self._matcher.find(texts):
            by_text[hit.text].append(hit)
        return [self._decided(_counting(hits)) for hits in by_text]

    def explain(self, text: str) -> tuple[Screened, list[Mark]]:
        """Return what a text tells of, and the words that it does so by, in their order."""
        hits = _counting(list(self._matcher.find([text])))
        found, at = self._decided(hits), places(text)
        marks = {
            Mark(
                at[hit.start],
                at[hit.end - 1] + 1,
                self._matcher.written[hit.term],
                role.form or role.group,
                hit.disguised,
            )
            for hit in hits
            for role in hit.roles
            if not role.form or role.form in found.forms
        }
        return found, sorted(marks)

    def _decided(self, hits: Iterable[Hit]) -> Screened:
        groups: set[str] = set()
        forms: set[str] = set()
        alone: set[str] = set()
        for hit in hits:
            for role in hit.roles:
                groups.add(role.group)
                if role.form:
                    (alone if role.group == ALONE else forms).add(role.form)
        if "subjects" not in groups:
            for form in alone:
                forms -= self._hides[form]
        return _decide(frozenset(groups), frozenset(forms), frozenset(alone), self._rules)


@lru_cache(maxsize=4)
def screener_with(terms: tuple[OfficeTerm, ...]) -> Screener:
    """Return what screens by the product's words with an office's own."""
    return Screener(with_office_terms(default_words(), terms))


def _counting(hits: list[Hit]) -> list[Hit]:
    """Return the hits that lie in no word of another sense, and in no longer one of a form."""
    covering = [hit for hit in hits if any(role.group in _COVERING for role in hit.roles)]
    if not covering:
        return hits
    covering.sort(key=attrgetter("start"))
    starts = [hit.start for hit in covering]
    longest = max(hit.end - hit.start for hit in covering)
    return [
        _left_of(hit, covering[bisect_left(starts, hit.end - longest) : bisect(starts, hit.start)])
        for hit in hits
    ]


def _left_of(hit: Hit, covering: Iterable[Hit]) -> Hit:
    """Return a hit with the roles that it has beside the longer hits in which it lies."""
    _, start, end, *_ = hit
    around = [
        role.group
        for by in covering
        if by.start <= start and end <= by.end and by is not hit and _longer(by, hit)
        for role in by.roles
    ]
    if not around:
        return hit
    if "other_sense" in around:
        return hit._replace(roles=())
    if not _COVERING.isdisjoint(around):
        return hit._replace(roles=tuple(role for role in hit.roles if not role.form))
    return hit


def _longer(by: Hit, hit: Hit) -> bool:
    """Say whether a hit is longer than another; the term decides where one disguise covers both."""
    return (by.end - by.start, len(by.term)) > (hit.end - hit.start, len(hit.term))


@cache
def _decide(
    groups: frozenset[str], forms: frozenset[str], alone: frozenset[str], rules: tuple[_Rule, ...]
) -> Screened:
    forms |= {
        rule.form
        for rule in rules
        if rule.unless.isdisjoint(forms | alone) and any(way <= groups for way in rule.together)
    }
    pupils = "grades" in groups and "not_school" not in groups
    school = ("subjects" in groups or pupils) and "adults" not in groups
    outside = not ("at_school" in groups and "pay" not in groups)
    alone = alone if groups & {"teaching", "pay", "place", "subjects"} else frozenset()
    taught = "teaching" in groups or bool(alone) or ("subjects" in groups and bool(forms))
    tutoring = (
        school and outside and taught and bool(forms or groups & {"pay", "place", "form", ALONE})
    )
    made = {
        *(forms if tutoring else ()),
        *(alone if (outside and "not_school" not in groups) or tutoring else ()),
    }
    return Screened(tuple(rule.form for rule in rules if rule.form in made), tutoring or bool(made))
