"""The processes of one office: as many as were asked for, replaced when one ends."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from dashboard.runtime.logs import log_event
from gridwarden.processes.process import NotReadyError, OfficeProcess

_WAIT_S: Final = 20.0
"""So long a request waits for a process to take it."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_LOOK_EVERY_S, _ANSWERS_WITHIN_S = 15.0, 60.0
_MOST_SILENCES: Final = 3
"""So often in a row a process may give no answer in that time before it is killed. Minutes, since
where the cores are taken sound processes are slow as well."""


class ProcessGroup:
    """Keeps the processes of an office.

    ``office``: what the log calls it.
    ``arguments``: of `gridwarden.processes.office_process`, before the socket.
    ``folder``: where their sockets lie, and what they count.
    """

    def __init__(self, office: str, arguments: Sequence[str], *, count: int, folder: Path) -> None:
        self._office, self._arguments, self._folder = office, arguments, folder
        self._slots: list[OfficeProcess | None] = [None] * count
        self._turns = [asyncio.Lock() for _ in range(count)]
        self._keepers: list[asyncio.Task[None]] = []
        self._changed = asyncio.Condition()

    async def start(self) -> None:
        """Start every process, and return when one takes requests.

        Raises `NotReadyError` when the first does not become ready; it is tried again until `stop`.
        """
        try:
            await self._fill(0)
        finally:
            slots = range(len(self._slots))
            self._keepers = [asyncio.create_task(self._keep(n)) for n in slots]
            self._keepers += [asyncio.create_task(self._watch(n)) for n in slots]

    async def choose(self, wanted: str, *, without: Collection[str] = ()) -> OfficeProcess | None:
        """Return the process of a name if it takes requests, else the one with the least to do.

        One that broke a request off comes last until it answers a look.

        ``wanted``: where the browser came to before; empty for nowhere.
        ``without``: names of those that did not answer.

        Returns None when none takes requests, after some waiting.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_S), self._changed:
                while not (able := self._able(without)):
                    await self._changed.wait()
                able = [each for each in able if not each.doubted] or able
                same = [each for each in able if each.name == wanted]
                chosen = same[0] if same else min(able, key=lambda each: (each.open, each.visitors))
                chosen.visitors += not same
                return chosen
        return None

    async def restart(self) -> None:
        """Put a new process in the place of each, one after the other, each ready before one ends.

        Raises `NotReadyError` when a new one does not become ready; the old ones go on.
        """
        for slot, turn in enumerate(self._turns):
            async with turn:
                old = self._slots[slot]
                await self._fill(slot)
            if old is not None:
                await self._end(old)

    async def stop(self) -> None:
        """End every process."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(self._end(each) for each in self._slots if each is not None))

    def _able(self, without: Collection[str]) -> list[OfficeProcess]:
        return [
            each
            for each in self._slots
            if each and each.takes_requests and not each.ended and each.name not in without
        ]

    async def _fill(self, slot: int) -> None:
        """Put a new process into a place once it is ready."""
        started = await OfficeProcess.start(self._arguments, self._folder)
        try:
            await started.wait_until_ready()
        except BaseException:
            await started.end()
            raise
        self._slots[slot] = started
        self._tell(started, "ready")
        async with self._changed:
            self._changed.notify_all()

    async def _keep(self, slot: int) -> None:
        """Replace the process of a place whenever it ends by itself; never returns."""
        pause = _FIRST_PAUSE_S
        while True:
            present = self._slots[slot]
            if present is not None:
                await present.child.wait()
            try:
                async with self._turns[slot]:
                    if self._slots[slot] is not present:  # a restart put another one there
                        continue
                    if present is not None:
                        self._tell(present, "ended", level=logging.WARNING)
                        present.clear()
                        self._slots[slot] = None
                    await self._fill(slot)
                pause = _FIRST_PAUSE_S
            except (NotReadyError, OSError):
                log_event("process", level=logging.ERROR, office=self._office, state="not_ready")
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)

    async def _watch(self, slot: int) -> None:
        """Kill the process of a place that gives no answer any more; never returns."""
        watched, silences = None, 0
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            present = self._slots[slot]
            if present is None or not present.takes_requests:
                continue
            silences = silences if present is watched else 0
            watched = present
            answers = await present.answers(_ANSWERS_WITHIN_S)
            present.doubted = present.doubted and not answers
            silences = 0 if answers else silences + 1
            if silences >= _MOST_SILENCES and present is self._slots[slot] and not present.ended:
                self._tell(present, "silent", level=logging.ERROR)
                present.child.kill()

    async def _end(self, process: OfficeProcess) -> None:
        self._tell(process, "ending")
        await process.end()

    def _tell(self, process: OfficeProcess, state: str, *, level: int = logging.INFO) -> None:
        log_event("process", level=level, office=self._office, process=process.name, state=state)
