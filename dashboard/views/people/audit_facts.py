"""What an event of the audit log was about, in lines that people read."""

import json
from collections.abc import Mapping
from typing import Any

from dashboard.i18n import Translator
from dashboard.views.people.accounts import scope_in_words
from governance.access.permissions import Scope

_SHORT = 12
_OF_THE_CODE = frozenset({"service", "target"})
"""Facts that name parts of the code; the exported log has them, a page says what was asked for."""
_HASHES = frozenset({"photo", "seal", "sha256", "version"})
_LONG_HASH = 16
_NAMED = {
    "table": ("table",),
    "asked": ("action",),
    "roles": ("role",),
    "kind": ("account_kind", "evidence_kind", "duty_change"),
    "by": ("sign_in_by",),
    "reason": ("audit_reason",),
    "change": ("audit_change", "case_action", "plan_change"),
    "event": ("event",),
    "among": ("among",),
    "unit": ("level_unit",),
    "to": ("case_stage",),
    "deadline": ("case_clock", "notice_clock"),
    "stage": ("notice_stage",),
    "notice_kind": ("notice_kind",),
    "template": ("notice_template",),
    "counted_in": ("deadline_unit",),
    "way": ("report_way",),
    "duty": ("duty",),
    "telephones_of": ("level_unit",),
}
"""Fact → the kinds of codes that it may hold; what is none of them was typed by somebody."""


def facts_text(facts: str, *, say: Translator) -> str:
    """Return an event's facts (a JSON object) as one line: name and value of each.

    ``facts``: as `governance.security.compliance.audit.AuditService.log` tells them.
    """
    values = json.loads(facts)
    shown = {key: values[key] for key in values if key not in _OF_THE_CODE}
    return " · ".join(
        f"{say.name('fact', key)} {_value(key, value, say=say)}" for key, value in shown.items()
    )


def _value(key: str, value: Any, *, say: Translator) -> str:  # noqa: ANN401 -- whatever JSON holds
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if key == "scope" and isinstance(value, Mapping):
        return scope_in_words(Scope.of_mapping(value), say=say)
    if isinstance(value, Mapping):
        parts = (f"{say.name('fact', str(k))} {_value(str(k), v, say=say)}"
                 for k, v in value.items())  # fmt: skip
        return say("({text})", text=say("; ").join(parts))
    if isinstance(value, list):
        return say(", ").join(_value(key, each, say=say) for each in value) or "–"
    code = str(value)
    kinds = (kind for kind in _NAMED.get(key, ()) if say.knows(kind, code))
    text = next((say.name(kind, code) for kind in kinds), code)
    return text[:_SHORT] if key in _HASHES and len(text) >= _LONG_HASH else text
