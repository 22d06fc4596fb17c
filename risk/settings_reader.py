"""Read a TOML section into a frozen, range-checked dataclass, reporting every fault at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import Field, field, fields, is_dataclass
from typing import Any, ClassVar, TypeVar, cast

from geo.errors import GridwardenError

Section = TypeVar("Section")


class ScoreConfigError(GridwardenError):
    """Reject a configuration; ``facts["problems"]`` lists every fault found, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "score_config_invalid",
            problems=problems,
            what_to_do="Correct these keys in the [score] section of gridwarden.toml.",
        )
        self.problems = problems


class RangeChecked:
    """Let a dataclass check its kinds and ranges when it is made.

    Raises
    ------
    ScoreConfigError
        Naming every fault at once.
    """

    _path: ClassVar[str]
    """Dotted name of the section, for messages."""

    def __post_init__(self) -> None:
        """Check kinds and ranges."""
        if problems := find_problems(self, self._path) + self._extra_problems():
            raise ScoreConfigError(problems)

    def _extra_problems(self) -> list[str]:
        return []


def number(default: float, *, low: float = 0.0, high: float = math.inf) -> Any:  # noqa: ANN401 -- stands for the field's value, like dataclasses.field
    """Declare a real parameter with its closed range."""
    return field(default=default, metadata={"low": low, "high": high})


def numbers(default: tuple[float, ...], *, low: float = 0.0, high: float = math.inf) -> Any:  # noqa: ANN401 -- as above
    """Declare a list of at least one real parameter, each within a closed range."""
    return field(default=default, metadata={"low": low, "high": high, "numbers": True})


def weights_by_text(default: Mapping[str, float], *, high: float = 1.0) -> Any:  # noqa: ANN401 -- as above
    """Declare a table from a stored text to a weight between 0 and ``high``."""
    return field(
        default_factory=lambda: dict(default), metadata={"low": 0.0, "high": high, "table": True}
    )


def find_problems(section: object, path: str) -> list[str]:
    """List the fields of a dataclass whose values are of the wrong kind or out of range."""
    problems: list[str] = []
    for item in fields(cast("Any", section)):
        value = getattr(section, item.name)
        name = f"{path}.{item.name}"
        if item.metadata.get("table"):
            problems += _problems_of_table(name, value, item)
        elif is_dataclass(value):
            continue
        else:
            problems += _problems_of_value(name, value, item)
    return problems


def read_section(section: type[Section], raw: Mapping[str, Any], path: str) -> Section:
    """Build ``section`` from a parsed TOML table.

    Parameters
    ----------
    section
        A frozen dataclass; fields that are dataclasses are read from sub-tables.
    raw
        The table; absent keys take the defaults.
    path
        Dotted name of the table, for messages.

    Raises
    ------
    ScoreConfigError
        With all unknown keys, wrong kinds and values out of range, sub-tables included.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    known = {item.name: item for item in fields(cast("Any", section))}
    for key, value in raw.items():
        if key not in known:
            problems.append(f"{path}.{key} is not a known key; known are {', '.join(known)}")
            continue
        nested = _nested_section(known[key])
        if nested is not None:
            problems += _read_nested(nested, value, f"{path}.{key}", values, key)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    try:
        built = section(**values)
    except ScoreConfigError as error:
        raise ScoreConfigError(problems + error.problems) from None
    if problems:
        raise ScoreConfigError(problems)
    return built


def _nested_section(item: Field[Any]) -> type[Any] | None:
    factory: object = item.default_factory
    return factory if isinstance(factory, type) and is_dataclass(factory) else None


def _read_nested(
    section: type[Any], value: object, path: str, values: dict[str, Any], key: str
) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{path} is {value!r}; expected a table"]
    try:
        values[key] = read_section(section, value, path)
    except ScoreConfigError as error:
        return error.problems
    return []


def _problems_of_value(name: str, value: object, item: Field[Any]) -> list[str]:
    default = item.default
    for kind, expected in ((bool, "true or false"), (str, "a text")):
        if isinstance(default, kind):
            seen = f"{name} is {value!r}; expected {expected}"
            return [] if isinstance(value, kind) else [seen]
    if item.metadata.get("numbers"):
        return _problems_of_numbers(name, value, item)
    if isinstance(default, tuple):
        return _problems_of_texts(name, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [f"{name} is {value!r}; expected a number"]
    if isinstance(default, int) and not isinstance(value, int):
        return [f"{name} is {value!r}; expected a whole number"]
    return _problems_of_range(name, value, item)


def _problems_of_range(name: str, value: float, item: Field[Any]) -> list[str]:
    low, high = item.metadata.get("low", -math.inf), item.metadata.get("high", math.inf)
    if math.isfinite(value) and low <= value <= high:
        return []
    return [f"{name} is {value!r}; expected a number from {low:g} to {high:g}"]


def _problems_of_numbers(name: str, value: object, item: Field[Any]) -> list[str]:
    if not isinstance(value, tuple) or not value:
        return [f"{name} is {value!r}; expected a list of numbers"]
    problems: list[str] = []
    for number_seen in value:
        if isinstance(number_seen, bool) or not isinstance(number_seen, int | float):
            problems.append(f"{name} has {number_seen!r}; expected a number")
        else:
            problems += _problems_of_range(name, number_seen, item)
    return problems


def _problems_of_texts(name: str, value: object) -> list[str]:
    if isinstance(value, tuple) and all(isinstance(text, str) for text in value):
        return []
    return [f"{name} is {value!r}; expected a list of texts"]


def _problems_of_table(name: str, value: object, item: Field[Any]) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{name} is {value!r}; expected a table of numbers"]
    problems: list[str] = []
    for text, weight in value.items():
        entry = f'{name}."{text}"'
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            problems.append(f"{entry} is {weight!r}; expected a number")
        else:
            problems += _problems_of_range(entry, weight, item)
    return problems
