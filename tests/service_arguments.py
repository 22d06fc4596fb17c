"""Arguments for every service of the office, so that a test can walk all of them."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from geo.late_parts import LatePart
from governance.access import permissions
from governance.access.permissions import Action, Actor, Permission, Scope, may
from governance.cases.rules.deadlines import Deadline
from governance.office import Office
from governance.patrols.routing.model.plan import PlanOptions
from governance.patrols.routing.model.shifts import Team
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from governance.records.notices.rules.deadlines import NoticeDeadline
from governance.scores.trials.design import TrialOptions
from governance.service import Service
from governance.visits.rules.new_visit import NewVisit

DOORS = frozenset(
    {
        "accounts.ensure_first_administrator",
        "accounts.grantable_roles",
        "close",
        "operations.answers_state",
        "operations.figures",
        "operations.may_read_figures",
        "operations.outdate_answers",
        "operations.pseudonym",
        "operations.readiness",
        "roll_ups.has_below",
        "sessions.actor",
        "sessions.session",
        "sessions.sign_out",
        "sign_in.act_as",
        "sign_in.by_demo",
        "sign_in.by_directory",
        "sign_in.by_password",
        "sign_in.demo_roles",
        "sign_in.facts",
        "sign_in.needs_password",
        "sign_in.owner_of",
    }
)
"""What is asked before anybody is known to act: none of these answers with a row."""
OWN_ACCOUNT = frozenset({"sign_in.change_password", "sessions.sign_out_everywhere"})
"""What everybody may do with their own account, whatever their roles."""
NEXT_WEEK = PlanOptions(
    first=date(2026, 11, 30), last=date(2026, 12, 6), seconds=0.05, one_more=False,
    floor_cost=False,
)  # fmt: skip
"""A plan of which nothing is asked but that it is made at once."""
ARGUMENTS: Mapping[str, Any] = {
    "table": "complaints",
    "period": "2026-11",
    "apart": "blank",
    "site": "",
    "path": Path("nowhere.csv"),
    "import_id": "none",
    "unit": "B1",
    "layer": "building",
    "box": (-180.0, -90.0, 180.0, 90.0),
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
    "ended_on": date(2026, 11, 24),
    "as_of_days": (date(2026, 11, 24),),
    "visit": NewVisit(key="k", building_id="B1"),
    "visits": (NewVisit(key="k", building_id="B1"), {"key": "m", "building_id": "B2"}),
    "result": "未发现异常",
    "by": "grid",
    "options": NEXT_WEEK,
    "trial_options": TrialOptions(
        low=0.0, middle=0.1, high=0.9, looked_share=1.0, visits_a_week=100.0
    ),
    "team": Team(team_id="T1", name="一队"),
    "building_ids": ("B1",),
    "shift_ids": ("none",),
    "case_nos": ("XS-2026-0001",),
    "new_line": NewLine(kind="楼栋", reason="上级交办", building_id="B1", note="督办"),
    "new_subject": NewKeySubject(key_list="托管", name="某托管", building_id="B1", note="曾办班"),
    "content": {"clean_visits": 5},
    "occasions": (),
    "made_at": datetime(2026, 11, 24, 4, tzinfo=UTC),
    "evidence_nos": ("CL-2026-0001",),
    "description": {},
    "deadline": Deadline(clock="handle", days=5),
    "notice_deadline": NoticeDeadline(clock="review", days=5),
}
_BY_KIND: Mapping[str, Any] = {"str": "none", "int": 1, "float": 0.5, "bool": False, "bytes": b"",
                               "date": date(2026, 11, 24), "BulletinKind": "monthly"}  # fmt: skip


def services() -> list[str]:
    """Return `service.method` for everything that takes an acting user."""
    office = services_by_attribute()
    named = [
        f"{name}.{method}"
        for name, service in office.items()
        for method, _ in inspect.getmembers(service, inspect.isfunction)
        if not method.startswith("_")
    ]
    own = [n for n, _ in inspect.getmembers(Office, inspect.isfunction) if not n.startswith("_")]
    return [name for name in [*named, *own] if name not in DOORS]


@cache
def services_by_attribute() -> dict[str, type[Service]]:
    """Return the services that an office is composed of."""
    return {name: part.kind for name, part in vars(Office).items() if isinstance(part, LatePart)}


def _method(name: str) -> Callable[..., Any]:
    service, _, method = name.rpartition(".")
    asked: Callable[..., Any] = getattr(
        services_by_attribute()[service] if service else Office, method
    )
    return asked


def parameters_of(name: str) -> list[inspect.Parameter]:
    """Return the parameters of a service that have a name, without `self`."""
    every = list(inspect.signature(_method(name)).parameters.values())[1:]
    return [each for each in every if each.kind is not each.VAR_KEYWORD]


def arguments_of(name: str, /, **given: Any) -> dict[str, Any]:
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
    kind = parameter.annotation
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    return _BY_KIND.get(name.split(" ")[0].rpartition(".")[2], ())


def call(office: Office, name: str, actor: object, /, **given: Any) -> Any:
    """Ask a service as somebody."""
    service: Callable[..., Any] = attrgetter(name)(office)
    return service(actor, **arguments_of(name, **given))


def decided_apart(actors: Iterable[Actor]) -> Iterator[Actor]:
    """Yield the actors, but none who was decided to be allowed just what one before was.

    Which permissions decide is noted while something is asked as the actor who was yielded.
    """
    decided: list[dict[Action, bool]] = []
    real, answers = permissions.permission, dict[Action, bool]()

    def note(who: Actor, action: Action) -> Permission:
        answer = real(who, action)
        answers[action] = answer.allowed
        return answer

    for actor in actors:
        if any(all(may(actor, a) == answer for a, answer in told.items()) for told in decided):
            continue
        answers.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(permissions, "permission", note)
            yield actor
        decided.append(answers.copy())
