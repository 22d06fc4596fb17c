"""One request and its answer, handed on between a browser and a process."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import h11

from gridwarden.processes.http_messages import (
    Headers,
    asks_to_upgrade,
    cookie_of,
    handed_on,
    next_event,
    pump,
    say,
)
from gridwarden.processes.process import OfficeProcess

_FORWARDED: Final = (
    b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip",
)  # fmt: skip
_SWITCHED: Final = 101
_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})
_REST_S: Final = 0.2
"""So long the rest of a body is taken after its answer came, that the connection can go on."""
_REPEATABLE: Final = frozenset({b"GET", b"HEAD", b"OPTIONS"})


def cookie_name(port: int) -> str:
    """Return what the cookie is called that names the process a browser came to; no secret.

    Browsers send a cookie to every port of a host, and two servers there do not share one.
    """
    return f"gw_process_{port}"


class Exchange:
    """A request that a browser sent, to be answered by a process.

    ``forwarded``: headers that tell the process who asked.
    ``cookie``: what the cookie is called that names the process.
    """

    def __init__(
        self,
        client: h11.Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        request: h11.Request,
        *,
        forwarded: Mapping[str, str],
        cookie: str,
    ) -> None:
        self._client, self._reader, self._writer = client, reader, writer
        self._request, self._forwarded, self._cookie = request, forwarded, cookie
        self._sent = False

    @property
    def may_be_repeated(self) -> bool:
        """Whether another process may be asked: nothing can have changed, and no body is gone."""
        return not self._sent or (self._request.method in _REPEATABLE and self._is_bodiless)

    @property
    def _is_bodiless(self) -> bool:
        return not any(name in _BODY for name, _ in self._request.headers)

    async def by(self, target: OfficeProcess, *, secure: bool) -> bool:
        """Let a process answer.

        ``secure``: whether the browser came by https.

        Returns False when it is gone, and nothing of an answer was handed on.
        """
        try:
            reader, writer = await asyncio.open_unix_connection(str(target.socket))
        except OSError:
            return False
        try:
            with target.in_use():
                return await self._through(reader, writer, self._naming(target, secure=secure))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cookie: Headers
    ) -> bool:
        process = h11.Connection(h11.CLIENT)
        sending = asyncio.create_task(self._send(process, writer))
        try:
            answer = await self._first_answer(process, reader)
            if answer is None:
                return False
            await asyncio.wait({sending}, timeout=_REST_S)  # an answer may come before all was sent
            if isinstance(answer, h11.InformationalResponse):
                await self._switch(process, reader, writer, answer, cookie)
            else:
                await self._hand_answer_on(process, reader, answer, cookie)
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError, OSError, h11.ProtocolError):
                await sending
        return True

    async def _send(self, process: h11.Connection, writer: asyncio.StreamWriter) -> None:
        """Hand the request on, its body as it comes; let the process know where that ends early."""
        try:
            await self._send_whole(process, writer)
        except BaseException:
            writer.close()
            raise

    async def _send_whole(self, process: h11.Connection, writer: asyncio.StreamWriter) -> None:
        request = self._request
        headers = handed_on(request.headers, without=_FORWARDED)
        headers += [(name.encode(), value.encode()) for name, value in self._forwarded.items()]
        if asks_to_upgrade(request):
            headers += [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
        again = h11.Request(method=request.method, target=request.target, headers=headers)
        self._sent = True
        if self._is_bodiless and self._client.their_state is h11.SEND_BODY:
            self._client.next_event()  # its end, before an answer can come and cancel this
        await say(process, writer, again)
        while self._client.their_state is h11.SEND_BODY:
            event = await next_event(self._client, self._reader)
            if not isinstance(event, h11.Data | h11.EndOfMessage):
                raise ConnectionResetError
            await say(process, writer, event)
        if process.our_state is h11.SEND_BODY:  # a request without a body
            await say(process, writer, h11.EndOfMessage())

    async def _first_answer(
        self, process: h11.Connection, reader: asyncio.StreamReader
    ) -> h11.Response | h11.InformationalResponse | None:
        """Return the head of the answer; None when the process ended without one."""
        while True:
            try:
                event = await next_event(process, reader)
            except (OSError, h11.RemoteProtocolError):
                return None
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                return None
            if event.status_code == _SWITCHED:
                return event
            await say(self._client, self._writer, event)  # it may go on with its body

    async def _hand_answer_on(
        self,
        process: h11.Connection,
        reader: asyncio.StreamReader,
        answer: h11.Response,
        cookie: Headers,
    ) -> None:
        headers = [*handed_on(answer.headers), *cookie]
        if self._client.their_state is h11.SEND_BODY:  # nobody reads the rest
            headers.append((b"connection", b"close"))
        status, reason = answer.status_code, answer.reason
        head = h11.Response(status_code=status, reason=reason, headers=headers)
        await say(self._client, self._writer, head)
        while not isinstance(event := await next_event(process, reader), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise ConnectionResetError
            await say(self._client, self._writer, event)
        await say(self._client, self._writer, event)

    async def _switch(
        self,
        process: h11.Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answer: h11.InformationalResponse,
        cookie: Headers,
    ) -> None:
        """Hand a websocket's bytes on in both directions until one side ends."""
        headers = [*answer.headers, *cookie]
        head = h11.InformationalResponse(status_code=_SWITCHED, headers=headers)
        await say(self._client, self._writer, head)
        writer.write(self._client.trailing_data[0])
        self._writer.write(process.trailing_data[0])
        both = [
            asyncio.create_task(pump(self._reader, writer)),
            asyncio.create_task(pump(reader, self._writer)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    def _naming(self, target: OfficeProcess, *, secure: bool) -> Headers:
        """Return the header that lets a browser come back to a process, unless it does anyway."""
        if cookie_of(self._request.headers, self._cookie) == target.name:
            return []
        cookie = f"{self._cookie}={target.name}; Path=/; HttpOnly; SameSite=Lax"
        return [(b"set-cookie", (cookie + ("; Secure" if secure else "")).encode())]
