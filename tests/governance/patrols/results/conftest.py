"""The small office after a week that it planned and went by."""

from datetime import datetime

import pytest

from governance.office import Office
from tests.governance.patrols.results.afterwards_street import desk_of, keep, plan_of


@pytest.fixture
def after(office: Office) -> Office:
    """Open the office two days after the week; nothing is planned."""
    return desk_of(office, at=datetime(2027, 1, 5, 12, 0))  # noqa: DTZ001 -- local


@pytest.fixture
def desk(after: Office) -> Office:
    """Open it with the week's published plan."""
    keep(after, plan_of())
    return after
