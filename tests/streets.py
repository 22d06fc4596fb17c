"""Street offices that differ in every name and number, so that rows of one are seen anywhere."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from imported import derive_all, import_text

from governance.access.permissions import Scope, local_owner
from governance.access.roles import GRANTED, ROLES
from governance.office import Office
from gridwarden.compose import create_workspace, open_office, utc_now

ESTATES: Mapping[str, str] = {"A": "东桥花园", "B": "西桥新村", "D": "中区大院"}
COMMUNITY: Mapping[str, str] = {"A": "370902001001", "B": "370903001001", "D": "370904001001"}
BUILDINGS = 9
PASSWORD = "Blaue-Brücke-7-Wolken"  # noqa: S105 -- of an account of a test


def units(mark: str) -> tuple[str, ...]:
    """Return the codes of a street's buildings."""
    return tuple(f"{mark}STREET-{number}" for number in range(1, BUILDINGS + 1))


def marks(mark: str) -> tuple[str, ...]:
    """Return what names a street's rows: no other office may ever tell any of it."""
    return (f"{mark}STREET", ESTATES[mark], COMMUNITY[mark], f"T{mark}2611", f"来电人{mark}")


def build_street(
    folder: Path,
    mark: str,
    *,
    visits: int = BUILDINGS,
    now: Callable[[], datetime] = utc_now,
) -> Path:
    """Make a street's office with rows of every kind, two scores and an account of every role.

    ``folder``: of its workspace.
    ``mark``: ``A``, ``B`` or ``D``: every name and number holds it.
    ``visits``: how many buildings somebody visited.
    ``now``: the clock while it is built.
    """
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8").replace("demo = false", "demo = true", 1)
    # What servers tell must not change while tests ask them.
    settings.write_text(text.replace("automatic = true", "automatic = false"), encoding="utf-8")
    office = open_office(folder, now=now)
    for table, rows in _files(mark, visits).items():
        import_text(office, table, rows)
    office.cases.catch_up(local_owner())
    for day in (date(2026, 11, 1), date(2026, 11, 24)):
        office.scores.run(local_owner(), as_of=day)
    _add_accounts(office, mark)
    derive_all(office)
    office.close()
    return folder


def _add_accounts(office: Office, mark: str) -> None:
    for role in GRANTED:
        scope = Scope.nothing() if ROLES[role].exclusive else Scope.whole()
        office.demo_accounts.add(
            local_owner(), f"{mark.lower()}-{role}", name=f"{mark} {role}", role=role, scope=scope
        )


def _files(mark: str, visits: int) -> dict[str, str]:
    estate, community = ESTATES[mark], COMMUNITY[mark]
    east = {"A": 0.0, "B": 0.1, "D": 0.2}[mark]
    codes = units(mark)
    buildings = "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度,社区代码,网格编码\n" + "".join(
        f"{code},{estate},{number}号楼,住宅,4{number},{117.1 + east + number / 900:.4f},36.19,"
        f"{community},{community}001\n"
        for number, code in enumerate(codes, start=1)
    )
    complaints = "工单编号,来电时间,楼栋编码,事发地址,来电人,联系电话,诉求内容\n" + "".join(
        f"T{mark}2611021011081166{number},2026-11-0{number} 19:10,{code},{estate}{number}号楼,"
        f"来电人{mark},1380000000{number},反映{estate}{number}号楼有人补课\n"
        for number, code in enumerate(codes, start=1)
    )
    inspections = "检查编号,检查时间,楼栋编码,检查结果,备注\n" + "".join(
        f"X{code},2026-10-1{number} 19:00,{code},{'属实' if number % 3 == 1 else '未发现异常'},"
        f"{estate}看过\n"
        for number, code in enumerate(codes[:visits], start=1)
    )
    return {"buildings": buildings, "complaints": complaints, "inspections": inspections}
