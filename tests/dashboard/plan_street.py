"""A small office whose three teams go out tonight and tomorrow, and the plan of their week."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from imported import derive_all, import_text

from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.plan import PlanOptions
from governance.patrols.routing.model.shifts import Team
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
"""Tuesday noon, local."""
PLANNER = Actor(id="planner", name="李示例", roles=("planner",), scope=Scope.whole())
MEMBER = Actor(id="r002", name="王巡查", roles=("warden",), scope=Scope.nothing())
"""In the second team; answers for no building."""
EVENINGS = ((2, "evening"), (3, "evening"))
TEAMS = (
    Team(team_id="T1", name="第一队", members=("planner",), shifts=EVENINGS),
    Team(team_id="T2", name="第二队", members=("r002",), shifts=EVENINGS),
    Team(
        team_id="T3", name="联检队", officers=2, departments=("教育", "市场监管"), shifts=EVENINGS
    ),
)
WEEK = PlanOptions(
    first=date(2026, 11, 23), last=date(2026, 11, 29), iterations=2, seed="street", random_share=0.2
)
WHY = ("random", "抽检", "随机", "约定", "风险高", "到期", "find_chance", "chance")
"""Words of a plan that no team may ever read."""
_SETTINGS = "\n[patrols]\nshift_minutes = 60\nsolve_seconds = 0.1\nwalk_m_a_minute = 200\n"
"""Four or five stops a shift: some of the buildings are left out."""


def build_street(folder: Path) -> None:
    """Make the office: forty buildings, one of them nobody knows where, scored and unplanned."""
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + _SETTINGS, encoding="utf-8")
    office, owner = open_office(folder, now=lambda: NOW), local_owner()
    places = [f"{117.1 + n % 8 / 1000:.4f},{36.18 + n // 8 / 1000:.4f}" for n in range(40)]
    buildings = [
        f"B{n:03d},泉林花园,{n + 1}号楼,商铺,{10 + n},{place if n < 39 else ','}"
        for n, place in enumerate(places)
    ]
    complaints = [f"25091210110811540{n},2026-11-0{n} 19:10,B{n:03d}" for n in range(1, 9)]
    tables = {
        "buildings": ["楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度", *buildings],
        "complaints": ["工单编号,来电时间,楼栋编码", *complaints],
    }
    for table, lines in tables.items():
        import_text(office, table, "\n".join(lines))
    for person in (PLANNER, MEMBER):
        office.accounts.add(owner, person.id, name=person.name)
    office.scores.run(owner, as_of=date(2026, 11, 23))
    for team in TEAMS:
        office.teams.save(owner, replace(team, team_id="new"))
    derive_all(office)
    office.close()


def plan_week(folder: Path) -> None:
    """Make the week's plan in a copy of the office: a draft."""
    office = open_street(folder)
    office.plans.make(PLANNER, WEEK)
    office.close()


def open_street(folder: Path) -> Office:
    return open_office(folder, now=lambda: NOW)
