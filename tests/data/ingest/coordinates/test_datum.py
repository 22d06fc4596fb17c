"""Rules of bringing a sender's coordinates to WGS-84."""

import numpy as np
import pyarrow as pa
import pytest
import shapely
from refusals import refused_as

from data.ingest.coordinates.datum import (
    SWAPPED,
    ImportRefusedError,
    PointSample,
    decide_datum,
    to_lake_coordinates,
)
from geo.coordinates.datums import Datum, from_wgs84


def rows_of(lon: list[float | None], lat: list[float | None], **more: list[object]) -> pa.Table:
    hashes = [f"h{n}" for n in range(len(lon))]
    return pa.table(
        {"lon": lon, "lat": lat, "row_hash": pa.array(hashes, pa.large_string())} | more
    )


def sample_of(x: np.ndarray, y: np.ndarray, crs: str | None = None) -> PointSample:
    sample = PointSample()
    sample.add(rows_of(list(x), list(y)), crs)
    return sample


STREET = shapely.box(117.10, 36.18, 117.14, 36.21)
RNG = np.random.default_rng(7)
LON, LAT = RNG.uniform(117.10, 117.14, 400), RNG.uniform(36.18, 36.21, 400)


@pytest.mark.parametrize("label", ["wgs84", "gcj02", "bd09"])
def test_a_refusal_suggests_the_datum_that_puts_most_points_in_the_street(label: str) -> None:
    sample = sample_of(*from_wgs84(LON, LAT, datum=label))
    with pytest.raises(ImportRefusedError) as refused:
        decide_datum(sample, given=None, reference=[[STREET]])
    assert refused.value.facts["suggestion"] == label
    assert refused.value.facts["shares"][label] == 1.0


def test_exchanged_axes_are_recognised() -> None:
    with pytest.raises(ImportRefusedError) as refused:
        decide_datum(sample_of(LAT, LON), given=None, reference=[[STREET]])
    assert refused.value.facts["swapped"]


@pytest.mark.parametrize("reference", [[], [[STREET]]])
def test_of_two_points_it_is_told_that_the_axes_are_exchanged(
    reference: list[list[shapely.Geometry]],
) -> None:
    sample = sample_of(LAT[:2], LON[:2])
    with refused_as(SWAPPED):
        decide_datum(sample, given=None, reference=reference)
    assert decide_datum(sample, given="gcj02", reference=reference).notes == (SWAPPED,)
    straight = sample_of(LON[:2], LAT[:2])
    assert SWAPPED not in decide_datum(straight, given="gcj02", reference=reference).notes


def test_what_a_person_says_is_taken() -> None:
    decision = decide_datum(sample_of(LON, LAT), given="高德", reference=[[STREET]])
    assert decision.datum == Datum("gcj02")


def test_a_file_that_calls_itself_epsg_4326_proves_nothing() -> None:
    with pytest.raises(ImportRefusedError):
        decide_datum(sample_of(LON, LAT, "EPSG:4326"), given=None, reference=[[STREET]])


def test_a_survey_projection_in_the_file_is_believed() -> None:
    sample = sample_of(np.array([510_000.0]), np.array([4_006_000.0]), "EPSG:4548")
    decision = decide_datum(sample, given=None, reference=[[STREET]])
    assert (decision.datum, decision.notes) == (Datum("EPSG:4548"), ("datum_from_file",))


def test_rows_that_name_their_datum_need_no_decision() -> None:
    sample = PointSample()
    sample.add(rows_of([117.1], [36.2], datum=["GCJ02"]), None)
    assert decide_datum(sample, given=None, reference=[]).datum is None


def test_each_row_is_converted_from_the_datum_it_names() -> None:
    rows = rows_of([117.1, 117.1, 117.1], [36.2, 36.2, 36.2], datum=["BD09", None, "WGS84"])
    converted = to_lake_coordinates(rows, Datum("gcj02"))
    lon = converted["lon"].to_numpy()
    expected = [117.1 - 0.0118, 117.1 - 0.0055, 117.1]
    np.testing.assert_allclose(lon, expected, atol=1.5e-3)
    assert rows["lon"].to_pylist() == [117.1] * 3  # the input is not changed


def test_a_frame_that_nobody_can_convert_leaves_the_point_unknown() -> None:
    converted = to_lake_coordinates(rows_of([5e5], [4e6], datum=["本地"]), None)
    assert converted["lon"].to_pylist() == [None]


def test_the_hash_names_the_datum_only_where_something_was_converted() -> None:
    converted = to_lake_coordinates(rows_of([117.1, None], [36.2, None]), Datum("gcj02"))
    assert converted["row_hash"].to_pylist() == ["h0-gcj02", "h1"]


def test_geometry_is_converted_corner_by_corner() -> None:
    shifted = shapely.transform(
        STREET, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum="gcj02"))
    )
    rows = pa.table(
        {
            "geom": pa.array([shapely.to_wkb(shifted), None], pa.large_binary()),
            "row_hash": pa.array(["a", "b"], pa.large_string()),
        }
    )
    converted = to_lake_coordinates(rows, Datum("gcj02"))
    back = shapely.from_wkb(converted["geom"].to_pylist()[0])
    assert back.equals_exact(STREET, 1e-7)


def test_what_a_person_says_is_doubted_where_another_datum_fits_far_better() -> None:
    shifted = sample_of(*from_wgs84(LON, LAT, datum="bd09"))
    assert decide_datum(shifted, given="bd09", reference=[[STREET]]).notes == ()
    assert decide_datum(shifted, given="wgs84", reference=[[STREET]]).notes == ("datum_doubtful",)
    assert decide_datum(shifted, given="wgs84", reference=[]).notes == ()


@pytest.mark.parametrize("told", ["wgs84", "cgcs2000"])
def test_what_a_person_says_is_doubted_where_the_points_that_disagree_favour_another_datum(
    told: str,
) -> None:
    street = shapely.box(117.10, 36.18, 117.13, 36.205)  # the shift is a fifth of its width
    lon, lat = RNG.uniform(117.10, 117.13, 200), RNG.uniform(36.18, 36.205, 200)
    shifted = sample_of(*from_wgs84(lon, lat, datum="gcj02"))
    decision = decide_datum(shifted, given=told, reference=[[street]])
    assert decision.report is not None
    shares = decision.report.shares
    assert 0 < shares["gcj02"] - shares["wgs84"] < 0.3
    assert decision.notes == ("datum_doubtful",)
    assert decide_datum(shifted, given="gcj02", reference=[[street]]).notes == ()
    assert decide_datum(sample_of(lon, lat), given=told, reference=[[street]]).notes == ()


def test_survey_coordinates_with_exchanged_axes_are_doubted() -> None:
    east, north = from_wgs84(LON, LAT, datum="EPSG:4548")
    told = {"given": "EPSG:4548", "reference": [[STREET]]}
    assert decide_datum(sample_of(east, north), **told).notes == ()
    assert decide_datum(sample_of(north, east), **told).notes == (SWAPPED,)


def test_points_abroad_are_taken_only_where_nothing_known_lies_elsewhere() -> None:
    paris = sample_of(np.full(9, 2.35) + RNG.uniform(0, 0.01, 9), np.full(9, 48.85))
    assert decide_datum(paris, given=None, reference=[]).datum == Datum("wgs84")
    with pytest.raises(ImportRefusedError):
        decide_datum(paris, given=None, reference=[[STREET]])
