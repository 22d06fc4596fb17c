"""Read the contracts of tables from ``data/contracts/tables``, one TOML file per table.

A file gives the keys of `TableContract`; ``[fields.NAME]`` gives those of `Field`, in the order of
the template, and ``[fields.NAME.words]`` a vocabulary: canonical value → other spellings; of a
grade ``[fields.NAME.numbers]`` says which number each value stands for; ``sentences`` says
that whole sentences are read as well, of a ``visit`` or a ``complaint``
(`data.contracts.screening`). A field with ``shared = true`` starts from the one of that name in
``shared.toml``; its own aliases are added, its other keys hold instead.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from data.contracts.model import Field, Kind, Personal, TableContract, Vocabulary
from data.contracts.screening.complaint_sentences import outcome_of_sentence
from data.contracts.screening.visit_sentences import result_of_sentence

FOLDER: Final = Path(__file__).parent / "tables"
_TYPES: Final = {"kind": Kind, "personal": Personal}
_SENTENCES: Final = {"visit": result_of_sentence, "complaint": outcome_of_sentence}
_WORDS: Final = frozenset({"words", "open", "numbers", "sentences"})
"""Keys of a field that make its vocabulary."""


def read_tables(names: Iterable[str]) -> dict[str, TableContract]:
    """Return the contracts called `names`, in that order.

    Raises `ValueError` naming the file, when it is no TOML, has an unknown key or breaks a rule of
    the model.
    """
    shared = _read("shared")["fields"]
    return {name: _table(name, shared) for name in names}


def read_cell_words() -> dict[str, list[str]]:
    """Return the words of cells: ``nothing``, ``unknown``, ``yes``, ``no`` and ``nobody``."""
    return {name: words for name, words in _read_words().items() if isinstance(words, list)}


def read_purpose_words() -> dict[str, list[str]]:
    """Return words of languages for what a visit was for: ``revisit``, ``complaint`` and so on.

    ``not`` has the words that turn the meaning of the next one.
    """
    words: dict[str, list[str]] = _read_words()["purposes"]
    return words


def _read_words() -> dict[str, Any]:
    return tomllib.loads((FOLDER.parent / "cell_words.toml").read_text(encoding="utf-8"))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _table(name: str, shared: Mapping[str, Any]) -> TableContract:
    try:
        raw = _read(name)
        fields = tuple(_field(key, keys, shared) for key, keys in raw.pop("fields").items())
        return TableContract(name=name, fields=fields, **_as_tuples(raw))
    except (KeyError, TypeError, ValueError) as wrong:
        msg = f"{name}.toml: {wrong}"
        raise ValueError(msg) from wrong


def _field(name: str, keys: dict[str, Any], shared: Mapping[str, Any]) -> Field:
    if keys.pop("shared", False):
        aliases = [*shared[name].get("aliases", ()), *keys.get("aliases", ())]
        keys = {**shared[name], **keys, "aliases": aliases}
    given = _as_tuples({key: value for key, value in keys.items() if key not in _WORDS})
    given |= {key: kind(given[key]) for key, kind in _TYPES.items() if key in given}
    if "words" in keys:
        words = _as_tuples(keys["words"])
        given["vocabulary"] = Vocabulary(
            tuple(words),
            words,
            open=keys.get("open", False),
            numbers=keys.get("numbers", {}),
            sentence=_SENTENCES[keys["sentences"]] if "sentences" in keys else None,
        )
    return Field(name=name, **given)


def _as_tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _as_tuple(value) for key, value in raw.items()}


def _as_tuple(value: Any) -> Any:  # noqa: ANN401 -- any value of TOML
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value
