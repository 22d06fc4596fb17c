"""The facts that an action asks for, read from text."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from geo.errors import GridwardenError
from governance.cases.rules.transitions import Asked, FactKind, Transition


class CaseActionError(GridwardenError):
    """A case cannot be changed in this way; the code says why."""


def read_facts(way: Transition, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts that an action asks for, read.

    Raises
    ------
    CaseActionError
        ``case_fact_missing``, ``case_fact_unknown`` or ``case_fact_wrong``.
    """
    for name in facts.keys() - {each.name for each in way.asks}:
        raise CaseActionError("case_fact_unknown", action=way.action, seen=name,
                              expected=", ".join(each.name for each in way.asks))  # fmt: skip
    read = {}
    for asked in way.asks:
        text = str(facts.get(asked.name) or "").strip()
        if text:
            read[asked.name] = _read(asked, text)
        elif asked.required:
            raise CaseActionError("case_fact_missing", action=way.action, field=asked.name)
    return read


def _read(asked: Asked, text: str) -> Any:  # noqa: ANN401 -- facts are of several kinds
    wrong = CaseActionError("case_fact_wrong", field=asked.name, seen=text,
                            expected=", ".join(asked.words) or asked.kind.value)  # fmt: skip
    try:
        if asked.kind == FactKind.DAY:
            return date.fromisoformat(text)
        if asked.kind == FactKind.COUNT:
            return int(text)
    except ValueError as error:
        raise wrong from error
    if asked.words and text not in asked.words:
        raise wrong
    return text
