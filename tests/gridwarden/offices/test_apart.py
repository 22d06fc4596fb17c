"""Two streets and a district, each served by processes of its own: none tells of another's rows."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from installations import HOSTS, MARKS, on_postgresql
from patience import PATIENCE_S
from route_table import CLOSED, OPEN, SIGNED_IN, TABLE
from streets import COMMUNITY, ESTATES, marks, units
from two_communities import text_of
from visits import free_port, running

from governance.access.permissions import local_owner
from governance.access.roles import GRANTED
from gridwarden.compose import open_office

PASSWORD = "Blaue-Bruecke-7-Wolken"  # noqa: S105 -- of an account of this test
ROUTES = [name for name in TABLE if not name.startswith(("MOUNT", "WEBSOCKET"))]
MANAGER = "office_manager"
ENDING = "POST /gw/sign-out"
"""Ends the session that asks; tried with the other walk, where it must not."""
PAIRS = [("east", "west"), ("district", "east")]
"""Office that is asked, and office that asks."""
CHANGES = {"date", "x-request-id", "set-cookie", "content-length"}
"""Headers that differ from one answer to the next."""


class City:
    """The installation as browsers reach it."""

    def __init__(self, address: str, file: Path) -> None:
        self.port = httpx.URL(address).port
        self._client = httpx.Client(base_url=address, timeout=PATIENCE_S)
        self.snapshots, self.cookies = dict[str, str](), dict[str, str]()
        for key in MARKS:
            office = open_office(file.parent / key)
            found = office.scores.snapshots(local_owner())["snapshot_id"]
            self.snapshots[key] = str(found.iloc[0])
            self.cookies[key] = office.sessions.cookie_name
            office.close()
        self.tokens = {
            (key, role): self.ask(key, "POST", "/gw/demo-sign-in", data={"role": role}).cookies[
                self.cookies[key]
            ]
            for key, role in product(MARKS, GRANTED)
        }

    def ask(self, office: str, method: str, path: str, *, sid: str = "", **more: Any) -> Any:
        """Ask under an office's name as whoever has a session, from a page of that office."""
        host = f"{HOSTS.get(office, office)}:{self.port}"
        headers = {"host": host, "origin": f"http://{host}", **more.pop("headers", {})}
        if sid:
            headers["cookie"] = f"{self.cookies.get(office, 'sid')}={sid}"
        self._client.cookies.clear()
        return self._client.request(method, path, headers=headers, **more)

    def question(self, name: str, of: str) -> tuple[str, str, dict[str, Any]]:
        """Fill a route's path with what names rows of an office."""
        method, _, path = name.partition(" ")
        unit = units(MARKS[of])[0]
        gaps = {
            "snapshot": self.snapshots[of], "unit": unit, "building": unit,
            "community": COMMUNITY[MARKS[of]], "layer": "building", "tiles": "0-0-0",
            "upload": "0" * 32, "number": "CL-2026-0001", "sha256": "0" * 64,
            "name": "public.css", "file_id": "x.png", "session_id": "s", "path": "x",
        }  # fmt: skip
        for gap, value in gaps.items():
            path = path.replace(f"{{{gap}:path}}", value).replace(f"{{{gap}}}", value)
        row = TABLE[name]
        more = {key: dict(v) if key == "headers" else v for key, v in row.more.items()}
        return method, path + row.query.format(account="x"), more

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def city(
    installation: Path, postgresql: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    if os.name != "posix":
        pytest.skip("several processes need Unix sockets")
    with ExitStack() as ending:
        folder = tmp_path_factory.mktemp("apart") / "city"
        ending.enter_context(on_postgresql(installation.parent, folder, postgresql))
        file = folder / installation.name
        for key in MARKS:
            office = open_office(file.parent / key)
            first = office.accounts.add(local_owner(), f"local-{key}", name=key)
            owner = office.sign_in.owner_of(f"local-{key}", str(first))
            office.sign_in.change_password(owner, old=str(first), new=PASSWORD)
            office.close()
        port = free_port()
        arguments = ["offices", "serve", str(file), "--port", str(port)]
        address = ending.enter_context(running(arguments, port=port, name=HOSTS["district"]))
        city = City(address, file)
        ending.callback(city.close)
        yield city


def told(answer: Any) -> str:
    return text_of(answer.content) + str(dict(answer.headers))


def shown(answer: Any) -> tuple[Any, ...]:
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGES}
    return answer.status_code, headers, answer.content


def test_the_walk_would_see_what_it_looks_for(city: City) -> None:
    method, path, more = city.question("GET /gw/places", "east")
    answer = city.ask("east", method, path, sid=city.tokens["east", "planner"], **more)
    assert answer.status_code == 200
    assert ESTATES["A"] in told(answer)


@pytest.mark.parametrize(("asked", "asking"), PAIRS)
def test_an_account_of_another_office_is_unknown(city: City, asked: str, asking: str) -> None:
    # before the walks below, after which the address from which they come is slowed down
    def sign_in(login: str) -> tuple[Any, ...]:
        told = {"login": login, "password": PASSWORD, "lang": "en"}
        answer = city.ask(asked, "POST", "/gw/sign-in", data=told)
        return answer.status_code, answer.text.replace(login, "")

    assert sign_in(f"local-{asking}") == sign_in("never-was")
    assert sign_in(f"local-{asked}")[0] == 303


@pytest.mark.parametrize("name", ROUTES)
def test_a_session_of_another_office_is_nobodys(city: City, name: str) -> None:
    """The answer is the one that somebody without any session gets, to the byte.

    Whose it is cannot matter: no row of the office that is asked names it.
    """
    asked, asking = PAIRS[1]
    method, path, more = city.question(name, asked)
    nobody = city.ask(asked, method, path, **more)
    answer = city.ask(asked, method, path, sid=city.tokens[asking, MANAGER], **more)
    assert not [mark for mark in marks(MARKS[asked]) if mark in told(answer)]
    if TABLE[name].kind == OPEN:
        assert answer.status_code in {nobody.status_code, 429}
    else:
        assert shown(answer) == shown(nobody)
        assert answer.status_code == (404 if TABLE[name].kind == CLOSED else 401)


def let_in(name: str) -> list[str]:
    """Return the roles that a route lets in, the manager first, and one that it refuses.

    One alone where roles do not decide.
    """
    row = TABLE[name]
    if row.kind != SIGNED_IN:
        return [MANAGER]
    roles = row.roles or {*GRANTED}
    return sorted(roles, key=lambda each: (each != MANAGER, each)) + sorted({*GRANTED} - roles)[:1]


@pytest.mark.parametrize(("asked", "asking"), PAIRS)
@pytest.mark.parametrize("name", ROUTES)
def test_ids_of_another_office_name_nothing_in_ones_own(
    city: City, name: str, asked: str, asking: str
) -> None:
    """The rows of one office for each role, those of the other for one."""
    if name == ENDING:
        return
    method, path, more = city.question(name, asked)
    for role in let_in(name)[: None if asked == "east" else 1]:
        answer = city.ask(asking, method, path, sid=city.tokens[asking, role], **more)
        assert answer.status_code != 401 or TABLE[name].kind == OPEN  # the session holds
        said = told(answer)
        for echoed in (city.snapshots[asked], units(MARKS[asked])[0], COMMUNITY[MARKS[asked]]):
            said = said.replace(echoed, "")
        assert not [mark for mark in marks(MARKS[asked]) if mark in said], role


@pytest.mark.parametrize("name", ["nowhere.example.cn", "localhost", "127.0.0.1", "", "EAST"])
def test_a_name_that_no_office_has_is_told_nothing(city: City, name: str) -> None:
    for path in ("/", "/gw/sign-in", "/gw/places", "/healthz", "/_stcore/health"):
        answer = city.ask(name, "GET", path, sid=city.tokens["east", "planner"])
        assert (answer.status_code, answer.content) == (421, b"")
        assert not {"server", "x-request-id"} & set(answer.headers)


def test_a_page_of_one_office_may_change_nothing_in_another(city: City) -> None:
    origin = {"origin": f"http://{HOSTS['west']}:{city.port}"}
    token = city.tokens["east", "warden"]
    body = {"account": "a-warden", "entries": []}
    answer = city.ask("east", "POST", "/gw/visits", sid=token, json=body, headers=origin)
    assert answer.status_code == 403


def test_a_session_at_one_office_is_kept_beside_those_at_others_of_the_host(city: City) -> None:
    """Browsers keep cookies by host and send them to every port of it."""
    assert len(set(city.cookies.values())) == len(MARKS)
    both = {city.cookies[key]: city.tokens[key, "planner"] for key in ("east", "west")}
    headers = {"cookie": "; ".join(f"{name}={token}" for name, token in both.items())}
    for office in ("east", "west"):
        assert city.ask(office, "GET", "/gw/places", headers=headers).status_code == 200


def test_nobody_signs_out_in_one_office_who_is_signed_in_in_another(city: City) -> None:
    sid = city.tokens["west", "planner"]
    city.ask("east", "POST", "/gw/sign-out", sid=sid)
    assert city.ask("west", "GET", "/gw/places", sid=sid).status_code == 200
