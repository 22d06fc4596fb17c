"""Try rules on the past: which buildings would have been on the ledger, from when to when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from governance.records.ledger.rules.entries import Fact, propose_entry
from governance.records.ledger.rules.exits import Seen, propose_exit
from governance.records.ledger.rules.settings import LedgerRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stretch of days on the ledger: why it began, and when it would have ended, if it did."""

    building_id: str
    in_on: date
    reason: str
    out_on: date | None


def stays(
    facts: Iterable[Fact], visits: Mapping[str, Iterable[Seen]], rules: LedgerRules, *, until: date
) -> list[Stay]:
    """Return every stay on the ledger had its rules alone decided, in order of the building.

    A building comes on the day on which what happened is enough, and leaves on the day of the
    clean visit that is enough.

    ``facts``: of any buildings.
    ``visits``: building → visits to it.
    ``until``: the last day that is looked at.
    """
    by_building: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.day <= until:
            by_building.setdefault(fact.building_id, []).append(fact)
    found = []
    for building, building_facts in sorted(by_building.items()):
        seen = [each for each in visits.get(building, ()) if each.day <= until]
        found += _stays_of(building, sorted(building_facts), sorted(seen), rules)
    return found


def _stays_of(
    building: str, facts: list[Fact], visits: list[Seen], rules: LedgerRules
) -> list[Stay]:
    found: list[Stay] = []
    left: date | None = None
    while True:
        entry = _next_entry(building, facts, rules, left=left)
        if entry is None:
            return found
        in_on, reason = entry
        left = _next_exit(facts, visits, rules, in_on=in_on)
        found.append(Stay(building_id=building, in_on=in_on, reason=reason, out_on=left))
        if left is None:
            return found


def _next_entry(
    building: str, facts: list[Fact], rules: LedgerRules, *, left: date | None
) -> tuple[date, str] | None:
    for day in sorted({fact.day for fact in facts}):
        if left is None or day > left:
            first = day - timedelta(days=rules.fact_days)
            recent = [f for f in facts if first <= f.day <= day and (left is None or f.day > left)]
            proposal = propose_entry(building, recent, rules)
            if proposal is not None:
                return day, proposal.reason
    return None


def _next_exit(
    facts: list[Fact], visits: list[Seen], rules: LedgerRules, *, in_on: date
) -> date | None:
    for day in sorted({visit.day for visit in visits if visit.day > in_on}):
        since = last_fact_day(facts, since=in_on, until=day)
        if propose_exit([v for v in visits if v.day <= day], rules, since=since) is not None:
            return day
    return None


def last_fact_day(facts: Iterable[Fact], *, since: date, until: date) -> date:
    """Return the last day on which anything was told of a place, at least ``since``."""
    return max((fact.day for fact in facts if since < fact.day <= until), default=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What other rules would have made of a building."""

    building_id: str
    more: bool
    """Whether the others would have listed it, these not; else the other way round."""
    stay: Stay
    """By the rules that would have listed it."""


def differences(
    now: Iterable[Stay], other: Iterable[Stay], *, since: date
) -> tuple[Difference, ...]:
    """Return the buildings that one of two sets of rules alone would have had on the ledger.

    ``since``: only stays that lasted until this day or later count.
    """
    ours, theirs = (
        {stay.building_id: stay for stay in some if stay.out_on is None or stay.out_on >= since}
        for some in (now, other)
    )
    more = [Difference(building_id=b, more=True, stay=theirs[b]) for b in theirs.keys() - ours]
    fewer = [Difference(building_id=b, more=False, stay=ours[b]) for b in ours.keys() - theirs]
    return tuple(sorted((*more, *fewer), key=lambda each: (not each.more, each.building_id)))
