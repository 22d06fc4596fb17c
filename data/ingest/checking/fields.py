"""Read one column by the kind of its field, noting what cannot be read."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from data.contracts.model import Field, Kind, Personal, Vocabulary
from data.ingest.batches import CheckOptions
from data.ingest.checking.problems import Problems
from data.ingest.checking.reasons import Reason
from data.ingest.checking.times.dates import read_dates
from data.ingest.checking.times.missing_years import with_years
from data.ingest.reading import cells
from data.ingest.reading.cell_text import plain_names
from geo.coordinates.parse import read_ordinates
from geo.shapes.repair import finite

_NAMES_OF_HOUSES = frozenset({"estate", "building_no", "stairwell", "floor", "room"})
_AXES = frozenset({"lon", "lat"})
_LOST_FIGURE = r"^\s*0?(?P<m>[1-9]|1[0-2])\.(?P<d>[1-3])\s*$"
_PREFIXES = {
    "尚未": "否", "没有": "否", "已经": "是", "已": "是", "未": "否", "不": "否", "没": "否",
    "待": "否", "": "是",
}  # fmt: skip
"""How a word begins that repeats what is asked, the longest first, with its answer."""
_DEGREES = r"^([-+]?(?:[0-9]{1,2}|1[0-7][0-9])),([0-9]{3})$"


def read_field(
    field: Field,
    text: pa.Array,
    imprecise: NDArray[np.bool_] | None,
    options: CheckOptions,
    problems: Problems,
    *,
    times: float = 1.0,
) -> pa.Array:
    """Read one column by its field's kind and note every cell that does not fit.

    ``text``: what was sent, trimmed.
    ``imprecise``: which cells a spreadsheet has rounded; None where none can be.
    ``times``: what numbers without a unit of their own are multiplied by.
    """
    if field.code:
        return _read_code(field, text, imprecise, options, problems)
    if field.personal is Personal.PHONE:
        return _read_phone(text, imprecise)
    reader = _READERS.get(field.kind)
    if reader is None:
        plain = cells.clean(text)
        return plain_names(plain) if field.name in _NAMES_OF_HOUSES else plain
    read = reader(field, text, options)
    unreadable = read.unreadable
    if field.kind in {Kind.DATE, Kind.DATETIME}:
        unreadable = unreadable & ~_note_ambiguous(field, text, unreadable, problems)
    problems.add(
        _UNREADABLE[field.kind],
        unreadable,
        field=field,
        seen=text,
        expected="/".join(field.vocabulary.values) if field.vocabulary else "",
    )
    values = read.values if times == 1 else cells.multiply_bare(read.values, text, times)
    if field.kind is Kind.INT:
        whole = cells.as_whole(values)
        problems.add(Reason.NOT_WHOLE, whole.unreadable, field=field, seen=text)
        values = whole.values
    if field.kind in {Kind.INT, Kind.FLOAT} and (options.check_range or field.name not in _AXES):
        _check_range(field, values, text, problems)
    return values


def _note_ambiguous(
    field: Field, text: pa.Array, unreadable: NDArray[np.bool_], problems: Problems
) -> NDArray[np.bool_]:
    """Note the days that lost a figure in a sheet, 4.1 for 4.01 or 4.10; return where they are."""
    parts = pc.extract_regex(pc.utf8_normalize(text, form="NFKC"), _LOST_FIGURE)
    ambiguous = unreadable & cells.mask_of(parts.is_valid())
    if ambiguous.any():
        month, day = (pc.struct_field(parts, name) for name in ("m", "d"))
        words = [month, "月", day, "日/", month, "月", day, "0日"]
        typed = [pa.scalar(word, text.type) if isinstance(word, str) else word for word in words]
        either = pc.binary_join_element_wise(*typed, pa.scalar("", text.type))
        problems.add(Reason.AMBIGUOUS_DAY, ambiguous, field=field, seen=text, expected=either)
    return ambiguous


def _read_code(
    field: Field,
    text: pa.Array,
    imprecise: NDArray[np.bool_] | None,
    options: CheckOptions,
    problems: Problems,
) -> pa.Array:
    code = cells.clean_code(text)
    cut = field.name in options.decided.cut
    lost = cells.digits_cut(code) if cut else np.zeros(len(code), bool)
    if imprecise is not None:
        lost = lost | imprecise
    problems.add(Reason.DIGITS_LOST, lost, field=field, seen=text)
    short = cells.scientific(code)
    problems.add(Reason.SCIENTIFIC_NOTATION, short & ~lost, field=field, seen=text)
    return code


def _read_phone(text: pa.Array, imprecise: NDArray[np.bool_] | None) -> pa.Array:
    """Return telephone numbers; one that a spreadsheet shortened is unknown, not wrong."""
    code = cells.clean_code(text)
    short = cells.scientific(code) if imprecise is None else cells.scientific(code) | imprecise
    return pc.if_else(pa.array(short), None, code)


def _check_range(field: Field, values: pa.Array, text: pa.Array, problems: Problems) -> None:
    low, high = field.minimum, field.maximum
    outside = np.zeros(len(values), bool)
    if low is not None:
        outside |= cells.mask_of(pc.less(values, low))
    if high is not None:
        outside |= cells.mask_of(pc.greater(values, high))
    expected = f"{low:g}–{high:g}" if low is not None and high is not None else f"≥{low or 0:g}"
    problems.add(Reason.OUT_OF_RANGE, outside, field=field, seen=text, expected=expected)


def _read_float(field: Field, text: pa.Array, _: CheckOptions) -> cells.Read:
    if field.name not in _AXES:
        return cells.read_numbers(text)
    # of degrees no thousands are parted: -9,128 is no -9128
    read = cells.read_numbers(pc.replace_substring_regex(cells.clean(text), _DEGREES, r"\1.\2"))
    if not read.unreadable.any():
        return read
    rows = np.flatnonzero(read.unreadable)
    degrees = read_ordinates(text.take(pa.array(rows)).to_pylist())
    values = read.values.to_numpy(zero_copy_only=False).copy()
    values[rows] = degrees
    unreadable = read.unreadable.copy()
    unreadable[rows] = np.isnan(degrees)
    return cells.Read(pa.array(values, mask=np.isnan(values)), unreadable)


def _read_moment(field: Field, text: pa.Array, options: CheckOptions) -> cells.Read:
    if field.name in options.years_of_rows:
        text = with_years(text, options.years_of_rows[field.name])
    read = read_dates(
        text,
        now=options.as_of or options.now,
        year=options.year,
        zone=options.zone,
        over_12=options.decided.over_12.get((options.sheet, field.name)),
        months=options.decided.months.get(field.name),
    )
    if field.kind is Kind.DATE:
        return cells.Read(pc.floor_temporal(read.values, unit="day"), read.unreadable)
    return read


def _read_geometry(_: Field, text: pa.Array, __: CheckOptions) -> cells.Read:
    text = cells.clean(text)
    as_json = cells.mask_of(pc.starts_with(text, "{"))
    given = cells.mask_of(text.is_valid())
    raw = text.to_numpy(zero_copy_only=False)
    shapes = np.full(len(raw), None, dtype=object)
    shapes[given & as_json] = shapely.from_geojson(raw[given & as_json], on_invalid="ignore")
    with np.errstate(over="ignore", invalid="ignore"):  # 1e400 and NaN are no coordinates
        shapes[given & ~as_json] = shapely.from_wkt(raw[given & ~as_json], on_invalid="ignore")
    wkb = pa.array(shapely.to_wkb(finite(shapes)).tolist(), pa.large_binary())
    return cells.Read(wkb, given & cells.mask_of(wkb.is_null()))


def _read_grade(field: Field, text: pa.Array, _: CheckOptions) -> cells.Read:
    """Return grades as numbers; what says none is kept as a word (`words_of`), not refused."""
    numbers, _words_sent = cells.read_grades(text, _words(field))
    return cells.Read(numbers, np.zeros(len(text), bool))


def _read_flags(field: Field, text: pa.Array, _: CheckOptions) -> cells.Read:
    """Return answers; those that repeat what is asked count: 已公示 and 未公示 of 是否公示."""
    read = cells.read_flags(text)
    if not read.unreadable.any():
        return read
    headers = [name.removeprefix("是否") for name in (field.header, *field.aliases)]
    coded = text.dictionary_encode()
    answers = [each and _answer_in(each, headers) for each in coded.dictionary.to_pylist()]
    return cells.read_flags(pa.array(answers, pa.large_string()).take(coded.indices))


def _answer_in(text: str, headers: Sequence[str]) -> str:
    """Return 是 or 否 of a word that repeats what is asked, the rest of 已离岗, else the text."""
    prefix = next(each for each in _PREFIXES if text.startswith(each))
    rest, answer = text[len(prefix) :], _PREFIXES[prefix]
    if len(rest) > 1 and any(rest in name for name in headers):
        return answer
    return rest if prefix and rest and answer == "是" else text


_READERS: dict[Kind, Callable[[Field, pa.Array, CheckOptions], cells.Read]] = {
    Kind.INT: lambda _, text, __: cells.read_numbers(text),
    Kind.FLOAT: _read_float,
    Kind.DATE: _read_moment,
    Kind.DATETIME: _read_moment,
    Kind.BOOL: _read_flags,
    Kind.ENUM: lambda field, text, _: cells.read_choices(text, _words(field)),
    Kind.ENUM_LIST: lambda field, text, _: cells.read_choice_lists(text, _words(field)),
    Kind.GEOMETRY: _read_geometry,
    Kind.GRADE: _read_grade,
}
_UNREADABLE = {
    Kind.INT: Reason.UNREADABLE_NUMBER,
    Kind.FLOAT: Reason.UNREADABLE_NUMBER,
    Kind.DATE: Reason.UNREADABLE_DATE,
    Kind.DATETIME: Reason.UNREADABLE_DATE,
    Kind.BOOL: Reason.UNREADABLE_FLAG,
    Kind.ENUM: Reason.NOT_ALLOWED,
    Kind.ENUM_LIST: Reason.NOT_ALLOWED,
    Kind.GEOMETRY: Reason.UNREADABLE_GEOMETRY,
    Kind.GRADE: Reason.UNREADABLE_NUMBER,
}


def _words(field: Field) -> Vocabulary:
    if field.vocabulary is None:
        raise TypeError(field.name)
    return field.vocabulary
