"""A database that goes away and comes back: told, nothing half kept, gone on with by itself."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import make_url

from data.store.unit_of_work import Store, StoreError


class Way:
    """A way to a server that can be cut: what goes over it ends, and nobody gets through."""

    def __init__(self, host: str, port: int) -> None:
        self._to, self._cut = (host, port), False
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(self._to)
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while sent := one.recv(65_536):
                other.sendall(sent)

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._cut = True
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def repair(self) -> None:
        """Let everybody through again."""
        self._cut = False

    def close(self) -> None:
        self.cut()
        self._door.close()


@pytest.fixture
def way(empty_postgresql: Callable[[], str]) -> Iterator[tuple[Way, Store]]:
    url = make_url(empty_postgresql())
    way = Way(url.host or "127.0.0.1", url.port or 5432)
    through = url.set(host="127.0.0.1", port=way.port)
    store = Store(through.render_as_string(hide_password=False))
    yield way, store
    store.close()
    way.close()


def put(store: Store, name: str) -> None:
    with store.begin() as unit:
        unit.settings.put(name, 1)
        unit.commit()


def test_a_database_that_was_away_is_used_again_by_itself(way: tuple[Way, Store]) -> None:
    to_server, store = way
    put(store, "before")
    to_server.cut()
    for _ in range(2):
        with pytest.raises(StoreError, match="Store unreachable"):
            put(store, "meanwhile")
    to_server.repair()
    put(store, "after")
    with store.begin() as unit:
        kept = [unit.settings.get(name) for name in ("before", "meanwhile", "after")]
    assert kept == [1, None, 1]


def test_of_what_was_cut_off_in_the_middle_nothing_is_kept(way: tuple[Way, Store]) -> None:
    to_server, store = way

    def cut_off() -> None:
        with store.begin() as unit:
            unit.settings.put("half", 1)
            unit.session.flush()
            to_server.cut()
            unit.settings.put("other half", 1)
            unit.commit()

    with pytest.raises(StoreError, match="Store unreachable"):
        cut_off()
    to_server.repair()
    with store.begin() as unit:
        assert (unit.settings.get("half"), unit.settings.get("other half")) == (None, None)


def test_a_database_that_is_away_at_the_start_is_asked_again(way: tuple[Way, Store]) -> None:
    to_server, store = way
    to_server.cut()
    with pytest.raises(StoreError, match="Store unreachable"):
        put(store, "early")
    to_server.repair()
    put(store, "early")
