"""A small office in which every text that somebody can write is a script, a formula and a link."""

import csv
import io
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from imported import import_text
from plan_street import TEAMS, WEEK
from service_arguments import arguments_of, call, parameters_of, services

from data.contracts.model import Kind
from data.contracts.registry import TABLES
from geo.errors import GridwardenError
from governance.access.permissions import local_owner
from governance.office import Office
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
TAG, LINK = "<gw-bent", "](//gw.invalid"
BENT = f'=1</script>{TAG}>"[x{LINK})'
"""Formula, end of a script, tag, quote and link of Markdown; short, for names are."""
FREE = ("note", "reason", "title", "body", "name", "text", "purpose", "told", "label", "place")
"""Names of arguments that take any text."""
OWNER = local_owner()
_TEXTS = frozenset({Kind.TEXT})
_CODES = frozenset(
    [
        *("building_id", "community_code", "grid_code", "ticket_no", "person_id", "unit_id"),
        *("target_id", "advert_no", "inspection_id", "filing_no", "decision_no", "case_no"),
        *("lessee_uscc", "stairwell", "floor", "room"),
    ]
)
_KNOWN = {"lon": "117.12", "lat": "36.19", "community_code": "370902001001", "building_id": "B1",
          "grid_code": "370902001001001", "person_id": "P1", "kind": "住宅", "role": "网格员",
          "active": "是", "ticket_no": "25091210110811540", "households": "40"}  # fmt: skip
_TIMES = {Kind.DATETIME: "2026-11-20 19:00", Kind.DATE: "2026-11-20"}
_TABLES = ("persons", "buildings", "complaints", "inspections", "violations", "rentals")
_ENUMS = {"result": "属实", "party_kind": "机构", "form": "换马甲-托管"}


def build_office(folder: Path) -> None:
    """Make the office; what refuses such a text is left out, all else keeps it."""
    create_workspace(folder)
    settings = folder / "gridwarden.toml"
    added = "\n[patrols]\nshift_minutes = 60\nsolve_seconds = 0.1\n"
    settings.write_text(settings.read_text(encoding="utf-8") + added, encoding="utf-8")
    office = open_built(folder)
    for table in _TABLES:
        import_text(office, table, _rows(table))
    office.scores.run(OWNER, as_of=date(2026, 11, 23))
    office.cases.catch_up(OWNER)
    _work(office)
    office.close()


def open_built(folder: Path) -> Office:
    """Open the office on its day."""
    return open_office(folder, now=lambda: NOW)


def _rows(table: str) -> str:
    """Return two rows of a table, every free text of which is bent."""
    asked = [each for each in TABLES[table].fields if not each.computed]
    fields = [f for f in asked if f.kind in _TEXTS or f.name in {**_KNOWN, **_ENUMS} or f.required]
    if table == "persons":
        fields = [f for f in fields if f.name != "kind"]
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([each.header for each in fields])
    for number in "12":
        rows.writerow([_value(each.name, each.kind, number) for each in fields])
    return written.getvalue()


def _value(name: str, kind: Kind, number: str) -> str:
    if name in _ENUMS:
        return _ENUMS[name]
    if name in {"building_id", "person_id"}:
        return f"{_KNOWN[name][0]}{number}"
    if name in {"ticket_no", "lat"}:
        return f"{_KNOWN[name]}{number}"
    if name in _KNOWN:
        return _KNOWN[name]
    if kind in _TIMES:
        return _TIMES[kind]
    return f"{name}{number}" if name in _CODES else BENT


def _work(office: Office) -> None:
    """Write the text wherever people write."""
    office.accounts.add(OWNER, "r002", name=BENT, roles=["warden"])
    case_no = str(office.cases.inbox(OWNER).rows["case_no"].iloc[0])
    for action, facts in (
        ("accept", {"holder_id": "P1"}), ("verify", {"finding": "属实"}),
        ("refer", {"referral": "移送", "sent_to": BENT}), ("take_over", {"receipt_no": BENT}),
        ("ask_hold", {"hold_reason": BENT}),
    ):  # fmt: skip
        office.cases.act(OWNER, case_no, action, facts, note=BENT)
    line = NewLine(kind="机构", reason="上级交办", note=BENT, name=BENT, building_id="B1")
    office.ledger.enter(OWNER, line)
    office.ledger.enter(OWNER, replace(line, kind="楼栋", name="", address=BENT))
    subject = NewKeySubject(key_list="托管", name=BENT, note=BENT, building_id="B1", address=BENT)
    office.key_lists.add(OWNER, subject)
    office.visits.record(OWNER, NewVisit(key="k", building_id="B1", result="疑似", note=BENT))
    office.notices.draft(OWNER, "致家长信", title=BENT, body=BENT)
    office.notices.draft(OWNER, "工作提醒", building_id="B1", duty="网格员", title=BENT, body=BENT)
    office.teams.save(OWNER, replace(TEAMS[1], team_id="new", name=BENT, members=("r002",)))
    plan = office.plans.make(OWNER, WEEK)
    office.plans.publish(OWNER, plan.plan_id, version=1)
    office.exports.ask_unmasked(OWNER, "complaints", BENT)
    for name in services():
        _ask(office, name, case_no)


def _ask(office: Office, name: str, case_no: str) -> None:
    """Ask a service that takes any text, with ours; it may refuse it."""
    free = {each.name: BENT for each in parameters_of(name)[1:]
            if each.name in FREE and each.annotation in {str, "str"}}  # fmt: skip
    known = {"case_no": case_no, "building_id": "B1", "unit": "B1", "snapshot_id": None}
    if free and set(arguments_of(name)) & set(free):
        with suppress(GridwardenError, TypeError, ValueError, KeyError):
            call(office, name, OWNER, **free, **known)
