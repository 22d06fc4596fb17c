"""A small workspace of wardens with eight buildings each, none of which was visited yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imported import import_text

from governance.access.permissions import Scope, local_owner
from governance.office import Office
from governance.security.accounts.sessions import DEMO
from gridwarden.compose import create_workspace, open_office

WARDENS, EACH, TODAY = 90, 8, 5
"""How many wardens there are, how many buildings each has, and how many are on a day's list."""
ESTATES = ("泉林花园", "东岭家园", "示例新村")
SETTINGS = f"\n[visits]\nmost_a_day = {TODAY}\nleast_ordinary = 0\ndraw_a_day = 0.0\n"
MANAGER, OWNER, AUDITOR, IDLE = "manager", "owner", "auditor", "idle"
"""Who sees the whole street, has one building, sees no visit, and is a warden without buildings."""


def building(number: int) -> str:
    return f"B{number:05d}"


def login(number: int) -> str:
    return f"w{number:03d}"


def own_buildings(account: str) -> list[str]:
    """Return the buildings of a warden, by code."""
    first = EACH * int(account[1:])
    return [building(number) for number in range(first, first + EACH)]


def build_street(folder: Path) -> None:
    """Make the workspace, a demonstration: one click, or a session made here, signs in."""
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8").replace("demo = false", "demo = true", 1)
    settings.write_text(text + SETTINGS, encoding="utf-8")
    rows = "".join(
        f"{building(n)},{ESTATES[n % 3]},{n + 1}号楼,示例市示例区泉林路{n + 12}号,住宅,40,"
        f"{117.1 + n % 40 / 1000:.4f},{36.18 + n // 40 / 1000:.4f}\n"
        for n in range(EACH * (WARDENS + 1))
    )
    people = {login(n): ("warden", own_buildings(login(n))) for n in range(1, WARDENS + 1)}
    people |= {OWNER: ("property_owner", [building(3)]), IDLE: ("warden", [])}
    office, actor = open_office(folder), local_owner()
    head = "楼栋编码,小区名称,楼栋号,标准地址,建筑类型,户数,经度,纬度"
    import_text(office, "buildings", f"{head}\n{rows}")
    for account, (role, own) in people.items():
        scope = Scope(buildings=frozenset(own))
        office.demo_accounts.add(actor, account, name=account, role=role, scope=scope)
    for account, role in ((MANAGER, "office_manager"), (AUDITOR, "auditor")):
        scope = Scope.nothing() if account == AUDITOR else Scope.whole()
        office.demo_accounts.add(actor, account, name=account, role=role, scope=scope)
    office.close()


def token_of(office: Office, account: str) -> str:
    """Sign an account in and return what its browser shows from now on."""
    store = office.sessions._session_store
    with office._workspace.store.begin() as unit:
        held = unit.accounts.of_login(account)
        assert held is not None
        opened = store.open_session(unit, held, by=DEMO, address="", agent="")
        unit.commit()
    return opened.token


def recorded(office: Office, account: str) -> list[dict[str, Any]]:
    """Return every version of visits that an account wrote, in the order they came."""
    with office._workspace.store.begin() as unit:
        log = unit.visits.log()
    return list(log[log["recorded_by"] == account].to_dict("records"))


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    office = open_office(folder)
    yield office
    office.close()
