"""Two processes behind one address, over PostgreSQL: people notice nothing of which one answers."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from patience import PATIENCE_S
from served_streets import Served
from sqlalchemy import select
from streets import units

from data.store.tables.visits import VisitVersion
from gridwarden.compose import open_office
from gridwarden.processes.supervisor import ServerRunsError, marked_as_server, restart_server

WARDEN, RECORDED = "a-warden", "saved"
_keys = count(1)


def two_names(served: Served) -> list[str]:
    """Wait until two processes answer and return their names."""
    until, names = time.monotonic() + PATIENCE_S, set[str]()
    while len(names) < 2:
        assert time.monotonic() < until
        with served.client() as new:
            answer = new.get("/readyz")
            names |= {answer.cookies[served.cookie]} & served.processes().keys()
        time.sleep(0.1)  # leave the processor to a process that starts
    return sorted(names)


def visit(client: httpx.Client, key: str) -> httpx.Response:
    entry = {"key": key, "kind": "visit", "building_id": units("A")[0], "result": "未发现异常",
             "note": key, "age_s": 0}  # fmt: skip
    return client.post("/gw/visits?lang=en", json={"account": WARDEN, "entries": [entry]})


def kept_keys(served: Served) -> list[str]:
    """Return the keys of all visits in the store."""
    office = open_office(served.folder)
    with office._workspace.store.begin() as unit:
        keys = list(unit.session.scalars(select(VisitVersion.key)))
    office.close()
    return keys


@contextmanager
def stream_of_writes(
    client: httpx.Client, *, rest_s: float = 0.0
) -> Iterator[list[tuple[str, Any]]]:
    """Record visits one after the other while the block lasts; give key and answer of each.

    ``rest_s``: between two, for processes that start meanwhile.
    """
    answered: list[tuple[str, Any]] = []
    ending = Event()

    def work() -> None:
        while not ending.is_set():
            key = f"stream-{next(_keys)}"
            try:
                answer = visit(client, key)
                taken = answer.status_code == 200 and answer.json()["answers"][0]["state"]
                answered.append((key, taken or answer.status_code))
            except httpx.HTTPError as error:
                answered.append((key, repr(error)))
            ending.wait(rest_s)

    thread = Thread(target=work)
    thread.start()
    try:
        yield answered
    finally:
        ending.set()
        thread.join()


def test_a_session_made_in_one_process_holds_in_the_other_and_ends_in_both(served: Served) -> None:
    first, second = two_names(served)
    one = served.signed_in("planner", process=first)
    assert one.cookies[served.cookie] == first
    other = served.client(process=second)
    served.take_session(other, of=one)
    assert [each.get("/gw/places").status_code for each in (one, other)] == [200, 200]
    assert other.cookies[served.cookie] == second
    assert one.post("/gw/sign-out").status_code == 303
    assert other.get("/gw/places").status_code == 401


def test_failures_to_sign_in_are_counted_over_both_processes(served: Served) -> None:
    first, second = two_names(served)
    told = {"login": "nobody", "password": "wrong", "lang": "en"}
    answers = [
        served.client(process=process).post("/gw/sign-in", data=told).text
        for process in (first, second, first, second, first, second)
    ]
    assert answers[0] == answers[4]
    assert answers[5] != answers[4]


def test_a_write_in_one_process_is_seen_at_the_next_request_in_the_other(served: Served) -> None:
    first, second = two_names(served)
    one = served.signed_in("warden", process=first)
    other = served.client(process=second)
    served.take_session(other, of=one)
    path = f"/gw/my-buildings/{units('A')[0]}"
    for key in ("seen-1", "seen-2", "seen-3"):
        assert key not in other.get(path).text
        assert visit(one, key).status_code == 200
        assert key in other.get(path).text


def told_by(served: Served, process: str) -> dict[str, float]:
    """Return the lines of `/metrics` of a process: name and labels → value."""
    text = served.client(process=process).get("/metrics").text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def running(told: dict[str, float]) -> list[float]:
    """Return how many processes of each build are told of."""
    return [value for name, value in told.items() if "gridwarden_build" in name]


def test_whichever_process_is_asked_tells_what_all_of_them_counted(served: Served) -> None:
    asked = 'gridwarden_requests_total{method="GET",route="/gw/places",status="200"}'
    first, second = two_names(served)
    before = told_by(served, first).get(asked, 0)
    for process, times in ((first, 2), (second, 3)):
        client = served.signed_in("planner", process=process)
        assert [client.get("/gw/places").status_code for _ in range(times)] == [200] * times
    for process in (first, second):
        told = told_by(served, process)
        assert told[asked] == before + 5
        assert running(told) == [2]


def test_a_rolling_restart_loses_no_session_no_write_and_no_count(served: Served) -> None:
    old = two_names(served)
    people = [served.signed_in(role, process=name) for role, name in
              (("planner", old[0]), ("office_manager", old[1]))]  # fmt: skip
    warden = served.signed_in("warden")
    written = 'gridwarden_requests_total{method="POST",route="/gw/visits",status="200"}'
    before = told_by(served, old[0]).get(written, 0)
    with stream_of_writes(warden, rest_s=0.02) as answered:
        restart_server(served.folder)
        until = time.monotonic() + PATIENCE_S
        while served.processes().keys() & set(old):
            assert time.monotonic() < until
            assert [each.get("/gw/places").status_code for each in people] == [200, 200]
            time.sleep(0.2)
        new = two_names(served)
    assert not {*old} & {*new}
    assert told_by(served, new[0])[written] - before == len(answered)
    assert {state for _, state in answered} == {RECORDED}
    assert sorted(key for key in kept_keys(served) if key.startswith("stream-")) == sorted(
        key for key, _ in answered
    )
    assert [each.get("/gw/places").status_code for each in people] == [200, 200]


def test_a_process_that_is_killed_takes_no_acknowledged_write_and_no_session_with_it(
    served: Served,
) -> None:
    names = two_names(served)
    warden = served.signed_in("warden", process=names[0])
    with stream_of_writes(warden) as answered:
        while len(answered) < 20:
            time.sleep(0.01)
        os.kill(served.processes()[names[0]].pid, signal.SIGKILL)
        behind = len(answered)
        while len(answered) < behind + 40:
            time.sleep(0.01)
    kept = set(kept_keys(served))
    assert [key for key, status in answered if status == RECORDED and key not in kept] == []
    assert len([status for _, status in answered if status != RECORDED]) <= 1
    assert warden.get("/gw/my-buildings").status_code == 200
    assert running(told_by(served, two_names(served)[0])) == [2]  # it counts no more


def test_there_is_nothing_to_restart_where_no_server_runs(tmp_path: Path) -> None:
    with pytest.raises(ServerRunsError, match="No server runs"):
        restart_server(tmp_path)
    with (
        marked_as_server(tmp_path),
        pytest.raises(ServerRunsError, match="Server runs"),
        marked_as_server(tmp_path),
    ):
        pass
