"""Tell what a visit was for, from the free text of its occasion or from what came before it."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.model import LATIN
from risk import schema as c
from risk.arrays import Bools, Codes, Table, Texts, order_by
from risk.config.words import PURPOSES, WORDS_OF_LANGUAGES, PurposeWords

ROUTINE: Final = "routine"
REVISIT: Final = "revisit"
OTHER: Final = "other"
NOT_STATED: Final = -1
"""Stands for the purpose of a visit of which neither purpose nor way was written down."""
REVISIT_DAYS: Final = 45
"""As long as no visit states a known purpose, one that comes so soon after a find is a revisit."""
NEVER: Final = np.iinfo(np.int64).max
"""The first day on which an office states purposes, if it states none."""
_UNKNOWN: Final = (NOT_STATED, PURPOSES.index(OTHER))
"""A purpose in words or codes that no list has says no more than none, as long as none is known."""
_BY: Final = ("unit_code", c.DAY, "found")
_IN_ORDER: Final = (REVISIT, "complaint", "licence", "routine")
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
    plain = _plain(text)
    return next((name for name in _IN_ORDER if _OF_LANGUAGES[name].search(plain)), OTHER)


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    return text.casefold().translate(LATIN)


def _pattern(name: str) -> re.Pattern[str]:
    words = "|".join(re.escape(_plain(word)) for word in WORDS_OF_LANGUAGES[name])
    if name != ROUTINE:
        return re.compile(words)
    turned = "".join(rf"(?<!\b{_plain(word)} )" for word in WORDS_OF_LANGUAGES["not"])
    return re.compile(rf"\b{turned}(?:{words})")


_OF_LANGUAGES: Final = {name: _pattern(name) for name in _IN_ORDER}


def first_stated(purposes: Codes, days: Codes) -> int:
    """Return the first day on which a visit states a purpose that a list of words has, or `NEVER`.

    ``purposes``: numbers among `PURPOSES`, or `NOT_STATED`. ``days``: since 1970-01-01.
    """
    stated = days[~np.isin(purposes, _UNKNOWN)]
    return int(stated.min()) if len(stated) else NEVER


def fill_in_purposes(visits: Table, *, stated_from: int) -> Codes:
    """Return the number of each visit's purpose, those that state none filled in.

    Before the first day on which the office states a known purpose, a visit soon after a find is a
    revisit (`are_revisits`) and all others are routine, whatever they state. From then on those
    that state none are routine.

    ``visits``: ``purpose_code``, and the columns of `are_revisits`. ``stated_from``: as of
    `first_stated`, of all visits of the office.
    """
    codes = np.asarray(visits["purpose_code"])
    guessed = np.asarray(visits[c.DAY]) < stated_from
    unstated = guessed | (codes == NOT_STATED)
    if not unstated.any():
        return codes
    if guessed.any():
        guessed &= are_revisits(visits)
    codes = np.where(unstated, PURPOSES.index(ROUTINE), codes)
    return np.where(guessed, PURPOSES.index(REVISIT), codes).astype(np.int8)


def are_revisits(visits: Table) -> Bools:
    """Say which visits came at most `REVISIT_DAYS` after one that found something.

    That is the last day before theirs on which a visit to the unit brought a result: no visit of
    the same day or later decides.

    ``visits``: ``unit_code`` (-1 unknown), ``day``, ``found`` (NaN without a result).
    """
    unit, day, found = (np.asarray(visits[name]) for name in _BY)
    order = order_by(day, unit)
    unit, day, found = unit[order], day[order], found[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (unit[1:] != unit[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(is_first)
    if not len(starts):
        return is_first
    unit, day = unit[starts], day[starts]
    most = np.fmax.reduceat(found, starts)
    last = np.maximum.accumulate(np.where(np.isnan(most), 0, np.arange(len(starts))))
    last = np.append(0, last[:-1])
    soon = (unit >= 0) & (unit[last] == unit) & (day > day[last]) & (most[last] > 0)
    soon &= day - day[last] <= REVISIT_DAYS
    revisits = np.empty(len(order), dtype=bool)
    revisits[order] = soon[np.cumsum(is_first) - 1]
    return revisits
