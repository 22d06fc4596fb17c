"""Tell what a visit was for from the free text of its occasion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Texts
from risk.config.words import PurposeWords

ROUTINE: Final = "routine"
OTHER: Final = "other"
_IN_ORDER: Final = ("revisit", "complaint", "licence", "routine")
"""A complaint's re-inspection is a re-inspection."""


def classify_purposes(texts: Sequence[str] | pd.Series, words: PurposeWords) -> Texts:
    """Return the class of each occasion, one of `PURPOSES`.

    ``texts``: free text, Chinese or Western; ``''`` where nothing was written. ``words``: the
    editable table of words.
    """
    codes, distinct = pd.factorize(np.asarray(texts, dtype=object))
    classes = np.array([_classify(str(text).casefold(), words) for text in distinct], dtype="U16")
    return classes[codes] if len(codes) else np.array([], dtype="U16")


def _classify(text: str, words: PurposeWords) -> str:
    if not text.strip():
        return ROUTINE
    for name in _IN_ORDER:
        known: tuple[str, ...] = getattr(words, name)
        if any(word.casefold() in text for word in known):
            return name
    return OTHER
