"""What a report may say: the one description that code, page and JSON API are checked against."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import ErrorDetails

from geo.errors import GridwardenError
from governance.access.problems import InputProblem

MOST_TEXT, MOST_LINE, MOST_NAME = 2_000, 200, 50
SAYS: Final = "[0-9A-Za-z\u3400-\u9fff]"
"""A letter, a digit or a Chinese character: without any, a text says nothing."""
PHONE: Final = r"^\+?[0-9][0-9 -]{5,19}$"
KEY: Final = "^[A-Za-z0-9_-]{22,64}$"
CONTACT: Final = ("contact_name", "contact_phone")
NUMBERS: Final = ("lon", "lat")
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs"})
_CODES: Final = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "says_nothing",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}
"""What is wrong → the code of its wording; whatever else is wrong with a value is its kind."""
_OWN_PATTERN: Final = {"contact_phone": "no_phone", "key": "wrong_kind"}
Line = Annotated[str, Field(max_length=MOST_LINE, pattern=SAYS)]


class PublicReportError(GridwardenError):
    """A report cannot be taken in, or nobody gets to see it.

    ``problems`` holds all that is wrong with a form at once.
    """

    def __init__(
        self,
        code: str,
        problems: Sequence[InputProblem] = (),
        **facts: Any,  # noqa: ANN401 -- facts are of any kind
    ) -> None:
        self.problems = tuple(problems)
        super().__init__(code, **facts)


class ReportForm(BaseModel):
    """What somebody reports, as sent.

    ``lon``, ``lat``: where, in degrees (WGS-84); both or neither.
    ``contact_name``, ``contact_phone``: who reports, if they say so.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    text: Annotated[str, Field(max_length=MOST_TEXT, pattern=SAYS)]
    """What happens there."""
    address: Line = ""
    """Where, in words."""
    lon: Annotated[float, Field(ge=-180, le=180)] | SkipJsonSchema[None] = None
    lat: Annotated[float, Field(ge=-90, le=90)] | SkipJsonSchema[None] = None
    contact_name: Annotated[str, Field(max_length=MOST_NAME, pattern=SAYS)] = ""
    contact_phone: Annotated[str, Field(pattern=PHONE)] = ""
    wants_reward: bool = False
    key: Annotated[str, Field(pattern=KEY)] = ""
    """Made up by the sender: what is sent again under the same key is the same report."""

    def content(self) -> list[Any]:
        """Return all that it says, whatever key it came under."""
        return list(self.model_dump(exclude={"key"}).values())


def form_schema(*, without: Collection[str] = ()) -> dict[str, Any]:
    """Return the JSON schema of a report, without the fields that an office does not ask for."""
    schema = ReportForm.model_json_schema()
    del schema["title"], schema["description"]
    for name, part in list(schema["properties"].items()):
        part.pop("title", None)
        part.pop("default", None)
        if name in without:
            del schema["properties"][name]
    place = [{"required": ["address"]}, {"required": list(NUMBERS)}]
    both = {"lon": ["lat"], "lat": ["lon"]}
    return schema | {"anyOf": place, "dependentRequired": both}


def read_form(sent: Mapping[str, Any], *, without: Collection[str] = ()) -> ReportForm:
    """Return the report of what was sent, without what nobody can read in its texts.

    ``sent``: values by field; one that was left out is not there.
    ``without``: fields that the office does not ask for.

    Raises `PublicReportError`: ``report_invalid``, naming all that is wrong.
    """
    problems = [InputProblem("unknown_field", name) for name in sent if name in without]
    problems += [InputProblem("wrong_kind", name) for name, value in sent.items() if value is None]
    problems += _of_the_place(sent)
    form = None
    try:
        form = ReportForm.model_validate(dict(sent))
    except ValidationError as error:
        problems += [_problem(each) for each in error.errors()]
    if form is None or problems:
        first = {each.field: each for each in reversed(problems)}
        raise PublicReportError("report_invalid", [p for p in problems if first[p.field] is p])
    lines = {name: clean(getattr(form, name)) for name in ("address", "contact_name")}
    return form.model_copy(update={"text": clean(form.text, lines=True), **lines})


def clean(text: str, *, lines: bool = False) -> str:
    """Return a text without control characters, marks of direction and the like.

    ``lines``: whether it may have several lines; else they become one.
    """
    composed = re.sub(r"\r\n?|[\u2028\u2029]", "\n", unicodedata.normalize("NFC", text))
    kept = "".join(
        sign
        for sign in composed.replace("\t", " ")
        if sign == "\n" or unicodedata.category(sign) not in _DROPPED
    )
    return re.sub(r"\n{3,}", "\n\n", kept).strip() if lines else " ".join(kept.split())


def _of_the_place(sent: Mapping[str, Any]) -> list[InputProblem]:
    """Return what is wrong with saying where: in words, by a whole point, or both."""
    given = [name for name in NUMBERS if name in sent]
    if len(given) == 1:
        return [InputProblem("half_a_point", given[0])]
    return [] if given or "address" in sent else [InputProblem("no_place", "address")]


def _problem(error: ErrorDetails) -> InputProblem:
    name = str(error["loc"][0]) if error["loc"] else ""
    code = _CODES.get(error["type"], "wrong_kind")
    if code == "says_nothing":
        code = _OWN_PATTERN.get(name, code)
    most = error.get("ctx", {}).get("max_length", "")
    known = name in ReportForm.model_fields
    return InputProblem(code, name if known else "", expected=str(most))
