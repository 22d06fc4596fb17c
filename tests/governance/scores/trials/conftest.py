"""The street that field trials are made on, and a planner."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from trial_street import ASKED, NOW

from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.scores.trials import service
from governance.scores.trials.records import Trial
from gridwarden.compose import open_office


@pytest.fixture(autouse=True)
def _known_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every run of a test draw the same."""
    rng = np.random.default_rng(9)
    monkeypatch.setattr(
        service, "secrets", SimpleNamespace(token_hex=lambda size: rng.bytes(size).hex())
    )


@pytest.fixture
def desk(tmp_path: Path, trial_street: Path) -> Iterator[Office]:
    """Return a copy of that office."""
    office = open_office(shutil.copytree(trial_street, tmp_path / "office"), now=lambda: NOW)
    yield office
    office.close()


@pytest.fixture
def planner() -> Actor:
    return Actor("li", "李统筹", ("planner",), Scope.whole())


@pytest.fixture
def sealed(desk: Office, planner: Actor) -> Trial:
    """Return a sealed trial that begins on Monday."""
    draft = desk.trials.design(planner, ASKED)
    return desk.trials.seal(planner, draft.trial_id)
