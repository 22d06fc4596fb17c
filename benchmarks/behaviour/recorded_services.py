"""Record what every service answers to every role."""

import inspect
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.behaviour.recorded_text import Normaliser, Value
from governance.importing.files import Source

ROOT = Path(__file__).resolve().parents[2]
Office = Any
CHANGING = """accept add approve ask attach cancel change correct decide end evaluate import lock
make move pin propose prune publish record refuse remove replan reset run save score set sign undo
unlock verify withdraw"""
"""First words of services that leave something behind."""
SPARING: Mapping[str, Any] = {"origins": "2026-05-01:2026-05-01:1mo", "methods": ("score",)}
"""Told although not needed: a whole backtest is among the commands."""
SEARCHED = 200
"""Iterations of a plan's search: counted, not timed."""


def record_services(
    to: Path, demo: Path, normaliser: Normaliser, *, work: Path, day: date, match: str = ""
) -> None:
    """Write what every service answers to every role, one file each.

    A service that may change something is asked on a copy of the city of its own.

    ``to``: where to write.
    ``demo``: the demonstration; it is copied.
    ``normaliser``: what hides what differs from run to run.
    ``work``: where copies are put.
    ``day``: the last of the demonstration's records.
    ``match``: a regular expression: only services with such a name.
    """
    from gridwarden.compose import open_office

    sys.path.insert(0, str(ROOT / "tests"))
    office = open_office(shutil.copytree(demo, work / "shared"))
    given = _given(office, demo, day)
    for name in sorted(name for name in _services(office) if re.search(match, name)):
        asked, own = office, _needs_its_own(name)
        if own:
            asked = open_office(shutil.copytree(demo, work / "own"))
        told = _told(_services(asked)[name], asked, given, normaliser, work)
        (to / f"{name}.json").write_text(normaliser.json(told), encoding="utf-8")
        print(name, flush=True)
        if own:
            asked.close()
            shutil.rmtree(work / "own")
    office.close()


def _needs_its_own(name: str) -> bool:
    """Say whether a service changes something, or tells what others changed."""
    verb = name.rsplit(".", maxsplit=1)[-1].partition("_")[0]
    return verb in CHANGING.split() or any(each in name for each in ("audit", "account"))


def _told(
    service: Callable[..., Any],
    office: Office,
    given: Mapping[str, Any],
    normaliser: Normaliser,
    work: Path,
) -> dict[str, Any]:
    """Return role → question → answer of a service."""
    files = work / "files"
    files.mkdir(exist_ok=True)
    return {
        role: {
            where: _answer(service, actor, {**given, **named, "path": files / "out.csv"},
                           normaliser, files)
            for where, named in _places(service, given)
        }
        for role, actor in _actors(office).items()
    }  # fmt: skip


def _services(office: Office) -> dict[str, Callable[..., Any]]:
    """Return what takes an acting user first, of an office and of the services it is made of."""
    found: dict[str, Callable[..., Any]] = {}
    for name in (name for name in dir(office) if not name.startswith("_")):
        part = getattr(office, name)
        if inspect.isroutine(part):
            if next(iter(inspect.signature(part).parameters), "") == "actor":
                found[name] = part
        elif not isinstance(part, type) and type(part).__module__.startswith("governance"):
            found |= {f"{name}.{below}": each for below, each in _services(part).items()}
    return found


def _actors(office: Office) -> dict[str, Any]:
    from governance.access.permissions import local_owner

    act_as = office.sign_in.act_as
    people = {role: act_as(f"demo-{role.replace('_', '-')}", None)
              for role in office.sign_in.demo_roles()}  # fmt: skip
    return {**people, "local_owner": local_owner()}


def _given(office: Office, demo: Path, day: date) -> dict[str, Any]:
    """Return arguments: the suite's own, and names that this city has."""
    from service_arguments import ARGUMENTS

    actors = _actors(office)
    plan = office.plans.of_week(actors["planner"], day - timedelta(days=8))
    own = office.worklist.my_buildings(actors["warden"])["building_id"].iloc[0]
    first = office.risk_map.top(actors["local_owner"], k=1_000)
    everywhere = [row["unit"] for row in first]
    staff = office.responsibility.staff(actors["local_owner"])["person_id"]
    snapshots = office.scores.snapshots(actors["local_owner"])["snapshot_id"]
    imports = office.imports.history(actors["local_owner"])["import_id"]
    return {
        **ARGUMENTS,
        "elsewhere": max(everywhere, key=lambda unit: (unit[:12] != own[:12], unit)), "own": own,
        "snapshot_id": snapshots.max(), "import_id": imports.max(), "plan_id": plan.plan_id,
        "version": plan.version, "shift_id": plan.shifts["shift_id"].iloc[0],
        "to_shift": plan.shifts["shift_id"].iloc[-1], "shift_ids": (plan.shifts["shift_id"][0],),
        "login": "demo-warden", "person_id": staff.min(), "text": "公寓", "duty_id": 1,
        "target_kind": "building", "duty": "warden", "day": day, "building_ids": (own,),
        "file_read": demo / "files" / "09_随手拍.csv",
        "options": replace(ARGUMENTS["options"], seconds=None, iterations=SEARCHED, seed="drawn"),
        "visit": replace(ARGUMENTS["visit"], building_id=own),
    }  # fmt: skip


def _places(service: Callable[..., Any], given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return which buildings are asked about: one of the warden's own and one of another grid."""
    places = {"unit", "building_id", "target_id"}
    parameters = inspect.signature(service).parameters.values()
    needed = any(each.name in places and each.default is each.empty for each in parameters)
    if not needed:
        return [("answer", {})]
    return [(where, dict.fromkeys(places, given[where])) for where in ("own", "elsewhere")]


def _answer(
    service: Callable[..., Any],
    actor: object,
    given: Mapping[str, Any],
    normaliser: Normaliser,
    files: Path,
) -> Value:
    by_kind = {
        "str": "none",
        "int": 1,
        "float": 0.5,
        "bool": False,
        "bytes": b"",
        "date": given["day"],
    }
    told: dict[str, Any] = {}
    for each in list(inspect.signature(service).parameters.values())[1:]:
        needed = each.default is each.empty and each.kind is not each.VAR_KEYWORD
        if needed or each.name in SPARING:
            said = each.annotation
            kind = said.__name__ if isinstance(said, type) else str(said)
            kind = kind.split(" ")[0].rpartition(".")[2]
            name = "file_read" if said == Source else each.name
            told[each.name] = {**given, **SPARING}.get(name, by_kind.get(kind, ()))
    try:
        answer: Any = {"allowed": normaliser.summary(service(actor, **told))}
    except Exception as error:  # noqa: BLE001 -- whatever is raised is what is recorded
        code, facts = getattr(error, "code", repr(error)), getattr(error, "facts", {})
        answer = {"refused": code, "facts": normaliser.summary(facts)}
    for file in sorted(files.iterdir()):
        answer[file.name] = normaliser.file(file.read_bytes())
        file.unlink()
    return answer
