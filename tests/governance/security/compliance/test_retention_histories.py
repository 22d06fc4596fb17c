"""Random histories of an office: retention takes what its rules let go, all of it and no more.

What is to be kept is worked out here from the tables of ``docs/security.md``, row by row.
"""

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from actors import person
from imported import import_text
from public_office import form, hash_pins_quickly, picture, switch_on
from sqlalchemy import text

from data.contracts.case_vocabulary import Stage
from data.integrity.backup.restore import restore_backup
from data.privacy.photos import FOLDER, PUBLIC_FOLDER, clean_photo, keep_photo
from data.store.repositories.cases.inbox import InboxQuery
from geo.errors import GridwardenError
from governance.access.permissions import local_owner, public_reporter
from governance.cases.rules.transitions import WORKFLOW
from governance.cases.rules.workflow.transitions import FactField, FactKind
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

START = datetime(2026, 11, 24, 4, tzinfo=UTC)
IDENTITIES_DAYS, CONTACTS_DAYS = timedelta(days=30), timedelta(days=20)
WAITS = (0, 1, 5, 19, 20, 21, 29, 30, 31)
"""Days; each one second more, exactly or less."""
PEOPLE = [
    person(role, f"{role}{n}")
    for n in (1, 2)
    for role in ("hotline_clerk", "office_manager", "grid_chief", "enforcement_officer")
]
CLERK, MANAGER = PEOPLE[:2]
IN_WORK = {"assigned", "verified", "referred", "decided", "replied", "on_hold"}
HEAD = "工单编号,来电时间,事发地址,来电人,联系电话,投诉内容\n"
PHRASE = "correct horse battery"
KINDS = ("identities", "contacts", "rows", "photos")
SEED, STEPS = 1000, 28
"""Of a history in which each kind is erased, and some numbers are kept for a case."""


@dataclass
class Import:
    """An import: when, a word of each row that no other has, their tickets, whose numbers stay."""

    at: datetime
    words: list[str]
    tickets: list[str]
    kept: list[tuple[str, str]]
    """Ticket (empty where the row was refused) and number."""
    undone: bool = False
    erased: bool = False


@dataclass
class Report:
    """A public report, and what became of its reward."""

    at: datetime
    wanted: bool
    contact: bool
    eligible: bool | None = None
    paid: bool = False


@dataclass
class Held:
    """What an office holds."""

    imports: dict[str, Import] = field(default_factory=dict)
    reports: dict[int, Report] = field(default_factory=dict)
    visits: dict[str, str] = field(default_factory=dict)
    """Visit that was not taken back → SHA-256 of its photo."""
    reported: set[str] = field(default_factory=set)
    """SHA-256 of photos of public reports."""


class Histories:
    """People and time do whatever they like."""

    def __init__(self, base: Path, place: Path, rng: random.Random) -> None:
        self.place, self.rng, self.now = place, rng, START
        self.numbers, self.done = count(10), Counter[str]()
        self.office = self.open(shutil.copytree(base, place / "office"))
        (of,) = self.office._workspace.lake.imports("complaints")
        tickets = [f"25091210110811540{n}" for n in range(1, 5)]
        kept = [("" if n == 3 else t, f"1380000000{n}") for n, t in enumerate(tickets, 1)]
        self.held = Held({of.import_id: Import(START, [], tickets, kept)})
        self.backup: tuple[Path, datetime, Held] | None = None

    def open(self, folder: Path) -> Office:
        return open_office(folder, now=lambda: self.now)

    def run(self, steps: int) -> None:
        whatever: dict[Callable[[], None], int] = {
            self.bring: 6, self.take_back: 2, self.report: 8, self.reward: 4, self.act: 8,
            self.merge: 2, self.erase: 1, self.visit: 3, self.undo_visit: 3, self.crash: 1,
            self.wait: 8, self.read: 1, self.back_up: 2, self.restore: 1, self.retain: 6,
        }  # fmt: skip
        try:
            for step in self.rng.choices([*whatever], [*whatever.values()], k=steps):
                self.done[step.__name__] += 1
                step()
        finally:
            self.office.close()

    def bring(self) -> None:
        lines, words, tickets, kept = [], [], [], []
        known = [each for one in self.held.imports.values() for each in one.tickets]
        for _ in range(self.rng.randint(1, 3)):
            n, refused = next(self.numbers), self.rng.random() < 0.2
            ticket = self.rng.choice(known) if self.rng.random() < 0.3 else f"T{n}"
            if ticket in tickets:
                continue
            phone = "" if self.rng.random() < 0.2 else f"139{n:08}"
            day = "某天" if refused else f"{self.now:%Y-%m-%d %H:%M}"
            words.append(f"字{n}号")
            tickets.append(ticket)
            kept += [("" if refused else ticket, phone)] if phone else []
            lines.append(f"{ticket},{day},示例花园3号楼,,{phone},反映补课字{n}号")
        made = import_text(self.office, "complaints", HEAD + "\n".join(lines), name="tickets.csv")
        self.held.imports[made.import_id] = Import(self.now, words, tickets, kept)
        if self.rng.random() < 0.7:
            self.office.catch_up(local_owner())

    def take_back(self) -> None:
        if standing := [name for name, one in self.held.imports.items() if not one.undone]:
            of = self.rng.choice(standing)
            self.office.imports.undo(MANAGER, of)
            self.held.imports[of].undone, self.held.imports[of].kept = True, []

    def report(self) -> None:
        n, wanted = next(self.numbers), self.rng.random() < 0.6
        contact = self.rng.random() < 0.8
        who = {"contact_phone": f"137{n:08}" if contact else None, "contact_name": None}
        photos = [self.picture() for _ in range(self.rng.randint(0, 2))]
        sent = form(text=f"举报晚上补课数学字{n}号", wants_reward=wanted, **who)
        self.office.public_intake.submit(public_reporter(), sent, photos, way="page")
        self.held.reports[len(self.held.reports) + 1] = Report(self.now, wanted, contact)
        self.held.reported |= {clean_photo(each).sha256 for each in photos}

    def reward(self) -> None:
        n = self.rng.randint(1, len(self.held.reports) + 1)
        eligible = self.rng.choice((True, True, False, None))
        try:
            if eligible is None:
                self.office.public_reports.pay_reward(CLERK, n)
                self.held.reports[n].paid = True
            else:
                self.office.public_reports.decide_reward(MANAGER, n, eligible=eligible)
                self.held.reports[n].eligible = eligible
        except GridwardenError:
            self.done["reward refused"] += 1

    def cases(self) -> list[str]:
        query = InboxQuery(stages=tuple(Stage), limit=500)
        return sorted(self.office.cases.inbox(MANAGER, query).rows["case_no"])

    def act(self) -> None:
        """Let whoever may take some steps of a case."""
        for number in self.rng.sample(cases := self.cases(), min(1, len(cases))):
            for _ in range(self.rng.randint(1, 6)):
                with self.office._workspace.store.begin() as unit:
                    stage = unit.cases.get(number).stage
                way = self.rng.choice(WORKFLOW.ways_out(stage))
                facts = {asked.name: self.fact(asked) for asked in way.asks}
                for actor in PEOPLE:
                    try:
                        self.office.cases.act(actor, number, way.action, facts)
                    except GridwardenError:
                        continue
                    self.done[f"from {stage}"] += 1
                    break

    def fact(self, asked: FactField) -> str:
        if asked.kind == FactKind.WORD:
            return self.rng.choice(asked.words)
        if asked.kind == FactKind.DAY:
            return self.now.date().isoformat()
        return "1" if asked.kind == FactKind.COUNT else "x"

    def merge(self) -> None:
        decisions, cases = self.office.lead_merging.decisions(MANAGER), self.cases()
        try:
            if decisions and self.rng.random() < 0.5:
                self.office.lead_merging.unmerge(MANAGER, decisions[0].merge_id)
            else:
                self.office.lead_merging.accept(MANAGER, self.rng.sample(cases, 2))
        except (GridwardenError, ValueError):
            self.done["merge refused"] += 1

    def erase(self) -> None:
        phones = [phone for one in self.held.imports.values() for _, phone in one.kept]
        phone = self.rng.choice([*phones, f"137{10 + self.rng.randint(0, 20):08}"])
        self.office.personal_data.erase(MANAGER, phone, reason="本人申请")
        for one in self.held.imports.values():
            one.kept = [each for each in one.kept if each[1] != phone]
        for n, report in self.held.reports.items():
            report.contact = report.contact and n in self.contacts()
        assert "encrypted" not in set(self.office.personal_data.report(CLERK, phone)["held"])

    def picture(self) -> bytes:
        """Return a photo, often the same as another."""
        return picture(f"#{self.rng.randint(0, 9):06}")

    def visit(self) -> None:
        key, raw = f"k{next(self.numbers)}", self.picture()
        made = self.office.visits.record(local_owner(), NewVisit(key=key, building_id="B3"))
        photo = self.office.photos.attach(local_owner(), key, raw, no_faces=True)
        self.held.visits[made.visit_id] = photo.sha256

    def undo_visit(self) -> None:
        if self.held.visits:
            of = self.rng.choice([*self.held.visits][-2:])
            try:
                self.office.visits.undo(local_owner(), of)
            except GridwardenError:
                self.done["undo refused"] += 1
            else:
                del self.held.visits[of]

    def crash(self) -> None:
        """Leave a photo of which no row was written, as a process does that is killed."""
        within = self.rng.choice(("", PUBLIC_FOLDER))
        keep_photo(self.office._workspace.evidence_path / within, clean_photo(self.picture()))

    def wait(self) -> None:
        self.now += timedelta(days=self.rng.choice(WAITS), seconds=self.rng.randint(-1, 1) + 1)

    def read(self) -> None:
        self.office.imports.tables(MANAGER)

    def back_up(self) -> None:
        file = self.place / f"{next(self.numbers)}.gwb"
        made = self.office.backups.make(local_owner(), file, passphrase=PHRASE)
        self.backup = made.file, self.now, deepcopy(self.held)

    def restore(self) -> None:
        """Go on with what the last backup is of: nothing comes back that is to be gone."""
        if self.backup is None:
            return
        file, made_at, held = self.backup
        self.office.close()
        folder = self.place / f"restored{next(self.numbers)}"
        restore_backup(file, folder, passphrase=PHRASE)
        self.office, self.held = self.open(folder), deepcopy(held)
        done = self.office.backups.restored(local_owner(), made_at=made_at, file=file.name)
        identities, contacts, *_ = self.let_go()
        assert (done.erased, done.report.problems) == (identities + contacts, ())
        self.check()

    def retain(self) -> None:
        """Apply retention: what was named is gone, once, and everything else is there."""
        due = self.office.personal_data.retention(MANAGER)
        assert due.equals(self.office.personal_data.retention(MANAGER))
        for path in self.office._workspace.derived_path.rglob("*.parquet"):
            os.utime(path, (1, 1))
        service, let_go = self.office.personal_data, self.let_go()
        erased, again = (service.apply_retention(MANAGER) for _ in range(2))
        assert [*let_go] == due["past"].tolist()
        assert let_go == (erased.identities, erased.contacts, erased.undone_rows, erased.photos)
        assert not any((again.identities, again.contacts, again.undone_rows, again.photos))
        self.check()
        self.check_undone()
        assert self.office.verify(MANAGER).problems == ()
        self.done.update({f"erased {each}": n for each, n in zip(KINDS, let_go, strict=True)})

    def let_go(self) -> tuple[int, int, int, int]:
        """Let go what the rules let go now; return how many of each."""
        of_ticket, of_report = self.stages("ticket_no"), self.stages("origin_key")
        identities = contacts = 0
        for one in self.held.imports.values():
            if self.now - one.at > IDENTITIES_DAYS:
                stays = [each for each in one.kept if of_ticket.get(each[0]) in IN_WORK]
                identities, one.kept = identities + len(one.kept) - len(stays), stays
                self.done["kept for a case"] += len(stays)
        for n, report in self.held.reports.items():
            stage = of_report[str(n)]
            unpaid = report.eligible and not report.paid
            undecided = stage == "closed" and report.wanted and report.eligible is None
            past = report.contact and self.now - report.at > CONTACTS_DAYS
            if past and not (stage in IN_WORK or unpaid or undecided):
                report.contact, contacts = False, contacts + 1
            self.done[f"kept for {stage}"] += report.contact and past
        undone = [one for one in self.held.imports.values() if one.undone and not one.erased]
        for one in undone:
            one.erased = True
        photos = sum(len(files - shown) for files, shown in self.photos())
        return identities, contacts, sum(len(one.tickets) for one in undone), photos

    def stages(self, key: str) -> dict[str, str]:
        """Return the stage of the case of each ticket, or of each public report."""
        query = f"SELECT {key}, stage FROM leads JOIN cases ON cases.id = leads.case_id"  # noqa: S608
        where = "public_reports" if key == "origin_key" else "complaints"
        with self.office._workspace.store.engine.connect() as connection:
            rows = connection.execute(text(f"{query} WHERE origin_table = '{where}'"))
            return {row[0]: row[1] for row in rows}

    def photos(self) -> list[tuple[set[str], set[str]]]:
        """Return of visits and of public reports which photos are there, and which are shown."""
        evidence = self.office._workspace.evidence_path
        shown = {"": {*self.held.visits.values()}, PUBLIC_FOLDER: self.held.reported}
        return [
            ({path.stem for path in (evidence / within / FOLDER).rglob("*.jpg")}, names)
            for within, names in shown.items()
        ]

    def contacts(self) -> set[int]:
        with self.office._workspace.store.begin() as unit:
            return {row[0] for row in unit.public_reports.contacts()}

    def check(self) -> None:
        """Check that names and numbers are there that are to be kept, and no others."""
        kept = self.office._workspace.identities
        for of, one in self.held.imports.items():
            phones = kept.read(of)["phone"].to_pylist() if of in kept.imports() else []
            assert sorted(phones) == sorted(phone for _, phone in one.kept)
        assert self.contacts() == {n for n, one in self.held.reports.items() if one.contact}

    def check_undone(self) -> None:
        """Check that rows and photos are gone, and that nothing knows who sent the rows."""
        root, imports = self.office._workspace.root, self.held.imports.values()
        found = "".join(str(pq.ParquetFile(p).read().to_pydict()) for p in root.rglob("*.parquet"))
        for one in imports:
            assert {word in found for word in one.words} <= {not one.undone}
        brought = {each for one in imports if not one.undone for each in one.tickets}
        query = (
            "SELECT ticket_no FROM leads WHERE reporter_hash <> '' AND origin_table = 'complaints'"
        )
        with self.office._workspace.store.engine.connect() as connection:
            assert {*connection.scalars(text(query))} <= brought
        assert all(files == shown for files, shown in self.photos())


@pytest.fixture
def base(filled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an office that takes reports and keeps who wrote for some weeks."""
    hash_pins_quickly(monkeypatch)
    folder = shutil.copytree(filled_folder, tmp_path / "base")
    switch_on(folder)
    file = folder / "gridwarden.toml"
    written = file.read_text("utf-8")
    for name, days in (("identities", IDENTITIES_DAYS), ("contacts", CONTACTS_DAYS)):
        written = written.replace(f"{name}_days = 0", f"{name}_days = {days.days}")
    file.write_text(written, "utf-8")
    return folder


def test_retention_takes_what_its_rules_let_go_and_no_more(base: Path, tmp_path: Path) -> None:
    histories = Histories(base, tmp_path, random.Random(SEED))  # noqa: S311 -- no secret
    histories.run(STEPS)
    assert all(histories.done[f"erased {each}"] for each in KINDS)
    assert histories.done["kept for a case"]
