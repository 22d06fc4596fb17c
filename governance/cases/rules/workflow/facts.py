"""The facts that an action asks for, read from what a person told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from governance.cases.rules.workflow.transitions import ActionError, FactField, FactKind, Transition


def read_facts(way: Transition[Any, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that an action asks for, read; one that need not be told may be absent.

    ``facts``: texts, but for `FactKind.CASES`: a list.

    Raises `ActionError`: ``fact_missing``, ``fact_unknown`` or ``fact_wrong``.
    """
    for name in facts.keys() - {each.name for each in way.asks}:
        raise ActionError("fact_unknown", action=way.action, seen=name,
                          expected=[each.name for each in way.asks])  # fmt: skip
    read = {}
    for field in way.asks:
        value = facts.get(field.name)
        if str(value or "").strip() or (field.emptied and field.name in facts):
            read[field.name] = _read(field, value)
        elif field.is_required(read):
            raise ActionError("fact_missing", action=way.action, field=field.name)
    return read


def _read(field: FactField, value: Any) -> Any:  # noqa: ANN401 -- facts are of several kinds
    if field.kind is FactKind.CASES:
        return list(dict.fromkeys(map(str, value)))
    text = str(value).strip()
    wrong = ActionError("fact_wrong", field=field.name, seen=text,
                        expected=list(field.words) or field.kind.value)  # fmt: skip
    try:
        if field.kind is FactKind.DAY:
            return date.fromisoformat(text)
        if field.kind is FactKind.COUNT:
            return int(text)
    except ValueError as error:
        raise wrong from error
    if field.words and text not in field.words:
        raise wrong
    return text
