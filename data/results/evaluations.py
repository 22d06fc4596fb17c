"""The stored results of backtests: one JSON file in the workspace, replaced as a whole."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from geo.errors import GridwardenError

FILE: Final = "evaluation.json"


class EvaluationUnreadableError(GridwardenError):
    """The stored evaluation is no JSON object."""


class EvaluationStore:
    """Keeps the last evaluation of a workspace.

    Parameters
    ----------
    folder
        The workspace's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def load(self) -> dict[str, Any] | None:
        """Return what was saved last; None when nothing ever was.

        Raises
        ------
        EvaluationUnreadableError
            When the file is not what `save` writes.
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

    def save(self, content: dict[str, Any]) -> None:
        """Replace the stored evaluation; a reader sees the old one or the new one, whole."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=FILE, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
