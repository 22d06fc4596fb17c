"""The stored results of backtests: one JSON file in the workspace, replaced as a whole."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from data.workspace.atomic import write_bytes
from data.workspace.locks import hold_lock
from geo.errors import GridwardenError

FILE: Final = "evaluation.json"
LOCK_FILE: Final = ".evaluation.lock"


class EvaluationUnreadableError(GridwardenError):
    """The stored evaluation is no JSON object."""


class EvaluationStore:
    """Keeps the last evaluation of a workspace."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def version(self) -> int:
        """Return what tells one content from the next, without reading it; 0 without any."""
        return self._path.stat().st_mtime_ns if self._path.exists() else 0

    def load(self) -> dict[str, Any] | None:
        """Return what was saved last; None when nothing ever was.

        Raises `EvaluationUnreadableError` when the file is not what `update` writes.
        """
        if not self._path.exists():
            return None
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise EvaluationUnreadableError("evaluation_unreadable", file=FILE) from error
        if not isinstance(content, dict):
            raise EvaluationUnreadableError("evaluation_unreadable", file=FILE)
        return content

    def update(self, change: Callable[[dict[str, Any] | None], dict[str, Any]]) -> None:
        """Replace what is stored by what a function makes of it, one caller after the other.

        A reader sees the old content or the new one, whole; of two who change it at once, the
        second gets what the first stored.

        Raises `EvaluationUnreadableError` when what is stored cannot be read.
        """
        with hold_lock(self._path.with_name(LOCK_FILE), wait=True):
            text = json.dumps(change(self.load()), ensure_ascii=False, allow_nan=False)
            write_bytes(self._path, text.encode())
