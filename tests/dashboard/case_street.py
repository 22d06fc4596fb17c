"""A small office with cases in every stage, for tests of pages."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from actors import person
from case_steps import take_in
from imported import import_text
from two_communities import BUILDINGS, COMMUNITY, FOREIGN, OWN, open_built

from data.contracts.case_vocabulary import Channel
from governance.access.permissions import Actor, Scope, local_owner
from governance.cases.intake import NewLead
from governance.office import Office
from governance.records.notices.rules.deadlines import NoticeDeadline
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import create_workspace, open_office

CLERK, MANAGER, CHIEF, OFFICER, WARDEN, PLANNER = map(
    person,
    ("hotline_clerk", "office_manager", "grid_chief", "enforcement_officer", "warden", "planner"),
)
NAMES = {
    "hotline_clerk": "陈热线",
    "office_manager": "王主任",
    "grid_chief": "赵网格",
    "enforcement_officer": "何执法",
    "warden": "孙网格员",
}
TEXT = "<b>3号楼</b>有人办初二数学一对一，上门，150元/小时"


def lead(number: int, **facts: Any) -> NewLead:
    """Return a lead of a ticket at one of the office's buildings, in turn."""
    building = (*OWN, *FOREIGN)[number % 5]
    usual: dict[str, Any] = {
        "channel": Channel.HOTLINE,
        "origin_table": "tickets",
        "received_at": datetime(2026, 11, 23, 9, 0),  # noqa: DTZ001 -- local times throughout
        "ticket_no": f"2611230900{number:08d}",
        "nature": "投诉",
        "title": f"反映小区补课扰民{number}",
        "text": TEXT,
        "address": f"示例花园{number}号楼",
        "building_id": building,
        "community": COMMUNITY[building[0]],
        "forms": ("一对一",),
    }
    return NewLead(origin_key=f"T{number}", **(usual | facts))


def case_no(number: int, year: int = 2026) -> str:
    """Return the number of the case that was opened so-and-so-manyth in a year."""
    return f"XS-{year}-{number:04d}"


def open_with_cases(folder: Path, count: int) -> Office:
    """Open an office of two communities and take so many leads in."""
    office = open_built(folder)
    take_in(office, *(lead(number) for number in range(1, count + 1)))
    return office


def build_street(folder: Path) -> None:
    """Make a demonstration office: five buildings, one account of each role, no ticket yet."""
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("demo = false", "demo = true", 1), encoding="utf-8")
    office, owner = open_office(folder), local_owner()
    import_text(office, "buildings", BUILDINGS)
    office.scores.run(owner, as_of=office.clock.today())
    for role, name in NAMES.items():
        office.demo_accounts.add(owner, f"demo-{role}", name=name, role=role, scope=Scope.whole())
    office.close()


def ticket_file(folder: Path, *, day: date, count: int) -> Path:
    """Write tickets that came in on a day, as the hotline exports them."""
    head = "工单编号,来源渠道,来电时间,楼栋编码,事发地址,诉求性质,工单标题,诉求内容"
    rows = [
        f"2611230900{n:08d},12345热线,{day} 09:{n:02d},{(*OWN, *FOREIGN)[n % 5]},示例花园{n}号楼,"
        f"投诉,反映小区补课扰民{n},有人办初二数学一对一；上门；150元/小时"
        for n in range(1, count + 1)
    ]
    path = folder / "12345.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def twice_told_file(folder: Path, *, day: date, events: int) -> Path:
    """Write tickets of which two each are of one event: the second names the first one's number."""
    head = "工单编号,来源渠道,来电时间,楼栋编码,事发地址,诉求性质,工单标题,诉求内容"
    rows = [
        f"2611231000{2 * n + twice:08d},12345热线,{day} 1{n}:0{twice},{(*OWN, *FOREIGN)[n]},"
        f"示例花园{n}号楼,投诉,反映{what}扰民,{what}；工单2611231000{2 * n:08d}"
        for n, what in enumerate(("夜里教英语", "周末教物理", "放学托管讲作文")[:events])
        for twice in range(2)
    ]
    path = folder / "twice.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def revisit(folder: Path, building: str, result: str) -> None:
    """Record a visit of a warden, as a telephone sends it."""
    office = open_office(folder)
    warden = Actor(id="demo-warden", name="w", roles=("warden",), scope=Scope.whole())
    office.visits.record(warden, NewVisit(key="revisit", building_id=building, result=result))
    office.close()


def tell_at_once(folder: Path) -> None:
    """Let the office tell of decisions without waiting: its parties waived their rights."""
    office = open_office(folder)
    own = NoticeDeadline(
        clock="wait", kind="典型案例曝光", days=0, unit="days", source="当事人书面放弃复议"
    )
    office.notice_desk.set_deadline(MANAGER, own)
    office.close()
