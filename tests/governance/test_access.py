"""Who may do what."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from governance.access import Action, Actor, NotAllowedError, local_owner, permission, require
from governance.offices import Office

ARGUMENTS = {
    "table": "complaints",
    "path": Path("nowhere.csv"),
    "import_id": "none",
    "unit": "B1",
    "layer": "building",
    "text": "示例",
    "address": "示例花园",
    "building_id": None,
    "event": "violations",
    "plans": (),
    "engine": None,
    "among": "all",
    "horizon": "90d",
    "snapshot_id": "none",
}
SERVICES = [
    name
    for name, _ in inspect.getmembers(Office, inspect.isfunction)
    if not name.startswith("_") and name != "close"
]


def test_the_owner_of_the_machine_may_do_everything() -> None:
    assert all(permission(local_owner(), action).allowed for action in Action)


def test_every_answer_carries_its_reason() -> None:
    nobody = Actor(id="x", name="x", roles=())
    for actor in (local_owner(), nobody):
        assert permission(actor, Action.SCORE).reason


def test_an_unknown_role_gives_no_permission() -> None:
    with pytest.raises(NotAllowedError) as refusal:
        require(Actor(id="x", name="x", roles=("emperor",)), Action.SEE_MAP)
    assert refusal.value.facts["actor"] == "x"


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_answers_somebody_without_a_role(
    empty_office: Office, stranger: Actor, name: str
) -> None:
    service = getattr(empty_office, name)
    wanted = list(inspect.signature(service).parameters.values())
    assert wanted[0].name == "actor", "every service takes the acting user first"
    needed = {p.name: ARGUMENTS[p.name] for p in wanted[1:] if p.default is inspect.Parameter.empty}
    with pytest.raises(NotAllowedError):
        service(stranger, **needed)
