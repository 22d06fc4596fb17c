"""The rules of the ledger as numbers: when lines come, how they are watched, when they leave."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self

from data.contracts.ledger_vocabulary import InReason, LedgerCadence, LedgerTier
from geo.errors import GridwardenError

RANGES: Final = {"suspicions": (2, 20), "suspicion_days": (7, 730), "staff": (1, 20),
                 "fact_days": (30, 1460), "clean_visits": (1, 20), "clean_people": (1, 5),
                 "clean_days": (0, 730)}  # fmt: skip
"""Whole numbers that the rules have, with the least and the most that will do."""
PROPOSED: Final = tuple(reason for reason in InReason if reason != InReason.ORDERED)
"""Reasons that a rule can find; what was ordered is entered by hand."""


class LedgerRulesError(GridwardenError):
    """The rules are none that could hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRules:
    """When a line is proposed to come on the ledger, and when to leave it.

    ``suspicions``, ``suspicion_days``: so many visits to a building with a suspicion or a find,
    within so many days.
    ``clean_visits``, ``clean_people``, ``clean_days``: a line is proposed to leave after so many
    visits that found nothing, by so many people at least, the last of them so many days after the
    line came on or something was last found.
    """

    reasons: tuple[str, ...] = PROPOSED
    """Those of `PROPOSED` by which a line is proposed."""
    suspicions: int = 2
    suspicion_days: int = 90
    staff: int = 1
    """So many people or firms of closed or converted institutions at one building."""
    fact_days: int = 365
    """What happened longer ago proposes nothing."""
    clean_visits: int = 3
    clean_people: int = 2
    clean_days: int = 90
    tiers: Mapping[str, str] = field(
        default_factory=lambda: {
            InReason.DECISION.value: LedgerTier.RED.value,
            InReason.COMPLAINT.value: LedgerTier.ORANGE.value,
            InReason.CONVERTED.value: LedgerTier.YELLOW.value,
            InReason.STAFF.value: LedgerTier.YELLOW.value,
            InReason.SUSPICION.value: LedgerTier.ORANGE.value,
            InReason.ORDERED.value: LedgerTier.ORANGE.value,
        }
    )
    """Reason → tier of a line that comes on by it."""
    cadences: Mapping[str, str] = field(
        default_factory=lambda: {
            LedgerTier.RED.value: LedgerCadence.WEEKLY.value,
            LedgerTier.ORANGE.value: LedgerCadence.FORTNIGHTLY.value,
            LedgerTier.YELLOW.value: LedgerCadence.MONTHLY.value,
            LedgerTier.BLUE.value: LedgerCadence.MONTHLY.value,
        }
    )
    """Tier → how often the place is visited."""

    def __post_init__(self) -> None:
        """Check ranges and words.

        Raises `LedgerRulesError` naming the field, the value and what would do.
        """
        for name, (low, high) in RANGES.items():
            seen = getattr(self, name)
            if not isinstance(seen, int) or not low <= seen <= high:
                raise LedgerRulesError("ledger_rule_range", field=name, seen=seen,
                                       expected=f"{low}–{high}")  # fmt: skip
        if self.clean_people > self.clean_visits:
            raise LedgerRulesError("ledger_rule_range", field="clean_people",
                                   seen=self.clean_people,
                                   expected=f"1–{self.clean_visits}")  # fmt: skip
        words = (
            ("reasons", self.reasons, PROPOSED),
            ("tiers", self.tiers.values(), tuple(LedgerTier)),
            ("cadences", self.cadences.values(), tuple(LedgerCadence)),
            ("tiers", set(InReason) - set(self.tiers), ()),
            ("cadences", set(LedgerTier) - set(self.cadences), ()),
        )
        for name, seen_words, known in words:
            if unknown := [each for each in seen_words if each not in known]:
                raise LedgerRulesError("ledger_rule_word", field=name, seen=unknown[0],
                                       expected=", ".join(known))  # fmt: skip

    @classmethod
    def of_mapping(cls, content: Mapping[str, Any]) -> Self:
        """Return the rules that `to_mapping` wrote."""
        known = {each.name: content[each.name] for each in fields(cls) if each.name in content}
        return cls(**known | {"reasons": tuple(known.get("reasons", PROPOSED))})

    def to_mapping(self) -> dict[str, Any]:
        """Return the rules as JSON keeps them."""
        plain = {"reasons": list(self.reasons), "tiers": dict(self.tiers),
                 "cadences": dict(self.cadences)}  # fmt: skip
        return asdict(self) | plain

    def changed_from(self, other: "LedgerRules") -> tuple[str, ...]:
        """Return the names of the fields in which these rules differ from others."""
        ours, theirs = self.to_mapping(), other.to_mapping()
        return tuple(name for name in ours if ours[name] != theirs[name])
