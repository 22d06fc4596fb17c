"""What is known about people stops at the import."""

import hashlib
import hmac
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.contracts.model import Personal
from data.ingest.batches import CheckedBatch
from data.lake.schema import TEXT
from data.privacy.pseudonyms import key_column, mask_column, mask_name, mask_prose, may_not_be_held

Check = Callable[..., CheckedBatch]

SECRET = b"secret"


@pytest.mark.parametrize(
    "header",
    [
        *("身份证号", "出租人证件号码", "学生姓名", "学员/姓名", "孩子姓名", "学生名单"),
        *("护照号码", "银行卡号", "小朋友姓名", "ID card number", "student_name", "SFZH"),
    ],
)
def test_identity_numbers_and_pupils_may_not_be_held(header: str) -> None:
    assert may_not_be_held(header)


@pytest.mark.parametrize(
    "header",
    [
        *("现场学生数", "学生人数", "学生集中出入", "姓名", "证书编号"),
        *("Inspection_ID", "pupils count", "小学学段"),
    ],
)
def test_counts_and_ordinary_columns_may_be_held(header: str) -> None:
    assert not may_not_be_held(header)


def test_forbidden_columns_are_dropped_and_their_cells_counted(check: Check) -> None:
    columns = {"来电时间": ["2026-11-01", "昨天"], "身份证号": ["370902199001011234", None]}
    checked = check("complaints", columns)
    assert checked.dropped_personal == {"身份证号": 1}
    assert "身份证号" not in checked.quarantined.column_names


def test_names_and_telephones_are_masked_in_accepted_and_in_quarantined_rows(check: Check) -> None:
    columns = {
        "来电时间": ["2026-11-01", "昨天"],
        "姓名": ["张三丰"] * 2,
        "联系电话": ["13800005678"] * 2,
        "邻居电话": ["13900001234"] * 2,
    }
    checked = check("complaints", columns)
    assert checked.accepted["reporter_name"].to_pylist() == ["张**"]
    assert checked.accepted["reporter_phone"].to_pylist() == ["138****5678"]
    refused = checked.quarantined.to_pylist()[0]
    assert (refused["姓名"], refused["联系电话"], refused["邻居电话"]) == (
        "张**",
        "138****5678",
        "139****1234",
    )


def test_a_refused_row_keeps_its_persons_key_so_that_it_can_be_linked_when_corrected(
    check: Check,
) -> None:
    first = check("complaints", {"来电时间": ["昨天"], "联系电话": ["13800005678"]})
    sent_again = {name: first.quarantined[name].to_pylist() for name in ("联系电话", "诉求人标识")}
    again = check("complaints", {"来电时间": ["2026-11-01"], **sent_again})
    assert again.accepted["reporter_key"].to_pylist() == [person_key("13800005678")]


def test_the_key_of_a_person_is_an_hmac_of_the_number_however_it_is_written() -> None:
    expected = hmac.new(SECRET, b"13800005678", hashlib.sha256).hexdigest()[:16]
    for spelling in ("13800005678", "138-0000-5678", "+86 13800005678", "１３８００００５６７８"):
        assert person_key(spelling) == expected


def person_key(text: str, *, secret: bytes = SECRET) -> str | None:
    (key,) = key_column([pa.array([text], pa.large_string())], secret=secret).to_pylist()
    return None if key is None else str(key)


@pytest.mark.parametrize(
    "nobody", ["匿名", "张**", "138****5678", "", "不愿透露", "00000000000", "123"]
)
def test_nobody_has_no_key(nobody: str) -> None:
    assert person_key(nobody) is None


def test_without_a_secret_there_are_no_keys() -> None:
    assert person_key("张三", secret=b"") is None


def test_an_organisation_keeps_its_name() -> None:
    assert mask_name("示例文化传播有限公司") == "示例文化传播有限公司"
    assert mask_name("王示例") == "王**"
    assert mask_name("业主王示例") == "业**"


@pytest.mark.parametrize("name", ["业主共有", "全体业主", "学湾花园业委会", "业主自管"])
def test_owners_together_are_nobody_in_person(name: str) -> None:
    assert mask_name(name) == name


def test_identity_and_telephone_numbers_and_pupils_names_are_masked_in_prose() -> None:
    text = (
        "身份证37090219900101123X，电话13812345678,13912345678；"
        "学生姓名：王小明；工单250912101108115409"
    )
    masked = mask_prose(pa.array([text], pa.large_string())).to_pylist()[0]
    assert masked == (
        "身份证370902************，电话138****5678,139****5678；学生姓名：**；工单250912101108115409"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电１３９５３８１２３４５", "电139****2345"),
        ("电139-5381-2345", "电139****2345"),
        ("电139 5381 2345", "电139****2345"),
        ("证370902 19850307 1234", "证370902************"),
        ("３号楼2026-10-03至2026-11-03", "３号楼2026-10-03至2026-11-03"),
        ("竹海水韵12-3-1001", "竹海水韵12-3-1001"),
    ],
)
def test_numbers_are_masked_however_they_are_parted_or_how_wide(text: str, shown: str) -> None:
    assert mask_prose(pa.array([text], pa.large_string())).to_pylist() == [shown]


@given(st.lists(st.none() | st.text(max_size=30), max_size=5), st.sampled_from(list(Personal)))
def test_masking_twice_changes_nothing_more(texts: list[str | None], personal: Personal) -> None:
    once = mask_column(pa.array(texts, pa.large_string()), personal)
    twice = mask_column(once, personal)
    assert twice.to_pylist() == once.to_pylist()


def test_numbers_of_persons_are_masked_in_whatever_text_people_write_freely(check: Check) -> None:
    """Also in an address, and in a value that no list knows."""
    columns = {
        "来电时间": ["2026-11-01", "昨天"],
        "事发地址": ["青云花园2号楼 370902198503071234 找王某13953812345"] * 2,
        "紧急程度": ["一般，电13953812345"] * 2,
        "工单编号": ["250912101108115409", "13953812345"],
    }
    checked = check("complaints", columns)
    kept = str(checked.accepted.to_pylist()) + str(
        checked.quarantined.drop(["工单编号"]).to_pylist()
    )
    assert "13953812345" not in kept
    assert "370902198503071234" not in kept
    assert checked.accepted["raw_address"][0].as_py().startswith("青云花园2号楼 370902*")
    assert checked.accepted["ticket_no"][0].as_py() == "250912101108115409"


_PIECES = st.sampled_from(
    ["张三", "姓名：李四五", "名字", "叫", "，", " ", "-", "X", "138", "１３８", "37"]
)


@given(st.lists(_PIECES | st.text("0123456789", max_size=12), max_size=5).map("".join))
def test_texts_that_need_no_second_look_are_masked_as_beside_one_that_does(text: str) -> None:
    telling = "电话13812345678"
    alone = mask_prose(pa.array([text, "x", None], TEXT)[:2]).to_pylist()
    beside = mask_prose(pa.array([text, "x", telling], TEXT)).to_pylist()
    assert alone == beside[:2]
    assert beside[2] != telling
