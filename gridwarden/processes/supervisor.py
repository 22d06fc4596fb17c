"""Who starts the front and the processes, restarts them one by one, and ends them."""

import asyncio
import logging
import os
import signal
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from dashboard.runtime.logs import log_event
from data.workspace.locks import WorkspaceBusyError, hold_lock
from geo.errors import GridwardenError
from gridwarden.processes.front import Front
from gridwarden.processes.group import ProcessGroup
from gridwarden.processes.process import NotReadyError

SERVER_FILE: Final = ".server"
"""Locked while a server of several processes runs, with its process's number."""
ANY_NAME: Final = "*"


class ServerRunsError(GridwardenError):
    """A server of several processes runs here already, or none does that could be restarted."""


class Supervisor:
    """Serves offices by several processes.

    ``commands``: office's key → arguments of its processes, before the socket.
    ``counts``: office's key → how many processes.
    ``names``: host name → the office's key; `ANY_NAME` for a single office, whose processes look at
    the name themselves.
    ``behind_proxy``: as of `Front`.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        *,
        counts: Mapping[str, int],
        names: Mapping[str, str],
        behind_proxy: bool,
    ) -> None:
        self._commands, self._counts, self._names = commands, counts, names
        self._behind_proxy = behind_proxy

    async def run(
        self,
        host: str,
        port: int,
        *,
        certificate: ssl.SSLContext | None = None,
        opened: Callable[[], None] = lambda: None,
    ) -> None:
        """Serve until this process is told to end (SIGTERM, SIGINT); SIGHUP restarts one by one.

        Raises `NotReadyError` when no office's first process starts; one that does not is tried
        again meanwhile.
        """
        ending, again = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ending.set)
        loop.add_signal_handler(signal.SIGHUP, again.set)
        with tempfile.TemporaryDirectory(prefix="gridwarden-") as folder:  # 0700: nobody else's
            groups = {
                key: ProcessGroup(key, command, count=self._counts[key],
                                  folder=Path(tempfile.mkdtemp(dir=folder)))
                for key, command in self._commands.items()
            }  # fmt: skip
            front = Front(
                groups={name: groups[key] for name, key in self._names.items()},
                https=certificate is not None, behind_proxy=self._behind_proxy,
            )  # fmt: skip
            serving = asyncio.create_task(
                _serve(front, groups, host, port, certificate, opened, again)
            )
            stopped = asyncio.create_task(ending.wait())
            try:
                await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopped.cancel()
                serving.cancel()
                (outcome,) = await asyncio.gather(serving, return_exceptions=True)
                await asyncio.gather(*(group.stop() for group in groups.values()))
            if isinstance(outcome, Exception):
                raise outcome


async def _serve(
    front: Front, groups: Mapping[str, ProcessGroup], host: str, port: int,
    certificate: ssl.SSLContext | None, opened: Callable[[], None], again: asyncio.Event,
) -> None:  # fmt: skip
    """Start everything, then restart it whenever asked to."""
    started = await asyncio.gather(
        *(group.start() for group in groups.values()), return_exceptions=True
    )
    failed = [each for each in started if isinstance(each, BaseException)]
    if len(failed) == len(groups):
        raise failed[0]
    server = await front.listen(host, port, certificate)
    opened()
    try:
        while True:
            await again.wait()
            again.clear()
            log_event("restart", state="begun")
            try:
                for group in groups.values():
                    await group.restart()
                log_event("restart", state="done")
            except NotReadyError:
                log_event("restart", state="given_up", level=logging.ERROR)
    finally:
        server.close()


@contextmanager
def marked_as_server(folder: Path) -> Iterator[None]:
    """Keep the number of this process in a folder as long as the block lasts.

    Raises `ServerRunsError`: ``server_runs`` when another one does so.
    """
    path = folder / SERVER_FILE
    with ExitStack() as held:
        try:
            held.enter_context(hold_lock(path))
        except WorkspaceBusyError as error:
            raise ServerRunsError("server_runs", folder=str(folder)) from error
        path.write_text(str(os.getpid()), encoding="ascii")
        yield


def restart_server(folder: Path) -> int:
    """Ask the server of a folder to restart its processes one by one; return its number.

    Raises `ServerRunsError`: ``no_server_runs`` when none of several processes runs there.
    """
    path = folder / SERVER_FILE
    number = 0
    if path.is_file():
        try:
            with hold_lock(path):
                pass
        except WorkspaceBusyError:
            number = int(path.read_text(encoding="ascii") or 0)
    if not number:
        raise ServerRunsError("no_server_runs", folder=str(folder))
    os.kill(number, signal.SIGHUP)
    return number
