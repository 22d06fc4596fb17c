"""What of the tickets is news, beside a plain way that compares all of them as leads."""

import csv
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from data.calendars.working_days import WorkingDays, end_of
from data.contracts.case_vocabulary import Channel, TicketStatus
from data.store.repositories.cases.leads import KEPT_IN_STEP
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.cases.intake import IntakeResult, NewLead
from governance.cases.log import CaseLog
from governance.cases.upkeep import tickets
from governance.cases.upkeep.tickets import TABLE, TicketLeads
from governance.office import Office

BATCH: Final = 4
START: Final = datetime(2026, 9, 1, 8, 30)  # noqa: DTZ001 -- the office's local time
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "来源渠道": ("", "12345热线", "信访"),
    "工单状态": ("", "待处置", "已结案", "已退回"),
    "截止时间": ("", "", "2026-12-01 18:00"),
    "派单时间": ("", "2026-10-09 11:00"),
    "办理期限": ("", "5", "10"),
    "延期天数": ("", "3"),
    "退回次数": ("", "0", "2"),
    "满意度": ("", "满意", "不满意"),
    "事发地址": ("示例花园3号楼2单元501", "示例花园4号楼", "示例花园附近", ""),
    "来电人": ("", "张示例"),
    "联系电话": ("", "13800000001", "13800000002"),
    "工单标题": ("", "反映补课"),
    "诉求内容": ("晚上很吵", "有人一对一补数学，每小时200元", "托管班和补课，" * 9, ""),
}


class Exports:
    """Exports of a hotline in which tickets come, change, lose their time and go."""

    def __init__(self, draw: random.Random, folder: Path) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        self.imports: list[str] = []
        self._draw, self._folder, self._made = draw, folder, 0

    def bring_in(self, office: Office, actor: Actor) -> None:
        """Import an export of new tickets and of some that were there, most of them changed."""
        known = self._draw.sample(sorted(self.rows), k=min(len(self.rows), 6))
        for number in known:
            field = self._draw.choice(sorted(FIELDS))
            self.rows[number] |= {field: self._draw.choice(FIELDS[field])}
        new = [f"T{self._draw.randrange(10**6)}" for _ in range(self._draw.randrange(12))]
        self.rows |= {number: self._row(number) for number in new}
        sent = [self.rows[number] for number in (*known, *new)]
        if sent:
            self._made += 1
            path = self._folder / f"{self._made}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, ["工单编号", "来电时间", *FIELDS])
                writer.writeheader()
                writer.writerows(sent)
            imported = office.imports.import_file(actor, TABLE, path)
            self.imports.append(str(imported.import_id))

    def take_back(self, office: Office, actor: Actor) -> None:
        """Undo an import."""
        if self.imports:
            office.imports.undo(actor, self.imports.pop(self._draw.randrange(len(self.imports))))

    def _row(self, number: str) -> dict[str, str]:
        at = START + timedelta(minutes=self._draw.choice((0, 5, 1441, 40_000)))
        drawn = {field: self._draw.choice(words) for field, words in FIELDS.items()}
        when = "不知道" if self._draw.random() < 0.1 else f"{at:%Y-%m-%d %H:%M}"
        return {"工单编号": number, "来电时间": when} | drawn


def plain_leads(office: Office) -> list[NewLead]:
    """Return every ticket as a lead, each read as a row by itself."""
    days = office._resources.part(CaseLog).working_days()
    rows = office._engine.table(TABLE).to_pyarrow().to_pylist()
    return [plain_lead(row, days) for row in rows if row["received_at"] is not None]


def plain_lead(row: dict[str, Any], days: WorkingDays) -> NewLead:
    text = {name: value or "" for name, value in row.items()}
    due = row["due_at"]
    if due is None and row["limit_days"] is not None:
        start = row["assigned_at"] or row["received_at"]
        due = end_of(days.add(start.date(), row["limit_days"] + (row["extended_days"] or 0)))
    return NewLead(
        channel=text["source"] or Channel.OTHER.value, origin_table=TABLE,
        origin_key=row["row_key"], ticket_no=text["ticket_no"], nature=text["nature"],
        received_at=row["received_at"], due_at=due, status=text["status"],
        returned=row["returned_count"] or 0, satisfaction=text["satisfaction"],
        title=text["title"] or text["content"][:40], text=text["content"],
        address=text["raw_address"], building_id=row["building_id"] or None,
        community=text["community_code"], grid=text["grid_code"],
        forms=tuple(form for form in text["form_tags"].split("、") if form),
        reporter_hash=row["reporter_key"] or None,
    )  # fmt: skip


def plain_batches(office: Office, unit: UnitOfWork) -> list[list[NewLead]]:
    """Return what is news, with all tickets and all that is known held as leads."""
    held = unit.leads.known(TABLE)
    known = {
        key: NewLead(
            origin_table=TABLE, origin_key=key, **dict(zip(KEPT_IN_STEP, row, strict=True))
        )
        for key, (_, _, *row) in held.items()
    }
    known = {key: replace(lead, forms=tuple(lead.forms)) for key, lead in known.items()}
    leads = {lead.origin_key: lead for lead in plain_leads(office)}
    new = [lead for key, lead in leads.items() if key not in known]
    new.sort(key=lambda lead: (lead.received_at, lead.origin_key))
    changed = [lead for key, lead in sorted(leads.items()) if key in known]
    changed += [
        replace(known[key], status=TicketStatus.WITHDRAWN.value)
        for key in sorted(known.keys() - leads.keys())
    ]
    of_case: dict[int, list[NewLead]] = {}
    for lead in changed:
        if lead != known[lead.origin_key]:
            of_case.setdefault(held[lead.origin_key][1], []).append(lead)
    batches = [new[at : at + BATCH] for at in range(0, len(new), BATCH)]
    return [*batches, *whole_cases([of_case[case] for case in sorted(of_case)], set(leads))]


def whole_cases(cases: list[list[NewLead]], with_row: set[str]) -> list[list[NewLead]]:
    """Return the leads of cases in batches, each begun when the one before is full."""
    batches: list[list[NewLead]] = [[]]
    for leads in cases:
        if len(batches[-1]) >= BATCH:
            batches.append([])
        batches[-1] += leads
    for batch in batches:
        batch.sort(key=lambda lead: lead.origin_key not in with_row)
    return [batch for batch in batches if batch]


def test_what_is_taken_in_is_what_comparing_all_tickets_as_leads_gives(
    open_copy: Callable[[Path], Office], filled_folder: Path, actor: Actor, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(tickets, "BATCH", BATCH)
    monkeypatch.setattr(tickets, "_BATCHES_READ", 2)
    monkeypatch.setattr(tickets, "_READ_AT_ONCE", 5)
    draw, office = random.Random(1), open_copy(filled_folder)  # noqa: S311 -- rows of a test
    exports, seen = Exports(draw, tmp_path), {"new": 0, "changed": 0, "withdrawn": 0}
    for _ in range(10):
        draw.choice((exports.bring_in, exports.bring_in, exports.take_back))(office, actor)
        with office._workspace.store.begin() as unit:
            expected = plain_batches(office, unit)
            known = unit.leads.known(TABLE)
            news = office._resources.part(TicketLeads).news(unit)
        assert list(news.batches) == expected
        assert news.count == sum(map(len, expected))
        done = office.cases.catch_up(actor).leads
        _count(expected, known, seen)
        assert done.total == news.count
        _join_some(office, draw)
        with office._workspace.store.begin() as unit:
            assert plain_batches(office, unit) == []
    assert min(seen.values()) > 0


def _join_some(office: Office, draw: random.Random) -> None:
    """Give a few leads to the case of another."""
    with office._workspace.store.begin() as unit:
        held = sorted(unit.leads.known(TABLE).values())
        if held:
            unit.leads.move([each[0] for each in draw.sample(held, k=min(3, len(held)))],
                            to_case=draw.choice(held)[1])  # fmt: skip
            unit.commit()


def _count(batches: list[list[NewLead]], known: dict[str, Any], seen: dict[str, int]) -> None:
    for lead in (lead for batch in batches for lead in batch):
        withdrawn = lead.status == TicketStatus.WITHDRAWN
        seen["withdrawn" if withdrawn else "changed" if lead.origin_key in known else "new"] += 1


def test_tickets_that_are_known_and_as_they_were_are_no_leads_again(
    office: Office, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = Exports(random.Random(1), tmp_path)  # noqa: S311 -- rows of a test
    while len(exports.rows) < 20:
        exports.bring_in(office, actor)
    office.cases.catch_up(actor)
    path = tmp_path / "one.csv"
    path.write_text(
        "工单编号,来电时间,事发地址\nONE,2026-11-20 10:00,示例花园3号楼\n", encoding="utf-8"
    )
    office.imports.import_file(actor, TABLE, path)
    made: list[str] = []
    make = tickets.NewLead
    monkeypatch.setattr(
        tickets, "NewLead", lambda **facts: made.append(facts["ticket_no"]) or make(**facts)
    )
    assert office.cases.catch_up(actor).leads == IntakeResult(new=1)
    assert made == ["ONE"]


def test_a_batch_reads_only_its_own_leads_of_those_that_are_known(
    office: Office, actor: Actor
) -> None:
    office.cases.catch_up(actor)
    with office._workspace.store.begin() as unit:
        many = [f"none {number}" for number in range(tickets.BATCH)]
        first = min(unit.leads.known(TABLE))
        assert set(unit.leads.known(TABLE, [*many, first])) == {first}


def test_progress_tells_how_many_leads_are_taken_in_and_what_it_raises_ends_it_there(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "BATCH", 1)
    steps: list[tuple[str, int, int]] = []

    def stop(stage: str, done: int, total: int) -> None:
        steps.append((stage, done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.cases.catch_up(actor, progress=stop)
    assert steps == [("compare", 0, 0), ("take_in", 1, 3), ("take_in", 2, 3)]
    assert office.cases.catch_up(actor).leads == IntakeResult(new=1)
    steps.clear()
    office.cases.catch_up(actor, progress=stop)
    assert steps == []
