"""Which texts of a visit are available at prediction time, and which are filled in after a find.

A visit is judged by what was known before it. Its row is read from files that were written after
it, though, and many offices fill in who was met, or which door it was, only where they found
something: then the mere presence of a name tells the outcome. Such a text is no part of the list.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from risk.arrays import is_blank

LISTED_TEXTS: Final = ("party", "words", "kind", "risk_class")
"""Texts of a visit's row that a list may say beforehand, beside where to go."""
LEAST_RATIO: Final = 0.9
"""A text is available when visits without a find have it at least this often relative to finds."""


def available_texts(visits: pd.DataFrame) -> frozenset[str]:
    """Return which of `LISTED_TEXTS` are filled in whatever the result of a visit.

    ``visits``: the texts (``''`` where missing) and ``found`` (above 0 a find, NaN without a
    result).
    """
    return frozenset(
        name
        for name in LISTED_TEXTS
        # What is never filled in is so whatever the result.
        if is_blank(visits[name]) or is_available(visits[name] != "", visits["found"])
    )


def is_available(filled: pd.Series, found: pd.Series) -> bool:
    """Say whether something is filled in about as often where nothing was found as where it was.

    ``filled``: booleans, one per visit. ``found``: above 0 a find, 0 none, NaN without a result.
    """
    finds, others = filled[found > 0], filled[found == 0]
    if finds.empty or others.empty:
        return True
    return bool(others.mean() >= LEAST_RATIO * finds.mean())
