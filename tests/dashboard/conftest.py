"""The fake office and a real browser for the dashboard's tests."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from visits import free_port, running

from dashboard.maps import layer_cache
from dashboard.runtime import context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
LOCALES = {"zh": "zh-CN", "en": "en-US"}


def _load_fake(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fake_evaluation = _load_fake("fake_evaluation")  # which the fake office imports
fake_duties = _load_fake("fake_duties")
fake_patrols = _load_fake("fake_patrols")  # which the fake visits import
fake_visits = _load_fake("fake_visits")
fake_start = _load_fake("fake_start")
fake_sign_in = _load_fake("fake_sign_in")
flat_services = _load_fake("flat_services")
_load_fake("small_browser")
fake_office = _load_fake("fake_office")


@pytest.fixture
def make_office() -> Iterator[Callable[..., Any]]:
    """Make a fake office and serve it, everybody taken for its planner unless said otherwise."""

    def make(*, everyone: Any = fake_sign_in.PLANNER, **numbers: Any) -> Any:
        office = flat_services.Composed(fake_office.FakeOffice(**numbers))
        context.provide(office, everyone=everyone)
        return office

    layer_cache.forget_layers()
    yield make
    context.withdraw()
    layer_cache.forget_layers()


@pytest.fixture
def office(make_office: Callable[..., Any]) -> Any:
    """Serve a fake office with 60 buildings and three snapshots."""
    return make_office(buildings=60)


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Serve a fake office in a process of its own and say where."""
    port = free_port()
    with running([str(HERE / "serve_fake.py"), str(port), *arguments], port=port) as address:
        yield address


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Serve a street of 240 buildings."""
    with serving("240") as address:
        yield address


@pytest.fixture(scope="session")
def empty_server() -> Iterator[str]:
    """Serve an empty workspace."""
    with serving("0", "empty") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the machine's Chromium, or skip; its event loop must end with the module."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: browser tests need Debian's chromium")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def visitors(browser: Any) -> Iterator[dict[str, Any]]:
    """Keep one browser profile for each language, so that pages come from its cache."""
    profiles = {name: browser.new_context(locale=locale) for name, locale in LOCALES.items()}
    yield profiles
    for profile in profiles.values():
        profile.close()
