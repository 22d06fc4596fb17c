"""A building is taken only where all of the place that was read is explained."""

import pytest

from geo.addresses.areas import Areas
from geo.addresses.lookup.explained import Explanation
from geo.addresses.lookup.surroundings import Surroundings
from geo.addresses.register import RegisteredBuilding

BUILDING = RegisteredBuilding(
    building_id="a",
    estate="锦绣花园",
    building_no="二期12号楼",
    std_address="示例市历城区松溪街道迎宾路18号锦绣花园二期12号楼",
    aliases=("老化肥厂宿舍",),
    street="松溪街道",
    community="学府社区",
)


@pytest.fixture
def explanation() -> Explanation:
    return Explanation(Surroundings({"历城", "松溪", "柳河", "学府"}), ["松溪", "柳河"])


@pytest.mark.parametrize(
    "place",
    [
        "锦绣花园",
        "锦绣花园二期",
        "锦绣花园2期",
        "历城锦绣花园",
        "松溪街道锦绣花园",
        "学府锦绣花园",
        "迎宾路锦绣花园",
        "锦绣花园小区南门",
        "市民来电反映锦绣花园",
        "我家孩子的班主任在锦绣花园",
        "锦绣花花园",
    ],
)
def test_areas_gates_and_half_a_sentence_say_nothing_else(
    explanation: Explanation, place: str
) -> None:
    assert explanation.covers(place, BUILDING, "锦绣花园")


@pytest.mark.parametrize(
    "place",
    [
        "鑫锦绣花园",
        "联合村锦绣花园",
        "锦绣花园三期",
        "锦绣花园12期",
        "2村锦绣花园",
        "锦绣花园学府",
        "锦绣花园东苑",
        "5巷锦绣花园",
        "柳河锦绣花园",
        "市民反映柳河街道锦绣花园",
    ],
)
def test_another_name_or_number_around_a_name_is_left_over(
    explanation: Explanation, place: str
) -> None:
    assert not explanation.covers(place, BUILDING, "锦绣花园")


@pytest.mark.parametrize(
    ("areas", "held"),
    [
        (Areas(city="示例市"), True),
        (Areas(city="另例市", district="历城区"), True),
        (Areas(city="示例市", district="历区"), True),
        (Areas(city="另例市"), False),
        (Areas(city="示例市", district="柳河区"), False),
    ],
)
def test_a_building_lies_in_the_district_that_is_told(
    explanation: Explanation, areas: Areas, *, held: bool
) -> None:
    assert explanation.holds_areas(areas, BUILDING) is held


TOWER = RegisteredBuilding(
    building_id="b", estate="富侨大厦", std_address="示例市松溪街道迎宾路9号富侨大厦"
)


@pytest.mark.parametrize(
    ("rest", "held"),
    [
        ("富侨大厦5楼", True),
        ("富桥大厦", True),
        ("某某培训中心", True),
        ("兴业大厦5楼", False),
    ],
)
def test_a_tower_behind_a_door_is_the_one_that_is_known_there(
    explanation: Explanation, rest: str, *, held: bool
) -> None:
    assert explanation.holds_house(rest, TOWER) is held


def test_where_no_tower_is_known_any_may_be_behind_a_door(explanation: Explanation) -> None:
    assert explanation.holds_house("兴业大厦5楼", BUILDING)
