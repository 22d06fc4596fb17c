"""One process of an office: how it is started, when it is ready, how it ends."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from asyncio.subprocess import Process as Child
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import h11
from prometheus_client.multiprocess import mark_process_dead

from dashboard.server.operations.figures import COUNTS_FOLDER
from geo.errors import GridwardenError
from gridwarden.processes.http_messages import next_event, say

READY_WITHIN_S: Final = 180.0
"""So long a process that starts is waited for; beside busy ones it takes half a minute."""
ENDS_WITHIN_S: Final = 45.0
"""So long one that was told to end may still answer."""
_LOOK_EVERY_S: Final = 0.2
_OK: Final = 200


class NotReadyError(GridwardenError):
    """A process ended, or took too long, before it answered."""


@dataclass(eq=False)
class OfficeProcess:
    """A process that serves an office on a socket of its own."""

    name: str
    """By which a browser's cookie finds it."""
    socket: Path
    child: Child
    """The process; its standard input is held open, and it ends when that is closed."""
    open: int = 0
    """How many requests and websockets it has now."""
    visitors: int = 0
    """How many came without having been there before."""
    takes_requests: bool = False
    """Whether it is ready and was not told to end."""
    doubted: bool = False
    """Whether it broke a request off and has answered no look since: one that is killed takes
    connections for a while that nobody will answer.
    """

    @classmethod
    async def start(cls, arguments: Sequence[str], folder: Path) -> OfficeProcess:
        """Start one.

        ``arguments``: of `gridwarden.processes.office_process`, before the socket.
        ``folder``: where its socket lies, and what the processes of its office count.
        """
        name = secrets.token_hex(6)
        socket = folder / f"{name}.sock"
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gridwarden.processes.office_process", *arguments, str(socket),
            stdin=asyncio.subprocess.PIPE, env={**os.environ, COUNTS_FOLDER: str(folder)},
        )  # fmt: skip
        return cls(name, socket, child)

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self.child.returncode is not None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Count a request or a websocket as long as the block lasts."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    async def wait_until_ready(self) -> None:
        """Wait until it says that its office is open and the store answers.

        Raises `NotReadyError`: ``process_not_ready`` when it ends before, or takes longer than
        `READY_WITHIN_S`.
        """
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not await self._says_ok("/readyz"):
                    if self.ended:
                        raise NotReadyError("process_not_ready", seen=self.child.returncode)
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError as error:
            raise NotReadyError("process_not_ready", seen="too slow") from error
        self.takes_requests = True

    async def end(self) -> None:
        """Tell it to end: requests that it has are answered, websockets closed; wait for it."""
        self.takes_requests = False
        with suppress(ProcessLookupError):
            self.child.terminate()
        try:
            await asyncio.wait_for(self.child.wait(), ENDS_WITHIN_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.child.kill()
            await self.child.wait()
        self.clear()

    def clear(self) -> None:
        """Remove what an ended process leaves; what it has counted stays in the sums."""
        self.socket.unlink(missing_ok=True)
        mark_process_dead(self.child.pid, str(self.socket.parent))  # type: ignore[no-untyped-call]

    async def answers(self, within_s: float) -> bool:
        """Say whether it answers within so many seconds, whatever its store does."""
        try:
            async with asyncio.timeout(within_s):
                return await self._says_ok("/healthz")
        except TimeoutError:
            return False

    async def _says_ok(self, path: str) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return False
        try:
            connection = h11.Connection(h11.CLIENT)
            headers = [("host", "localhost"), ("connection", "close")]
            question = h11.Request(method="GET", target=path, headers=headers)
            await say(connection, writer, question, h11.EndOfMessage())
            answer = await next_event(connection, reader)
            return isinstance(answer, h11.Response) and answer.status_code == _OK
        except (OSError, h11.ProtocolError):
            return False
        finally:
            writer.close()
