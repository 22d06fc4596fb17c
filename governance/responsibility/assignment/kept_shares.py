"""How buildings were shared out, kept as long as all that it follows from is the same."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from data.workspace.atomic import write_bytes
from governance.responsibility.assignment.solver.problem import Instance, Ints, Rules
from governance.service import Component

SHARES_VERSION: Final = 1
"""To be raised by whoever changes how the same instance is shared out."""
FOLDER: Final = "shares"
MOST_KEPT: Final = 64


class KeptShares(Component):
    """Shares buildings out: among the wardens of a district that takes half a minute."""

    def share(self, instance: Instance, rules: Rules, *, seed: int) -> Ints:
        """Return `share_buildings`, from a file of the workspace where one was kept of the same.

        A file is named by every number that the answer follows from; it is derived, and may be
        deleted at any time.
        """
        folder = self._workspace.derived_path / FOLDER
        path = folder / f"{_state(instance, rules, seed=seed)}.npy"
        # a damaged file is written anew
        with suppress(FileNotFoundError, ValueError, EOFError):
            return _read(path, instance)
        # a second to import
        from governance.responsibility.assignment.solver.solve import share_buildings

        answer = share_buildings(instance, rules, seed=seed)
        folder.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        np.save(content, answer.astype(np.int32), allow_pickle=False)
        write_bytes(path, content.getvalue())
        _delete_oldest(folder)
        return answer


def _read(path: Path, instance: Instance) -> Ints:
    """Return the answer of a file.

    Raises `ValueError` where it cannot be one for the instance.
    """
    answer: Ints = np.load(path, allow_pickle=False).astype(np.int64)
    if answer.shape != (instance.buildings,) or (answer >= instance.wardens).any():
        raise ValueError(path.name)
    return answer


def _state(instance: Instance, rules: Rules, *, seed: int) -> str:
    """Return a hash of all that an answer follows from."""
    told = hashlib.sha256(f"{SHARES_VERSION} {rules!r} {seed}".encode())
    for field in fields(instance):
        values = getattr(instance, field.name)
        told.update(f"{field.name} {np.shape(values)} ".encode())
        if values is not None:
            told.update(np.ascontiguousarray(values).data)
    return told.hexdigest()


def _delete_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST_KEPT:]:
        path.unlink(missing_ok=True)
