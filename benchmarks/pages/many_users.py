"""Many people on the map at once: how soon a click is answered, and what a session costs.

Run ``python -m benchmarks.pages.many_users WORKSPACE [--people 100] [--seconds 120] [--processes
1]`` on a demonstration, e.g. of ``gridwarden demo --no-serve``. Every person signs in as a planner,
opens the map over a websocket as Streamlit's own page does, and clicks every five seconds, in turn:
another size of cells (the script runs again, the list beside the map is another one), a building on
the map (its card, over http). An answer is there when the script has finished, or the card's last
byte has come; what a browser does then is `benchmarks/pages/map_paint.py`'s question.

``--folium`` asks the page that a user would write with streamlit-folium (`folium_page.py`: the same
buildings, list and card) the same way, in turns with ours, ``--rounds`` times; there a click on a
building is the value that the component sends, and the script runs again. streamlit-folium is no
part of the project's environment. Install it apart and name that interpreter in RIVALS_PYTHON:

    python -m venv rivals && rivals/bin/pip install streamlit-folium pyarrow

Limits: p95 of 0.5 s and 3 MB a session with 100 people on two idle cores.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.rivals import RIVALS_PYTHON, is_there
from governance.access.permissions import local_owner
from gridwarden.compose import open_office

P95_S, SESSION_MB = 0.5, 3.0
EVERY_S = 5.0
QUARTERS = 4
CELLS = ("cell:10", "cell:9", "cell:8")
RIVAL_PAGE = Path(__file__).with_name("folium_page.py")
CLICKED = "last_object_clicked_tooltip"
"""What streamlit-folium names a building that was clicked."""


@dataclass
class Asked:
    """What people waited for, in seconds."""

    opened: list[float] = field(default_factory=list)
    listed: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    failed: int = 0


class Person:
    """Somebody with the map open.

    ``page``: its path; empty for a program of one page.
    """

    def __init__(self, address: str, cookies: Mapping[str, str], page: str) -> None:
        self._address, self._page = address, page
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._map = ""  # id of the component of the rival's map, as soon as its page named it
        self._query, self._clicked = "", ""

    async def use(
        self, asked: Asked, cards: Iterator[str], ready: Callable[[], Awaitable[float]]
    ) -> None:
        """Open the map, wait for everybody, then click until the time is over.

        ``ready``: waits for everybody and tells when the time is over.
        """
        cookie = {"Cookie": self._cookies, "Origin": self._address}
        url = f"{self._address.replace('http', 'ws')}/_stcore/stream"
        async with (
            httpx.AsyncClient(base_url=self._address, headers=cookie, timeout=120) as web,
            connect(url, additional_headers={"Cookie": cookie["Cookie"]}, max_size=None,
                    origin=Origin(self._address), subprotocols=[Subprotocol("streamlit")],
                    ping_interval=None, open_timeout=120) as socket,
        ):  # fmt: skip
            asked.opened.append(await self._run(socket))
            end = await ready()
            await asyncio.sleep(random.uniform(0, EVERY_S))  # noqa: S311 -- nothing secret
            for number in itertools.count():
                if time.monotonic() >= end:
                    return
                began = time.monotonic()
                if number % 2:
                    self._query = f"cells={CELLS[number % len(CELLS)]}"
                    asked.listed.append(await self._run(socket))
                elif self._page:
                    answer = await web.get(next(cards))
                    asked.failed += answer.status_code != 200
                    asked.cards.append(time.monotonic() - began)
                else:
                    self._clicked = next(cards)
                    asked.cards.append(await self._run(socket))
                await asyncio.sleep(max(0.0, began + EVERY_S - time.monotonic()))

    async def _run(self, socket: ClientConnection) -> float:
        """Let the script run and return how long that took."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        if self._clicked:
            state = message.rerun_script.widget_states.widgets.add(id=self._map)
            state.json_value = json.dumps({CLICKED: self._clicked})
        began, shown = time.monotonic(), not self._clicked
        await socket.send(message.SerializeToString())
        async for piece in socket:
            told = ForwardMsg()
            told.ParseFromString(bytes(piece, "latin-1") if isinstance(piece, str) else piece)
            if told.WhichOneof("type") == "script_finished":
                if not shown:
                    raise ConnectionError(f"{self._clicked} was clicked, no card came")
                return time.monotonic() - began
            element = told.delta.new_element
            self._map = element.component_instance.id or self._map
            shown |= element.WhichOneof("type") == "table"
        raise ConnectionError(self._address)


@contextmanager
def served(
    arguments: list[str], port: int, path: str, *, python: str = sys.executable
) -> Iterator[psutil.Process]:
    """Run a server until the block ends, once it answers."""
    with subprocess.Popen(  # noqa: S603 -- our own programs
        [python, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        while server.poll() is None:
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1)
                break
            time.sleep(0.3)
        try:
            yield psutil.Process(server.pid)
        finally:
            server.terminate()


def cost_of(server: psutil.Process) -> tuple[float, float]:
    """Return memory in MB (what is shared counted once) and CPU seconds of a server."""
    every = [server, *server.children(recursive=True)]
    memory = sum(each.memory_full_info().pss for each in every) / 1e6
    times = [each.cpu_times() for each in every]
    return memory, sum(each.user + each.system for each in times)


async def visit(
    server: psutil.Process, people: list[Person], cards: list[str], *, seconds: float, name: str
) -> bool:
    """Let everybody use the map, tell the figures, and say whether the limits were kept."""
    asked, waiting, all_here = Asked(), 0, asyncio.Event()
    base = cost_of(server)[0]

    async def ready() -> float:
        nonlocal waiting
        waiting += 1
        if waiting == len(people):
            all_here.set()
        await all_here.wait()
        return time.monotonic() + seconds

    turns = itertools.cycle(cards)
    tasks = [asyncio.create_task(each.use(asked, turns, ready)) for each in people]
    everybody = asyncio.gather(*tasks)
    here = asyncio.create_task(all_here.wait())
    waited: set[asyncio.Future[Any]] = {everybody, here}
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    memory, cpu = [cost_of(server)[0]], cost_of(server)[1]
    for _ in range(QUARTERS):
        await asyncio.sleep(seconds * 0.95 / QUARTERS)
        memory.append(cost_of(server)[0])
    worked = cost_of(server)[1] - cpu
    await everybody
    each = (max(memory) - base) / len(people)
    clicks = asked.listed + asked.cards
    p95 = _p95(clicks)
    print(f"{name}: {len(people)} people, {len(clicks)} clicks, {asked.failed} failed; "
          f"p50 {np.median(clicks):.2f} s, p95 {p95:.2f} s (lists {_p95(asked.listed):.2f} s, "
          f"cards {_p95(asked.cards):.2f} s), most {max(clicks):.2f} s "
          f"(opening p95 {_p95(asked.opened):.1f} s); {each:.1f} MB a session beyond {base:.0f} MB "
          f"({', '.join(f'{one:.0f}' for one in memory)} MB from first to last); "
          f"{worked:.0f} s of CPU, {1000 * worked / len(clicks):.0f} ms a click; "
          f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)  # fmt: skip
    return p95 <= P95_S and each <= SESSION_MB and not asked.failed


def _p95(seconds: list[float]) -> float:
    return float(np.quantile(seconds, 0.95)) if seconds else 0.0


def _sign_in(address: str) -> dict[str, str]:
    """Return the cookies that a browser keeps: whose session, and which process's."""
    with httpx.Client(base_url=address, headers={"origin": address}) as browser:
        browser.post("/gw/demo-sign-in", data={"role": "planner"})
        return dict(browser.cookies)


def ours(folder: Path, told: argparse.Namespace) -> bool:
    """Measure the map of a workspace."""
    office = open_office(folder)
    snapshot = str(office.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    units = [row["unit"] for row in office.risk_map.top(local_owner(), k=200)]
    office.close()
    cards = [f"/gw/unit-card/{snapshot}/{unit}" for unit in units]
    more = ["--processes", str(told.processes)] if told.processes > 1 else []
    arguments = ["gridwarden", "-w", str(folder), "serve", "--port", str(told.port), *more]
    address = f"http://127.0.0.1:{told.port}"
    with served(arguments, told.port, "/readyz") as server:
        time.sleep(told.settle)  # what a server makes after its start
        warm = [Person(address, _sign_in(address), "map") for _ in range(told.processes)]
        asyncio.run(visit(server, warm, cards, seconds=EVERY_S * 2, name="warm-up"))
        people = [Person(address, _sign_in(address), "map") for _ in range(told.people)]
        return asyncio.run(visit(server, people, cards, seconds=told.seconds, name="gridwarden"))


def folium(folder: Path, told: argparse.Namespace) -> None:
    """Measure the same buildings, list and card on a page with streamlit-folium."""
    with tempfile.TemporaryDirectory() as place:
        units = _write_layers(folder, Path(place))
        arguments = ["streamlit", "run", str(RIVAL_PAGE), "--server.port", str(told.port),
                     "--server.address", "127.0.0.1", "--server.headless", "true",
                     "--browser.gatherUsageStats", "false", "--", place]  # fmt: skip
        address = f"http://127.0.0.1:{told.port}"
        with served(arguments, told.port, "/_stcore/health", python=RIVALS_PYTHON) as server:
            warm = [Person(address, {}, "")]
            asyncio.run(visit(server, warm, units, seconds=EVERY_S * 2, name="warm-up"))
            people = [Person(address, {}, "") for _ in range(told.people)]
            asyncio.run(visit(server, people, units, seconds=told.seconds, name="st_folium"))


def _write_layers(folder: Path, place: Path) -> list[str]:
    """Write what the rival's page reads, and return the buildings that are clicked."""
    office = open_office(folder)
    for layer in ("building", *CELLS):
        rows = office.risk_map.layer(local_owner(), layer=layer).drop(
            columns="geom", errors="ignore"
        )
        rows.to_parquet(place / f"{layer.replace(':', '-')}.parquet")
        if layer == "building":
            buildings = rows
    office.close()
    features = [
        {"type": "Feature", "properties": {"unit": row.unit, "rank": row.rank},
         "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]}}
        for row in buildings.itertuples()
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (place / "buildings.geojson").write_text(text, encoding="utf-8")
    return buildings["unit"].head(200).tolist()


def main() -> int:
    """Measure what was asked for; 1 where a limit was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--port", type=int, default=18_777)
    parser.add_argument("--settle", type=float, default=20, help="seconds before the first visit")
    parser.add_argument("--folium", action="store_true", help="beside a page of streamlit-folium")
    parser.add_argument("--rounds", type=int, default=1)
    told = parser.parse_args()
    beside, kept = told.folium and is_there("st_folium", "import streamlit_folium"), True
    for _ in range(told.rounds):
        kept &= ours(told.workspace, told)
        if beside:
            folium(told.workspace, told)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
