"""Contacts are found in free text however their digits and their words are disguised."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.privacy.contacts import contact_in, find_contacts, hide_contacts, mask_contacts

NUMBER = "13800005678"
WAYS = {
    "plain": "0123456789",
    "wide": "０１２３４５６７８９",
    "ringed": "⓪①②③④⑤⑥⑦⑧⑨",
    "Chinese": "零一二三四五六七八九",
    "formal": "〇壹贰叁肆伍陆柒捌玖",
}


@given(
    digits=st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    ways=st.lists(st.sampled_from(sorted(WAYS)), min_size=11, max_size=11),
    between=st.lists(st.sampled_from(["", "", "", " ", "-", ".", "·", "—"]), min_size=11),
)
def test_a_mobile_number_is_read_whatever_its_digits_and_what_stands_between_them(
    digits: str, ways: list[str], between: list[str]
) -> None:
    parts = [WAYS[way][int(digit)] for way, digit in zip(ways, digits, strict=True)]
    written = "".join(part + gap for part, gap in zip(parts, between, strict=False))
    assert contact_in(f"初二数学,电话{written},晚上") == digits
    hidden = hide_contacts(f"电话{written},晚上")
    assert hidden == f"电话{digits[:3]}****{digits[-4:]}{hidden[hidden.rindex(digits[-4:]) + 4 :]}"
    assert contact_in(hidden) is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("加V:lao_shi88", "wechat", "lao_shi88"),
        ("➕薇 Teacher-Wang", "wechat", "teacher-wang"),
        ("威信号：ｗａｎｇ２０２６", "wechat", "wang2026"),
        ("VX abc12345 私聊", "wechat", "abc12345"),
        ("v❤lijiao666", "wechat", "lijiao666"),
        ("扣扣 123456789", "qq", "123456789"),
        ("企鹅号：⑨⑧⑦⑥⑤④③", "qq", "9876543"),
        ("微信同号 138-0000-5678", "phone", NUMBER),
        ("一三八零零零零五六七八", "phone", NUMBER),
        ("138OOOO5678", "phone", NUMBER),
        ("腰散吧零零零零五六七八", "phone", NUMBER),
        ("座机0538-8212345", "phone", "05388212345"),
    ],
)
def test_accounts_and_numbers_are_found_behind_their_disguise(
    text: str, kind: str, value: str
) -> None:
    assert [(each.kind, each.value) for each in find_contacts(text)] == [(kind, value)]
    assert value not in hide_contacts(text)


@pytest.mark.parametrize(
    "text",
    [
        "周一13:00-15:00、15:00-17:00,每次180元",
        "初中数学1v1 vip小班",
        "要两三百一节,五六个孩子一起",
        "示例花园12-3-1001",
        "工单250912101108115409",
        "www.example.com/v/listing-12345",
        "",
    ],
)
def test_hours_prices_addresses_and_numbers_of_other_kinds_are_no_contact(text: str) -> None:
    assert find_contacts(text) == []
    assert hide_contacts(text) == text


def test_a_telephone_number_is_the_contact_before_any_account() -> None:
    assert contact_in("QQ 123456789,微信 teacher99,电话13800005678") == NUMBER
    assert contact_in("QQ 123456789,微信 teacher99") == "teacher99"
    assert contact_in("没有电话") is None


def test_all_contacts_of_a_column_are_hidden_and_nulls_stay() -> None:
    texts = pa.array(["加V:lao_shi88或13800005678", None, "无"], pa.large_string())
    assert mask_contacts(texts).to_pylist() == ["加V:l****或138****5678", None, "无"]
