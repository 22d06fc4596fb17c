"""Rules of what programs that watch the server are told."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from small_browser import Browser, add_account

from dashboard.runtime import context
from data.store.unit_of_work import Store
from data.workspace.folder import Workspace
from data.workspace.sections import SettingsError
from governance.office import Office
from governance.security.operations import metrics_token
from gridwarden.compose import open_office

TOKEN = "t0ken-" * 6


@pytest.fixture
def office(empty_office: Office, tmp_path: Path) -> Iterator[Office]:
    """Serve an empty office of this test's own to whoever signs in."""
    own = open_office(shutil.copytree(empty_office._workspace.root, tmp_path / "office"))
    context.provide(own)
    yield own
    context.withdraw()
    own.close()


@pytest.fixture
def with_token(office: Office) -> Iterator[Office]:
    root = office._workspace.root
    (root / "metrics.token").write_text(TOKEN, encoding="ascii")
    settings = '[operations]\nmetrics_token_file = "metrics.token"\n'
    (root / "gridwarden.toml").write_text(settings, encoding="utf-8")
    again = open_office(root)
    context.provide(again)
    yield again
    again.close()


def figures(answer: Any) -> dict[str, list[Any]]:
    return {family.name: family.samples for family in text_string_to_metric_families(answer.text)}


@pytest.mark.usefixtures("office")
def test_an_alive_server_says_so_without_its_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "revision", _broken)
    monkeypatch.setattr(Store, "begin", _broken)
    assert Browser().get("/healthz").status_code == 200


def _broken(*_: object) -> Any:
    raise AssertionError("the store was asked")


@pytest.mark.usefixtures("office")
def test_a_server_is_ready_when_its_store_answers() -> None:
    answer = Browser().get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (200, [])


def test_a_server_without_its_store_is_not_ready(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(office._workspace.__dict__, "store", Store("sqlite:////no/such/x.db"))
    answer = Browser().get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["store_unreachable"])


@pytest.mark.usefixtures("office")
def test_a_store_of_another_version_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "revision", lambda _: "0001_first_tables")
    assert Browser().get("/readyz").json()["problems"] == ["store_not_migrated"]


def test_a_server_whose_folder_is_gone_is_not_ready(office: Office) -> None:
    (office._workspace.root / "gridwarden.toml").unlink()
    assert Browser().get("/readyz").json()["problems"] == ["workspace_missing"]


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.168.1.7", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "192.168.1.7"}, 403),
        ("192.168.1.7", {"authorization": "Bearer "}, 403),
    ],
)
def test_without_a_token_only_this_machine_reads_figures(
    client: str, headers: dict[str, str], status: int
) -> None:
    assert Browser(client=client).get("/metrics", **headers).status_code == status


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize("client", ["127.0.0.1", "192.168.1.7"])
def test_with_a_token_whoever_has_it_reads_figures(client: str) -> None:
    browser = Browser(client=client)
    assert browser.get("/metrics", authorization=f"Bearer {TOKEN}").status_code == 200
    for wrong in ({}, {"authorization": f"Bearer {TOKEN}x"}, {"authorization": TOKEN}):
        assert browser.get("/metrics", **wrong).status_code == 403


def test_a_token_that_is_too_short_is_refused_at_the_start(with_token: Office) -> None:
    root: Path = with_token._workspace.root
    (root / "metrics.token").write_text("short", encoding="ascii")
    with pytest.raises(SettingsError, match="32"):
        metrics_token(Workspace.open(root))


@pytest.mark.usefixtures("office")
def test_each_request_is_counted_by_route_and_status() -> None:
    def count(route: str, status: str) -> float:
        samples = figures(Browser().get("/metrics"))["gridwarden_requests"]
        return sum(
            each.value for each in samples
            if each.name.endswith("_total") and each.labels["route"] == route
            and each.labels["status"] == status
        )  # fmt: skip

    before = count("/gw/sign-in", "200"), count("other", "401")
    Browser().get("/gw/sign-in")
    Browser().ask("GET", "/gw/张三/13800001111")
    assert (count("/gw/sign-in", "200"), count("other", "401")) == (before[0] + 1, before[1] + 1)
    assert "张三" not in Browser().get("/metrics").text


def test_figures_count_what_waits_and_who_is_active(office: Office) -> None:
    before = figures(Browser().get("/metrics"))
    assert before["gridwarden_active_people"][0].value == 0
    add_account(office, "wang", "planner")
    browser = Browser()
    browser.sign_in("wang")
    after = figures(browser.get("/metrics"))
    assert after["gridwarden_active_people"][0].value == 1
    assert {each.labels["queue"] for each in after["gridwarden_waiting"]} == {
        "cases", "file_changes", "export_requests", "uploads"
    }  # fmt: skip


@pytest.mark.usefixtures("office")
def test_each_answer_has_an_id_of_its_own() -> None:
    ids = {Browser().get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_store_that_is_gone_leaves_figures_unanswered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(office._workspace.__dict__, "store", Store("sqlite:////no/such/x.db"))
    assert Browser().get("/metrics").status_code == 503
