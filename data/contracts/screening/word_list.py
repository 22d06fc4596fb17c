"""The words by which texts are screened: the product's, with what an office adds or takes away."""

import tomllib
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.errors import GridwardenError

GROUPS: Final = ("subjects", "grades", "teaching", "pay", "place", "not_school", "adults",
                 "at_school", "other_sense", "front", "pretends", "reveals", "own_class",
                 "own_place")  # fmt: skip
"""Kinds of words that are no form by themselves."""


class WordListError(GridwardenError):
    """A word list cannot be read."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    terms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Terms of the product's own list that this office does not want."""

    def extended(self, other: Self) -> Self:
        """Return these terms with others added, and without those that are not wanted."""
        return self.model_copy(update={"terms": _kept(self.terms, other.terms, other.without)})


class _Patterned(_Part):
    patterns: tuple[str, ...] = ()
    """Terms with ``{subject}`` in them, each of which stands for one with every subject."""


class FormWords(_Part):
    """Words of one form of the policy.

    ``terms``: make the form where the text is about school subjects or pupils, and somebody
    teaches.
    """

    hides: tuple[str, ...] = ()
    """Other forms that are not told where this one is and no school subject."""

    patterns: tuple[str, ...] = ()
    """Terms with ``{subject}`` in them, each of which stands for one with every subject."""

    together: tuple[frozenset[str], ...] = ()
    """Groups whose words make it like one of its terms where they stand in one text."""

    unless: frozenset[str] = frozenset()
    """Forms beside which ``together`` makes nothing."""

    alone: tuple[str, ...] = ()
    """Make it where there is teaching, pay or a place beside them."""

    def extended(self, other: Self) -> Self:
        """Return this form's terms with others added, and without those that are not wanted."""
        alone = _kept(self.alone, other.alone, other.without)
        return super().extended(other).model_copy(update={"alone": alone})


class WordList(BaseModel):
    """All words of a screening, as ``words.toml`` has them."""

    model_config = ConfigDict(extra="forbid")

    subjects: _Part = _Part()
    grades: _Part = _Part()
    teaching: _Patterned = _Patterned()
    pay: _Part = _Part()
    place: _Part = _Part()
    not_school: _Part = _Part()
    adults: _Part = _Part()
    at_school: _Part = _Part()
    other_sense: _Patterned = _Patterned()
    front: _Part = _Part()
    pretends: _Part = _Part()
    reveals: _Part = _Part()
    own_class: _Patterned = _Patterned()
    own_place: _Part = _Part()
    forms: dict[str, FormWords] = Field(default_factory=dict)
    substitutes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    shapes: dict[str, str] = Field(default_factory=dict)

    def group(self, name: str) -> tuple[str, ...]:
        """Return the terms of one of :data:`GROUPS`."""
        part: _Part = getattr(self, name)
        return part.terms

    def extended(self, other: "WordList") -> "WordList":
        """Return these words with an office's own added, and without those it does not want."""
        parts = {name: getattr(self, name).extended(getattr(other, name)) for name in GROUPS}
        forms = {
            name: self.forms.get(name, FormWords()).extended(other.forms.get(name, FormWords()))
            for name in {**self.forms, **other.forms}
        }
        substitutes = {
            meant: (*self.substitutes.get(meant, ()), *other.substitutes.get(meant, ()))
            for meant in {**self.substitutes, **other.substitutes}
        }
        return self.model_copy(update={**parts, "forms": forms, "substitutes": substitutes})


def default_words() -> WordList:
    """Return the product's own words."""
    return read_words(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def read_words(text: str) -> WordList:
    """Read a word list.

    Raises `WordListError`: ``word_list_broken`` with the place and the reason, where it is no TOML
    or has other parts.
    """
    try:
        return WordList.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise WordListError("word_list_broken", reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


def _kept(
    ours: tuple[str, ...], added: tuple[str, ...], unwanted: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(term for term in dict.fromkeys((*ours, *added)) if term not in unwanted)
