"""How an outcome came about, and what it weighs: reported, discovered on patrol, or random arm.

What is found on patrol is found where patrols go. Counted at full weight, it sends the next patrol
to the same place, and so on (shown in ``notebooks/03_the_feedback_loop.ipynb``). So a find that was
made only because we went counts by the inverse of the probability that we went. A report comes
without our going, and the random arm (抽检) goes everywhere alike, so both count fully. Who went is
never asked.
"""

from __future__ import annotations

from typing import Final

import ibis
import numpy as np
from ibis import ir

from geo.errors import GridwardenError
from risk.arrays import Floats, Texts
from risk.config.words import PurposeWords
from risk.events.expressions import holds_any, text_of

REPORTED: Final = "reported"
DISCOVERED: Final = "discovered"
RANDOM_ARM: Final = "random"
DECIDED: Final = "decided"
"""A decision that no visit of ours led to."""
SOURCES: Final = (REPORTED, DISCOVERED, RANDOM_ARM, DECIDED)
OUTCOME_SOURCE: Final = "outcome_source"
"""Column of rows read with it: one of `SOURCES`, `''` for register and leases."""


class SourceError(GridwardenError):
    """A source or a probability cannot be weighed."""


def outcome_weights(
    source: Texts,
    visit_probability: Floats,
    *,
    reference: float,
    least: float = 0.0,
) -> Floats:
    """Weigh outcomes by how they came about.

        w_i = max(reference / max(P_i, reference), least)   if discovered,   1 otherwise

    Divided by ``reference`` this is the inverse probability weight 1/P_i of Horvitz and Thompson
    (1952), bounded by 1/reference. For two districts it is the rejection step of Ensign et al.
    (2018), which adds a discovered incident with probability 1 - P_i: both weights are
    in the ratio P_B : P_A.

    Parameters
    ----------
    source
        One of `SOURCES` per outcome, shape (n,).
    visit_probability
        P_i, the probability that we would have gone there whatever was found, 0 to 1, shape (n,);
        NaN where it is not known, which weighs like a sure visit. Read for discovered ones only.
    reference
        Probability at or below which a find counts fully, above 0, at most 1.
    least
        No weight is below this; above 0 it trades some of the loop for less noise.

    The result: weights above 0, at most 1.

    Raises
    ------
    SourceError
        For an unknown source, or a probability or reference out of range.
    """
    source = np.asarray(source, dtype=np.str_)
    chance = np.asarray(visit_probability, dtype=np.float64)
    strange = sorted(set(source[~np.isin(source, SOURCES)].tolist()))
    wrong = int(((chance < 0) | (chance > 1)).sum())
    if strange or wrong or not 0 < reference <= 1:
        raise SourceError(
            "outcome_source_unusable",
            seen=strange or f"{wrong} probabilities out of range, reference {reference:g}",
            expected=f"{', '.join(SOURCES)}; probabilities from 0 to 1; reference above 0 to 1",
        )
    known = np.maximum(np.nan_to_num(chance, nan=1.0), reference)
    return np.where(source == DISCOVERED, np.maximum(reference / known, least), 1.0)


def source_of_visits(table: ir.Table, words: PurposeWords) -> ir.StringValue:
    """Say of each inspection how its outcome came about, as one Ibis expression.

    ``mode`` and ``purpose`` are read where the table has them. A text counts when it holds one of
    the words, in any case. A visit that is both drawn at random and reported counts as reported:
    the report would have come without the draw. One that says neither counts as discovered.
    """
    mode, purpose = text_of(table, "mode").lower(), text_of(table, "purpose")
    modes = [text.lower() for text in words.random_modes]
    return ibis.cases(
        (holds_any(purpose, words.complaint), REPORTED),
        (holds_any(purpose, words.random) | mode.isin(modes), RANDOM_ARM),
        else_=DISCOVERED,
    )
