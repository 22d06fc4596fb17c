"""HTTP/1.1 over asyncio's streams: one event after the other, and headers that are handed on."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import h11

MOST_HEAD: Final = 65_536
_PIECE: Final = 65_536
_HOP_BY_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
     b"proxy-connection", b"te", b"trailer", b"upgrade"}
)  # fmt: skip
"""Headers about one connection, which are not the next one's business."""
Headers = list[tuple[bytes, bytes]]


async def next_event(connection: h11.Connection, reader: asyncio.StreamReader) -> Any:  # noqa: ANN401 -- h11's events have no common class
    """Return what the other side says next, reading as much as that takes.

    Raises `h11.RemoteProtocolError` when it is no HTTP, or its head is longer than `MOST_HEAD`.
    """
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(_PIECE))
    return event


async def say(connection: h11.Connection, writer: asyncio.StreamWriter, *events: h11.Event) -> None:
    """Send events, and wait while the other side is slow."""
    for event in events:
        if content := connection.send(event):
            writer.write(content)
    await writer.drain()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand bytes on until they end."""
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()


def value_of(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return the last value of a header; None where there is none."""
    values = [value for each, value in headers if each.lower() == name]
    return values[-1].decode("latin-1") if values else None


def cookie_of(headers: Iterable[tuple[bytes, bytes]], name: str) -> str:
    """Return the value of a cookie, empty where there is none."""
    for header, line in headers:
        if header.lower() == b"cookie":
            for part in line.decode("latin-1").split(";"):
                key, _, value = part.strip().partition("=")
                if key == name:
                    return value
    return ""


def asks_to_upgrade(request: h11.Request) -> bool:
    """Say whether a request is the handshake of a websocket."""
    return (value_of(request.headers, b"upgrade") or "").lower() == "websocket"


def handed_on(headers: Iterable[tuple[bytes, bytes]], *, without: Iterable[bytes] = ()) -> Headers:
    """Return headers without those about one connection, and without those of some names."""
    left_out = _HOP_BY_HOP.union(without)
    return [(name, value) for name, value in headers if name.lower() not in left_out]
