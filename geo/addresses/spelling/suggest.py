"""Suggest the names that a text which matches nothing is most likely about."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

_LEAST_ALIKE = 50.0


def likeliest_name(text: str, names: Sequence[str]) -> str:
    """Return the name that is most like a part of a text, '' where none is half alike.

    Parameters
    ----------
    text
        An address as it was sent.
    names
        Estates or streets; of equally likely ones the first.
    """
    found = process.extractOne(text, names, scorer=fuzz.partial_ratio, score_cutoff=_LEAST_ALIKE)
    return found[0] if found else ""
