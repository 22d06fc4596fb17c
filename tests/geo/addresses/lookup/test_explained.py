"""A building is taken only where all of the place that was read is explained."""

import pytest

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
    return Explanation(Surroundings({"历城", "松溪", "学府"}))


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
    ],
)
def test_another_name_or_number_around_a_name_is_left_over(
    explanation: Explanation, place: str
) -> None:
    assert not explanation.covers(place, BUILDING, "锦绣花园")
