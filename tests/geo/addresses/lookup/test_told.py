"""A sentence that names a building may report another place."""

import pytest

from geo.addresses.lookup.told import means_elsewhere

OWN = "|示例区松溪街道锦绣花园12号楼|锦绣花园12号楼|松溪街道|文昌社区|"
NAMES = {"锦绣花园", "翡翠家园", "迎宾路"}


@pytest.mark.parametrize(
    "text",
    [
        "我家住锦绣花园12号楼，反映的是隔壁的翡翠家园里面的机构",
        "锦绣花园12号楼以前有个补习班，现在搬走了，搬到别的地方去了",
        "锦绣花园12号楼原来的补习班搬到了河边",
        "在锦绣花园12号楼集合，再去别处上课",
    ],
)
def test_who_lives_or_was_in_a_building_may_report_another(text: str) -> None:
    assert means_elsewhere(text, OWN, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "我家住锦绣花园12号楼，楼上有人补课",
        "我家住锦绣花园12号楼，迎宾路这边，楼上有人补课",
        "锦绣花园12号楼，靠近翡翠家园",
        "补习班搬到锦绣花园12号楼了",
    ],
)
def test_other_sentences_mean_the_building_they_name(text: str) -> None:
    assert not means_elsewhere(text, OWN, NAMES)
