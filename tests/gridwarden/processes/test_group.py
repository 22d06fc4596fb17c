"""The processes of an office that do not start or fall silent, and who waits for them."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import psutil
import pytest
from refusals import refused_as

from gridwarden.processes import group as groups
from gridwarden.processes.group import ProcessGroup
from gridwarden.processes.process import NotReadyError, OfficeProcess
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
        with refused_as("process_not_ready"):
            await office.start()
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


def asked_enough(enough: asyncio.Event) -> Iterator[bool]:
    enough.set()
    while True:
        yield True


class Answering(OfficeProcess):
    """A process that answers as it is told to, over and over."""

    told: Iterator[bool]

    async def answers(self, _within_s: float) -> bool:
        return next(self.told)


@pytest.mark.parametrize(
    ("answers", "ended"), [((False,), -signal.SIGKILL), ((False, False, True), None)]
)
def test_a_process_is_ended_that_gives_no_answer_so_often_in_a_row_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: tuple[bool, ...], ended: int | None
) -> None:
    monkeypatch.setattr(groups, "_LOOK_EVERY_S", 0.0)

    async def watched() -> int | None:
        enough = asyncio.Event()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
        )
        process = Answering("p", tmp_path / "p.sock", child, takes_requests=True)
        process.told = chain(answers * 3, asked_enough(enough))
        group = ProcessGroup("x", [], count=1, folder=tmp_path)
        group._slots[0] = process
        watching = asyncio.create_task(group._watch(0))
        await enough.wait()
        watching.cancel()
        seen = await child.wait() if ended else child.returncode
        if seen is None:
            child.kill()
            await child.wait()
        return seen

    assert asyncio.run(watched()) == ended


def test_one_that_broke_a_request_off_comes_last_until_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_LOOK_EVERY_S", 0.0)

    async def work() -> None:
        group = ProcessGroup("x", [], count=2, folder=tmp_path)
        enough = asyncio.Event()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
        )
        broke, other = (
            Answering(name, tmp_path / name, child, takes_requests=True, doubted=name == "a")
            for name in "ab"
        )
        broke.told = asked_enough(enough)
        group._slots[:] = [broke, other]
        assert await group.choose("a") is other
        assert await group.choose("a", without=["b"]) is broke
        watching = asyncio.create_task(group._watch(0))
        await enough.wait()
        while broke.doubted:  # noqa: ASYNC110 -- nothing tells of it
            await asyncio.sleep(0)
        watching.cancel()
        assert await group.choose("a") is broke
        child.kill()
        await child.wait()

    asyncio.run(work())


@pytest.mark.parametrize(("silent", "within_s"), [(True, 0.1), (False, 60.0)])
def test_a_process_that_takes_a_question_and_says_nothing_does_not_answer(
    tmp_path: Path, *, silent: bool, within_s: float
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if silent:
            await reader.read()  # until who asked gives up
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        closed.set()

    closed = asyncio.Event()

    async def asked() -> bool:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
        await child.wait()
        process = OfficeProcess("p", tmp_path / "p.sock", child)
        async with await asyncio.start_unix_server(answer, process.socket):
            said = await process.answers(within_s)
            await closed.wait()
            return said

    assert asyncio.run(asked()) is not silent
