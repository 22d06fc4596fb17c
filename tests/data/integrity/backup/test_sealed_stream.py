"""Rules of the encrypted stream: what comes out is what went in, or nothing does."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.integrity.backup import sealed_stream
from data.integrity.backup.sealed_stream import SealedReader, SealError, SealingWriter, is_sealed

PHRASE = "一句足够长的口令"
CONTENT = bytes(range(256)) * 20


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_stream, "PIECE_BYTES", 1000)
    monkeypatch.setattr(sealed_stream, "COST", 2)


def sealed(*parts: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealingWriter(file, PHRASE)
    for part in parts:
        writer.write(part)
    writer.finish()
    return file.getvalue()


def opened(content: bytes, passphrase: str = PHRASE, size: int = 700) -> bytes:
    reader = SealedReader(io.BytesIO(content), passphrase)
    return b"".join(iter(lambda: reader.read(size), b""))


@given(st.lists(st.binary(max_size=2500), max_size=4), st.integers(1, 3000))
def test_what_was_written_in_any_parts_is_read_in_any_parts(parts: list[bytes], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_stream, "PIECE_BYTES", 1000)
        patch.setattr(sealed_stream, "COST", 2)
        assert opened(sealed(*parts), size=size) == b"".join(parts)


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(SealError) as refused:
        opened(sealed(CONTENT), "another one entirely")
    assert refused.value.number == 0


@given(st.data())
def test_one_changed_byte_is_found(data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_stream, "PIECE_BYTES", 1000)
        patch.setattr(sealed_stream, "COST", 2)
        content = bytearray(sealed(CONTENT))
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= data.draw(st.integers(1, 255))
        with pytest.raises(SealError):
            opened(bytes(content))


def test_a_stream_that_was_cut_at_a_piece_is_found() -> None:
    content, head = sealed(CONTENT), len(sealed_stream.MAGIC) + sealed_stream.SALT_BYTES
    piece = 4 + 1000 + sealed_stream.TAG_BYTES
    for pieces in range(1, 5):
        with pytest.raises(SealError):
            opened(content[: head + pieces * piece])


def test_two_pieces_cannot_change_places() -> None:
    content, head = sealed(CONTENT), len(sealed_stream.MAGIC) + sealed_stream.SALT_BYTES
    piece = 4 + 1000 + sealed_stream.TAG_BYTES
    first, second = content[head : head + piece], content[head + piece : head + 2 * piece]
    with pytest.raises(SealError):
        opened(content[:head] + second + first + content[head + 2 * piece :])


def test_nothing_of_the_content_can_be_read_in_it() -> None:
    content = sealed("张三丰住在示例花园".encode() * 300)
    assert is_sealed(content)
    assert "张三丰".encode() not in content
