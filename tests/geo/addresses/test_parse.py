"""Every pitfall of Chinese addresses is read for what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.areas import Areas
from geo.addresses.parse import may_be_one_room, parse_address


@pytest.mark.parametrize(
    ("text", "place", "building", "unit", "rooms"),
    [
        ("竹海水韵春风里12-3-1001", "竹海水韵春风里", "12号楼", "3单元", ("1001",)),
        ("竹海水韵春风里12 3 1001", "竹海水韵春风里", "12号楼", "3单元", ("1001",)),
        ("竹海水韵春风里12—3—1001", "竹海水韵春风里", "12号楼", "3单元", ("1001",)),
        ("柳营路669弄14号1102", "柳营路669弄", "14号楼", "", ("1102",)),
        ("盈港路251弄３号楼", "盈港路251弄", "3号楼", "", ()),
        ("惠明街9号", "惠明街", "9号", "", ()),
        ("沿山村5组6号", "沿山村5组", "6号", "", ()),
        ("示例花园八栋4单元7B", "示例花园", "8号楼", "4单元", ("7B",)),
        ("示例花园18幢二单元101", "示例花园", "18号楼", "2单元", ("101",)),
        ("示例花园3-2幢", "示例花园", "3-2号楼", "", ()),
        ("示例花园1-1号楼", "示例花园", "1-1号楼", "", ()),
        ("示例花园3栋204，205", "示例花园", "3号楼", "", ("204", "205")),
        ("示例花园3栋1201-1203室", "示例花园", "3号楼", "", ("1201", "1202", "1203")),
        ("万达广场B座29011", "万达广场", "B号楼", "", ("29011",)),
        ("创业大厦1403#", "创业大厦", "", "", ("1403",)),
        ("示例花园12#301", "示例花园", "12号楼", "", ("301",)),
        ("示例花园12#楼3单元301", "示例花园", "12号楼", "3单元", ("301",)),
        ("示例花园3号楼东户", "示例花园", "3号楼", "", ("东户",)),
        ("建设路９８８号示例花园１０号楼", "示例花园", "10号楼", "", ()),
        ("示例花园二号楼", "示例花园", "2号楼", "", ()),
        ("示例花园十号", "示例花园", "10号楼", "", ()),
        ("示例花园廿一号楼", "示例花园", "21号楼", "", ()),
        ("示例花园第三幢三单元一〇一室", "示例花园", "3号楼", "3单元", ("101",)),
        ("五一路12号", "五一路", "12号", "", ()),
        ("三里屯3号楼", "三里屯", "3号楼", "", ()),
        ("八一小区二号楼", "八一小区", "2号楼", "", ()),
        ("万达三号楼", "万达", "3号楼", "", ()),
        ("西溪北苑【东区】3幢", "西溪北苑东区", "3号楼", "", ()),
        ("示例小区一期3号楼", "示例小区1期", "3号楼", "", ()),
        ("建设路200号附5号", "建设路", "200号附5号", "", ()),
        ("金明大道26号付1号", "金明大道", "26号附1号", "", ()),
        ("建设路甲26号", "建设路", "甲26号", "", ()),
        ("建设路30号甲", "建设路", "30号甲", "", ()),
        ("建设路588B号", "建设路", "588B号", "", ()),
        ("建设路1号院7号楼", "建设路1号院", "7号楼", "", ()),
        ("示例花园12号楼5楼501", "示例花园", "12号楼", "", ("501",)),
        ("示例花园12楼3单元301", "示例花园", "12号楼", "3单元", ("301",)),
        ("示例花园11号4-1002", "示例花园", "11号楼", "4单元", ("1002",)),
        ("城市花园3号楼", "城市花园", "3号楼", "", ()),
        ("阳光城东区3号楼", "阳光城东区", "3号楼", "", ()),
        ("示例区示例社区12号楼", "示例社区", "12号楼", "", ()),
    ],
)
def test_a_pitfall_is_read_for_what_it_is(
    text: str, place: str, building: str, unit: str, rooms: tuple[str, ...]
) -> None:
    parsed = parse_address(text)
    assert (parsed.place, parsed.building_no, parsed.unit) == (place, building, unit)
    assert parsed.rooms == rooms


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("示例花园12-1001", "two_part_dash"),
        ("万达广场A-2508", "two_part_dash"),
        ("示例花园2楼", "floor_or_building"),
        ("示例花园1-10幢", "several"),
        ("示例花园12、13号楼", "several"),
        ("示例花园12号楼至15号楼", "several"),
        ("示例花园12号楼旁", "relative"),
        ("示例花园附近", "relative"),
        ("六和路东信大道口", "relative"),
        ("建设路与五一路交叉口东200米", "relative"),
        ("金明大道26号付1号转盘向南1500米对面", "relative"),
        ("示例花园12号楼楼上", "relative"),
    ],
)
def test_what_cannot_be_read_for_sure_says_why(text: str, doubt: str) -> None:
    assert parse_address(text).doubts == (doubt,)


@pytest.mark.parametrize(
    "text",
    [
        "示例花园12号楼（吉祥小学对面）",
        "吉祥小学对面示例花园12号楼",
        "（吉祥小学旁）示例花园12号楼",
    ],
)
def test_a_landmark_beside_a_whole_address_changes_nothing(text: str) -> None:
    assert parse_address(text).key == "示例花园12号楼"
    assert parse_address(text).names_building


def test_areas_are_taken_off_once_however_often_they_are_written() -> None:
    parsed = parse_address("浙江省杭州市滨江区 浙江省杭州市滨江区长河街道示例社区示例花园12号楼")
    assert parsed.key == "示例花园12号楼"
    assert parsed.areas == Areas(
        province="浙江省", city="杭州市", district="滨江区", street="长河街道", community="示例社区"
    )


def test_two_addresses_in_one_text_are_both_read() -> None:
    parsed = parse_address("示例花园12号楼；翡翠花园3号楼")
    assert [parsed.key, *(other.key for other in parsed.others)] == [
        "示例花园12号楼",
        "翡翠花园3号楼",
    ]


def test_a_second_number_belongs_to_the_estate_of_the_first() -> None:
    assert parse_address("示例花园12号楼;13号楼").others[0].key == "示例花园13号楼"


@pytest.mark.parametrize(
    "text",
    [
        "示例花园12号楼 13812345678",
        "示例花园12号楼电话：0538-6801234",
        "271000 示例花园12号楼",
        "示例花园12号楼----",
        "“示例花园12号楼”。",
    ],
)
def test_phones_postcodes_and_marks_are_no_part_of_an_address(text: str) -> None:
    parsed = parse_address(text)
    assert (parsed.key, parsed.rooms) == ("示例花园12号楼", ())


@given(text=st.text(max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    parse_address(text)


@given(
    text=st.text(
        st.sampled_from(
            list("示例花园路街弄号楼栋幢单元室户附甲东西区县市镇旁口、-0129A #（；期一十百〇")
        ),
        max_size=25,
    )
)
def test_any_text_of_address_words_can_be_read(text: str) -> None:
    parsed = parse_address(text)
    assert not parsed.names_building or parsed.place


@pytest.mark.parametrize("text", ["（示例花园12号楼）", "某某教育（示例花园12号楼3单元）"])
def test_an_address_inside_brackets_counts_where_none_stands_outside(text: str) -> None:
    assert parse_address(text).key == "示例花园12号楼"


@pytest.mark.parametrize(
    "text", ["我家住在示例花园12号楼", "投诉示例花园12号楼", "位于示例花园12号楼"]
)
def test_the_words_that_lead_to_an_address_are_no_part_of_it(text: str) -> None:
    assert parse_address(text).key == "示例花园12号楼"


@pytest.mark.parametrize(
    ("city", "district"),
    [
        ("盐城市", "亭湖区"),
        ("运城市", "盐湖区"),
        ("杭州市", "拱墅区"),
        ("宜昌市", "点军区"),
        ("洛阳市", "西工区"),
        ("开封市", "顺河回族区"),
        ("西宁市", "城中区"),
        ("哈尔滨市", "道外区"),
    ],
)
def test_cities_and_districts_are_read_whose_names_end_like_other_words(
    city: str, district: str
) -> None:
    areas = parse_address(f"{city}{district}建设街道文昌社区迎宾路18号").areas
    assert (areas.city, areas.district, areas.street) == (city, district, "建设街道")


@pytest.mark.parametrize("name", ["红旗瓷厂宿舍", "乙烯生活区", "别墅区", "地区医院家属院"])
def test_names_that_begin_like_an_area_stay_whole(name: str) -> None:
    assert parse_address(f"示例区建设街道{name}6号楼").place == name


def test_of_a_text_longer_than_any_address_the_beginning_is_read() -> None:
    long = "示例花园12号楼，" + "矚" * 20_000
    assert parse_address(long) == parse_address(long[:1_000])
    assert parse_address(long).building_no == "12号楼"


@pytest.mark.parametrize("shop", ["3号铺", "3号商铺", "底商3号", "地下3号铺", "3号门面"])
def test_a_numbered_shop_is_inside_the_house_before_it(shop: str) -> None:
    parsed = parse_address(f"人民路12号{shop}")
    assert (parsed.place, parsed.building_no) == ("人民路", "12号")


@pytest.mark.parametrize(
    ("texts", "key", "rooms"),
    [
        (
            (
                "中区本町5-12-10", "横浜市中区本町5丁目12番10号",
                "神奈川県横浜市中区本町五丁目12番地10", "中区本町5−12−10 第一ビル",
                "中区本町5丁目12番10号",
            ),
            "中区本町5丁目12番10号", (),
        ),
        (("渋谷区神南1-19-11 コーポ神南 301号室",), "渋谷区神南1丁目19番11号", ("301",)),
        (("中区山下町12-3", "中区山下町12番地の3"), "中区山下町12番3号", ()),
        (("千葉県市川市本町1-2-3",), "市川市本町1丁目2番3号", ()),
        (("札幌市中央区北1条西2丁目5",), "中央区北1条西2丁目5番", ()),
    ],
)  # fmt: skip
def test_a_japanese_number_is_of_town_block_and_house(
    texts: tuple[str, ...], key: str, rooms: tuple[str, ...]
) -> None:
    read = [parse_address(text) for text in texts]
    assert {each.key for each in read} == {key}
    assert {each.rooms for each in read} == {rooms}
    assert all(each.names_building for each in read)


@pytest.mark.parametrize(
    "text",
    [
        "樱花町12-3-1001",
        "樱の花园12-3-501",
        "樱花町12-3-501",
        "西门町5号楼3单元501",
        "沿江市场2番12号楼",
    ],
)
def test_a_room_of_an_estate_is_no_japanese_house(text: str) -> None:
    assert not {"丁", "番"} & set(parse_address(text).building_no)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("2-501", "2-501", True),
        ("2-501", "3-501", False),
        ("2-501", "2-502", False),
        ("2-501", "-501", True),
        ("2-", "2-501", True),
        ("2-", "3-501", False),
        ("-501", "-502", False),
        ("", "2-501", True),
        ("2-501-1", "-501-1", True),
        ("2-501-1", "2-501-2", False),
    ],
)
def test_rooms_agree_where_neither_stairwell_nor_room_is_told_otherwise(
    one: str, other: str, *, agree: bool
) -> None:
    assert may_be_one_room(one, other) == may_be_one_room(other, one) == agree


@pytest.mark.parametrize(
    ("text", "unit", "rooms"),
    [
        ("示例花园3号楼第2单元501", "2单元", ("501",)),
        ("示例花园3号楼2#单元501", "2单元", ("501",)),
        ("示例花园3号楼2号单元501", "2单元", ("501",)),
        ("示例花园3号楼2号门502", "2单元", ("502",)),
        ("示例花园3号楼2门洞502", "2单元", ("502",)),
        ("示例花园3号楼3楼道502", "3单元", ("502",)),
        ("示例花园3号楼2楼梯口502", "2单元", ("502",)),
        ("示例花园3号楼2楼道201", "", ("201",)),
        ("示例花园三号楼二梯五零二", "2单元", ("502",)),
        ("示例花园3-2梯502", "2单元", ("502",)),
        ("示例花园3-2单元", "2单元", ()),
        ("示例花园3号楼左单元502", "左单元", ("502",)),
        ("示例花园3号楼戊单元101", "戊单元", ("101",)),
        ("示例花园3号楼3单元负101", "3单元", ("负101",)),
        ("示例花园3号楼1单元2单元", "1单元", ()),
    ],
)
def test_a_stairwell_is_told_from_a_room_by_every_word_for_it(
    text: str, unit: str, rooms: tuple[str, ...]
) -> None:
    parsed = parse_address(text)
    assert (parsed.place, parsed.building_no) == ("示例花园", "3号楼")
    assert (parsed.unit, parsed.rooms) == (unit, rooms)


def test_a_stairwell_of_an_estate_is_no_part_of_its_name() -> None:
    parsed = parse_address("示例花园甲单元301")
    assert (parsed.place, parsed.unit, parsed.rooms) == ("示例花园", "甲单元", ("301",))
