"""Hold the words of North American street addresses, from ``western_words.toml``."""

import tomllib
from pathlib import Path
from typing import Final

_WORDS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

UNIT_WORDS: Final = frozenset(_WORDS["unit_words"].split())
STATES: Final = frozenset(_WORDS["states"].split())
STATES_LIKE_WORDS: Final = frozenset(_WORDS["states_like_words"].split())
PARTICLES: Final = frozenset(_WORDS["particles"].split())
DIRECTIONS: Final[dict[str, str]] = {
    **_WORDS["directions"],
    **{short: short for short in _WORDS["directions"].values()},
}
TYPES: Final[dict[str, str]] = {
    spelling: abbreviation
    for abbreviation, spellings in _WORDS["types"].items()
    for spelling in (abbreviation, *spellings.split())
}
ORDINAL_WORDS: Final[dict[str, str]] = _WORDS["ordinals"]
