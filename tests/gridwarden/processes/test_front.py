"""The front before several processes: who answers, what is handed on, what is asked again."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h11
import pytest

from gridwarden.processes.exchange import cookie_name
from gridwarden.processes.front import Front
from gridwarden.processes.http_messages import say

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes listen on Unix sockets")
Answer = Callable[[h11.Request, bytes], bytes]


@dataclass
class Fake:
    """A process that answers as a function says, or dies before it does."""

    name: str
    socket: Path
    answer: Answer
    asked: list[tuple[h11.Request, bytes]]
    users: int = 0

    @contextmanager
    def in_use(self) -> Iterator[None]:
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request whole, write what the function returns, and close."""
        server, body = h11.Connection(h11.SERVER), b""
        request: Any = None
        while True:
            event = server.next_event()
            if event is h11.NEED_DATA:
                server.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                request = event
                if server.they_are_waiting_for_100_continue:
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                break
        if request is not None:
            self.asked.append((request, body))
            writer.write(self.answer(request, body))
            if b" 101 " in self.answer(request, body):
                while piece := await reader.read(100):
                    writer.write(piece.upper())
            await writer.drain()
        writer.close()


class Choice:
    """The processes of an office: the one that was wanted, else the first."""

    def __init__(self, *fakes: Fake) -> None:
        self.fakes = fakes

    async def choose(self, wanted: str, *, without: Any = ()) -> Fake | None:
        able = [each for each in self.fakes if each.name not in without]
        return next((each for each in able if each.name == wanted), able[0] if able else None)


def ok(text: str = "ok") -> Answer:
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(text)}\r\nconnection: close\r\n\r\n"
    return lambda _request, _body: (head + text).encode()


def dies(_request: h11.Request, _body: bytes) -> bytes:
    return b""


@asynccontextmanager
async def fronted(
    folder: Path, offices: dict[str, dict[str, Answer | None]], **more: Any
) -> AsyncIterator[tuple[int, dict[str, Fake]]]:
    """Serve offices by fake processes; one whose answer is None does not listen."""
    fakes: dict[str, Fake] = {}
    servers: list[asyncio.Server] = []
    groups = {}
    for host, answers in offices.items():
        for name, answer in answers.items():
            fake = fakes[name] = Fake(name, folder / f"{name}.sock", answer or dies, [])
            if answer is not None:
                servers.append(await asyncio.start_unix_server(fake.serve, str(fake.socket)))
        groups[host] = Choice(*(fakes[name] for name in answers))
    server = await Front(groups=groups, **more).listen("127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield port, fakes
    finally:
        for each in (server, *servers):
            each.close()


async def ask(port: int, text: str | bytes) -> bytes:
    """Send bytes as they are and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.replace("\n", "\r\n").encode() if isinstance(text, str) else text)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 60))  # type: ignore[arg-type]


def test_a_name_leads_to_its_office_and_an_unknown_one_nowhere(tmp_path: Path) -> None:
    async def work() -> None:
        offices = {"a.test": {"a": ok("A")}, "b.test": {"b": ok("B")}}
        async with fronted(tmp_path, offices) as (port, fakes):
            for host, said in (("a.test", b"A"), ("B.TEST:8501", b"B")):
                answer = await ask(port, f"GET / HTTP/1.1\nHost: {host}\n\n")
                assert answer.endswith(b"\r\n\r\n" + said)
            for line in ("Host: c.test", "Host: a.test@b.test:1:2", "Host: [", "X: y"):
                answer = await ask(port, f"GET / HTTP/1.1\n{line}\n\n")
                assert answer.split()[1] in {b"421", b"400"}
                assert answer.endswith(b"\r\n\r\n")
            twice = await ask(port, "GET / HTTP/1.1\nHost: a.test\nHost: b.test\n\n")
            assert twice.split()[1] == b"400"
            assert [len(fakes[name].asked) for name in "ab"] == [1, 1]

    run(work)


def test_requests_of_one_connection_go_each_to_the_office_that_it_names(tmp_path: Path) -> None:
    async def work() -> None:
        offices = {"a.test": {"a": ok("A")}, "b.test": {"b": ok("B")}}
        async with fronted(tmp_path, offices) as (port, _):
            asked = "".join(f"GET / HTTP/1.1\nHost: {name}.test\n\n" for name in "abba")
            answer = await ask(port, asked)
            bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]]
            assert bodies == [b"A", b"B", b"B", b"A"]

    run(work)


def say_slowly(seconds: float) -> Callable[..., Awaitable[None]]:
    """Return what says events as the front does and lets the answer come before it goes on."""

    async def say_and_wait(
        connection: h11.Connection, writer: asyncio.StreamWriter, *events: h11.Event
    ) -> None:
        await say(connection, writer, *events)
        if connection.our_role is h11.CLIENT:
            await asyncio.sleep(seconds)

    return say_and_wait


def test_a_process_that_answers_at_once_ends_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with fronted(tmp_path, {"a.test": {"a": ok("A")}}) as (port, _):
            answer = await ask(port, "GET / HTTP/1.1\nHost: a.test\n\n" * 3)
            assert answer.count(b"200 OK") == 3

    monkeypatch.setattr("gridwarden.processes.exchange.say", say_slowly(0.1))
    run(work)


def test_an_answer_before_the_body_ends_no_connection_but_where_the_body_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await asyncio.sleep(0.3)  # longer than the front waits for the rest

    async def work() -> None:
        async with fronted(tmp_path, {"a.test": {"a": None}}) as (port, fakes):
            process = await asyncio.start_unix_server(refuse, str(fakes["a"].socket))
            head = "POST / HTTP/1.1\nHost: a.test\nContent-Length: 10\n\n"
            answer = await ask(port, (head + "0123456789") * 3)
            assert (answer.count(b" 401 "), b"connection: close" in answer) == (3, False)
            waiting = head.replace("10", "3000000").replace("\n", "\r\n").encode()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(waiting)
            answer = await reader.read()
            writer.close()
            assert (answer.count(b" 401 "), b"connection: close" in answer) == (1, True)
            await asyncio.sleep(0.5)
            process.close()

    monkeypatch.setattr("gridwarden.processes.exchange.say", say_slowly(0.05))
    run(work)


def test_a_browser_comes_back_to_the_process_that_it_came_to(tmp_path: Path) -> None:
    async def work() -> None:
        async with fronted(tmp_path, {"*": {"one": ok("1"), "two": ok("2")}}) as (port, _):
            first = await ask(port, "GET / HTTP/1.1\nHost: x\n\n")
            assert (
                f"set-cookie: {cookie_name(port)}=one; Path=/; HttpOnly; SameSite=Lax"
                in first.decode()
            )
            again = await ask(
                port, f"GET / HTTP/1.1\nHost: x\nCookie: a=b; {cookie_name(port)}=two\n\n"
            )
            assert again.endswith(b"2")
            assert b"set-cookie" not in again
            gone = await ask(
                port, f"GET / HTTP/1.1\nHost: x\nCookie: {cookie_name(port)}=three\n\n"
            )
            assert f"{cookie_name(port)}=one".encode() in gone

    run(work)


def test_two_servers_on_one_host_leave_each_other_s_cookie_alone(tmp_path: Path) -> None:
    async def work() -> None:
        async with (
            fronted(tmp_path, {"*": {"one": ok("1"), "two": ok("2")}}) as (port, _),
            fronted(tmp_path, {"*": {"three": ok("other")}}) as (other, _),
        ):
            kept = f"{cookie_name(port)}=two"  # a browser shows it at every port
            answer = await ask(other, f"GET / HTTP/1.1\nHost: x\nCookie: {kept}\n\n")
            (line,) = re.findall(r"set-cookie: ([^;]*)", answer.decode())
            assert line.partition("=")[0] != kept.partition("=")[0]
            both = f"{kept}; {line}"
            assert (await ask(port, f"GET / HTTP/1.1\nHost: x\nCookie: {both}\n\n")).endswith(b"2")

    run(work)


def test_what_only_reads_is_asked_again_where_its_process_is_gone(tmp_path: Path) -> None:
    async def work() -> None:
        processes = {"away": None, "dies": dies, "lives": ok("here")}
        async with fronted(tmp_path, {"*": processes}) as (port, fakes):
            answer = await ask(port, "GET /x HTTP/1.1\nHost: x\n\n")
            assert answer.endswith(b"here")
            assert f"{cookie_name(port)}=lives".encode() in answer
            assert len(fakes["dies"].asked) == 1
            assert [fake.users for fake in fakes.values()] == [0, 0, 0]

    run(work)


def test_what_may_have_been_written_is_never_asked_twice(tmp_path: Path) -> None:
    async def work() -> None:
        async with fronted(tmp_path, {"*": {"dies": dies, "lives": ok()}}) as (port, fakes):
            answer = await ask(port, "POST /x HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc")
            assert answer.split()[1] == b"502"
            assert fakes["dies"].asked[0][1] == b"abc"
            assert fakes["lives"].asked == []
        async with fronted(tmp_path / "s", {"*": {"away": None, "lives": ok()}}) as (port, fakes):
            answer = await ask(port, "POST /x HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc")
            assert answer.split()[1] == b"200"  # the first one never got it

    (tmp_path / "s").mkdir()
    run(work)


def test_where_no_process_is_left_that_is_said(tmp_path: Path) -> None:
    async def work() -> None:
        async with fronted(tmp_path, {"*": {"away": None}}) as (port, _):
            answer = await ask(port, "GET /x HTTP/1.1\nHost: x\n\n")
            assert answer.split()[1] == b"503"
            assert b"retry-after: 5" in answer

    run(work)


@pytest.mark.parametrize(
    ("behind_proxy", "sent", "believed"),
    [(False, "", ("127.0.0.1", "http")),
     (False, "X-Forwarded-For: 8.8.8.8\nX-Forwarded-Proto: https\n", ("unknown", "http")),
     (True, "X-Forwarded-For: 1.1.1.1, 8.8.8.8\nX-Forwarded-Proto: https\n",
      ("1.1.1.1, 8.8.8.8", "https"))],
)  # fmt: skip
def test_who_asked_is_told_by_the_front_and_by_nobody_else(
    tmp_path: Path,
    behind_proxy: bool,  # noqa: FBT001 -- parametrised
    sent: str,
    believed: tuple[str, str],
) -> None:
    async def work() -> None:
        async with fronted(tmp_path, {"*": {"a": ok()}}, behind_proxy=behind_proxy) as (port, f):
            asked = f"GET / HTTP/1.1\nHost: x\nForwarded: for=9.9.9.9\nX-Real-IP: 9.9.9.9\n{sent}\n"
            answer = await ask(port, asked)
            headers = f["a"].asked[0][0].headers
            told = [value.decode() for name, value in headers if name.startswith(b"x-forwarded")]
            assert tuple(told) == believed
            assert not [name for name, value in headers if b"9.9.9.9" in value]
            assert (b"Secure" in answer) == (believed[1] == "https")

    run(work)


def test_a_body_is_handed_on_in_pieces_as_it_comes(tmp_path: Path) -> None:
    async def work() -> None:
        def counted(_request: h11.Request, body: bytes) -> bytes:
            return ok(str(len(body)))(_request, body)

        async with fronted(tmp_path, {"*": {"a": counted}}) as (port, _):
            head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            head += b"Content-Length: 3000000\r\n\r\n"
            answer = await ask(port, head + b"x" * 3_000_000)
            assert answer.startswith(b"HTTP/1.1 100")
            assert answer.endswith(b"3000000")
            chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            answer = await ask(port, chunked + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            assert answer.endswith(b"\r\n\r\n5")

    run(work)


def test_a_websocket_is_handed_on_as_bytes_with_the_cookie_of_its_process(tmp_path: Path) -> None:
    def switch(request: h11.Request, _body: bytes) -> bytes:
        assert dict(request.headers)[b"upgrade"] == b"websocket"
        return b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello"

    async def work() -> None:
        async with fronted(tmp_path, {"*": {"a": switch}}) as (port, fakes):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                         b"Upgrade: websocket\r\n\r\n")  # fmt: skip
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101")
            assert f"{cookie_name(port)}=a".encode() in head
            assert await reader.readexactly(5) == b"hello"
            writer.write(b"more")
            assert await reader.readexactly(4) == b"MORE"
            assert fakes["a"].users == 1
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()

    run(work)


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01 no http\r\n\r\n", b"GET /\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nA" + b"a" * 99_999,
     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
     b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_reaches_no_process(tmp_path: Path, sent: bytes) -> None:
    async def work() -> None:
        async with fronted(tmp_path, {"*": {"a": ok()}}) as (port, fakes):
            answer = await ask(port, sent)
            assert answer[9:12] in {b"400", b"431", b"501"}
            assert fakes["a"].asked == []

    run(work)
