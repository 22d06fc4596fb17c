"""A short name means an estate only where it is one alone."""

import pytest

from geo.addresses.spelling.short import NameEnds, short_names, tower_of, unit_of


@pytest.mark.parametrize(
    ("home", "short"),
    [
        ("翠苑新村2区", "翠苑2区"),
        ("西园新村南村", "西园南村"),
        ("浙麻厂宿舍", "浙麻宿舍"),
        ("武汽宿舍", "武汽厂宿舍"),
        ("水产公司宿舍", "水产宿舍"),
        ("苏州大学东小桥宿舍", "苏大东小桥宿舍"),
        ("化工厂家属院", "化工厂宿舍"),
        ("鞍山三村", "鞍三村"),
        ("天都商务大厦", "天都大厦"),
        ("天陈路农贸市场", "天陈路菜市场"),
        ("黄石社区3组", "黄石3组"),
        ("上熊自然村", "上熊"),
    ],
)
def test_a_name_is_known_as_people_cut_it_short(home: str, short: str) -> None:
    assert short in set(short_names(home))


@pytest.mark.parametrize(
    ("home", "end"),
    [
        ("华侨海景城", "海景城"),
        ("锦绣文澜苑", "文澜苑"),
        ("龙江小区蓝天园", "蓝天园"),
        ("省农业厅家属院", "农业厅家属院"),
        ("县棉麻公司家属院", "棉麻公司家属院"),
        ("水心杏组团", "杏组团"),
        ("煤设院家属区", "煤设院"),
        ("枫蓝国际中心", "枫蓝"),
    ],
)
def test_the_end_of_a_name_or_its_beginning_means_the_only_estate_of_it(
    home: str, end: str
) -> None:
    assert end in set(NameEnds([home], []).of(home))


@pytest.mark.parametrize(
    ("home", "other", "end"),
    [
        ("华侨海景城", "滨江海景城", "海景城"),
        ("诚城家属院", "诚城卡布奇诺", "诚城"),
        ("兵团农行家属院", "示例园", "农行家属院"),
        ("农垦医院宿舍", "示例园", "农垦医院"),
    ],
)
def test_what_two_estates_may_be_called_means_neither(home: str, other: str, end: str) -> None:
    assert end not in set(NameEnds(sorted([home, other]), []).of(home))


def test_only_a_tower_is_named_by_what_stands_in_place_of_a_number() -> None:
    assert tower_of("冠海大厦") == "冠海大厦"
    assert tower_of("综合大厦") == tower_of("12号楼") == tower_of("") == ""


def test_the_unit_of_dwellings_is_no_hospital_and_no_school() -> None:
    assert unit_of("煤设院家属区") == "煤设院"
    assert unit_of("农垦医院宿舍") == unit_of("锦绣花园") == ""
