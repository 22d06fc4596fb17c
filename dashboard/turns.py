"""One question to the office at a time.

Visitors are served by threads, but the query session behind the office is one and takes one
question at a time: two at once make it fail. Importing reads and writes through a session of its
own, so a long import keeps nobody waiting.
"""

from __future__ import annotations

import functools
from threading import RLock
from typing import Any

OWN_SESSION = frozenset({"import_file", "preview_import", "template"})


class InTurn:
    """Stand before an object and let its methods run one at a time.

    Parameters
    ----------
    behind
        Whose methods are called.
    free
        Names of methods that may run at any time.
    """

    def __init__(self, behind: object, *, free: frozenset[str] = OWN_SESSION) -> None:
        self._behind = behind
        self._free = free
        self._turn = RLock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the object behind has
        """Return the method, made to wait for its turn."""
        found = getattr(self._behind, name)
        if name in self._free or not callable(found):
            return found

        @functools.wraps(found)
        def in_turn(*arguments: object, **named: object) -> object:
            with self._turn:
                return found(*arguments, **named)

        return in_turn
