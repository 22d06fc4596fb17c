"""A page in a browser whose process ends: it goes on in another one, signed in, where it was."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S
from served_streets import Served, served_by_two
from visits import visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.name != "posix", reason="several processes need Unix sockets"),
]


@pytest.fixture(scope="module")
def street(
    installation: Path, postgresql: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("seen") / "a"
    with served_by_two(installation, folder, postgresql) as served:
        yield served


def process_of(visit: Any) -> str:
    """Return which process the browser comes to."""
    cookies = visit.page.context.cookies(visit.address)
    return next(str(each["value"]) for each in cookies if each["name"].startswith("gw_process_"))


def wait_for_another(visit: Any, before: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while process_of(visit) == before:
        assert time.monotonic() < until
        visit.page.wait_for_timeout(100)


def test_a_page_goes_on_in_another_process_where_it_was(
    visitors: dict[str, Any], street: Served
) -> None:
    with visiting(visitors, street.address, role="office_manager") as visit:
        visit.open("responsibility?part=cover")
        visit.settled()
        before, where = process_of(visit), visit.page.url
        os.kill(street.processes()[before].pid, signal.SIGTERM)
        wait_for_another(visit, before)
        visit.settled()
        assert visit.page.url == where
        visit.go_to("map")
        visit.ready()
        assert "/map" in visit.page.url
        visit.complaints.clear()  # the browser says that a connection ended
