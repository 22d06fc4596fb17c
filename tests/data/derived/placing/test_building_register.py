"""Rules of the register that is made from addresses."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from data.derived.placing.building_register import (
    NO_GRIDS,
    building_key,
    made_building_id,
    register_of_addresses,
)

DAY = datetime(2026, 11, 20)  # noqa: DTZ001 -- local times throughout


def made_of(*rows: tuple[str | None, float, float]) -> list[dict[str, object]]:
    frame = pd.DataFrame(rows, columns=["raw_address", "lon", "lat"])
    frame["building_id"] = pd.Series([None] * len(rows), dtype="str")
    frame["learnt_at"] = [DAY + timedelta(days=n) for n in range(len(rows))]
    made: list[dict[str, object]] = register_of_addresses(frame, NO_GRIDS).to_pylist()
    return made


def test_addresses_that_differ_only_in_the_room_are_one_building() -> None:
    (made,) = made_of(
        ("示例花园12号楼3单元1001室", 117.10, 36.1),
        ("示例花园十二栋2单元301", 117.12, 36.1),
        ("示例花园12号楼", 117.11, 36.1),
    )
    assert made["lon"] == 117.10  # as learnt first
    assert made["learnt_at"] == DAY
    assert made["made"] is True


def test_a_building_is_called_without_any_room() -> None:
    (made,) = made_of(("示例花园12号楼3单元1001室", 117.1, 36.1))
    assert made["std_address"] == "示例花园12号楼"


def test_a_text_that_names_no_building_makes_none() -> None:
    assert made_of(("示例花园附近", 117.1, 36.1), ("", np.nan, 36.1), (None, 117.1, np.nan)) == []


def test_an_id_depends_on_the_address_alone() -> None:
    one, other = (made_of(("示例花园12-3-1001", lon, 36.1))[0] for lon in (117.1, np.nan))
    assert one["building_id"] == other["building_id"] == made_building_id("示例花园12号楼")
    assert (other["lon"], other["h3_r10"]) == (None, None)


def test_where_hardly_any_address_names_a_building_points_are_the_buildings() -> None:
    made = made_of(
        (None, -115.138121, 36.170011),
        (None, -115.138122, 36.170012),
        ("Pier 39 east", -122.409, 37.808),
        ("12 High Street", -122.5, 37.9),
        ("示例花园附近", 117.1, 36.1),
        (None, np.nan, np.nan),
    )
    assert sorted(str(each["std_address"]) for each in made) == [
        "12 High Street",
        "36.17001, -115.13812",
        "37.808, -122.409",
    ]


def test_where_most_addresses_name_a_building_points_alone_are_none() -> None:
    made = made_of(
        ("示例花园12号楼", 117.1, 36.1), ("示例花园13号楼", 117.1, 36.1), (None, 117.2, 36.2)
    )
    assert [each["std_address"] for each in made] == ["示例花园12号楼", "示例花园13号楼"]


def test_a_building_is_called_by_its_address_as_written() -> None:
    (made,) = made_of(
        ("12 High  Street\nLeeds\n(1.5, 2.5)", 2.5, 1.5), ("12 high street, leeds", 2.5, 1.5)
    )
    assert made["std_address"] == "12 High Street, Leeds"
    assert building_key("12 High Street, Leeds") == building_key("12 High Street\nLeeds")


def test_where_most_addresses_have_house_numbers_of_japan_none_is_a_room() -> None:
    japanese = [(f"西新宿{n}-{n}-{n}", 139.7, 35.7) for n in range(1, 22)]
    made = made_of(*japanese, ("西新宿1-1-200", 139.7, 35.7))
    assert len(made) == 22
    assert "西新宿1丁目1番200号" in {each["std_address"] for each in made}
    rooms = [(f"示例花园{n}-1-10{n % 9}", 117.1, 36.1) for n in (1, 2, 3) for _ in range(9)]
    assert len(made_of(*rooms, ("示例花园1-1-20", 117.1, 36.1))) == 3
