"""A hotel, a market or a tower needs no number, whatever is told behind its name."""

import pytest

from geo.addresses.match import AddressMatcher, RegisteredBuilding

HOUSES = [
    RegisteredBuilding(
        building_id="hotel",
        std_address="示例市历城区松溪街道新鸿路66号",
        aliases=("鸿锦酒店",),
        street="松溪街道",
    ),
    RegisteredBuilding(
        building_id="market",
        std_address="示例市历城区松溪街道红菱路8号",
        aliases=("红菱农贸市场",),
        street="松溪街道",
    ),
    RegisteredBuilding(
        building_id="tower",
        estate="泰山大厦",
        building_no="A座",
        std_address="示例市历城区松溪街道迎宾路18号泰山大厦A座",
    ),
]


@pytest.fixture(scope="module")
def houses() -> AddressMatcher:
    """Return a matcher of a hotel, a market, and one of the wings of a tower."""
    return AddressMatcher(HOUSES)


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("鸿锦酒店大堂", "hotel"),
        ("松溪街道鸿锦酒店前台不退押金", "hotel"),
        ("鸿锦酒店后厨油烟直排", "hotel"),
        ("红菱农贸市场活禽区臭气重", "market"),
        ("红菱菜市场15号摊位缺斤短两", "market"),
        ("红菱路8号市场内", "market"),
    ],
)
def test_a_house_named_without_a_number_is_found(
    houses: AddressMatcher, text: str, house: str
) -> None:
    assert houses.match_one(text).building_id == house


@pytest.mark.parametrize(
    "text",
    [
        "鸿锦酒店对面的茶楼",
        "鸿锦酒店旁边",
        "鸿锦酒店员工宿舍2栋",
        "鸿锦酒店停车场",
        "红菱农贸市场5区12号",
        "新红菱农贸市场活禽区",
        "另例市柳河区鸿锦酒店大堂",
        "泰山大厦大堂",
    ],
)
def test_what_is_beside_it_or_another_s_is_not_it(houses: AddressMatcher, text: str) -> None:
    assert houses.match_one(text).building_id == ""
