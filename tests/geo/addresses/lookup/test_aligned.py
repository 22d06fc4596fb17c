"""A text that was not understood means a building where all its numbers and names are told."""

import pytest

from geo.addresses.lookup.aligned import AlignedNames
from geo.addresses.lookup.explained import Explanation
from geo.addresses.lookup.surroundings import Surroundings
from geo.addresses.register import RegisteredBuilding


def building(estate: str, number: str, *, road: str = "", **more: str) -> RegisteredBuilding:
    street, community = more.get("street", "松溪街道"), more.get("community", "学府社区")
    return RegisteredBuilding(
        building_id=estate + number + community,
        estate=estate,
        building_no=number,
        std_address=f"示例市历城区{street}{road}{estate}{number}",
        street=street,
        community=community,
    )


BUILDINGS = [
    building("东海水漾人家", "瑞安坊3幢"),
    building("未来方舟", "D4组团3栋"),
    building("白桦林居", "5栋"),
    building("白桦林间", "6栋"),
    building("省勘察院宿舍", "7号楼"),
    building("翡翠雅颂", "8号楼"),
    building("翡翠雅颂", "9号楼", community="柳河社区"),
    building("", "9号", road="近良村西街三巷"),
    building("", "76栋", road="和平街"),
]


@pytest.fixture(scope="module")
def names() -> AlignedNames:
    return AlignedNames(BUILDINGS, Explanation(Surroundings({"历城", "松溪", "学府", "柳河"}), []))


@pytest.mark.parametrize(
    ("text", "row", "rest"),
    [
        ("水漾人家瑞安坊3幢2单元", 0, "2单元"),
        ("松溪街道东海水漾人家瑞安坊3幢", 0, ""),
        ("未来方舟D4-3-2-1501", 1, "-2-1501"),
        ("未来方舟D4组团三栋", 1, ""),
        ("近良西街3巷9号二楼", 7, "2楼"),
    ],
)
def test_names_may_be_cut_short_and_words_between_numbers_left_out(
    names: AlignedNames, text: str, row: int, rest: str
) -> None:
    assert [(each.row, each.rest) for each in names.find(text)] == [(row, rest)]


@pytest.mark.parametrize(
    "text",
    [
        "水漾人家3幢",  # which of its parts
        "水漾人家瑞宁坊3幢",
        "新东海水漾人家瑞安坊3幢",
        "未来方舟3栋",
        "未来方舟D5-3-2-1501",
        "白桦林5栋",  # 白桦林居 or 白桦林间
        "市勘察院宿舍7号楼",
        "翡翠雅颂8号楼",  # there are two, and the other may have grown
        "近良村西街9号",
        "近良村西街三巷19号",
        "和平街76号",
    ],
)
def test_what_lacks_a_number_or_a_part_or_holds_more_means_none(
    names: AlignedNames, text: str
) -> None:
    assert names.find(text) == []
