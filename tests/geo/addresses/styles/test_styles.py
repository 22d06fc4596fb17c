"""In the styles of ten regions addresses are nearly always read right and almost never wrong."""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from geo.addresses.match import AddressMatcher, RegisteredBuilding

RIGHT_SHARE, WRONG_SHARE = 0.95, 0.003
HERE = Path(__file__).parent
BY_HAND = sorted([*HERE.glob("by_hand/*.toml"), *HERE.glob("*rounds/*.toml")])
OF_ONE_HAND = [path for path in BY_HAND if path.parent.name != "others_rounds"]
"""Those whose registers do not lie in the cities that decoys name."""
BY_OTHERS = sorted(HERE.glob("by_others/*.toml"))
"""Of people who had not read the code, and for whose addresses nothing was repaired."""
HOUSE = re.compile(r"^[^，,。]*?[\u4e00-\u9fff]\d{1,3}(?:号楼|栋|幢|座)$")
SENTENCES = (
    "市民来电反映其孩子在{}参加补课，收费较高，希望核实",
    "我要投诉{}，每到周末就有几十个学生来上课",
    "【网络问政】{}存在违规补课",
    "工单编号20261101123，{}，无证办学",
    "举报：{}某老师家里补课",
    "{}李某某在家有偿补课，联系电话13812345678",
    "来电人表示，位于{}的某培训机构未取得许可证",
    "{}，门口没挂牌，周六日都有孩子进出",
    "当事人张某在{}开展学科类培训",
    "求查{}！！老师收了钱跑路",
    "{}（疑似补课点）",
    "住{}的邻居每天晚上补课很吵",
    "本人系{}住户，楼里有人违规办班",
    "某培训中心（地址：{}）涉嫌超范围经营",
    "2026年11月3日晚，{}仍有学生上课",
)
LONGEST_INSIDE = 18
COLUMNS = ("building_id", "estate", "building_no", "std_address", "street", "community")


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """Return the writer of addresses; it stands alone, so it is loaded by its path."""
    path = Path(__file__).with_name("writer.py")
    spec = importlib.util.spec_from_file_location("style_writer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["style_writer"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def written(writer: ModuleType, *, seed: int, times: int) -> Iterator[tuple[str, str, str]]:
    """Yield text, truth and what the matcher of the region makes of it."""
    rng = np.random.default_rng(seed)
    for name in writer.REGIONS:
        style = writer.StyleWriter(rng, name)
        matcher = AddressMatcher(
            RegisteredBuilding(**house.as_registered(style.region)) for house in style.houses
        )
        for each in style.write(times):
            yield each.text, each.truth, matcher.match_one(each.text).building_id


@cache
def by_hand(path: Path) -> list[tuple[AddressMatcher, str, str, str]]:
    """Return the same of addresses written by hand, each with the matcher before it."""
    matchers = ((AddressMatcher(register), addresses) for register, addresses in styles_of(path))
    return [
        (matcher, text, truth, matcher.match_one(text).building_id)
        for matcher, addresses in matchers
        for text, truth in addresses
    ]


def styles_of(path: Path) -> Iterator[tuple[list[RegisteredBuilding], list[list[str]]]]:
    """Yield the register of each place, and its addresses with the building each means."""
    for style in tomllib.loads(path.read_text(encoding="utf-8")).values():
        rows = style["register"]
        register = [
            RegisteredBuilding(
                **dict(zip(COLUMNS, row[:-1], strict=True)), aliases=tuple(row[-1].split(";"))
            )
            for row in rows
        ]
        yield register, style["addresses"]


def placed_right(path: Path) -> list[tuple[AddressMatcher, str, str]]:
    """Return the addresses that are placed right, with their buildings and who found them."""
    return [each[:3] for each in by_hand(path) if each[2] and each[3] == each[2]]


def changed(change: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield truth and what is made of the addresses that are placed right, once they are changed.

    Those of which the change makes nothing, or nothing else, are left out.
    """
    for path in OF_ONE_HAND[::4]:
        for matcher, text, truth in placed_right(path):
            if (other := change(text)) not in ("", text):
                yield truth, matcher.match_one(other).building_id


def check(answers: Iterable[tuple[Any, ...]]) -> int:
    """Hold the shares of right and wrong against what is asked; return how many there were."""
    *_, truth, found = (np.array(each, dtype=object) for each in zip(*answers, strict=True))
    right = (found == truth) & (truth != "")
    assert right.sum() / (truth != "").sum() >= RIGHT_SHARE
    assert ((found != truth) & (found != "")).mean() <= WRONG_SHARE
    return len(truth)


def test_addresses_in_ten_styles_are_right_in_95_of_100_and_wrong_in_3_of_1000(
    writer: ModuleType,
) -> None:
    assert check(written(writer, seed=7, times=8)) >= 2_000


@pytest.mark.parametrize("path", BY_HAND, ids=lambda path: path.stem)
def test_addresses_written_by_hand_are_as_good(path: Path) -> None:
    assert check(by_hand(path)) >= 60


def test_addresses_that_nothing_was_mended_for_are_as_good() -> None:
    assert check([each for path in BY_OTHERS for each in by_hand(path)]) >= 1_000


def test_an_address_in_a_sentence_means_what_it_means_alone() -> None:
    answers = []
    for path in BY_HAND[::8]:
        for turn, (matcher, text, truth) in enumerate(placed_right(path)[::3]):
            if len(text) <= LONGEST_INSIDE and not re.search(r"[，。；:：]", text):
                said = (sentence.format(text) for sentence in SENTENCES[turn % 2 :: 2])
                answers += [(truth, matcher.match_one(each).building_id) for each in said]
    assert check(answers) >= 1_500


def test_the_addresses_written_in_styles_are_varied(writer: ModuleType) -> None:
    rng = np.random.default_rng(7)
    all_written = [w for name in writer.REGIONS for w in writer.StyleWriter(rng, name).write(8)]
    assert len({w.region for w in all_written}) == 10
    assert len({w.text for w in all_written}) > 0.85 * len(all_written)
    assert 0.6 < np.mean([w.truth != "" for w in all_written]) < 0.85


def test_an_address_of_a_building_that_the_register_lacks_is_given_no_other() -> None:
    taken = total = 0
    for path in OF_ONE_HAND[::2]:
        for register, addresses in styles_of(path):
            for lacking in register:
                said = [text for text, truth in addresses if truth == lacking.building_id]
                if not said:
                    continue
                matcher = AddressMatcher(each for each in register if each is not lacking)
                taken += sum(matcher.match_one(text).building_id != "" for text in said)
                total += len(said)
    assert total >= 1_200
    assert taken / total <= WRONG_SHARE


def test_an_address_of_an_estate_that_the_register_lacks_is_given_no_other() -> None:
    taken = total = 0
    for path in OF_ONE_HAND[1::2]:
        for register, addresses in styles_of(path):
            for estate in {each.estate for each in register} - {""}:
                known = [each for each in register if each.estate != estate]
                left = {each.building_id for each in register} - {e.building_id for e in known}
                said = [text for text, truth in addresses if truth in left]
                matcher = AddressMatcher(known)
                taken += sum(matcher.match_one(text).building_id != "" for text in said)
                total += len(said)
    assert total >= 1_200
    assert taken / total <= WRONG_SHARE


AREAS = re.compile(r"[市区县镇乡旁]|街道|社区|[，,。：:]|外大街")


@pytest.mark.parametrize("area", ["衡水市桃城区", "安平县", "姑苏区", "另例镇"])
def test_an_address_in_another_city_or_district_is_no_building_of_this_one(area: str) -> None:
    written = changed(lambda text: "" if AREAS.search(text) else area + text)
    found = [found for _, found in written]
    assert len(found) >= 300
    assert np.mean([each != "" for each in found]) <= 0.01


@pytest.mark.parametrize(
    "behind",
    [
        "业主，金石滩小区那边天天有人上课",
        "居民反映银海大厦有人补课",
        "的孩子都去青年北路那边补课",
        "的居民投诉夜市扰民",
    ],
)
def test_who_is_at_home_in_a_building_may_report_another_place(behind: str) -> None:
    found = [found for _, found in changed(lambda text: text + behind if HOUSE.match(text) else "")]
    assert len(found) >= 60
    assert np.mean([each != "" for each in found]) <= WRONG_SHARE


@pytest.mark.parametrize("before", ["听说", "麻烦查一下", "市民来电反映：", "老师在"])
def test_what_a_caller_says_before_an_address_moves_it_nowhere(before: str) -> None:
    truth, found = zip(*changed(lambda text: before + text), strict=True)
    same = np.array(truth) == np.array(found)
    assert same.mean() >= 0.99
    assert (~same & (np.array(found) != "")).mean() <= WRONG_SHARE


@pytest.mark.parametrize(
    "behind", ["有人补课", "，周末有人上课", "的那家补习班", "，一直有学生进出"]
)
def test_what_a_caller_says_behind_an_address_moves_it_nowhere(behind: str) -> None:
    truth, found = zip(*changed(lambda text: text + behind), strict=True)
    same = np.array(truth) == np.array(found)
    assert same.mean() >= 0.99
    assert (~same & (np.array(found) != "")).mean() <= WRONG_SHARE


@pytest.mark.parametrize("behind", ["旁边", "对面", "附楼", "裙楼2楼", "东院3号楼", "和隔壁楼之间"])
def test_what_lies_beside_a_building_is_not_it(behind: str) -> None:
    found = [found for _, found in changed(lambda text: text + behind if HOUSE.match(text) else "")]
    assert len(found) >= 60
    assert np.mean([each != "" for each in found]) <= WRONG_SHARE


@pytest.mark.parametrize("part", ["二期", "北区", "C区", "东苑", "附属", "3组团"])
def test_a_part_that_the_register_does_not_know_is_no_building_of_the_whole(part: str) -> None:
    def with_part(text: str) -> str:
        return re.sub(r"(?<=花园|小区|家园|新村)(?=\d{1,3}(?:号楼|栋|幢|座))", part, text)

    written = list(changed(with_part))
    assert len(written) >= 50
    assert np.mean([found not in ("", truth) for truth, found in written]) <= WRONG_SHARE
    assert np.mean([found != "" for _, found in written]) <= 0.02
