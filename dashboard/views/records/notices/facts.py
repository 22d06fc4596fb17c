"""Facts of a notice in words: what a step told, and what a notice is told to be."""

from collections.abc import Mapping
from typing import Any, Final

from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed

SHOWN: Final = (
    "period", "addressee", "case_nos", "return_reason", "approver", "approved_at", "published_at",
    "expires_on", "appeal", "appealed_at", "answer", "answered_by", "doubted", "end_reason",
    "taken_down_at", "replaces", "replaced_by", "credit_status", "pledge_on", "previewed_hash",
)  # fmt: skip
"""Facts that are told, in this order."""
_PEOPLE: Final = frozenset({"approver", "answered_by"})
_HASH_DIGITS: Final = 16
_MINUTES: Final = 16


def in_words(
    facts: Mapping[str, Any], *, people: Mapping[str, str], say: Translator
) -> list[tuple[str, str]]:
    """Return names and values of the facts that are told, in their order."""
    present = [(name, facts[name]) for name in SHOWN if facts.get(name)]
    return [(say.name("notice_fact", n), _value(n, v, people=people, say=say)) for n, v in present]


def _value(name: str, value: Any, *, people: Mapping[str, str], say: Translator) -> str:  # noqa: ANN401 -- of any kind
    if name in _PEOPLE:
        return people.get(str(value)) or say.name("audit_person", str(value))
    if name.endswith("_at"):
        return str(value).replace("T", " ")[:_MINUTES]
    if name == "previewed_hash":
        return str(value)[:_HASH_DIGITS]
    if name == "credit_status":
        return say.name("notice_credit_status", str(value))
    return listed(map(str, value), say=say) if isinstance(value, list) else str(value)
