"""An office's own words over the product's list: single terms that are added or not wanted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from data.contracts.screening.normalise import normalise
from data.contracts.screening.word_list import GROUPS, FormWords, WordList, WordListError

TERM_COLUMNS: Final = ("part", "use", "term", "meant")
ADD, ALONE, WITHOUT, SUBSTITUTE = "add", "alone", "without", "substitute"
USES: Final = (ADD, ALONE, WITHOUT, SUBSTITUTE)
SUBSTITUTES: Final = "substitutes"
LONGEST_TERM: Final = 50
"""Characters: the signs that may stand between them are looked for one by one."""


TERMS_SETTING: Final = "screening_terms"
"""Under which the store keeps an office's own terms."""


class OfficeTerm(NamedTuple):
    """A term of the list."""

    part: str
    """One of ``GROUPS``, the name of a form, or ``substitutes``."""
    use: str
    """``add`` it; ``alone``: it makes its form by itself; ``without``: it is not wanted;
    ``substitute``: it stands for another term.
    """
    term: str
    meant: str = ""
    """What a substitute stands for; else empty."""


def parts_of(words: WordList) -> Iterator[OfficeTerm]:
    """Yield every term of a word list."""
    for name in GROUPS:
        for term in words.group(name):
            yield OfficeTerm(name, ADD, term)
    for form, part in words.forms.items():
        for use, terms in ((ADD, part.terms), (ALONE, part.alone)):
            for term in terms:
                yield OfficeTerm(form, use, term)
    for meant, ways in words.substitutes.items():
        for way in ways:
            yield OfficeTerm(SUBSTITUTES, SUBSTITUTE, way, meant)


def read_terms(stored: Iterable[Sequence[str]]) -> tuple[OfficeTerm, ...]:
    """Return terms as the store keeps them."""
    return tuple(OfficeTerm(*each) for each in stored)


def check_terms(terms: Iterable[OfficeTerm]) -> tuple[OfficeTerm, ...]:
    """Return terms trimmed and each once.

    Raises `WordListError`: ``terms_wrong`` with ``problems``: the number of each line and the code
    of what is wrong: ``part_unknown``, ``use_unknown``, ``term_missing``, ``meant_missing``,
    ``term_too_long``.
    """
    kept = [OfficeTerm(*(each.strip() for each in term)) for term in terms]
    problems = [
        f"{number}: {problem}" for number, term in enumerate(kept, 1) if (problem := _problem(term))
    ]
    if problems:
        raise WordListError("terms_wrong", problems=problems)
    return tuple(dict.fromkeys(kept))


def _problem(term: OfficeTerm) -> str:
    wrong = {
        "use_unknown": term.use not in USES or (term.use == ALONE and term.part in GROUPS),
        "part_unknown": (term.part == SUBSTITUTES) != (term.use == SUBSTITUTE) or not term.part,
        "term_missing": not normalise(term.term),
        "meant_missing": term.use == SUBSTITUTE and not normalise(term.meant),
        "term_too_long": max(map(len, term)) > LONGEST_TERM,
    }
    return next((code for code, is_wrong in wrong.items() if is_wrong), "")


def with_office_terms(words: WordList, terms: Sequence[OfficeTerm]) -> WordList:
    """Return a word list with an office's own terms."""
    groups: dict[str, dict[str, list[str]]] = {}
    forms: dict[str, dict[str, list[str]]] = {}
    substitutes: dict[str, list[str]] = {}
    fields = {ADD: "terms", ALONE: "alone", WITHOUT: "without"}
    for term in terms:
        if term.use == SUBSTITUTE:
            substitutes.setdefault(term.meant, []).append(term.term)
            continue
        into = groups if term.part in GROUPS else forms
        into.setdefault(term.part, {}).setdefault(fields[term.use], []).append(term.term)
    added = WordList.model_validate(
        {
            **groups,
            "forms": {name: FormWords.model_validate(part) for name, part in forms.items()},
            "substitutes": substitutes,
        }
    )
    return words.extended(added)
