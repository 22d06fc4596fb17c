"""Copies of a workspace as a crash would leave it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from data.store.unit_of_work import UnitOfWork

NAMES: Final = ((os, "rename"), (os, "replace"), (os, "unlink"), (UnitOfWork, "commit"))
"""Steps that change a name, and commits."""


class Crashes:
    """Copies of a workspace as a crash would leave it, before and after each step of a change.

    A copy that holds what the one before holds is left out.

    ``root``, ``to``: the workspace, and the folder that gets a folder with each copy.
    ``steps``: what is a step: who has it, and its name there.
    ``begun``: whether copies are made from the first step on; else from `begin` on.
    """

    def __init__(
        self,
        root: Path,
        to: Path,
        *,
        steps: tuple[tuple[Any, str], ...] = NAMES,
        begun: bool = True,
    ) -> None:
        self._root, self._to, self._steps, self._begun = root, to, steps, begun
        self._last: dict[str, bytes] = {}
        self.folders: list[Path] = []

    def begin(self) -> None:
        """Copy from here on."""
        self._begun = True

    def copy(self) -> None:
        """Copy the workspace as it is now."""
        held = {
            path.relative_to(self._root).as_posix(): path.read_bytes()
            for path in self._root.rglob("*")
            if path.is_file() and not path.name.endswith("-shm")
        }
        if self._begun and held != self._last:
            self._last = held
            folder = self._to / str(len(self.folders)) / "office"
            self.folders.append(shutil.copytree(self._root, folder))

    @contextmanager
    def copying(self) -> Iterator[None]:
        """Copy around every step of what is done meanwhile."""
        with pytest.MonkeyPatch.context() as patch:
            for kind, name in self._steps:
                patch.setattr(kind, name, self._around(getattr(kind, name)))
            yield

    def _around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.copy()
            made = real(*args, **options)
            self.copy()
            return made

        return call
