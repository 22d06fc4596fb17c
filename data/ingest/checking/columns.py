"""Read the mapped columns of a batch, and fill places and times from cells that hold both parts."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from data.contracts.model import Field, Kind, TableContract
from data.ingest.batches import HALF_POINT, UNREAD_POINT, ZERO_POINT, CheckOptions, SourceBatch
from data.ingest.checking.fields import read_field
from data.ingest.checking.problems import Problems
from data.ingest.checking.reasons import Reason
from data.ingest.checking.split_rows.visit_problems import count_row, problem_field
from data.ingest.checking.times.periods import ends_of_span, read_spans
from data.ingest.reading import cells
from data.ingest.reading.headers.units import times_of
from data.ingest.text_extraction import fill_from_texts
from data.lake.schema import TEXT, arrow_type
from geo.coordinates.parse import Order, read_coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a batch as they are being understood.

    ``values`` maps a stored field to its typed column, ``texts`` any mapped field to what was sent
    (trimmed, not masked), ``noted`` a code to the rows of which a reader is told.
    ``guessed_years`` has of each row the year that only other rows say, 0 where there is none.
    """

    values: dict[str, pa.Array]
    texts: dict[str, pa.Array]
    noted: dict[str, NDArray[np.bool_]] = dataclasses.field(default_factory=dict)
    guessed_years: NDArray[np.int64] = dataclasses.field(default_factory=lambda: np.zeros(0, int))


def read_columns(
    batch: SourceBatch,
    contract: TableContract,
    mapping: Mapping[str, str],
    *,
    options: CheckOptions,
    problems: Problems,
) -> Columns:
    """Read every field of `contract` that is mapped; the others are null."""
    n, ends = len(batch), _ends_of_spans(contract)
    columns = Columns(values={}, texts={})
    nulls = cache(partial(pa.nulls, n))  # one for all columns of a type that are not mapped
    for field in contract.fields:
        column = mapping.get(field.name)
        text = cells.text_of(batch, column)
        if text is not None:
            columns.texts[field.name] = text
        if not field.stored:
            continue
        if text is None:
            columns.values[field.name] = nulls(arrow_type(field.kind))
        else:
            columns.values[field.name] = _read_column(
                batch, field, column or "", text, options, problems, is_last=ends.get(field.name)
            )
    fill_words(contract, columns)
    fill_from_points(batch, contract, columns, problems, order=options.decided.order)
    fill_from_periods(contract, columns, problems)
    fill_from_problems(contract, mapping, columns)
    fill_from_texts(contract, columns.values)
    for field in contract.fields:
        if field.blank is not None:
            columns.values[field.name] = pc.fill_null(columns.values[field.name], field.blank)
    return columns


def _read_column(
    batch: SourceBatch,
    field: Field,
    column: str,
    text: pa.Array,
    options: CheckOptions,
    problems: Problems,
    *,
    is_last: bool | None,
) -> pa.Array:
    """Read a column as a field; ``is_last`` of the end of a span, None of what is no end of one."""
    if (unsaved := batch.unsaved.get(column)) is not None:
        problems.add(Reason.FORMULA_UNSAVED, unsaved, field=field, seen=text)
        text = pc.if_else(pa.array(unsaved), None, text)
    if is_last is not None:
        text = ends_of_span(text, last=is_last)
    times = times_of(field, column, heading=batch.heading)
    imprecise = batch.imprecise.get(column)
    return read_field(field, text, imprecise, options, problems, times=times)


def _ends_of_spans(contract: TableContract) -> dict[str, bool]:
    """Return the fields that are the ends of a span → whether it is the last."""
    spans = (field for field in contract.fields if field.kind is Kind.PERIOD)
    return {
        name: last for span in spans for name, last in zip(span.fills, (False, True), strict=True)
    }


def fill_words(contract: TableContract, columns: Columns) -> None:
    """Keep the words of grades as they were sent.

    A column of words that came with the file – our own export has one – counts only where it says
    what the grade says.
    """
    for field in contract.fields:
        if not field.words_of:
            continue
        grade, text = contract.field(field.words_of), columns.texts.get(field.words_of)
        if text is None or grade.vocabulary is None:
            columns.values[field.name] = pa.nulls(len(columns.values[field.name]), TEXT)
            continue
        _, words = cells.read_grades(text, grade.vocabulary)
        numbers, sent = cells.read_grades(columns.values[field.name], grade.vocabulary)
        known = columns.values[grade.name]
        neither = pc.and_(numbers.is_null(), known.is_null())
        agrees = pc.coalesce(pc.equal(numbers, known), neither)
        columns.values[field.name] = pc.coalesce(words, pc.if_else(agrees, sent, None))


def fill_from_points(
    batch: SourceBatch,
    contract: TableContract,
    columns: Columns,
    problems: Problems,
    *,
    order: Order,
) -> None:
    """Fill longitude and latitude from the layer's geometry and from cells that hold both.

    Zeros in both are unknown, and half a point is none. A point that cannot be read is a problem
    only where the row says in no other way where it is.
    """
    values = columns.values
    if "lon" not in values:
        if batch.geometry is not None and "geom" in values:
            values["geom"] = pc.coalesce(batch.geometry, values["geom"])
        return
    half = pc.xor(values["lon"].is_null(), values["lat"].is_null())
    zero = pc.and_(pc.equal(values["lon"], 0.0), pc.equal(values["lat"], 0.0))
    dropped = pc.or_(half, pc.fill_null(zero, fill_value=False))
    values["lon"], values["lat"] = (pc.if_else(dropped, None, values[a]) for a in ("lon", "lat"))
    columns.noted[ZERO_POINT] = cells.mask_of(zero)
    if batch.geometry is not None:
        if "geom" in values:
            values["geom"] = pc.coalesce(batch.geometry, values["geom"])
        else:
            _fill_from_geometry(batch.geometry, values)
    if "point" in columns.texts:
        _fill_from_text(contract, columns, problems, order)
    columns.noted[HALF_POINT] = cells.mask_of(pc.and_(half, values["lon"].is_null()))


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


def _fill_from_text(
    contract: TableContract, columns: Columns, problems: Problems, order: Order
) -> None:
    values, text = columns.values, cells.known_or_null(cells.clean(columns.texts["point"]))
    unknown = pc.or_(values["lon"].is_null(), values["lat"].is_null())
    wanted = np.flatnonzero(cells.mask_of(pc.and_(unknown, text.is_valid())))
    lon = np.full(len(text), np.nan)
    lat = np.full(len(text), np.nan)
    some = text.take(pa.array(wanted)).to_pylist()
    lat[wanted], lon[wanted] = read_coordinates(some, usual=order)
    zero = (lon == 0) & (lat == 0)
    lost = np.zeros(len(text), bool)
    lost[wanted] = np.isnan(lon[wanted])
    columns.noted[ZERO_POINT] |= zero
    columns.noted[UNREAD_POINT] = lost.copy()
    lon[zero], lat[zero] = np.nan, np.nan
    _fill_axes(values, lon, lat)
    for other in ("raw_address", "std_address", "building_id", "unit_id", "estate", "geom"):
        if other in values:
            lost &= cells.mask_of(values[other].is_null())
    problems.add(Reason.UNREADABLE_POINT, lost, field=contract.field("point"), seen=text)


def fill_from_periods(contract: TableContract, columns: Columns, problems: Problems) -> None:
    """Fill start and end from one cell that holds both ("2026.1.1至2026.12.31")."""
    for field in contract.fields:
        if field.kind is not Kind.PERIOD or field.name not in columns.texts:
            continue
        span = read_spans(columns.texts[field.name])
        for name, values in zip(field.fills, span, strict=False):
            columns.values[name] = pc.coalesce(columns.values[name], values)
        seen = columns.texts[field.name]
        problems.add(Reason.UNREADABLE_DATE, span.unreadable, field=field, seen=seen)


def fill_from_problems(
    contract: TableContract, mapping: Mapping[str, str], columns: Columns
) -> None:
    """Fill the numbers of problems, of a file that says one a row, with what each row adds."""
    field = problem_field(contract, mapping)
    if field is not None and field.name in columns.texts:
        columns.values.update(count_row(field, columns.texts[field.name]))
