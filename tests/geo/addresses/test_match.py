"""An address is a building only where it can be no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.lookup import embedded
from geo.addresses.match import AddressMatcher, RegisteredBuilding

COLUMNS = ["level", "building_id", "score", "method", "candidates", "room", "estate_key"]


@pytest.mark.parametrize(
    ("text", "building", "method"),
    [
        ("锦绣花园12-3-1001", "文昌/锦绣花园12号楼迎宾路18号", "exact"),
        ("示例区松溪街道文昌社区锦绣花园十二栋", "文昌/锦绣花园12号楼迎宾路18号", "exact"),
        ("锦绣花园13号楼", "文昌/锦绣花园13栋迎宾路18号", "exact"),
        ("柳河社区翡翠家园3号楼", "柳河/翡翠家园3号楼", "exact"),
        ("柏桥街道翡翠家园3号楼", "柳河/翡翠家园3号楼", "exact"),
        ("翡翠家园3号楼（柳河社区）", "柳河/翡翠家园3号楼", "exact"),
        ("阳光城A座1502", "文昌/阳光城A座五一路7号", "exact"),
        ("兴业大厦5层", "文昌/兴业大厦五一路9号", "exact"),
        ("五一小区二号楼", "文昌/五一小区2号楼", "exact"),
        ("柳营路669弄14号1102", "文昌/柳营路669弄14号", "exact"),
        ("翡翠家园3号楼，柳河社区", "柳河/翡翠家园3号楼", "exact"),
        ("某某教育（锦绣花园12号楼3单元）", "文昌/锦绣花园12号楼迎宾路18号", "exact"),
        ("投诉我家住在锦绣花园12号楼", "文昌/锦绣花园12号楼迎宾路18号", "exact"),
        ("迎宾路与五一路交叉口锦绣花园12号楼", "文昌/锦绣花园12号楼迎宾路18号", "exact"),
        ("五一路9号", "文昌/兴业大厦五一路9号", "gate"),
        ("建设路35号好又多超市", "文昌/35号建设路", "exact"),
        ("建设路37号付1号", "文昌/37号附1号建设路", "exact"),
        ("石榴村6号", "文昌/石榴村6号", "exact"),
        ("老二轻宿舍2号楼", "文昌/二轻局家属院2号楼", "alias"),
        ("迎宾路18号院12号楼", "文昌/锦绣花园12号楼迎宾路18号", "gate"),
        ("云水居8号楼", "文昌/云水居二期8号楼", "part"),
        ("锦绣12号楼", "文昌/锦绣花园12号楼迎宾路18号", "short"),
        ("锦锈花园12号楼", "文昌/锦绣花园12号楼迎宾路18号", "fuzzy"),
        ("海棠国际花园7号楼", "文昌/海棠湾国际花园7号楼", "fuzzy"),
        ("锦绣花花园12号楼", "文昌/锦绣花园12号楼迎宾路18号", "fuzzy"),
    ],
)
def test_a_building_is_found_by_every_name_it_goes_by(
    matcher: AddressMatcher, text: str, building: str, method: str
) -> None:
    match = matcher.match_one(text)
    assert (match.building_id, match.method) == (building, method)
    assert match.level in ("building", "room")
    assert 0.85 <= match.score <= 1.0
    assert match.candidates == [building]


@pytest.mark.parametrize(
    "text",
    [
        "锦绣花园12号楼旁边",
        "锦绣花园12号楼对面",
        "锦绣花园12号楼附近的超市",
        "锦绣花园12号楼楼下",
        "锦绣花园东门",
        "锦绣花园1号楼和12号楼",
        "锦绣花园12、13号楼",
        "锦绣花园1-12号楼",
        "锦绣花园12号楼；翡翠家园9号楼",
        "锦绣花园",
        "锦绣花园2楼",
        "金桂苑5号楼",
        "金桂苑6号楼",
        "翡翠家园3号楼",
        "翡翠家园9号楼",
        "迎宾路18号",
        "五一路7号",
        "锦绣花园二期12号楼",
        "锦绣花园南门进去第一排12号楼",
        "海棠湾7号楼",
        "迎宾路与五一路交叉口",
        "迎宾路五一路口往东100米",
        "5201 S HARPER",
    ],
)
def test_what_is_near_several_or_shared_is_no_building(matcher: AddressMatcher, text: str) -> None:
    match = matcher.match_one(text)
    assert match.building_id == ""
    assert match.level not in ("building", "room")
    assert match.score < 0.85


@pytest.mark.parametrize(
    ("number", "said", "other"),
    [
        ("三区12幢", "玲珑湾三区12幢1801", "玲珑湾四区12幢"),
        ("3期8幢", "玲珑湾花园三期8栋", "玲珑湾花园2期8栋"),
        ("星辰苑3号楼", "玲珑湾花园星辰苑3-1-502", "玲珑湾花园月辰苑3号楼"),
        ("东12号楼", "玲珑湾花园东十二号楼", "玲珑湾花园西12号楼"),
    ],
)
def test_a_part_of_an_estate_may_stand_in_the_number_of_the_register(
    number: str, said: str, other: str
) -> None:
    matcher = AddressMatcher(
        [RegisteredBuilding(building_id="a", estate="玲珑湾花园", building_no=number)]
    )
    assert matcher.match_one(said).building_id == "a"
    assert matcher.match_one(other).building_id == ""


def test_the_district_of_the_drum_tower_is_no_building() -> None:
    address = "福州市鼓楼区鼓东街道鼓屏路36号"
    matcher = AddressMatcher([RegisteredBuilding(building_id="a", std_address=address)])
    for said in (address, "鼓屏路36号3层", "福州鼓楼鼓屏路36号"):
        assert matcher.match_one(said).building_id == "a"


def test_half_a_name_behind_its_own_door_is_the_building() -> None:
    matcher = AddressMatcher(
        [
            RegisteredBuilding(
                building_id="a",
                estate="省体工大队宿舍",
                building_no="2号楼",
                std_address="示例区松溪街道经十路124号省体工大队宿舍2号楼",
            )
        ]
    )
    assert matcher.match_one("经十路124号体工大队宿舍2号楼").building_id == "a"
    assert matcher.match_one("经十路124号运动员宿舍2号楼").building_id == ""


@pytest.mark.parametrize("number", ["2号楼", "99号楼", "112号楼", "21号楼", "1-2号楼", "A座"])
def test_a_number_the_register_lacks_is_never_taken_for_another(
    matcher: AddressMatcher, number: str
) -> None:
    assert matcher.match_one(f"锦绣花园{number}").level == "estate"
    assert matcher.match_one(f"锦锈花园{number}").building_id == ""


def test_a_shared_name_without_place_offers_both_buildings(matcher: AddressMatcher) -> None:
    match = matcher.match_one("翡翠家园3号楼")
    assert match.level == "estate"
    assert match.candidates == ["文昌/翡翠家园3号楼", "柳河/翡翠家园3号楼"]


def test_the_known_community_tells_places_of_one_name_apart(matcher: AddressMatcher) -> None:
    found = matcher.match(["翡翠家园3号楼"] * 3, communities=["柳河社区", "文昌社区居委会", None])[
        "building_id"
    ]
    assert found.tolist() == ["柳河/翡翠家园3号楼", "文昌/翡翠家园3号楼", ""]


@pytest.mark.parametrize("text", ["石泉街道锦绣花园12号楼", "石泉区锦绣花园12号楼"])
def test_another_street_or_district_means_another_estate(
    matcher: AddressMatcher, text: str
) -> None:
    assert matcher.match_one(text).building_id == ""


@pytest.mark.parametrize(
    "text",
    ["金绣家园12号楼", "锦绣家园12号楼", "新锦绣花园12号楼", "金桂苑南区5号楼", "五二小区2号楼"],
)
def test_another_estate_is_no_misspelling(matcher: AddressMatcher, text: str) -> None:
    assert matcher.match_one(text).building_id == ""


@pytest.mark.parametrize(
    ("community", "level"), [("桂园社区", "estate"), ("柳河社区", "building"), ("", "building")]
)
def test_only_a_community_that_the_register_lacks_means_another_estate(
    matcher: AddressMatcher, community: str, level: str
) -> None:
    assert matcher.match_one(f"{community}兴业大厦5层").level == level


def test_a_person_decides_between_a_door_of_a_road_and_a_house_of_its_estate() -> None:
    matcher = AddressMatcher(
        [
            RegisteredBuilding(building_id=name, estate=estate, building_no=number, street=street)
            for name, estate, number, street in (
                ("door", "园林路", "118号", "松溪街道"),
                ("house", "园林路小区", "118号楼", "柏桥街道"),
                ("road's house", "上海路", "70号楼", "柏桥街道"),
            )
        ]
    )
    for street in ("", "松溪街道", "柏桥街道"):
        match = matcher.match_one(f"{street}园林路118栋")
        assert (match.level, match.candidates) == ("estate", ["door", "house"])
    match = matcher.match_one("上海路70号")
    assert (match.level, match.candidates, match.method) == ("estate", ["road's house"], "exact")


def test_a_misspelling_that_two_names_explain_is_left_open() -> None:
    matcher = AddressMatcher(
        [
            RegisteredBuilding(building_id=name, estate=name, building_no="1号楼")
            for name in ("丽锦花园", "丽景花园")
        ]
    )
    match = matcher.match_one("丽井花园1号楼")
    assert match.building_id == ""
    assert match.method == "fuzzy"


def test_a_community_alone_is_matched_at_its_level(matcher: AddressMatcher) -> None:
    assert matcher.match_one("柳河社区").level == "community"
    assert matcher.match_one("不知道哪里", community="柳河社区").level == "community"
    assert matcher.match_one("不知道哪里").level == "none"


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("锦绣花园12-3-1001", "1001"),
        ("锦绣花园12号楼3单元1001-1002室", "1001,1002"),
        ("锦绣花园12号楼204，205", "204,205"),
        ("建设路35号二楼东户", "东户"),
        ("锦绣花园12号楼", ""),
    ],
)
def test_the_room_is_told_where_the_text_names_one(
    matcher: AddressMatcher, text: str, room: str
) -> None:
    match = matcher.match_one(text)
    assert match.room == room
    assert match.level == ("room" if room else "building")


def test_two_part_dashes_score_lower_than_three(matcher: AddressMatcher) -> None:
    assert matcher.match_one("锦绣花园12-1001").score < matcher.match_one("锦绣花园12-3-1001").score


def test_rows_come_back_in_the_order_asked(matcher: AddressMatcher) -> None:
    texts = ["锦绣花园12号楼", None, "", "锦绣花园1号楼", "锦绣花园12号楼"]
    matched = matcher.match(texts)
    assert matched.columns.tolist() == COLUMNS
    assert matched.index.tolist() == list(range(5))
    assert matched["level"].tolist() == ["building", "none", "none", "building", "building"]


def test_no_address_gives_an_empty_frame_with_all_columns(matcher: AddressMatcher) -> None:
    assert matcher.match([]).columns.tolist() == COLUMNS


def test_an_empty_register_matches_nothing() -> None:
    assert AddressMatcher([]).match_one("锦绣花园12号楼").level == "none"


@given(
    text=st.text(
        st.sampled_from(list("锦绣花园翡翠家12号楼栋-3 旁；()0a社区建设路附")), max_size=18
    )
)
def test_any_text_gets_an_answer_that_holds_together(matcher: AddressMatcher, text: str) -> None:
    match = matcher.match_one(text)
    assert (match.level in ("building", "room")) == (match.building_id != "")
    assert match.building_id == "" or match.candidates == [match.building_id]
    assert 0.0 <= match.score <= 1.0


REGISTER = [
    ("a", "", "12号", "示例市历城区松溪街道文化路12号", ""),
    ("b", "", "18-1号", "示例市历城区松溪街道后城18-1号", ""),
    ("c", "文化路小区", "7号楼", "示例市历城区松溪街道文化路小区7号楼", ""),
    ("d", "天王新村", "22号", "示例市历城区松溪街道天王新村22号", ""),
    ("e", "国贸广场", "北塔", "示例市历城区松溪街道建设路88号国贸广场北塔", ""),
    ("f", "财富中心", "", "示例市历城区松溪街道建设路90号财富中心", ""),
    ("g", "金色家园", "3号楼", "示例市历城区松溪街道迎宾路9号金色家园3号楼", ""),
    ("h", "黄台电厂宿舍", "5号楼", "示例市历城区松溪街道黄台电厂宿舍5号楼", ""),
    ("i", "", "2委24组37号", "示例市历城区松溪街道2委24组37号", ""),
    ("j", "北苑小区", "乙26号楼", "示例市历城区松溪街道北苑小区乙26号楼", ""),
    ("k", "", "510弄83号", "示例市历城区松溪街道杏山路510弄83号", "杏梅园"),
]


@pytest.fixture(scope="module")
def town() -> AddressMatcher:
    return AddressMatcher(
        RegisteredBuilding(
            building_id=row[0], estate=row[1], building_no=row[2], std_address=row[3],
            street="松溪街道", aliases=(row[4],),
        )
        for row in REGISTER
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("文化路12号3楼302", "a"),
        ("松溪文化路十二号亭子间", "a"),
        ("后城18-1号", "b"),
        ("建设路88号国贸广场北塔23楼", "e"),
        ("迎宾路金色家园3号楼", "g"),
        ("松溪街道二委二十四组37号", "i"),
        ("北苑小区26号楼乙", "j"),
        ("杏梅园83号401", "k"),
        ("麻烦查一下金色家园3号楼，一直有人补课", "g"),
    ],
)
def test_all_that_is_told_fits_one_building(town: AddressMatcher, text: str, building: str) -> None:
    assert town.match_one(text).building_id == building


@pytest.mark.parametrize(
    "text",
    [
        "文化路12-3",  # a door that the register lacks, or a room
        "文化路12号2栋",  # the register does not divide the house
        "文化路12号附楼",
        "文化路12号A4楼305",
        "后城18号",
        "文化路7号",  # a door, and no house of the estate
        "文化路小区12号楼",  # a house, and no door of the road
        "天王村22号",
        "建设路88号国贸广场南塔23楼",
        "建设路92号财富中心5楼",  # another door
        "黄河路金色家园3号楼",  # another road
        "黄台电厂5号楼",  # the plant, not where its people live
        "22委4组37号",
        "北苑小区甲26号楼",
        "金都家园3号楼",
    ],
)
def test_what_one_word_or_number_speaks_against_goes_to_a_person(
    town: AddressMatcher, text: str
) -> None:
    assert town.match_one(text).building_id == ""


def test_a_name_that_no_slip_explains_is_told_as_the_likeliest(matcher: AddressMatcher) -> None:
    match = matcher.match_one("锦瑞花园12号楼")
    assert match.building_id == ""
    assert "文昌/锦绣花园12号楼迎宾路18号" in match.candidates


@pytest.mark.parametrize(
    ("text", "contradicts"),
    [
        *(("迎宾路18号锦绣花园15号楼", True), ("迎宾路20号锦绣花园12号楼", True)),
        *(("迎宾路18号院13号楼", True), ("迎宾路18号锦绣花园12号楼", False)),
        *(("迎宾路18号院12号楼", False), ("迎宾路18号", False), ("迎宾路18号锦绣花园", False)),
    ],
)
def test_neither_the_right_door_nor_the_right_number_makes_up_for_a_wrong_other_one(
    matcher: AddressMatcher,
    text: str,
    contradicts: bool,  # noqa: FBT001 -- of a parametrised test
) -> None:
    assert matcher.contradicts(text, "文昌/锦绣花园12号楼迎宾路18号") is contradicts


@pytest.mark.parametrize("word", ["市民反映", "在", "有限公司", "一", "村村", "锦绣花园、"])
def test_a_text_of_any_length_is_searched_for_names_of_the_length_that_names_have(
    matcher: AddressMatcher, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    known = embedded.with_digits
    monkeypatch.setattr(embedded, "with_digits", lambda text: looked_at.append(text) or known(text))
    matcher.match_one(word * (2_000 // len(word)))
    places = [text for text in looked_at if len(text) < 500]
    assert places
    assert max(map(len, places)) <= 30


def test_two_buildings_behind_one_door_leave_the_other_doors_of_the_road_sure() -> None:
    matcher = AddressMatcher([
        RegisteredBuilding(building_id="1", estate="保险公司大楼", std_address="春岭街1号"),
        RegisteredBuilding(building_id="18", estate="春岭大楼", std_address="春岭街18号"),
        RegisteredBuilding(building_id="18b", estate="春岭商厦", std_address="春岭街18号"),
        RegisteredBuilding(building_id="20", std_address="春岭街20号"),
    ])  # fmt: skip
    assert [matcher.match_one(f"春岭街{n}号501室").building_id for n in (1, 18, 20)] == [
        "1",
        "",
        "20",
    ]


def test_one_door_in_two_streets_is_told_apart_by_the_street() -> None:
    matcher = AddressMatcher([
        RegisteredBuilding(building_id="a1", std_address="春岭街1号", street="松溪街道"),
        RegisteredBuilding(building_id="a2", std_address="春岭街2号", street="松溪街道"),
        RegisteredBuilding(building_id="b1", std_address="春岭街1号", street="柏桥街道"),
    ])  # fmt: skip
    found = [matcher.match_one(text).building_id for text in ("春岭街1号", "松溪街道春岭街1号")]
    assert found == ["", "a1"]
