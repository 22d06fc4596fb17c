"""Sections of the settings file as checked dataclasses; every wrong value is reported."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast, dataclass_transform

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import dataclasses as pydantic_dataclasses
from pydantic_core import PydanticCustomError

from data.workspace.retired import without_retired
from geo.errors import GridwardenError

Section = TypeVar("Section")
Share = Annotated[float, Field(ge=0, le=1)]
WORDS_FILE: Final = "words.toml"
"""File of a workspace with the office's own words (`data.contracts.office_words`)."""
_RULE: Final = "wrong_setting"


class SettingsError(GridwardenError):
    """The settings cannot be used.

    ``settings_invalid`` lists them all in ``facts["problems"]``, one `SettingProblem` each.
    """


@dataclass(frozen=True, kw_only=True)
class SettingProblem:
    """One wrong setting."""

    section: str
    """Dotted name of the table of the file, such as ``patrols.minutes``."""
    key: str
    """Name of the setting; empty where the section itself is wrong."""
    seen: str
    """The value found, as JSON."""
    expected: str
    """What would have been right: a code that the catalogues word as ``setting_expected.<code>``.
    """
    facts: Mapping[str, Any]
    """What that wording needs: ``low``, ``high``, ``choices`` or ``other``."""

    def __str__(self) -> str:
        """Say it in plain English, for logs; users read the catalogue's wording."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        expected = f"{self.expected.replace('_', ' ')} ({facts})" if facts else self.expected
        return f"[{self.section}] {self.key} = {self.seen}, expected {expected}"


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field, field))
def section(model: type[Section]) -> type[Section]:
    """Make a class a section: a frozen dataclass whose every instance is checked.

    Kinds are strict (no text for a number), numbers finite, unknown keys refused. A wrong value
    given by code raises `pydantic.ValidationError`; `read_section` raises `SettingsError`.
    """
    config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, defer_build=True)
    made = pydantic_dataclasses.dataclass(frozen=True, kw_only=True, config=config)(model)
    return cast("type[Section]", made)


def number(default: float, *, low: float = 0.0, high: float = math.inf) -> Any:  # noqa: ANN401 -- stands for the field's value, like dataclasses.field
    """Declare a number with its closed range; ``int`` fields hold whole numbers only."""
    return Field(default=default, ge=low, le=None if math.isinf(high) else high)


def table(default: Mapping[str, float]) -> Any:  # noqa: ANN401 -- as above
    """Declare a table from stored texts to numbers, a field of kind ``Mapping[str, Share]``."""
    return Field(default_factory=lambda: dict(default))


def wrong_setting(expected: str, *, key: str = "", **facts: Any) -> PydanticCustomError:  # noqa: ANN401 -- facts are of any kind
    """Return what a validator or ``__post_init__`` raises for a rule that no field's kind states.

    ``expected``, ``**facts``: as in `SettingProblem`; ``seen`` replaces the value that the
    validator was given.
    ``key``: which setting is wrong, where a section checks several against each other.
    """
    return PydanticCustomError(_RULE, "{expected}", {"expected": expected, "key": key, **facts})


def check_section(
    name: str, raw: Mapping[str, Any], model: type[Section], problems: list[SettingProblem]
) -> Section | None:
    """Make a section of what a file says, or add to ``problems`` all that is wrong with it.

    Retired settings (`data.workspace.retired`) are passed over.

    ``name``: of the section; what it leaves out, or the file leaves out whole, keeps its default.
    ``model``: a class made by `section`.
    ``problems``: what was found wrong so far.
    """
    adapter: TypeAdapter[Section] = _adapter(cast("Any", model))  # type[T] is not Hashable to mypy
    try:
        # As JSON, whose lists may be tuples and whose tables may be dataclasses, however strict.
        kept = without_retired(name, raw.get(name, {}))
        return adapter.validate_json(json.dumps(kept, default=str))
    except ValidationError as error:
        schema = adapter.json_schema()
        problems += [_problem(name, each, schema) for each in error.errors()]
        return None


@cache
def _adapter(model: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _problem(name: str, error: Any, schema: dict[str, Any]) -> SettingProblem:  # noqa: ANN401 -- pydantic's ErrorDetails
    facts = dict(error.get("ctx", {}))
    path = [name, *(step for step in error["loc"] if isinstance(step, str))]
    if error["type"] != _RULE:
        facts = _expected(error, schema)
    elif facts["key"]:
        path.append(facts["key"])
    facts.pop("key", None)
    where, key = (path[:-1], path[-1]) if len(path) > 1 else (path, "")
    return SettingProblem(
        section=".".join(where),
        key=key,
        seen=json.dumps(facts.pop("seen", error["input"]), ensure_ascii=False, default=str),
        expected=facts.pop("expected"),
        facts=facts,
    )


def _expected(error: Any, schema: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- as above
    """Return what the JSON schema of a section asks for where the error is."""
    unknown = error["type"] == "unexpected_keyword_argument"
    part = schema
    for step in error["loc"][:-1] if unknown else error["loc"]:
        part = part["items"] if isinstance(step, int) else _entry(part, step)
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part
    if unknown:
        return {"expected": "known_key", "choices": list(part["properties"])}
    if "enum" in part:
        return {"expected": "choice", "choices": part["enum"]}
    bounds = {"low": "minimum", "high": "maximum", "least": "minItems", "most": "maxItems"}
    known = {end: part[name] for end, name in bounds.items() if name in part}
    return {"expected": "_".join([part["type"], *known]), **known}


def _entry(part: dict[str, Any], step: str) -> dict[str, Any]:
    entry: dict[str, Any] = part.get("properties", {}).get(step) or part["additionalProperties"]
    return entry
