"""What the interface says, in Chinese and English, from gettext catalogues.

The catalogues are read straight from their ``.po`` files when first needed, so there is no
compiled copy to forget. Sentences are looked up by their English text; names of codes (tiers,
factors, tables, reasons, errors) by ``kind.code``.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from geo.errors import GridwardenError

LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT_LANGUAGE = "zh"
_FOLDER = Path(__file__).parent


class Words:
    """One language's wording.

    Parameters
    ----------
    language
        ``zh`` or ``en``.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, text: str, /, **facts: object) -> str:
        """Return the wording of an English sentence, with ``{facts}`` filled in."""
        said = self._catalogue.gettext(text)
        return said.format(**facts) if facts else said

    def name(self, kind: str, code: str) -> str:
        """Return the name of a code of some kind; an unknown code names itself."""
        key = f"{kind}.{code}"
        said = self._catalogue.gettext(key)
        return code if said == key else said

    def knows(self, kind: str, code: str) -> bool:
        """Say whether the catalogue has a name for a code."""
        key = f"{kind}.{code}"
        return self._catalogue.gettext(key) != key

    def error(self, error: GridwardenError) -> str:
        """Return what the user reads about a failure: by its code, filled with its facts."""
        key = f"error.{error.code}"
        said = self._catalogue.gettext(key)
        if said == key:
            return str(error)
        facts = {name: _in_words(fact) for name, fact in error.facts.items()}
        return said.format_map(_Facts(facts))


def _in_words(fact: object) -> object:
    """Return a list of facts as people write one, and an absent one as a dash."""
    if isinstance(fact, list | tuple | set | frozenset):
        return "、".join(str(item) for item in fact)
    return "—" if fact is None else fact


class _Facts(dict[str, object]):
    """Facts in which a missing one reads as a dash rather than failing the message."""

    def __missing__(self, key: str) -> str:
        return "—"


@cache
def words(language: str) -> Words:
    """Return the wording of a language; an unknown one reads as the default."""
    return Words(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def language_of(locale: str | None, *, otherwise: str = DEFAULT_LANGUAGE) -> str:
    """Return the interface language for a browser's locale such as ``zh-CN``."""
    wanted = (locale or "").lower().split("-")[0]
    return wanted if wanted in LANGUAGES else otherwise


def failure_sentence(error: GridwardenError, *, language: str) -> str:
    """Return what a user reads about an anticipated failure."""
    return words(language).error(error)


def catalogue_path(language: str) -> Path:
    """Return the file of a language's catalogue."""
    return _FOLDER / f"{language}.po"


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    with catalogue_path(language).open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
