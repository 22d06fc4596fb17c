"""Rules of what is hidden where rows leave."""

import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.contracts.registry import TABLES, contract_of
from data.lake.schema import arrow_schema
from data.privacy.export_masks import (
    HIDDEN,
    find_rooms,
    hide_rooms,
    mask_batch,
    masked_for_good,
    scrub_texts,
    shown_unmasked,
)


def scrubbed(text: str) -> str:
    told: str = scrub_texts(pa.array([text], pa.large_string()))[0].as_py()
    return told


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("示例花园3号楼2单元501", "示例花园3号楼2单元***"),
        ("示例花园12-3-1001", "示例花园12-3-***"),
        ("示例花园12-1001", "示例花园12-***"),
        ("示例花园12号楼3单元1001室", "示例花园12号楼3单元***室"),
        ("示例小区A座1203", "示例小区A座***"),
        ("示例大厦1203房", "示例大厦***房"),
        ("3号楼四零一室", "3号楼***室"),
        ("123 W MAIN ST APT 5B", "123 W MAIN ST APT ***"),
        ("123 Main St, Unit 12", "123 Main St, Unit ***"),
        ("123 Main St #4", "123 Main St #***"),
        ("示例花园3号楼", "示例花园3号楼"),
        ("东岳大街100-102号", "东岳大街100-102号"),
        ("财源大街38号", "财源大街38号"),
        ("123 W MAIN ST", "123 W MAIN ST"),
        (None, None),
    ],
)
def test_an_address_ends_before_the_door(address: str | None, shown: str | None) -> None:
    assert hide_rooms(pa.array([address], pa.large_string())).to_pylist() == [shown]


def test_a_long_row_of_digits_takes_no_longer_than_it_is_long() -> None:
    before = time.process_time()
    assert find_rooms("1" * 10_000 + "-501") == ["1" * 9 + "-501"]
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("我家楼上每晚补课", ["我家", "楼上"]),
        ("我孩子在三年级2班，老师在家办班", ["我孩子", "三年级"]),
        ("我是3号楼2单元业主，隔壁很吵", ["2单元", "隔壁"]),
        ("我住在示例花园3号楼，对门在补课", ["3号楼", "对门"]),
        ("本人姓张，联系方式 0538-1234567", ["张", "1234567"]),
        ("请回电13800005678或微信 abc12345", ["138", "5678", "abc12345"]),
        ("我叫王小明，我们单元501室", ["王小明", "我们单元", "501"]),
        ("我女儿就在那里上课，我爱人也知道", ["女儿", "爱人"]),
        ("鲁J12345的车每天接送", ["12345"]),
        ("My son goes there, it is right above us, apt 5B", ["My son", "above us", "5B"]),
        ("身份证370902199001011234", ["19900101"]),
    ],
)
def test_what_tells_who_wrote_is_gone(text: str, gone: list[str]) -> None:
    told = scrubbed(text)
    assert [part for part in gone if part in told] == []


@pytest.mark.parametrize(
    "text",
    ["该小区12号楼周末有15名学生集中出入", "举报无证补课，收费每小时200元", "有60户居民受影响", ""],
)
def test_what_tells_what_happens_stays(text: str) -> None:
    assert scrubbed(text) == text


@given(st.text(max_size=60))
def test_scrubbing_never_fails_and_lets_no_mobile_number_through(text: str) -> None:
    told = scrubbed(f"{text} 13812345678 ")
    assert "13812345678" not in told


def test_a_confidential_complaint_loses_its_texts_and_so_does_one_that_does_not_say() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "title": ["补课", "补课", "补课", None],
            "confidential": pa.array([True, None, False, None]),
            "reporter_name": ["张**", None, "李**", "王**"],
            "raw_address": ["1号楼1单元101"] * 4,
        }
    )
    masked = mask_batch(batch, TABLES["complaints"]).to_pydict()
    assert masked["title"] == [HIDDEN, HIDDEN, "补课", None]
    assert masked["reporter_name"] == ["***", None, "***", "***"]
    assert masked["raw_address"] == ["1号楼1单元***"] * 4
    assert batch.column(0).to_pylist()[0] == "补课", "the rows themselves are not changed"


@pytest.mark.parametrize("table", TABLES)
def test_what_is_told_to_be_shown_unmasked_is_just_what_the_masks_change(table: str) -> None:
    contract = contract_of(table)
    telltale = "王小明 13812345678 我家12号楼3单元501室"
    schema = arrow_schema(contract)
    texts = [f.name for f in schema if pa.types.is_large_string(f.type)]
    batch = pa.RecordBatch.from_pydict(
        {name: [telltale] if name in texts else [None] for name in schema.names}, schema=schema
    )
    masked = mask_batch(batch, contract)
    changed = {name for name in texts if masked[name].to_pylist() != [telltale]}
    known = {field.name for field in contract.stored if not field.key_from}
    complainant = {name for name, why in masked_for_good(contract).items() if why == "complainant"}
    assert changed & known == set(shown_unmasked(contract)) | complainant
