"""What of an address agrees with a building of the register, and what does not."""

import pytest

from geo.addresses.register import RegisteredBuilding
from geo.addresses.spelling.compare import compare, doubts_of

HOME = RegisteredBuilding(
    building_id="B",
    estate="瑞河嘉园",
    building_no="3号楼",
    std_address="云岱区松溪街道竹岸路385号瑞河嘉园3号楼",
    aliases=("老化肥厂宿舍",),
    community="和顺社区;370998001005",
)
DOOR = RegisteredBuilding(
    building_id="D", std_address="云岱区松溪街道悦兴路125号", building_no="125号"
)
YARD = RegisteredBuilding(
    building_id="Y",
    estate="龙坡巷11号院",
    building_no="3号楼",
    std_address="云岱区松溪街道龙坡巷11号院3号楼",
)


def told(text: str, building: RegisteredBuilding) -> dict[str, str]:
    return {each.part: each.verdict for each in compare(text, building)}


@pytest.mark.parametrize(
    ("text", "building", "expected"),
    [
        ("瑞河嘉园3栋201室", HOME, {"estate": "same", "number": "same"}),
        ("瑞河嘉园4号楼", HOME, {"estate": "same", "number": "other"}),
        ("端河嘉园3号楼", HOME, {"estate": "alike", "number": "same"}),
        ("老化肥厂宿舍3号楼", HOME, {"estate": "same", "number": "same"}),
        ("梅山名邸3号楼", HOME, {"estate": "other", "number": "same"}),
        ("瑞河嘉园", HOME, {"estate": "same"}),
        ("和顺社区瑞河嘉园3号楼", HOME, {"estate": "same", "number": "same", "community": "same"}),
        ("文昌社区瑞河嘉园3号楼", HOME, {"estate": "same", "number": "same", "community": "other"}),
        ("竹岸路385号瑞河嘉园3号楼", HOME, {"estate": "same", "street": "same", "number": "same"}),
        ("学湾路9号瑞河嘉园3号楼", HOME, {"estate": "same", "street": "other", "number": "same"}),
        ("悦兴路125号北门旁边", DOOR, {"street": "same", "number": "same"}),
        ("悦兴路127号", DOOR, {"street": "same", "number": "other"}),
        ("城东老粮库对面", DOOR, {}),
        ("龙坡巷3号院门口往东100米", YARD, {"street": "same", "number": "other"}),
        ("龙坡巷11号院门口往东100米", YARD, {"street": "same", "number": "same"}),
    ],
)
def test_a_part_that_both_name_agrees_or_not_and_another_is_left_out(
    text: str, building: RegisteredBuilding, expected: dict[str, str]
) -> None:
    assert told(text, building) == expected


def test_of_several_addresses_in_one_text_the_one_that_fits_best_counts() -> None:
    assert told("瑞河嘉园2号楼；瑞河嘉园3号楼", HOME)["number"] == "same"


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("瑞河嘉园3号楼", []),
        ("瑞河嘉园", ["no_number"]),
        ("瑞河嘉园3号楼对面", ["relative"]),
        ("瑞河嘉园3号楼；瑞河嘉园4号楼", ["several"]),
    ],
)
def test_why_an_address_says_no_single_building(text: str, doubts: list[str]) -> None:
    assert doubts_of(text) == doubts
