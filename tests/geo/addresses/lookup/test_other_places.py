"""A sentence that names a building may report another place."""

import pytest

from geo.addresses.lookup.other_places import estates_among, names_another
from geo.addresses.register import RegisteredBuilding

BUILDING = RegisteredBuilding(
    building_id="a",
    estate="锦绣花园",
    building_no="12号楼",
    std_address="示例区松溪街道学府路锦绣花园12号楼",
    street="松溪街道",
    community="文昌社区",
)
ESTATES = estates_among(["锦绣花园", "翡翠家园", "河东大巴扎", "迎宾路", "迎宾路9号"])


@pytest.mark.parametrize(
    "text",
    [
        "我家住锦绣花园12号楼，反映的是隔壁的翡翠家园里面的机构",
        "锦绣花园12号楼以前有个补习班，现在搬走了，搬到别的地方去了",
        "锦绣花园12号楼原来的补习班搬到了河边",
        "在锦绣花园12号楼集合，再去别处上课",
        "锦绣花园12号楼的孩子都去河东大巴扎补课",
        "锦绣花园12号楼业主反映金色小区有人补课",
        "锦绣花园12号楼居民反映迎宾路夜市扰民",
        "锦绣花园12号楼的家长说补习班在青年路那边",
        "不是锦绣花园12号楼，是后面那栋",
    ],
)
def test_who_lives_or_was_in_a_building_may_report_another_place(text: str) -> None:
    assert names_another(text, BUILDING, "锦绣花园", ESTATES)


@pytest.mark.parametrize(
    "text",
    [
        "我家住锦绣花园12号楼，楼上有人补课",
        "我家住锦绣花园12号楼，迎宾路这边，楼上有人补课",
        "锦绣花园12号楼，靠近翡翠家园",
        "锦绣花园12号楼，翡翠家园旁边，我们小区的人都知道",
        "翡翠家园的孩子都在锦绣花园12号楼上课",
        "补习班搬到锦绣花园12号楼了",
    ],
)
def test_other_sentences_mean_the_building_they_name(text: str) -> None:
    assert not names_another(text, BUILDING, "锦绣花园", ESTATES)


def test_roads_and_doors_are_no_estates() -> None:
    assert frozenset({"锦绣花园", "翡翠家园", "河东大巴扎"}) == ESTATES
