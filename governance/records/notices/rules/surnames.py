"""Surnames by which a name is known in a text: the Hundred Family Surnames, and some of today.

`surnames.csv` names the source of each. Its ``use`` is ``frequent``, ``rare``, whose names count
where they are no ordinary word, or ``after_mark`` for those that are words themselves (和, 从):
they begin a name only after a colon or 叫.
"""

import csv
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_suffix(".csv")
with _FILE.open(encoding="utf-8", newline="") as _file:
    _ROWS: Final = tuple((row["surname"], row["use"]) for row in csv.DictReader(_file))


def _any_of(*uses: str) -> str:
    """Return what matches a surname of some uses, one of two characters first."""
    found = sorted((surname for surname, use in _ROWS if use in uses), key=len, reverse=True)
    return f"(?:{'|'.join(found)})"


SURNAME: Final = _any_of("frequent", "rare")
"""Matches a surname wherever a name may stand."""
AFTER_MARK: Final = _any_of("after_mark")
"""Matches a surname that is a word as well."""
FREQUENT: Final = tuple(surname for surname, use in _ROWS if use == "frequent")
