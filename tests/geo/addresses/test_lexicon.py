"""What the words of addresses say of names beside each other."""

import pytest

from geo.addresses.lexicon import natural_key


def test_names_sort_as_people_count_and_chinese_ones_by_their_sound() -> None:
    numbered = ["示例园12号楼", "示例园6号楼", "示例园十一号楼", "示例园１０号楼", "示例园0007号楼"]
    assert sorted(numbered, key=natural_key) == [numbered[each] for each in (1, 4, 3, 2, 0)]
    doors = ["T10", "T2", "10-101", "2-301"]
    assert sorted(doors, key=natural_key) == ["2-301", "10-101", "T2", "T10"]
    assert sorted(["赵四", "张三", "白二"], key=natural_key) == ["白二", "张三", "赵四"]


@pytest.mark.parametrize("text", ["", "三里屯", "\ud800", "𠮷野家", "9" * 200])
def test_every_text_has_a_place(text: str) -> None:
    assert isinstance(natural_key(text), str)
