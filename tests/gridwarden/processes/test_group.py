"""The processes of an office that do not start, and who waits for them."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from gridwarden.processes import group as groups
from gridwarden.processes.group import ProcessGroup
from gridwarden.processes.process import NotReadyError
from gridwarden.processes.supervisor import ANY_NAME, Supervisor

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes listen on Unix sockets")


def office_processes() -> list[psutil.Process]:
    """Return the processes of offices that this one started."""
    mine = psutil.Process().children()
    return [each for each in mine if "office_process" in " ".join(each.cmdline())]


def test_an_office_that_does_not_open_is_tried_again_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_WAIT_S", 0.1)

    async def work() -> None:
        office = ProcessGroup("x", [str(tmp_path / "none")], count=1, folder=tmp_path)
        with pytest.raises(NotReadyError) as refused:
            await office.start()
        assert refused.value.code == "process_not_ready"
        assert await office.choose("") is None
        await office.stop()

    asyncio.run(work())
    assert not office_processes()
    assert not [*tmp_path.iterdir()]


def test_a_server_none_of_whose_offices_opens_ends(tmp_path: Path) -> None:
    supervisor = Supervisor(
        {"": [str(tmp_path / "none")]}, counts={"": 2}, names={ANY_NAME: ""}, behind_proxy=False
    )
    with pytest.raises(NotReadyError):
        asyncio.run(supervisor.run("127.0.0.1", 0))
    assert not office_processes()
