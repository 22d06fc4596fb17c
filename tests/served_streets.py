"""A server of several processes, asked as browsers ask it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from installations import on_postgresql
from patience import PATIENCE_S
from visits import free_port, running

from gridwarden.processes.exchange import cookie_name
from gridwarden.processes.supervisor import SERVER_FILE


@dataclass
class Served:
    """A server of two processes, and the folder of its office."""

    address: str
    folder: Path
    _clients: list[httpx.Client] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        """Name of the cookie that names the process."""
        return cookie_name(int(self.address.rpartition(":")[2]))

    def client(self, *, process: str = "", **more: Any) -> httpx.Client:
        """Return a browser that a process is to answer; any one where none is named."""
        cookies = {self.cookie: process} if process else {}
        client = httpx.Client(
            base_url=self.address, cookies=cookies, headers={"origin": self.address},
            timeout=PATIENCE_S, **more,
        )  # fmt: skip
        self._clients.append(client)
        return client

    def signed_in(self, role: str, *, process: str = "") -> httpx.Client:
        """Return a browser in which an account of a role is signed in."""
        client = self.client(process=process)
        assert client.post("/gw/demo-sign-in", data={"role": role}).status_code == 303
        return client

    def take_session(self, client: httpx.Client, *, of: httpx.Client) -> None:
        """Let a browser show the session of another one."""
        names = [name for name in of.cookies if name.startswith("sid-")]
        client.cookies.update({name: of.cookies[name] for name in names})

    def processes(self) -> dict[str, psutil.Process]:
        """Return the processes that answer, by their names."""
        number = int((self.folder / SERVER_FILE).read_text("ascii"))
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(number).children():
            with suppress(psutil.NoSuchProcess, IndexError):  # it ended just now
                found[Path(child.cmdline()[-1]).stem] = child
        return found

    def close(self) -> None:
        for client in self._clients:
            client.close()


@contextmanager
def served_by_two(installation: Path, to: Path, database: Callable[[], str]) -> Iterator[Served]:
    """Serve a copy of the eastern street, moved to PostgreSQL, by two processes."""
    port = free_port()
    arguments = ["-w", str(to), "serve", "--processes", "2", "--port", str(port)]
    with (
        on_postgresql(installation.parent / "east", to, database),
        running(arguments, port=port) as address,
    ):
        served = Served(address, to)
        yield served
        served.close()
