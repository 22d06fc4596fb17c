"""Read the mapped columns of a batch by the kinds of their fields, noting what cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from data.contracts.model import Kind, Personal
from data.ingest import cells, reasons
from data.ingest.dates import read_dates
from data.ingest.personal import mask_prose
from data.tables import arrow_type
from geo.coordinate_text import read_coordinates, read_ordinates
from geo.outlines import finite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from data.contracts.model import Field, TableContract, Vocabulary
    from data.ingest.batches import CheckOptions, SourceBatch
    from data.ingest.problems import Problems

_DATE = r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*日?"
_PERIOD = rf"^\s*(?P<start>{_DATE})\s*(?:起?至|起?到|~+|—+|–+|-+)\s*(?P<end>{_DATE})\s*止?\s*$"
_AXES = frozenset({"lon", "lat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a batch as they are being understood.

    ``values`` maps a stored field to its typed column, ``texts`` any mapped field to what was sent
    (trimmed, not masked), ``names`` a field to the header its reader knows.
    """

    values: dict[str, pa.Array]
    texts: dict[str, pa.Array]
    names: dict[str, str]


def read_columns(
    batch: SourceBatch,
    contract: TableContract,
    mapping: Mapping[str, str],
    *,
    options: CheckOptions,
    problems: Problems,
) -> Columns:
    """Read every field of `contract` that is mapped or constant; the others are null."""
    n = len(batch)
    columns = Columns(values={}, texts={}, names={})
    for field in contract.fields:
        column = mapping.get(field.name)
        columns.names[field.name] = column or field.header
        text = _text_of(batch, column, options.constants.get(field.name))
        if text is not None:
            columns.texts[field.name] = text
        if not field.stored:
            continue
        if text is None:
            columns.values[field.name] = pa.nulls(n, arrow_type(field.kind))
        else:
            imprecise = batch.imprecise.get(column or "")
            columns.values[field.name] = _read_field(
                field, text, columns.names[field.name], imprecise, options, problems
            )
    fill_from_points(batch, contract, columns, problems)
    fill_from_periods(contract, columns, options, problems)
    for field in contract.fields:
        if field.blank is not None:
            columns.values[field.name] = pc.fill_null(columns.values[field.name], field.blank)
    return columns


def _text_of(batch: SourceBatch, column: str | None, constant: str | None) -> pa.Array | None:
    if column is not None and column in batch.rows.column_names:
        return batch.rows.column(column).combine_chunks()
    if constant is not None:
        return pa.repeat(pa.scalar(constant, pa.large_string()), len(batch))
    return None


def _read_field(
    field: Field,
    text: pa.Array,
    column: str,
    imprecise: NDArray[np.bool_] | None,
    options: CheckOptions,
    problems: Problems,
) -> pa.Array:
    """Read one column by its kind and note every cell that does not fit."""
    if field.code:
        return _read_code(field, text, column, imprecise, problems)
    if field.personal is Personal.PHONE:
        return _read_phone(text, imprecise)
    reader = _READERS.get(field.kind)
    if reader is None:
        return cells.clean(text)
    read = reader(field, text, options)
    problems.add(
        _UNREADABLE[field.kind],
        read.unreadable,
        field=field.name,
        column=column,
        seen=text,
        expected="/".join(field.vocabulary.values) if field.vocabulary else "",
    )
    values = read.values
    if field.kind is Kind.INT:
        whole = cells.as_whole(values)
        _note(problems, reasons.NOT_WHOLE, whole.unreadable, field, column, text)
        values = whole.values
    if field.kind in {Kind.INT, Kind.FLOAT} and (options.check_range or field.name not in _AXES):
        _check_range(field, values, text, column, problems)
    return values


def _note(
    problems: Problems,
    reason: reasons.Reason,
    mask: NDArray[np.bool_],
    field: Field,
    column: str,
    text: pa.Array,
) -> None:
    seen = text if field.personal is Personal.NO else mask_prose(text)
    problems.add(reason, mask, field=field.name, column=column, seen=seen)


def _read_code(
    field: Field,
    text: pa.Array,
    column: str,
    imprecise: NDArray[np.bool_] | None,
    problems: Problems,
) -> pa.Array:
    code = cells.clean_code(text)
    lost = cells.digits_cut(code)
    if imprecise is not None:
        lost = lost | imprecise
    _note(problems, reasons.DIGITS_LOST, lost, field, column, text)
    short = cells.scientific(code)
    _note(problems, reasons.SCIENTIFIC_NOTATION, short & ~lost, field, column, text)
    return code


def _read_phone(text: pa.Array, imprecise: NDArray[np.bool_] | None) -> pa.Array:
    """Return telephone numbers; one that a spreadsheet shortened is unknown, not wrong."""
    code = cells.clean_code(text)
    short = cells.scientific(code) if imprecise is None else cells.scientific(code) | imprecise
    return pc.if_else(pa.array(short), None, code)


def _check_range(
    field: Field, values: pa.Array, text: pa.Array, column: str, problems: Problems
) -> None:
    low, high = field.minimum, field.maximum
    outside = np.zeros(len(values), bool)
    if low is not None:
        outside |= cells.mask_of(pc.less(values, low))
    if high is not None:
        outside |= cells.mask_of(pc.greater(values, high))
    expected = f"{low:g}–{high:g}" if low is not None and high is not None else f"≥{low or 0:g}"
    problems.add(
        reasons.OUT_OF_RANGE,
        outside,
        field=field.name,
        column=column,
        seen=text,
        expected=expected,
    )


def _read_float(field: Field, text: pa.Array, _: CheckOptions) -> cells.Read:
    read = cells.read_numbers(text)
    if field.name not in _AXES or not read.unreadable.any():
        return read
    rows = np.flatnonzero(read.unreadable)
    degrees = read_ordinates(text.take(pa.array(rows)).to_pylist())
    values = read.values.to_numpy(zero_copy_only=False).copy()
    values[rows] = degrees
    unreadable = read.unreadable.copy()
    unreadable[rows] = np.isnan(degrees)
    return cells.Read(pa.array(values, mask=np.isnan(values)), unreadable)


def _read_moment(field: Field, text: pa.Array, options: CheckOptions) -> cells.Read:
    read = read_dates(
        text, now=options.now, year=options.year, utc_offset_hours=options.utc_offset_hours
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


_READERS: dict[Kind, Callable[[Field, pa.Array, CheckOptions], cells.Read]] = {
    Kind.INT: lambda _, text, __: cells.read_numbers(text),
    Kind.FLOAT: _read_float,
    Kind.DATE: _read_moment,
    Kind.DATETIME: _read_moment,
    Kind.BOOL: lambda _, text, __: cells.read_flags(text),
    Kind.ENUM: lambda field, text, _: cells.read_choices(text, _words(field)),
    Kind.ENUM_LIST: lambda field, text, _: cells.read_choice_lists(text, _words(field)),
    Kind.GEOMETRY: _read_geometry,
}
_UNREADABLE = {
    Kind.INT: reasons.UNREADABLE_NUMBER,
    Kind.FLOAT: reasons.UNREADABLE_NUMBER,
    Kind.DATE: reasons.UNREADABLE_DATE,
    Kind.DATETIME: reasons.UNREADABLE_DATE,
    Kind.BOOL: reasons.UNREADABLE_FLAG,
    Kind.ENUM: reasons.NOT_ALLOWED,
    Kind.ENUM_LIST: reasons.NOT_ALLOWED,
    Kind.GEOMETRY: reasons.UNREADABLE_GEOMETRY,
}


def _words(field: Field) -> Vocabulary:
    if field.vocabulary is None:
        raise TypeError(field.name)
    return field.vocabulary


def fill_from_points(
    batch: SourceBatch, contract: TableContract, columns: Columns, problems: Problems
) -> None:
    """Fill longitude and latitude from the layer's geometry and from cells that hold both.

    Zeros in both are unknown. A point that cannot be read is a problem only where the row says in
    no other way where it is.
    """
    values = columns.values
    if "lon" not in values:
        if batch.geometry is not None and "geom" in values:
            values["geom"] = pc.coalesce(batch.geometry, values["geom"])
        return
    zero = pc.and_(pc.equal(values["lon"], 0.0), pc.equal(values["lat"], 0.0))
    values["lon"], values["lat"] = (pc.if_else(zero, None, values[a]) for a in ("lon", "lat"))
    if batch.geometry is not None:
        if "geom" in values:
            values["geom"] = pc.coalesce(batch.geometry, values["geom"])
        else:
            _fill_from_geometry(batch.geometry, values)
    if "point" in columns.texts:
        _fill_from_text(contract, columns, problems)


def _fill_from_geometry(wkb: pa.Array, values: dict[str, pa.Array]) -> None:
    shapes = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="ignore")
    inside = shapely.point_on_surface(shapes)
    _fill_axes(values, shapely.get_x(inside), shapely.get_y(inside))


def _fill_axes(
    values: dict[str, pa.Array], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> None:
    unknown = pc.or_(values["lon"].is_null(), values["lat"].is_null())
    for axis, found in (("lon", lon), ("lat", lat)):
        array = pa.array(found, pa.float64(), mask=np.isnan(found))
        values[axis] = pc.if_else(unknown, array, values[axis])


def _fill_from_text(contract: TableContract, columns: Columns, problems: Problems) -> None:
    values, text = columns.values, cells.known_or_null(cells.clean(columns.texts["point"]))
    unknown = pc.or_(values["lon"].is_null(), values["lat"].is_null())
    wanted = np.flatnonzero(cells.mask_of(pc.and_(unknown, text.is_valid())))
    lon = np.full(len(text), np.nan)
    lat = np.full(len(text), np.nan)
    lat[wanted], lon[wanted] = read_coordinates(text.take(pa.array(wanted)).to_pylist())
    zero = (lon == 0) & (lat == 0)
    lost = np.zeros(len(text), bool)
    lost[wanted] = np.isnan(lon[wanted])
    lon[zero], lat[zero] = np.nan, np.nan
    _fill_axes(values, lon, lat)
    for other in ("raw_address", "std_address", "building_id", "unit_id", "estate", "geom"):
        if other in values:
            lost &= cells.mask_of(values[other].is_null())
    _note(
        problems,
        reasons.UNREADABLE_POINT,
        lost,
        contract.field("point"),
        columns.names["point"],
        text,
    )


def fill_from_periods(
    contract: TableContract, columns: Columns, options: CheckOptions, problems: Problems
) -> None:
    """Fill start and end from one cell that holds both ("2026.1.1至2026.12.31")."""
    for field in contract.fields:
        if field.kind is not Kind.PERIOD or field.name not in columns.texts:
            continue
        text = cells.known_or_null(cells.clean(columns.texts[field.name]))
        parts = pc.extract_regex(pc.utf8_normalize(text, form="NFKC"), _PERIOD)
        lost = cells.mask_of(text.is_valid()) & cells.mask_of(parts.is_null())
        for name, part in zip(field.fills, ("start", "end"), strict=True):
            read = read_dates(pc.struct_field(parts, part), now=options.now)
            lost |= read.unreadable
            columns.values[name] = pc.coalesce(columns.values[name], read.values)
        _note(problems, reasons.UNREADABLE_DATE, lost, field, columns.names[field.name], text)
