"""The one address before all processes: it chooses the office by name, the process by a cookie.

A request goes to a process of the office whose host name it was sent to, and to no other; a name
that no office has is answered 421, which tells nothing. A browser comes back to the process that it
came to before as long as that one takes requests: its page's websocket, uploads and pictures are in
that process's memory.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import h11

from gridwarden.processes.exchange import Exchange, cookie_name
from gridwarden.processes.group import ProcessGroup
from gridwarden.processes.http_messages import MOST_HEAD, cookie_of, next_event, say, value_of

_IDLE_S: Final = 75.0
"""So long a connection without a request is kept."""
_HOST: Final = re.compile(r"([A-Za-z0-9.-]+)(?::\d{1,5})?")
_BROKEN: Final = (OSError, h11.ProtocolError, asyncio.IncompleteReadError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What listens where people connect."""

    groups: Mapping[str, ProcessGroup]
    """Host name, lower case → the processes of its office; the name ``*`` stands for all others."""
    https: bool = False
    """Whether this front itself speaks https."""
    behind_proxy: bool = False
    """Whether a proxy stands before it whose ``X-Forwarded-…`` are true."""

    async def listen(
        self, host: str, port: int, certificate: ssl.SSLContext | None = None
    ) -> asyncio.Server:
        """Begin to take connections."""
        return await asyncio.start_server(
            self._converse, host, port, ssl=certificate, limit=MOST_HEAD
        )

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        client = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEAD)
        try:
            while await self._answer_one(client, reader, writer):
                client.start_next_cycle()
        except h11.RemoteProtocolError as error:
            if client.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                with suppress(*_BROKEN):
                    await _refuse(client, writer, error.error_status_hint)
        except (*_BROKEN, TimeoutError):
            pass
        finally:
            writer.close()
            with suppress(*_BROKEN):
                await writer.wait_closed()

    async def _answer_one(
        self, client: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request and say whether another may follow on the same connection."""
        request = await asyncio.wait_for(next_event(client, reader), _IDLE_S)
        if not isinstance(request, h11.Request):
            return False
        group = self._group_of(request)
        if group is None:
            await _refuse(client, writer, 421)
            return False
        forwarded = self._forwarded(request, writer)
        cookie = cookie_name(writer.get_extra_info("sockname")[1])
        exchange = Exchange(client, reader, writer, request, forwarded=forwarded, cookie=cookie)
        wanted, tried = cookie_of(request.headers, cookie), list[str]()
        while (target := await group.choose(wanted, without=tried)) is not None:
            if await exchange.by(target, secure=self._is_https(forwarded)):
                return client.our_state is h11.DONE and client.their_state is h11.DONE
            target.doubted = True
            tried.append(target.name)
            if not exchange.may_be_repeated:
                await _refuse(client, writer, 502)
                return False
        await _refuse(client, writer, 503)
        return False

    def _group_of(self, request: h11.Request) -> ProcessGroup | None:
        """Return who answers for the name that a request was sent to."""
        named = _HOST.fullmatch(value_of(request.headers, b"host") or "")
        return self.groups.get(named[1].lower() if named else "") or self.groups.get("*")

    def _forwarded(self, request: h11.Request, writer: asyncio.StreamWriter) -> Mapping[str, str]:
        """Return what a process is told of who asked; it believes this front, and nobody else."""
        peer = writer.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        named = value_of(request.headers, b"x-forwarded-for")
        scheme = value_of(request.headers, b"x-forwarded-proto") if self.behind_proxy else None
        if named is not None:
            if self.behind_proxy:
                address = named
            elif _is_loopback(address):  # by a proxy that nobody told of: not this machine's own
                address = "unknown"
        return {
            "x-forwarded-for": address,
            "x-forwarded-proto": scheme or ("https" if self.https else "http"),
        }

    def _is_https(self, forwarded: Mapping[str, str]) -> bool:
        return forwarded["x-forwarded-proto"].split(",")[-1].strip().lower() == "https"


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


async def _refuse(client: h11.Connection, writer: asyncio.StreamWriter, status: int) -> None:
    """Answer that there is nothing for this request, and end the connection."""
    headers = [
        ("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"), ("connection", "close"), ("content-length", "0"),
    ]  # fmt: skip
    if status == 503:  # noqa: PLR2004 -- a status of HTTP
        headers.append(("retry-after", "5"))
    answer = h11.Response(status_code=status, headers=headers)
    await say(client, writer, answer, h11.EndOfMessage())
