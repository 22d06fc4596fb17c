"""Every way to write a building gives one key, and nothing else gives that key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.normalise import normalise_address
from geo.addresses.parse import parse_address

ADDRESS_LETTERS = st.sampled_from(
    list("示例花园小区号楼栋幢单元室层0123456789ABF-#（）();，,、 路街弄院附付")
    + list("甲乙东西市省县镇村旁口期一廿〇百第户")
)
ADDRESS_TEXTS = st.text(ADDRESS_LETTERS, max_size=22) | st.text(max_size=30)


@given(text=ADDRESS_TEXTS)
def test_normalising_a_key_changes_nothing(text: str) -> None:
    key = normalise_address(text)
    assert normalise_address(key) == key


@pytest.mark.parametrize(
    "text",
    [
        "示例花园12号楼",
        "示例花园12-3-1001",
        "示例花园12栋3单元1001室",
        "示例花园十二幢三单元一〇〇一",
        "示例花园１２号楼３单元１００１",
        "示例花园 12 3 1001",
        "示例花园第12座",
        "示例花园12#3单元1001",
        "示例花园012号楼",
        "建设路18号示例花园12号楼",
        "示例市示例区泰前街道示例社区示例花园12号楼3-1001",
        "示例花园小区12号楼",
        "示例·花园12号楼",
        "示例花园（12号楼）3单元",
        "示例花园12号楼（吉祥小学对面）",
        "示例花园12号楼 电话13812345678",
        "地址：示例花园12号楼。",
    ],
)
def test_every_way_to_write_a_building_gives_one_key(text: str) -> None:
    assert normalise_address(text) == "示例花园12号楼"


@pytest.mark.parametrize("text", ["East 14 Street", "Pier", "12-3-1001", "A12", ""])
def test_a_text_without_chinese_characters_and_house_number_names_no_building(text: str) -> None:
    assert not parse_address(text).names_building


@pytest.mark.parametrize(
    "text",
    [
        "示例花园12号楼旁边",
        "示例花园12号楼对面",
        "示例花园12、13号楼",
        "示例花园1-12号楼",
        "示例花园12号楼楼下",
    ],
)
def test_a_place_near_a_building_or_several_buildings_never_has_a_buildings_key(text: str) -> None:
    assert normalise_address(text) != normalise_address(normalise_address(text)[:7])
    assert not parse_address(text).names_building


@given(unit=st.integers(1, 9), room=st.integers(101, 3402))
def test_the_room_never_changes_the_building_key(unit: int, room: int) -> None:
    key = normalise_address("示例花园12号楼")
    assert normalise_address(f"示例花园12号楼{unit}单元{room}室") == key
    assert normalise_address(f"示例花园12-{unit}-{room}") == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("解放路12号B单元302", "解放路12号"),
        ("李家街35号A公建", "李家街35A号"),
        ("和平路12号丁香花园3号楼", "丁香花园3号楼"),
        ("友谊第19号街坊3号楼", "友谊19街坊3号楼"),
        ("锦绣花园12杠3号户", "锦绣花园12号楼"),
        ("解放路一千二百号", "解放路1200号"),
        ("甘肃大夏河小区2号楼", "甘肃大夏河小区2号楼"),
    ],
)
def test_letters_dashes_and_numerals_around_a_number_are_read_in_one_way(
    text: str, key: str
) -> None:
    assert normalise_address(text) == key
