"""What follows by itself: proposals come and lapse, visits move the next one, finds stop exits."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from data.contracts.ledger_vocabulary import (
    ON_LEDGER,
    LedgerAction,
    LedgerKind,
    LedgerStatus,
    ProposalKind,
    ProposalState,
)
from data.store.tables.records.ledger import LedgerEntry
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, automatic_scorer
from governance.records.ledger.log import LedgerLog, subject_of
from governance.records.ledger.rules.changes import stop_exit
from governance.records.ledger.rules.entries import Fact, propose_entries
from governance.records.ledger.rules.exits import (
    Seen,
    building_end,
    clean_visits,
    propose_exit,
)
from governance.records.ledger.rules.next_visit import last_looks, next_visit
from governance.records.ledger.rules.settings import LedgerRules
from governance.records.ledger.rules.state import LedgerState
from governance.records.ledger.rules.try_out import last_fact_day
from governance.records.ledger.sources import LedgerSources
from governance.service import Component

SETTING: Final = "ledger_state"
"""Name under which the store keeps what was caught up with."""
_RENEWED: Final = ("building_id", "community", "grid", "reason", "tier", "facts", "told",
                   "rule_version", "entry_id")  # fmt: skip
Proposed = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LedgerCaughtUp:
    """What was done: proposals made and lapsed, numbers of lines whose exit was stopped."""

    proposed: int = 0
    lapsed: int = 0
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What proposals are worked out from."""

    today: date
    version: int
    rules: LedgerRules
    facts: Mapping[str, list[Fact]]
    visits: Mapping[str, list[Seen]]
    lines: list[LedgerEntry]
    ended: Mapping[str, date]
    """The first day without each building that no longer stands."""
    places: Collection[str] | None
    """The buildings that all this is about; None for all."""

    def last_fact_day_of(self, line: LedgerEntry) -> date:
        """Return the last day on which anything spoke for a line, at least when it came on."""
        facts = self.facts.get(str(line.building_id), [])
        return last_fact_day(facts, since=line.in_on, until=self.today)

    def exit_facts(self, line: LedgerEntry) -> tuple[Seen, ...] | None:
        """Return what is enough for a line to leave: the end of its building, or clean visits."""
        place = str(line.building_id)
        if place in self.ended and line.kind == LedgerKind.BUILDING:
            return (building_end(place, self.ended[place]),)
        return propose_exit(self.seen_at(line), self.rules, since=self.last_fact_day_of(line))

    def seen_at(self, line: LedgerEntry) -> list[Seen]:
        """Return the visits to a line's place."""
        return self.visits.get(str(line.building_id), [])


class LedgerUpkeep(Component):
    """Catches up with what changed elsewhere; it costs little where nothing did."""

    _sources: LedgerSources
    _log: LedgerLog

    def catch_up(self) -> LedgerCaughtUp:
        """Catch up, in the name of the server itself, in one unit with the audit line."""
        machine = automatic_scorer()
        with self._workspace.store.begin() as unit:
            before, now = unit.settings.get(SETTING), self._sources.state(unit)
            if before == now:
                return LedgerCaughtUp()
            pinned = self._pinned()
            places = pinned._sources.changed_places(unit, before, now)  # noqa: SLF001 -- of its own class
            done = LedgerCaughtUp()
            if places is None or places:
                known = pinned._read(unit, places)  # noqa: SLF001 -- of its own class
                unit.ledger.hold_all()
                self._count_visits(unit, known)
                stopped = self._stop_exits(unit, known, by=machine.id)
                done = LedgerCaughtUp(*self._renew(unit, known), tuple(stopped))
            unit.settings.put(SETTING, now)  # what came meanwhile is caught up with the next time
            if done != LedgerCaughtUp():
                self._record_in(unit, machine, Action.EDIT_LEDGER, **asdict(done))
            unit.commit()
        return done

    def _read(self, unit: UnitOfWork, places: Collection[str] | None) -> _Known:
        today = self._local_now().date()
        version, rules = self._log.rules(unit)
        lines = unit.ledger.at_buildings(places)
        on = [line for line in lines if line.status in ON_LEDGER]
        since = min((line.in_on for line in on), default=today)
        facts: dict[str, list[Fact]] = {}
        first = min(since, today - timedelta(days=rules.fact_days))
        watched = {str(line.building_id) for line in lines}
        for fact in self._sources.facts(
            unit, since=first, buildings=places, suspicions=rules.suspicions, watched=watched
        ):
            facts.setdefault(fact.building_id, []).append(fact)
        visits = self._sources.visits(unit, {str(line.building_id) for line in on}, since=since)
        return _Known(today=today, version=version, rules=rules, facts=facts, visits=visits,
                      lines=lines, ended=self._sources.ended(), places=places)  # fmt: skip

    def _count_visits(self, unit: UnitOfWork, known: _Known) -> None:
        """Write the days of the last and the next visit where they are others than before."""
        looks = last_looks(
            (building, each.day, each.result)
            for building, seen in known.visits.items()
            for each in seen
        )
        changed = []
        for line in known.lines:
            last = max(filter(None, (line.last_on, looks.get(str(line.building_id)))), default=None)
            day = None if str(line.building_id) in known.ended else next_visit(
                status=line.status, cadence=line.cadence, in_on=line.in_on, last_on=last
            )  # fmt: skip
            if (last, day) != (line.last_on, line.next_on):
                changed.append((line.id, last, day))
        unit.ledger.set_visits(changed)

    def _stop_exits(self, unit: UnitOfWork, known: _Known, *, by: str) -> list[str]:
        waiting = {line.id: line for line in known.lines if line.status == LedgerStatus.WATCHED}
        histories = unit.ledger.events(waiting)
        stopped = []
        for line in waiting.values():
            requested_on = max(e.at.date() for e in histories[line.id]
                        if e.action == LedgerAction.ASK_EXIT)  # fmt: skip
            begun, _ = clean_visits(known.seen_at(line), since=known.last_fact_day_of(line))
            if begun > line.in_on and begun >= requested_on:
                change = stop_exit(LedgerState.of_row(line))
                self._log.append(unit, line, change, by=by)
                stopped.append(line.ledger_no)
        return stopped

    def _wanted(self, unit: UnitOfWork, known: _Known) -> Proposed:
        """Return (kind, subject) → columns of every proposal that the rules make now."""
        turned_down: dict[str, set[str]] = {}
        for each in unit.ledger_proposals.of_state(ProposalState.DECLINED, buildings=known.places):
            kind = ProposalKind.EXIT if each.kind == ProposalKind.EXIT else ProposalKind.ENTER
            turned_down.setdefault(f"{kind}:{each.subject}", set()).update(each.facts)
        return self._entries(known, turned_down) | self._exits(known, turned_down)

    def _entries(self, known: _Known, turned_down: Mapping[str, set[str]]) -> Proposed:
        lines = {line.subject: line for line in known.lines}
        listed = {str(line.building_id) for line in known.lines if line.status in ON_LEDGER}
        left = {str(line.building_id): line.out_on for line in known.lines
                if line.kind == LedgerKind.BUILDING and line.out_on is not None}  # fmt: skip
        declined = {building: turned_down.get(f"enter:{subject_of(building)}", set())
                    for building in known.facts}  # fmt: skip
        facts = [fact for building_facts in known.facts.values() for fact in building_facts]
        found = propose_entries(facts, known.rules, today=known.today, left=left,
                                listed=listed | known.ended.keys(), declined=declined)  # fmt: skip
        places = self._sources.places([each.building_id for each in found])
        wanted: Proposed = {}
        for each in found:
            subject = subject_of(each.building_id)
            line = lines.get(subject)
            kind = ProposalKind.ENTER if line is None else ProposalKind.REOPEN
            community, grid, _ = places.get(each.building_id, ("", "", ""))
            wanted[kind, subject] = {
                "building_id": each.building_id, "community": community, "grid": grid,
                "reason": each.reason, "tier": each.tier,
                "facts": [fact.key for fact in each.facts],
                "told": [[str(f.day), str(f.reason), f.text] for f in each.facts],
                "rule_version": known.version, "entry_id": None if line is None else line.id,
            }  # fmt: skip
        return wanted

    def _exits(self, known: _Known, turned_down: Mapping[str, set[str]]) -> Proposed:
        wanted: Proposed = {}
        for line in known.lines:
            if line.status != LedgerStatus.LISTED:
                continue
            clean = known.exit_facts(line)
            declined = turned_down.get(f"exit:{line.subject}", set())
            if clean and any(each.key not in declined for each in clean):
                wanted[ProposalKind.EXIT, line.subject] = {
                    "building_id": str(line.building_id), "community": line.community,
                    "grid": line.grid, "reason": line.in_reason, "tier": line.tier,
                    "facts": [each.key for each in clean],
                    "told": [[str(each.day), str(each.result), ""] for each in clean],
                    "rule_version": known.version, "entry_id": line.id,
                }  # fmt: skip
        return wanted

    def _renew(self, unit: UnitOfWork, known: _Known) -> tuple[int, int]:
        """Make the open proposals those that are wanted; return how many are new, and lapsed."""
        wanted, now = self._wanted(unit, known), self._local_now().replace(microsecond=0)
        opened = unit.ledger_proposals.of_state(ProposalState.OPEN, buildings=known.places)
        held = {(p.kind, p.subject): p for p in opened}
        lapsing = held.keys() - wanted.keys()
        lapsed = {"state": str(ProposalState.LAPSED), "decided_at": now}
        changed = [{"id": held[key].id, **lapsed} for key in lapsing]
        changed += [
            {"id": held[key].id, **wanted[key]}
            for key in held.keys() & wanted.keys()
            if any(getattr(held[key], name) != wanted[key][name] for name in _RENEWED)
        ]
        unit.ledger_proposals.change(changed)
        new = [
            {"kind": str(kind), "state": str(ProposalState.OPEN), "subject": subject,
             "made_at": now, "decided_at": None, "decided_by": None, "note": "", **values}
            for (kind, subject), values in sorted(wanted.items())
            if (kind, subject) not in held
        ]  # fmt: skip
        unit.ledger_proposals.add(new)
        return len(new), len(lapsing)
