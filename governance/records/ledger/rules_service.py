"""Versions of the ledger's rules: what holds, what would have been otherwise, and setting one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from data.derived.answers.unit_names import UnitNames
from data.privacy.pseudonyms import hide_numbers
from governance.access.permissions import Action, Actor, require, require_whole
from governance.records.ledger.log import LedgerLog
from governance.records.ledger.rules.settings import LedgerRules, LedgerRulesError
from governance.records.ledger.rules.try_out import Difference, differences, stays
from governance.records.ledger.sources import LedgerSources
from governance.service import Service

TRY_DAYS: Final = 365
DIFFERENCES: Final = ("more", "building_id", "place", "community_name", "in_on", "reason", "out_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """A version of the rules: from when it holds, who set it, when and why.

    ``version`` is 0 for the rules that were shipped. ``holds`` says whether it is the one of today.
    """

    version: int
    valid_from: date | None
    set_by: str
    set_on: date | None
    why: str
    rules: LedgerRules
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOut:
    """What other rules would have made of the past.

    ``more``, ``fewer``: how many buildings they alone would have had on the ledger, and how many
    they would not.
    """

    more: int
    fewer: int
    both: int
    """How many both would have had."""
    rows: pd.DataFrame
    """`DIFFERENCES`: ``more`` first; when and why each would have come on, and when it would have
    left, None where it still was on.
    """


class LedgerRulesService(Service):
    """Services about the rules of the ledger; only who may set them does, for the whole street."""

    _log: LedgerLog
    _sources: LedgerSources

    def versions(self, actor: Actor) -> tuple[RulesVersion, ...]:
        """List every version of the rules, the newest first, the shipped ones last."""
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            held = self._log.rules(unit)[0]
            versions = [
                RulesVersion(
                    version=row.id, valid_from=row.valid_from, set_by=row.set_by,
                    set_on=row.set_at.date(), why=row.why, holds=row.id == held,
                    rules=LedgerRules.of_mapping(row.content),
                )
                for row in reversed(unit.ledger.rules_versions())
            ]  # fmt: skip
        shipped = RulesVersion(version=0, valid_from=None, set_by="", set_on=None, why="",
                               rules=LedgerRules(), holds=held == 0)  # fmt: skip
        return (*versions, shipped)

    def current(self, actor: Actor) -> LedgerRules:
        """Return the rules that hold today."""
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            return self._log.rules(unit)[1]

    def try_out(self, actor: Actor, content: Mapping[str, Any]) -> TriedOut:
        """Say which buildings other rules would have listed in the last days, and which not.

        Both sets of rules are gone through as if they alone had decided, each entry and exit on
        the day on which it was due.

        ``content``: the other rules, as `LedgerRules.to_mapping` writes them.

        Raises `NotAllowedError` when the actor may not set rules of the whole street.
        Raises `LedgerRulesError` when they are none that could hold.
        """
        require_whole(actor, Action.SET_LEDGER_RULES)
        other = LedgerRules.of_mapping(content)
        today = self._local_now().date()
        since = today - timedelta(days=TRY_DAYS)
        with self._workspace.store.begin() as unit:
            now = self._log.rules(unit)[1]
            back = since - timedelta(days=max(now.fact_days, other.fact_days))
            facts = self._pinned()._sources.facts(unit, since=back)  # noqa: SLF001 -- own class
            visits = self._sources.visits(unit, {fact.building_id for fact in facts}, since=back)
        by_now, by_other = (stays(facts, visits, rules, until=today) for rules in (now, other))
        found = differences(by_now, by_other, since=since)
        more = sum(each.more for each in found)
        listed = {s.building_id for s in by_other if s.out_on is None or s.out_on >= since}
        return TriedOut(more=more, fewer=len(found) - more, both=len(listed) - more,
                        rows=self._named(found))  # fmt: skip

    def set_rules(
        self, actor: Actor, content: Mapping[str, Any], *, valid_from: date, why: str
    ) -> int:
        """Write a version of the rules and return its number; what is on the ledger stays.

        Raises `NotAllowedError` when the actor may not set rules of the whole street.
        Raises `LedgerRulesError` when they are none that could hold, are those of now, lack the
        reason, or would hold from a day that is over.
        """
        require_whole(actor, Action.SET_LEDGER_RULES)
        rules, now = LedgerRules.of_mapping(content), self._local_now().replace(microsecond=0)
        reason = hide_numbers(why.strip())
        if not reason:
            raise LedgerRulesError("ledger_rule_why")
        if valid_from < now.date():
            raise LedgerRulesError("ledger_rule_past", seen=str(valid_from),
                                   expected=str(now.date()))  # fmt: skip
        with self._workspace.store.begin() as unit:
            if not rules.changed_from(self._log.rules(unit, on=valid_from)[1]):
                raise LedgerRulesError("ledger_rule_same")
            version = unit.ledger.add_rules(valid_from=valid_from, set_at=now, set_by=actor.id,
                                            why=reason, content=rules.to_mapping())  # fmt: skip
            self._commit(unit, actor, Action.SET_LEDGER_RULES, version=version,
                            valid_from=str(valid_from))  # fmt: skip
        return version

    def _named(self, found: Sequence[Difference]) -> pd.DataFrame:
        names = UnitNames(self._engine)
        ids = [each.building_id for each in found]
        places = self._sources.places(ids)
        communities = [places.get(building, ("", "", ""))[0] for building in ids]
        rows = pd.DataFrame(
            {
                "more": [each.more for each in found],
                "building_id": ids,
                "place": names.of("building", ids),
                "community_name": names.of("community", communities),
                "in_on": [each.stay.in_on for each in found],
                "reason": [str(each.stay.reason) for each in found],
                "out_on": [each.stay.out_on for each in found],
            }
        )
        return rows[list(DIFFERENCES)]
