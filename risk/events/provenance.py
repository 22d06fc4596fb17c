"""How an outcome came about: reported, discovered on patrol, drawn at random, or decided.

What is found on patrol is found where patrols go. Finds that are only counted send the next patrol
to the same place, and so on (``notebooks/03_the_feedback_loop.ipynb``). The score learns what a
visit finds, given that it was made, and one that found nothing weighs against a place; so a find
weighs alike however it came about, and how it did is told beside it. Who went is never asked.
"""

from typing import Final

import ibis
from ibis import ir

from risk.config.words import WORDS_OF_LANGUAGES, PurposeWords
from risk.events.expressions import holds_any, text_of

REPORTED: Final = "reported"
DISCOVERED: Final = "discovered"
RANDOM_ARM: Final = "random"
DECIDED: Final = "decided"
"""A decision that no visit of ours led to."""
SOURCES: Final = (REPORTED, DISCOVERED, RANDOM_ARM, DECIDED)
OUTCOME_SOURCE: Final = "outcome_source"
"""Column of rows read with it: one of `SOURCES`, `''` for register and leases."""


def source_of_visits(table: ir.Table, words: PurposeWords) -> ir.StringValue:
    """Say of each inspection how its outcome came about, as one Ibis expression.

    ``mode`` and ``purpose`` are read where the table has them. A text counts when it holds one of
    the words, in any case. A visit that is both drawn at random and reported counts as reported:
    the report would have come without the draw. One that says neither counts as discovered.
    """
    mode, purpose = text_of(table, "mode").lower(), text_of(table, "purpose")
    modes = [text.lower() for text in words.random_modes]
    return ibis.cases(
        (holds_any(purpose, (*words.complaint, *WORDS_OF_LANGUAGES["complaint"])), REPORTED),
        (holds_any(purpose, words.random) | mode.isin(modes), RANDOM_ARM),
        else_=DISCOVERED,
    )
