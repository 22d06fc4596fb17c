"""Rules of the register that is made from addresses."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from data.derived.placing.building_register import NO_GRIDS, made_building_id, register_of_addresses

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
    assert made_of(("示例花园附近", 117.1, 36.1), ("", 117.1, 36.1), (None, 117.1, 36.1)) == []


def test_an_id_depends_on_the_address_alone() -> None:
    one, other = (made_of(("示例花园12-3-1001", lon, 36.1))[0] for lon in (117.1, np.nan))
    assert one["building_id"] == other["building_id"] == made_building_id("示例花园12号楼")
    assert (other["lon"], other["h3_r10"]) == (None, None)
