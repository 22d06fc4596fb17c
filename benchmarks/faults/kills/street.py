"""The office in which work is killed: twelve buildings, tickets and their cases, teams, a score."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from data.ingest.options import ImportOptions
from governance.access.permissions import local_owner
from governance.office import Office
from governance.patrols.routing.model.shifts import Team
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OWNER = local_owner()
BUILDINGS = 12
CASES = 150
"""Tickets of which each is a case: so many steps can be taken in one office."""
TEAMS = (
    Team(team_id="new", name="一队", members=("P3",), shifts=((1, "evening"),)),
    Team(team_id="new", name="二队", members=("P4",), shifts=((3, "evening"),)),
)
FILES = {
    "buildings": "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度\n"
    + "".join(
        f"B{n},示例花园,{n}号楼,住宅,{40 + n},{117.12 + n / 1000:.4f},36.19\n"
        for n in range(1, BUILDINGS + 1)
    ),
    "persons": "人员编号,姓名,角色,在岗状态\nP3,丙,网格员,是\nP4,丁,网格员,是\n",
    "inspections": "检查编号,检查时间,楼栋编码,检查结果\n"
    + "".join(
        f"X{n},2026-0{1 + n % 9}-10 19:00,B{1 + n % BUILDINGS},"
        f"{'属实' if n % 4 == 0 else '未发现异常'}\n"
        for n in range(24)
    ),
    "complaints": "工单编号,来电时间,事发地址,来电人,联系电话\n"
    + "".join(
        f"T{n},2026-{1 + n % 10:02d}-02 19:10,示例花园{1 + n % BUILDINGS}号楼,张示例,13800000001\n"
        for n in range(CASES)
    ),
}
_SETTINGS = "\n[patrols]\nshift_minutes = 30\n"


def build_street(folder: Path, *, url: str = "", scored: bool = True) -> None:
    """Make the office in a folder that does not exist yet.

    ``url``: of an empty PostgreSQL database for its store; its own SQLite file without one.
    ``scored``: whether it has a score, without which no plan is made.
    """
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + _SETTINGS, encoding="utf-8")
    use_store(folder, url)
    office = open_street(folder)
    for table, text in FILES.items():
        import_text(office, table, text, name=table)
    for team in TEAMS:
        office.teams.save(OWNER, replace(team))
    office.cases.catch_up(OWNER)
    if scored:
        office.scores.run(OWNER, as_of=date(2026, 11, 24))
    office.close()


def use_store(folder: Path, url: str) -> None:
    """Let a workspace keep its store at a URL; "" for its own SQLite file."""
    settings = folder / "gridwarden.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    lines = [f'url = "{url}"' if line.startswith("url =") else line for line in lines]
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")


def open_street(folder: Path) -> Office:
    """Open the office at noon of its day."""
    return open_office(folder, now=lambda: NOW)


def import_text(office: Office, table: str, text: str, *, name: str) -> None:
    """Write a file beside the office and import it."""
    path = office._workspace.root.parent / f"{name}.csv"  # noqa: SLF001 -- where it lies
    path.write_text(text, encoding="utf-8")
    office.imports.import_file(OWNER, table, path, ImportOptions(datum="wgs84"))
