"""Screening of texts into the policy's forms, and the words that an office adds to the list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.contracts.screening.office_terms import (
    TERM_COLUMNS,
    TERMS_SETTING,
    OfficeTerm,
    check_terms,
    parts_of,
    read_terms,
)
from data.contracts.screening.screen import Mark, Screened, Screener, screener_with
from data.contracts.screening.word_list import WordListError, default_words
from governance.access.permissions import Action, Actor, may, require, require_whole
from governance.service import Service

if TYPE_CHECKING:
    import pandas as pd

MOST_TEXTS: Final = 100_000
"""Texts that are screened in one call."""
MOST_CHARACTERS: Final = 5_000
"""Of a text that is tried out."""


@dataclass(frozen=True, slots=True)
class TriedText:
    """What a text tells of, and by which words."""

    screened: Screened
    """Its forms, and whether it is about tutoring at all."""
    marks: tuple[Mark, ...]
    """The words of the list in it, in their order; some overlap."""


class ScreeningService(Service):
    """Services about texts of adverts and complaints; none of them keeps a text."""

    def screen(self, actor: Actor, texts: Sequence[str]) -> list[Screened]:
        """Return what each text tells of.

        Raises `WordListError`: ``too_many_texts``.
        """
        require(actor, Action.SCREEN_TEXTS)
        if len(texts) > MOST_TEXTS:
            raise WordListError("too_many_texts", seen=len(texts), expected=MOST_TEXTS)
        return self._screener().screen(texts)

    def try_out(self, actor: Actor, text: str) -> TriedText:
        """Return what a text tells of, and by which words.

        Raises `WordListError`: ``text_too_long``.
        """
        require(actor, Action.SCREEN_TEXTS)
        if len(text) > MOST_CHARACTERS:
            raise WordListError("text_too_long", seen=len(text), expected=MOST_CHARACTERS)
        screened, marks = self._screener().explain(text)
        return TriedText(screened, tuple(marks))

    def marks(self, actor: Actor, text: str) -> tuple[Mark, ...]:
        """Return the words of the list in the text of a case, in their order.

        Raises `NotAllowedError` when the actor may neither screen texts nor see cases.
        """
        if not may(actor, Action.SEE_CASES):
            require(actor, Action.SCREEN_TEXTS)
        return tuple(self._screener().explain(text[:MOST_CHARACTERS])[1])

    def terms(self, actor: Actor) -> pd.DataFrame:
        """Return the product's words and the office's own.

        Returns columns `TERM_COLUMNS` and ``own``, true for what the office wrote. ``attrs`` has
        the ``version`` that `save_terms` takes.
        """
        import pandas as pd

        require(actor, Action.SCREEN_TEXTS)
        office_terms = self._own_terms()
        rows = [(*each, False) for each in parts_of(default_words())]
        rows += [(*each, True) for each in office_terms]
        terms = pd.DataFrame(rows, columns=[*TERM_COLUMNS, "own"])
        terms.attrs["version"] = _version_of(office_terms)
        return terms

    def save_terms(
        self, actor: Actor, terms: Sequence[OfficeTerm], *, version: str | None = None
    ) -> str:
        """Replace the office's own words whole; the product's stay under them.

        ``version``: the state that they were changed from; None overwrites whatever there is.

        Returns the new version.

        Raises `NotAllowedError` when the actor may not screen texts, or answers for a part of the
        street.
        Raises `WordListError`: ``terms_wrong`` with every problem, ``terms_changed``. Nothing is
        written then.
        """
        require_whole(actor, Action.SCREEN_TEXTS)
        kept = check_terms(terms)
        with self._workspace.store.begin() as unit:
            before = read_terms(unit.settings.get(TERMS_SETTING, []))
            if version is not None and version != _version_of(before):
                raise WordListError("terms_changed")
            unit.settings.put(TERMS_SETTING, [list(each) for each in kept])
            self._commit(
                unit,
                actor,
                Action.SCREEN_TEXTS,
                change="screening_terms",
                added=sorted("/".join(each) for each in set(kept) - set(before)),
                removed=sorted("/".join(each) for each in set(before) - set(kept)),
            )
        return _version_of(kept)

    def _own_terms(self) -> tuple[OfficeTerm, ...]:
        with self._workspace.store.begin() as unit:
            return read_terms(unit.settings.get(TERMS_SETTING, []))

    def _screener(self) -> Screener:
        return screener_with(self._own_terms())


def _version_of(terms: Sequence[OfficeTerm]) -> str:
    return hashlib.sha256(json.dumps([list(each) for each in terms]).encode()).hexdigest()[:16]
