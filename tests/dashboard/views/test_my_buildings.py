"""The page of a warden as Streamlit runs it."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import opened

from governance.access.permissions import Actor, Scope
from governance.office import Office


def one(role: str, scope: Scope) -> Actor:
    return Actor(id=f"{role}1", name=role, roles=(role,), scope=scope)


@pytest.mark.parametrize("role", ["warden", "office_manager", "property_owner"])
def test_the_page_opens_for_wardens_managers_and_owners(
    serve: Callable[..., Any], city: Office, first_building: str, role: str
) -> None:
    scope = Scope(buildings=frozenset([first_building]))
    serve(city, one(role, Scope.whole() if role == "office_manager" else scope))
    app = opened("my_buildings")
    assert [t.value for t in app.title] == ["我的楼栋"]
    assert not app.info


def test_who_looks_after_nothing_is_told_so_kindly(serve: Callable[..., Any], city: Office) -> None:
    serve(city, one("auditor", Scope.nothing()))
    assert "不负责楼栋" in opened("my_buildings").info[0].value
