"""A street of any number of buildings, with records, cases, visits and lines in proportion."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from imported import import_text
from plan_street import MEMBER, PLANNER, TEAMS, WEEK
from stored_visits import visit_version

from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.sources import LedgerSources
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
OWNER = local_owner()
MANAGER = Actor("manager", "主任", ("office_manager", "planner"), Scope.whole())
COMMUNITIES = 4
PEOPLE = 12
DAY = datetime(2026, 11, 23, 12)  # noqa: DTZ001 -- as the store keeps times
_SETTINGS = "\n[patrols]\nshift_minutes = 60\nsolve_seconds = 0.1\n"


def _files(count: int) -> Iterator[tuple[str, str]]:
    """Yield tables and their rows: per building three complaints, two inspections, a lease of
    a firm that has another one next door."""
    people = [f"P{n},员{n},{'网格员' if n else '包片领导'},是" for n in range(PEOPLE)]
    yield "persons", "\n".join(["人员编号,姓名,角色,在岗状态", *people])
    yield (
        "buildings",
        "\n".join(
            ["楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度,社区代码,网格编码"]
            + [
                f"B{n:05d},花园{n % 9},{n + 1}号楼,住宅,40,{117.1 + n % 40 / 1000:.4f},"
                f"{36.18 + n // 40 / 1000:.4f},37090200100{n % COMMUNITIES},"
                f"37090200100{n % COMMUNITIES}00{n % 3}"
                for n in range(count)
            ]
        ),
    )
    yield (
        "complaints",
        "\n".join(
            ["工单编号,来电时间,楼栋编码,诉求内容"]
            + [
                f"T{n:07d},2026-{1 + n % 11:02d}-{1 + n % 20:02d} 19:10,B{n % count:05d},周末补课"
                for n in range(3 * count)
            ]
        ),
    )
    yield (
        "inspections",
        "\n".join(
            ["检查编号,检查时间,楼栋编码,检查结果"]
            + [
                f"X{n},2026-{1 + n % 10:02d}-10 19:00,B{n % count:05d},"
                f"{'属实' if n % 5 == 0 else '未发现异常'}"
                for n in range(2 * count)
            ]
        ),
    )
    yield (
        "rentals",
        "\n".join(
            ["合同编号,备案时间,楼栋编码,承租人,承租人类型"]
            + [
                f"R{n},2026-{1 + n % 11:02d}-05,B{n:05d},第{n // 2}示例有限公司,企业"
                for n in range(count)
            ]
        ),
    )


def build_street(folder: Path, count: int) -> None:
    """Make the office with so many buildings in a folder that does not exist yet."""
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + _SETTINGS, encoding="utf-8")
    owner = local_owner()
    with closing(open_street(folder)) as office:
        for table, text in _files(count):
            import_text(office, table, text)
        _add_visits(office, count)
        for person in (MANAGER, PLANNER, MEMBER):
            office.accounts.add(owner, person.id, name=person.name)
        office.cases.catch_up(owner)
        _add_lines(office, [f"B{n:05d}" for n in range(count) if n % 5 in {1, 2, 3}])
        for weeks in (1, 0):
            office.scores.run(owner, as_of=date(2026, 11, 23) - timedelta(days=7 * weeks))
        for team in TEAMS:
            office.teams.save(owner, replace(team, team_id="new"))
        office.plans.make(MANAGER, WEEK)


def _add_lines(office: Office, buildings: list[str]) -> None:
    """Enter more lines than a page of a list has; where they are is looked up once for all."""
    known = office.ledger._sources.places(buildings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            LedgerSources, "places", lambda _, asked: {each: known[each] for each in asked}
        )
        for building in buildings:
            office.ledger.enter(OWNER, NewLine(kind="楼栋", reason="上级交办", note="督办",
                                               building_id=building))  # fmt: skip


def _add_visits(office: Office, count: int) -> None:
    with office._workspace.store.begin() as unit:
        for n in range(count):
            at = DAY - timedelta(hours=n)
            unit.visits.add(visit_version(f"v{n:08x}", building_id=f"B{n:05d}", at=at,
                                          recorded_at=at))  # fmt: skip
        unit.commit()


def open_street(folder: Path) -> Office:
    """Open the office at noon of its day."""
    return open_office(folder, now=lambda: NOW)
