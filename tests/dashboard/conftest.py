"""A real office, what is served of it, and a real browser for the dashboard's tests."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import case_street
import fake_evaluation
import plan_street
import pytest
import small_browser
import warden_street
from chromium import CHROMIUM, CHROMIUM_ARGS
from imported import opened_copy
from streamlit.components.v2 import manifest_scanner
from two_communities import open_built
from visits import free_port, new_profile, running

from dashboard.maps import layer_cache
from dashboard.runtime import context
from governance.access.permissions import Actor, Scope, local_owner
from governance.access.roles import GRANTED, ROLES
from governance.office import Office
from governance.patrols.routing.model.settings import EVENING
from governance.patrols.routing.model.shifts import Team
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
PLANNER = Actor(id="planner", name="李示例", roles=("planner",), scope=Scope.whole())
NO_DEMO, DEMO = "demo = false", "demo = true"
LOCALES = {"zh": "zh-CN", "en": "en-US"}


@pytest.fixture(scope="session", autouse=True)
def _packages_scanned_once() -> Iterator[None]:
    """Look once for Streamlit components among the packages, not at each page that is run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner,
            "scan_component_manifests",
            cache(manifest_scanner.scan_component_manifests),
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def _cheap(cheap_hashes: None) -> None:
    """Sign in and plan quickly in all tests of this folder."""


@pytest.fixture(scope="session")
def plan_folder(built_once: Callable[..., Path]) -> Path:
    """Build a small office with teams and a score; never changed."""
    return built_once("plan_street", plan_street.build_street)


@pytest.fixture(scope="session")
def planned_folder(plan_folder: Path, built_once: Callable[..., Path]) -> Path:
    """Build the same with the draft of its week's plan; never changed."""

    def build(folder: Path) -> None:
        plan_street.plan_week(shutil.copytree(plan_folder, folder))

    return built_once("planned_street", build)


@pytest.fixture
def plan_office(plan_folder: Path, tmp_path: Path, serve: Callable[..., Any]) -> Iterator[Office]:
    """Serve a copy of the small office to its planner; nothing is planned yet."""
    yield from _served_copy(plan_folder, tmp_path, serve)


@pytest.fixture
def planned_office(
    planned_folder: Path, tmp_path: Path, serve: Callable[..., Any]
) -> Iterator[Office]:
    """Serve a copy of the small office to its planner; its week is planned."""
    yield from _served_copy(planned_folder, tmp_path, serve)


@pytest.fixture(scope="module")
def kept_plan_office(
    planned_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """Open a copy of the small office whose week is planned, for tests that only look."""
    yield from opened_copy(planned_folder, tmp_path_factory.mktemp("kept"), now=plan_street.NOW)


def _served_copy(folder: Path, to: Path, serve: Callable[..., Any]) -> Iterator[Office]:
    office = plan_street.open_street(shutil.copytree(folder, to / "street"))
    serve(office, plan_street.PLANNER)
    yield office
    office.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    """Serve an office to one person, the planner unless said otherwise until the test ends.

    ``everyone=None``: to whoever signs in.
    """

    def serving_to(office: Office, everyone: Actor | None = PLANNER) -> Office:
        context.provide(office, everyone=everyone)
        return office

    layer_cache.forget_layers()
    yield serving_to
    context.withdraw()
    layer_cache.forget_layers()


@pytest.fixture(scope="session")
def city(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open the demonstration city for tests that only look; its last record is of today."""
    yield from opened_copy(demonstration, tmp_path_factory.mktemp("city"), now=NOW)


@pytest.fixture(scope="session")
def newest(city: Office) -> str:
    """Return the id of the city's newest score."""
    return str(city.scores.snapshots(PLANNER)["snapshot_id"].iloc[0])


@pytest.fixture(scope="session")
def first_building(city: Office, newest: str) -> str:
    """Return the code of the city's building with the highest score."""
    ranked = city.risk_map.layer(PLANNER, layer="building", snapshot_id=newest)
    return str(ranked["unit"].iloc[0])


@pytest.fixture
def served_city(serve: Callable[..., Any], city: Office) -> Office:
    """Serve the city to its planner, to be looked at."""
    served: Office = serve(city)
    return served


@pytest.fixture
def own_city(own_demonstration: Path) -> Iterator[Office]:
    """Open a copy of the demonstration city that a test may change."""
    office = open_office(own_demonstration, now=lambda: NOW)
    yield office
    office.close()


@pytest.fixture
def own_two(two_communities: Path, tmp_path: Path) -> Iterator[Office]:
    """Open a copy of an office of two communities and five buildings, scored on two days."""
    office = open_built(shutil.copytree(two_communities, tmp_path / "two"))
    yield office
    office.close()


@pytest.fixture(scope="session")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open an office without a row; never changed."""
    folder = create_workspace(tmp_path_factory.mktemp("empty") / "office")
    office = open_office(folder, now=lambda: NOW)
    yield office
    office.close()


@pytest.fixture(scope="session")
def warden_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a workspace of wardens whom tests share out among them: no two use the same."""
    folder = tmp_path_factory.mktemp("wardens") / "office"
    warden_street.build_street(folder)
    return folder


class Staffed(NamedTuple):
    """A workspace with accounts, and the word that one of them must change."""

    folder: Path
    once: str


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Staffed:
    """Make accounts: some called as their roles, ``new_planner``, one of each role to be tried.

    All may see the whole street, have the same password, and find no row in it.
    """
    folder = create_workspace(tmp_path_factory.mktemp("staffed") / "office")
    _change_setting(folder, before=NO_DEMO, after=DEMO)
    office, owner = open_office(folder), local_owner()
    for role in ("planner", "warden", "hotline_clerk"):
        small_browser.add_account(office, role, role)
    for role in GRANTED:
        scope = Scope.nothing() if ROLES[role].exclusive else Scope.whole()
        office.demo_accounts.add(owner, f"demo-{role}", name=role, role=role, scope=scope)
    once = small_browser.add_new_account(office, "new_planner", "planner")
    office.close()
    return Staffed(folder, once)


@pytest.fixture
def serve_staffed(staffed: Staffed, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Serve a copy of the office, as a demonstration or not; nobody is signed in."""
    opened: list[Office] = []

    def serving(*, demo: bool = True) -> Office:
        folder = shutil.copytree(staffed.folder, tmp_path / f"office{len(opened)}")
        if not demo:
            _change_setting(folder, before=DEMO, after=NO_DEMO)
        opened.append(open_office(folder))
        context.provide(opened[-1])
        return opened[-1]

    layer_cache.forget_layers()
    yield serving
    context.withdraw()
    layer_cache.forget_layers()
    for office in opened:
        office.close()


def _change_setting(folder: Path, *, before: str, after: str) -> None:
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8")
    assert before in text
    settings.write_text(text.replace(before, after, 1), encoding="utf-8")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a workspace in a process of its own and say where.

    It does not score by itself: what pages show must not change while a test looks at it.
    """
    _change_setting(folder, before="automatic = true", after="automatic = false")
    port = free_port()
    command = ["-w", str(folder), "serve", "--port", str(port)]
    with running(command, port=port) as address:
        yield address


@pytest.fixture(scope="session")
def server(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a copy of the demonstration city in which the score was evaluated.

    To be looked at; tests that change something work in `workplace`.
    """
    folder = shutil.copytree(demonstration, tmp_path_factory.mktemp("served") / "office")
    fake_evaluation.store_evaluation(folder)
    with serving(folder) as address:
        yield address


class Workplace(NamedTuple):
    """A demonstration that is served, and where."""

    folder: Path
    address: str


@pytest.fixture(scope="session")
def workplace(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """Serve a copy of the demonstration city whose two teams are out every evening.

    For tests that each change a part of their own: imports, duties, plans.
    """
    folder = shutil.copytree(demonstration, tmp_path_factory.mktemp("work") / "office")
    office = open_office(folder)
    for name, login in (("一队", "demo-warden"), ("二队", "demo-building-head")):
        evenings = tuple((day, EVENING) for day in range(1, 8))
        team = Team(team_id="new", name=name, members=(login,), shifts=evenings)
        office.teams.save(local_owner(), team)
    office.close()
    with serving(folder) as address:
        yield Workplace(folder, address)


@pytest.fixture(scope="session")
def case_folder(built_once: Callable[..., Path]) -> Path:
    """Build a demonstration office of five buildings to which tickets can come; never changed."""
    return built_once("case_street", case_street.build_street)


@pytest.fixture(scope="session")
def case_office(case_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """Serve an office with a few tickets, for the tests of what is done about them."""
    folder = shutil.copytree(case_folder, tmp_path_factory.mktemp("cases") / "office")
    with serving(folder) as address:
        yield Workplace(folder, address)


@pytest.fixture(scope="session")
def notice_office(
    case_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workplace]:
    """Serve an office that may tell of a decision at once, for the journey of an exposure."""
    folder = shutil.copytree(case_folder, tmp_path_factory.mktemp("notices") / "office")
    case_street.tell_at_once(folder)
    with serving(folder) as address:
        yield Workplace(folder, address)


@pytest.fixture(scope="session")
def warden_server(warden_folder: Path) -> Iterator[str]:
    """Serve the workspace of wardens."""
    with serving(warden_folder) as address:
        yield address


class Started(NamedTuple):
    """A browser, what started it, its event loop, and a profile of it for each language."""

    play: Any
    chromium: Any
    loop: asyncio.AbstractEventLoop
    profiles: dict[str, Any]


@pytest.fixture(scope="session")
def _started() -> Iterator[Started]:
    """Start the machine's Chromium, or skip."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: browser tests need Debian's chromium")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        loop = asyncio.get_running_loop()
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGS)
        profiles = {name: new_profile(chromium, locale=locale) for name, locale in LOCALES.items()}
        yield Started(play, chromium, loop, profiles)
        asyncio._set_running_loop(loop)
        chromium.close()


@pytest.fixture(scope="module")
def play(_started: Started) -> Iterator[Any]:
    """Give what starts browsers; other modules' tests run event loops of their own."""
    asyncio._set_running_loop(_started.loop)
    yield _started.play
    asyncio._set_running_loop(None)


@pytest.fixture(scope="module")
def browser(play: Any, _started: Started) -> Any:  # noqa: ARG001 -- its event loop runs
    """Give the machine's Chromium."""
    return _started.chromium


@pytest.fixture(scope="module")
def visitors(browser: Any, _started: Started) -> dict[str, Any]:  # noqa: ARG001 -- it runs
    """Give a browser profile for each language, so that pages come from its cache.

    Nobody is signed in yet.
    """
    for profile in _started.profiles.values():
        profile.clear_cookies()
    return _started.profiles
