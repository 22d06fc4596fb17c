"""The street that field trials are made on, and a planner."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from imported import opened_copy
from trial_street import ASKED, NOW

from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.scores.trials import service
from governance.scores.trials.records import Trial


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
    yield from opened_copy(trial_street, tmp_path, now=NOW)


@pytest.fixture
def planner() -> Actor:
    return Actor("li", "李统筹", ("planner",), Scope.whole())


@pytest.fixture
def sealed(desk: Office, planner: Actor) -> Trial:
    """Return a sealed trial that begins on Monday."""
    draft = desk.trials.design(planner, ASKED)
    return desk.trials.seal(planner, draft.trial_id)
