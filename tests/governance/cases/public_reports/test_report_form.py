"""What a report may say: the schema and the reader agree, and what is read is clean."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from governance.cases.public_reports.report_form import (
    PublicReportError,
    clean,
    form_schema,
    read_form,
)
from governance.cases.public_reports.scrub import scrub

FIELDS = ("text", "address", "lon", "lat", "contact_name", "contact_phone", "wants_reward", "key")
VALUES = st.one_of(
    st.text(max_size=60), st.none(), st.booleans(), st.integers(-400, 400),
    st.floats(allow_nan=False, allow_infinity=False), st.lists(st.text(), max_size=2),
    st.sampled_from(["三号楼", "13812345678", "+86 138 1234", "k" * 22, "k" * 65, "字" * 201]),
)  # fmt: skip
SENT = st.dictionaries(st.sampled_from((*FIELDS, "other")), VALUES)
SCHEMA = Draft202012Validator(form_schema())


def _is_read(sent: dict[str, Any]) -> bool:
    try:
        read_form(sent)
    except PublicReportError:
        return False
    return True


@given(sent=SENT)
def test_what_the_schema_allows_is_read_and_nothing_else(sent: dict[str, Any]) -> None:
    """By an independent validator."""
    assert SCHEMA.is_valid(sent) == _is_read(sent)


@pytest.mark.parametrize("field", ["contact_name", "contact_phone", "wants_reward"])
def test_what_an_office_does_not_ask_for_is_neither_described_nor_read(field: str) -> None:
    values = {"contact_name": "赵", "contact_phone": "13812345678", "wants_reward": True}
    sent = {"text": "三号楼", "address": "示例", field: values[field]}
    assert _is_read(sent)
    assert field not in form_schema(without=[field])["properties"]
    with pytest.raises(PublicReportError) as refused:
        read_form(sent, without=[field])
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, "unknown_field")]


@given(text=st.text(max_size=80), lines=st.booleans())
def test_a_cleaned_text_can_be_kept_and_read(text: str, *, lines: bool) -> None:
    cleaned = clean(text, lines=lines)
    cleaned.encode()
    kinds = {unicodedata.category(sign) for sign in cleaned if sign != "\n"}
    assert not kinds & {"Cc", "Cf", "Cs"}
    assert clean(cleaned, lines=lines) == cleaned
    assert lines or "\n" not in cleaned


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("13812345678", "1234"), ("138 1234 5678", "1234"), ("１３８１２３４５６７８", "1234"),
        ("0538-6123456", "612"), ("微信:laoshi_88", "aoshi"), ("QQ 123456789", "23456789"),
        ("laoshi@example.com", "laoshi"), ("370902198001011234", "19800101"), ("赵举报", "赵举报"),
    ],
)  # fmt: skip
def test_numbers_accounts_and_who_reported_are_hidden(said: str, hidden: str) -> None:
    scrubbed = scrub(f"三号楼有人补课,{said},晚上七点", name="赵举报", phone="13912345678")
    assert hidden in unicodedata.normalize("NFKC", said)
    assert hidden not in unicodedata.normalize("NFKC", scrubbed)
    assert scrubbed.startswith("三号楼有人补课")
    assert scrubbed.endswith("晚上七点")
