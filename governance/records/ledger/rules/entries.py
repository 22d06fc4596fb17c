"""What proposes that a building comes on the ledger, or comes back to it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from data.contracts.ledger_vocabulary import InReason
from governance.records.ledger.rules.settings import PROPOSED, LedgerRules


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fact:
    """Something that happened at a building and speaks for the ledger."""

    day: date
    """When it became known."""
    key: str
    """Names it, for ever."""
    reason: str
    """One of `PROPOSED`."""
    building_id: str
    text: str = ""
    """What people are told of it: a number of a case or decision, the result of a visit; "" where
    there is no more to tell than the reason.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProposal:
    """A building that is to come on the ledger: by what, and what it rests on."""

    building_id: str
    reason: str
    tier: str
    facts: tuple[Fact, ...]


_WEIGHT: Final[Mapping[str, int]] = {reason: place for place, reason in enumerate(PROPOSED)}


def propose_entries(
    facts: Iterable[Fact],
    rules: LedgerRules,
    *,
    today: date,
    listed: Collection[str] = (),
    left: Mapping[str, date] = {},
    declined: Mapping[str, Collection[str]] = {},
) -> list[EntryProposal]:
    """Propose buildings for the ledger.

    ``facts``: of any buildings, in any order.
    ``left``: building → the day on which it last left: only what came after counts.
    ``declined``: building → keys of the facts of which somebody said that they are not enough.

    Returns in order of the building; the weightiest of its reasons gives the tier.
    """
    first = today - timedelta(days=rules.fact_days)
    by_building: dict[str, list[Fact]] = {}
    for fact in facts:
        if first <= fact.day <= today and fact.building_id not in listed:
            by_building.setdefault(fact.building_id, []).append(fact)
    found = []
    for building, building_facts in sorted(by_building.items()):
        out = left.get(building)
        since = [fact for fact in building_facts if out is None or fact.day > out]
        proposal = propose_entry(building, since, rules)
        known = declined.get(building, ())
        if proposal is not None and any(fact.key not in known for fact in proposal.facts):
            found.append(proposal)
    return found


def propose_entry(
    building_id: str, facts: Iterable[Fact], rules: LedgerRules
) -> EntryProposal | None:
    """Return the proposal that facts of one building make, None where they are not enough."""
    by_reason: dict[str, list[Fact]] = {}
    for fact in sorted(set(facts)):
        if fact.reason in rules.reasons:
            by_reason.setdefault(fact.reason, []).append(fact)
    speaking = [
        fact
        for reason, reason_facts in by_reason.items()
        for fact in _enough(reason, reason_facts, rules)
    ]
    if not speaking:
        return None
    reason = min((fact.reason for fact in speaking), key=_WEIGHT.__getitem__)
    return EntryProposal(
        building_id=building_id, reason=reason, tier=rules.tiers[reason],
        facts=tuple(sorted(speaking)),
    )  # fmt: skip


def _enough(reason: str, facts: list[Fact], rules: LedgerRules) -> list[Fact]:
    """Return the facts of one reason, in order of their days, that are enough for it."""
    if reason == InReason.STAFF:
        return facts if len(facts) >= rules.staff else []
    if reason != InReason.SUSPICION:
        return facts
    within = timedelta(days=rules.suspicion_days)
    speaking: set[Fact] = set()
    for at in range(len(facts) - rules.suspicions + 1):
        some = facts[at : at + rules.suspicions]
        if some[-1].day - some[0].day <= within:
            speaking.update(some)
    return sorted(speaking)
