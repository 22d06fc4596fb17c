"""The facts that an action asks for, read from what a person told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from governance.cases.rules.workflow.transitions import ActionError, Asked, FactKind, Transition


def read_facts(way: Transition[Any, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that an action asks for, read; one that need not be told may be absent.

    ``told``: texts, but for `FactKind.CASES`: a list.

    Raises `ActionError`: ``fact_missing``, ``fact_unknown`` or ``fact_wrong``.
    """
    for name in told.keys() - {each.name for each in way.asks}:
        raise ActionError("fact_unknown", action=way.action, seen=name,
                          expected=[each.name for each in way.asks])  # fmt: skip
    read = {}
    for asked in way.asks:
        value = told.get(asked.name)
        if str(value or "").strip() or (asked.emptied and asked.name in told):
            read[asked.name] = _read(asked, value)
        elif asked.required:
            raise ActionError("fact_missing", action=way.action, field=asked.name)
    return read


def _read(asked: Asked, told: Any) -> Any:  # noqa: ANN401 -- facts are of several kinds
    if asked.kind is FactKind.CASES:
        return list(dict.fromkeys(map(str, told)))
    text = str(told).strip()
    wrong = ActionError("fact_wrong", field=asked.name, seen=text,
                        expected=list(asked.words) or asked.kind.value)  # fmt: skip
    try:
        if asked.kind is FactKind.DAY:
            return date.fromisoformat(text)
        if asked.kind is FactKind.COUNT:
            return int(text)
    except ValueError as error:
        raise wrong from error
    if asked.words and text not in asked.words:
        raise wrong
    return text
