"""An office with an account of every role, served with Streamlit's own paths."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from two_communities import OWN_SCOPE, open_built
from whole_server import Server

from dashboard.maps import layer_cache
from dashboard.runtime import context
from governance.access.permissions import Scope, local_owner
from governance.access.roles import GRANTED, ROLES


@pytest.fixture(scope="module")
def server(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = shutil.copytree(two_communities, tmp_path_factory.mktemp("access") / "o")
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("demo = false", "demo = true", 1), encoding="utf-8")
    office = open_built(folder)
    for role in GRANTED:
        scope = Scope.nothing() if ROLES[role].exclusive else OWN_SCOPE
        office.demo_accounts.add(local_owner(), f"demo-{role}", name=role, role=role, scope=scope)
    layer_cache.forget_layers()
    context.provide(office)
    yield Server(office)
    context.withdraw()
    layer_cache.forget_layers()
    office.close()


@pytest.fixture(scope="module")
def tokens(server: Server) -> dict[str, str]:
    """Return one session of every role."""
    return {role: server.token(role) for role in GRANTED}


@pytest.fixture(scope="module")
def ended(server: Server) -> str:
    """Return the secret of a session that was signed out."""
    token = server.token("planner")
    server.office.sessions.sign_out(token)
    return token
