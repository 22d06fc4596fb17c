"""UTF-8 is handed on as it came; where it is damaged, as Python decodes it with marks."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest.reading.text import encoding, utf8_stream
from data.ingest.reading.text.encoding import cut_between_characters, is_utf8


@given(st.text(), st.binary(max_size=3))
def test_bytes_are_utf8_exactly_where_python_decodes_them(text: str, more: bytes) -> None:
    content = text.encode("utf-8", "ignore") + more
    try:
        content.decode()
        expected = True
    except UnicodeDecodeError:
        expected = False
    assert is_utf8(content) == expected


@given(st.text(min_size=1), st.integers(0, 8))
def test_a_cut_leaves_whole_characters_before_it(text: str, back: int) -> None:
    content = text.encode("utf-8", "ignore")
    content = content[: max(0, len(content) - back)]
    whole, begun = cut_between_characters(content)
    assert whole + begun == content
    assert is_utf8(whole)
    assert not begun or not is_utf8(begun)


def as_utf8(path: Path, name: str = "utf-8") -> tuple[bytes, bool]:
    stream = utf8_stream.AsUtf8(path, name, utf8_stream.Pace(2**30))
    with io.BufferedReader(stream, 5) as buffered:
        return buffered.read(), stream.damaged


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize(
    "content",
    [
        "时间,投诉内容😀,ab".encode(),
        "时间".encode() + b"\xff\xfe," + "投诉".encode(),
        "投诉".encode()[:-1],
        b"\xe6",
        b"",
        "前后\ufffd".encode(),
    ],
)
def test_a_file_reads_as_python_decodes_it_in_chunks_of_any_size(
    chunk: int, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(utf8_stream, "CHUNK", chunk)
    (path := tmp_path / "a.csv").write_bytes(content)
    expected = content.decode(errors="replace")
    assert as_utf8(path) == (expected.encode(), "\ufffd" in expected)


@pytest.mark.parametrize("length", [10, encoding.CHUNK - 1, encoding.CHUNK, 2 * encoding.CHUNK])
@pytest.mark.parametrize("damage", [b"", b"\xff", b"\xe6", b"\xed\xa0\x80"])
def test_damage_is_found_where_it_is_in_a_text_of_any_length(length: int, damage: bytes) -> None:
    text = ("a" * (length % 3) + "诉" * (length // 3)).encode()
    found = encoding._first_failure(io.BytesIO(text + damage + text))
    assert found == (length if damage else None)
    assert encoding._first_failure(io.BytesIO(text + damage)) == (length if damage else None)
