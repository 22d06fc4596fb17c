"""The state of a row that follows from a history to which events are only ever added."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from types import UnionType
from typing import Any, ClassVar, Final, Protocol, Self, get_args, get_origin, get_type_hints


class Event(Protocol):
    """One change, as a history keeps it; what it leads to is in ``to_`` and the state's `STAGE`."""

    @property
    def seq(self) -> int:
        """Its number in the history."""

    @property
    def facts(self) -> dict[str, Any]:
        """The values that it gives the state, as JSON keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedState:
    """Where something stands; each field of a subclass is a column of its table.

    ``version``: number of the newest event; 0 before the first.
    """

    STAGE: ClassVar[str] = "stage"
    """The field that every event says anew."""

    version: int = 0

    @classmethod
    def of_row(cls, row: object) -> Self:
        """Return the state that a row of the table holds."""
        return cls(**{name: read(getattr(row, name)) for name, read in _readers(cls).items()})

    @classmethod
    def of_history(cls, events: Iterable[Event]) -> Self:
        """Return the state that a whole history gives, the oldest event first."""
        state = cls()
        for event in events:
            state = state.after(event)
        return state

    @classmethod
    def fact_fields(cls) -> frozenset[str]:
        """Return the fields that the facts of events give."""
        return frozenset(_readers(cls)) - {"version", cls.STAGE}

    def after(self, event: Event) -> Self:
        """Return the state after an event."""
        read = _readers(type(self))
        values = {name: read[name](value) for name, value in event.facts.items()}
        values |= {"version": event.seq, self.STAGE: getattr(event, f"to_{self.STAGE}")}
        return replace(self, **values)

    def values(self) -> dict[str, Any]:
        """Return column → value, without ``version``."""
        held = {name: getattr(self, name) for name in _readers(type(self)) if name != "version"}
        return {n: list(v) if isinstance(v, tuple) else v for n, v in held.items()}


def encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of fields as an event keeps them in JSON."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 -- columns are of several kinds
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _time(value: Any) -> Any:  # noqa: ANN401 -- of a row, or of JSON
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _day(value: Any) -> Any:  # noqa: ANN401 -- of a row, or of JSON
    return date.fromisoformat(value) if isinstance(value, str) else value


def _same(value: Any) -> Any:  # noqa: ANN401 -- columns are of several kinds
    return value


_KNOWN: Final[dict[Any, dict[str, Callable[[Any], Any]]]] = {}
"""State → what `_readers` gives; type checkers take no class for hashable that `cache` is given."""


def _readers(state: type[ReplayedState]) -> dict[str, Callable[[Any], Any]]:
    """Return field → what reads its value of a row, or of JSON."""
    if state not in _KNOWN:
        hints = get_type_hints(state)
        _KNOWN[state] = {each.name: _reader(hints[each.name]) for each in fields(state)}
    return _KNOWN[state]


def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401 -- a type hint
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if datetime in parts:
        return _time
    if date in parts:
        return _day
    return tuple if get_origin(hint) is tuple else _same
