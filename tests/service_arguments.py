"""Arguments for every service of the office, so that a test can walk all of them."""

from __future__ import annotations

import inspect
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.access.permissions import Scope
from governance.office import Office
from governance.patrols.routing.model.plan import PlanOptions
from governance.patrols.routing.model.shifts import Team
from governance.visits.service import NewVisit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOORS = frozenset(
    {"close", "sign_in", "demo_sign_in", "demo_roles", "sign_in_by_directory", "sign_in_facts",
     "session_of_token", "actor_of_token", "sign_out", "ensure_first_administrator",
     "act_as", "owner_of", "needs_password", "grantable_roles"}
)  # fmt: skip
"""What is asked before anybody is known to act: none of these answers with a row."""
OWN_ACCOUNT = frozenset({"change_password", "sign_out_everywhere"})
"""What everybody may do with his own account, whatever his roles."""
ARGUMENTS: Mapping[str, Any] = {
    "table": "complaints",
    "path": Path("nowhere.csv"),
    "import_id": "none",
    "unit": "B1",
    "layer": "building",
    "text": "花园",
    "address": "示例花园",
    "building_id": None,
    "event": "violations",
    "plans": (),
    "engine": None,
    "among": "all",
    "horizon": "90d",
    "snapshot_id": "none",
    "file": "list.xlsx",
    "roles": ("warden",),
    "role": "warden",
    "scope": Scope.nothing(),
    "reason": "核对",
    "since": date(2026, 11, 1),
    "until": date(2026, 11, 24),
    "on": date(2026, 11, 24),
    "visit": NewVisit(key="k", building_id="B1"),
    "visits": (NewVisit(key="k", building_id="B1"), {"key": "m", "building_id": "B2"}),
    "units": ("1单元101",),
    "result": "未发现异常",
    "by": "grid",
    "options": PlanOptions(
        first=date(2026, 11, 30), last=date(2026, 12, 6), seconds=0.05, one_more=False
    ),
    "team": Team(team_id="T1", name="一队"),
    "building_ids": ("B1",),
    "shift_ids": ("none",),
}
_BY_KIND: Mapping[str, Any] = {"str": "none", "int": 1, "float": 0.5, "bool": False,
                               "bytes": b"", "date": date(2026, 11, 24)}  # fmt: skip


def services() -> list[str]:
    """Return the name of every service that takes an acting user."""
    return [
        name
        for name, _ in inspect.getmembers(Office, inspect.isfunction)
        if not name.startswith("_") and name not in DOORS
    ]


def parameters_of(name: str) -> list[inspect.Parameter]:
    """Return the parameters of a service, without `self`."""
    return list(inspect.signature(getattr(Office, name)).parameters.values())[1:]


def arguments_of(name: str, **given: Any) -> dict[str, Any]:
    """Return arguments for what a service must be told; those given come first.

    What is given is told wherever a service takes it, needed or not.
    """
    told = {}
    for parameter in parameters_of(name)[1:]:
        if parameter.name in given:
            told[parameter.name] = given[parameter.name]
        elif parameter.default is inspect.Parameter.empty:
            told[parameter.name] = _made_up(parameter)
    return told


def _made_up(parameter: inspect.Parameter) -> Any:
    if parameter.name in ARGUMENTS:
        return ARGUMENTS[parameter.name]
    return _BY_KIND.get(str(parameter.annotation).split(" ")[0], ())


def call(office: Office, name: str, actor: object, **given: Any) -> Any:
    """Ask a service as somebody."""
    service: Callable[..., Any] = getattr(office, name)
    return service(actor, **arguments_of(name, **given))
