"""What is killed: each operation, what it promises once it answered, and what is then held.

What is held is read from the lake, the store's tables and the snapshots themselves, past the
services that wrote it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import select

from benchmarks.faults.kills.street import BUILDINGS, OWNER, import_text
from data.integrity.backup.archive import opened, take_apart
from data.integrity.backup.make import ENDING
from data.store.tables.cases import CaseEvent
from data.store.tables.patrols import PatrolPlan
from data.store.tables.records.evidence import Evidence
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent
from data.store.tables.visits import VisitVersion
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.patrols.routing.model.plan import PlanOptions
from governance.records.ledger.line_entry import NewLine
from governance.visits.rules.new_visit import NewVisit

ROWS: Final = 25
"""Complaints of one imported file."""
PIECE: Final = 40_000
DAY: Final = date(2026, 11, 23)
MONDAY: Final = date(2026, 11, 30)
MANAGER: Final = Actor("manager", "主任", ("office_manager",), Scope.whole())
Held = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that people do and that may be killed."""

    act: Callable[[Office, int], object]
    """Does it for the n-th time; what it answers is a promise."""
    keys: Callable[[int], list[str]]
    """What the n-th time adds, each once: all of it or nothing."""
    held: Callable[[Office], Held]
    """Counts what is there, by key."""
    line: Callable[[str, Mapping[str, Any]], bool]
    """Whether a line of the audit log, by action and facts, says that it was done."""
    things: Callable[[str], bool] = lambda _key: True
    """Whether a key is one thing with one audit line; others are parts of a thing."""
    again: bool = False
    """Whether it is sent again blindly, as a file or a telephone does; else whoever did it looks
    first whether it was done.
    """
    before: Callable[[Office, int], object] | None = None
    """What must be there before the n-th time."""
    line_first: bool = False
    """Whether the line is kept before the thing is there: a kill in between leaves the line alone.
    """


def rows_of(office: Office, *columns: Any) -> Counter[str]:  # noqa: ANN401 -- columns of any type
    """Count the rows of a table of the store by some of its columns."""
    with office._workspace.store.begin() as unit:  # noqa: SLF001 -- past the services
        return Counter("/".join(map(str, row)) for row in unit.session.execute(select(*columns)))


def _import(office: Office, n: int) -> None:
    rows = "".join(
        f"I{n}-{row},2026-11-{1 + row % 20:02d} 19:10,示例花园{1 + row % BUILDINGS}号楼,"
        "李示例,13800000002\n"
        for row in range(ROWS)
    )
    heads = "工单编号,来电时间,事发地址,来电人,联系电话\n"
    unusable = f"I{n}-x,不知道哪天,示例花园1号楼,王示例,13800000003\n"
    import_text(office, "complaints", heads + rows + unusable, name=f"file {n}")


def _imported(office: Office) -> Held:
    """Count files by their name, and rows as everybody reads them."""
    files = Counter(
        manifest.file_name.removesuffix(".csv")
        for manifest in office._workspace.lake.imports("complaints")  # noqa: SLF001
    )
    rows = office._engine.table("complaints").select("ticket_no").to_pandas()  # noqa: SLF001
    return files + Counter(map(str, rows["ticket_no"]))


def _visit(office: Office, n: int) -> None:
    office.visits.record(OWNER, NewVisit(key=f"visit {n}", building_id=f"B{1 + n % BUILDINGS}"))


def _enter(office: Office, n: int) -> None:
    line = NewLine(kind="机构", reason="上级交办", name=f"托管{n}", note="督办")
    office.ledger.enter(OWNER, line)


def _lines(office: Office) -> Held:
    """Count lines, and the first events of their histories."""
    begun = (LedgerEntry.name, LedgerEvent.seq)
    with office._workspace.store.begin() as unit:  # noqa: SLF001 -- past the services
        joined = select(*begun).join(LedgerEvent, LedgerEvent.entry_id == LedgerEntry.id)
        events = Counter(f"{name}/{seq}" for name, seq in unit.session.execute(joined))
    return rows_of(office, LedgerEntry.name) + events


def content_of(n: int) -> bytes:
    """Return a sound file of its own."""
    return (b"RIFF" + n.to_bytes(4, "big") + b"WAVEfmt " + bytes(range(256)) * 400)[:100_000]


def _upload(office: Office, n: int) -> None:
    content, intake = content_of(n), office.evidence_intake
    begun = intake.begin(MANAGER, f"{n}.wav", len(content), modified="1764300000000")
    while begun.received < len(content):
        part = content[begun.received : begun.received + PIECE]
        begun = intake.piece(MANAGER, begun.upload, part, offset=begun.received,
                             sha256=sha256(part).hexdigest())  # fmt: skip
    intake.finish(MANAGER, begun.upload, sha256=sha256(content).hexdigest())


def _backups(office: Office) -> Path:
    """Return the folder for backups beside the office, which exists from then on."""
    folder = office._workspace.root.parent / "backups"  # noqa: SLF001 -- where it lies
    folder.mkdir(exist_ok=True)
    return folder


def _whole_backups(office: Office) -> Held:
    """Count backups of which every file is as its list says; damaged ones raise."""
    found = Counter[str]()
    for path in _backups(office).glob(f"[!.]*{ENDING}"):
        with TemporaryDirectory() as taken, opened(path, passphrase=None) as file:
            take_apart(file, Path(taken))
        found[path.name] += 1
    return found


def _week(n: int, *, kind: int) -> date:
    return MONDAY + timedelta(days=7 * (2 * n + kind))


def _is_kind(first: date, kind: int) -> bool:
    return (first - MONDAY).days // 7 % 2 == kind


def _plan_of(first: date) -> PlanOptions:
    return PlanOptions(first=first, last=first + timedelta(days=6), iterations=2, seed="kills",
                       one_more=False)  # fmt: skip


def _make_plan(office: Office, n: int) -> None:
    office.plans.make(OWNER, _plan_of(_week(n, kind=0)))


def _draft(office: Office, n: int) -> None:
    office.plans.make(OWNER, _plan_of(_week(n, kind=1)))


def _publish(office: Office, n: int) -> None:
    plan = office.plans.of_week(OWNER, _week(n, kind=1))
    if plan is None:
        raise LookupError
    office.plans.publish(OWNER, plan.plan_id, version=plan.version, over_time=True)


def _plans(office: Office, *, kind: int, state: str) -> Held:
    versions = rows_of(office, PatrolPlan.state, PatrolPlan.first)
    found: Iterator[tuple[str, date, int]] = (
        (each.partition("/")[0], date.fromisoformat(each.partition("/")[2]), count)
        for each, count in versions.items()
    )
    return {
        str(first): count for seen, first, count in found if seen == state and _is_kind(first, kind)
    }


OPERATIONS: Final[Mapping[str, Operation]] = {
    "import": Operation(
        _import,
        lambda n: [f"file {n}", *(f"I{n}-{row}" for row in range(ROWS))],
        _imported,
        lambda action, facts: action == "import" and facts.get("table") == "complaints",
        things=lambda key: key.startswith(("file", "complaints")),
        again=True,
    ),
    "score": Operation(
        lambda office, n: office.scores.run(OWNER, as_of=DAY - timedelta(days=n)),
        lambda n: [str(DAY - timedelta(days=n))],
        lambda office: Counter(str(s) for s in office.scores.snapshots(OWNER)["as_of"]),
        lambda action, _facts: action == "score",
    ),
    "make plan": Operation(
        _make_plan,
        lambda n: [str(_week(n, kind=0))],
        lambda office: _plans(office, kind=0, state="draft"),
        lambda action, facts: (
            action == "make_plan"
            and "first" in facts
            and _is_kind(date.fromisoformat(facts["first"]), 0)
        ),
    ),
    "publish plan": Operation(
        _publish,
        lambda n: [str(_week(n, kind=1))],
        lambda office: _plans(office, kind=1, state="published"),
        lambda action, _facts: action == "publish_plan",
        before=_draft,
    ),
    "visit": Operation(
        _visit,
        lambda n: [f"visit {n}"],
        lambda office: rows_of(office, VisitVersion.key),
        lambda action, _facts: action == "record_visit",
        again=True,
    ),
    "case step": Operation(
        lambda office, n: office.cases.act(OWNER, f"XS-2026-{1 + n:04d}", "accept", {}),
        lambda n: [f"{1 + n}/accept"],
        lambda office: {
            key: count
            for key, count in rows_of(office, CaseEvent.case_id, CaseEvent.action).items()
            if key.endswith("/accept")
        },
        lambda _action, facts: "case" in facts and facts.get("change") == "accept",
    ),
    "ledger line": Operation(
        _enter,
        lambda n: [f"托管{n}", f"托管{n}/1"],
        _lines,
        lambda action, facts: action == "edit_ledger" and facts.get("change") == "enter",
        things=lambda key: "/" not in key,
    ),
    "evidence": Operation(
        _upload,
        lambda n: [sha256(content_of(n)).hexdigest()],
        lambda office: rows_of(office, Evidence.sha256),
        lambda action, facts: action == "add_evidence" and "material" in facts,
    ),
    "backup": Operation(
        lambda office, n: office.backups.make(OWNER, _backups(office) / f"{n}{ENDING}"),
        lambda n: [f"{n}{ENDING}"],
        _whole_backups,
        lambda action, _facts: action == "back_up",
        line_first=True,
    ),
}
"""By name."""
