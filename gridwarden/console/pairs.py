"""Parse NAME=VALUE given to commands."""

from __future__ import annotations

from collections.abc import Iterable

import typer


def read_pairs(texts: Iterable[str] | None, option: str, form: str) -> dict[str, str]:
    """Return pairs that were typed as ``NAME=VALUE``.

    Raises
    ------
    typer.BadParameter
        When one has another form; names the option and the form that it expects.
    """
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{option} {text!r}: expected {form}")
        pairs[name.strip()] = value
    return pairs
