"""Rules of the names and numbers kept apart."""

from pathlib import Path

import pyarrow as pa
import pytest

from data.privacy.identities import SCHEMA, Identities, IdentityError, Person, identities_of

SECRET = b"of this test"
ONE, TWO = "20261124T100000-aaaaaa", "20261124T110000-bbbbbb"


def rows(count: int, *, start: int = 0) -> pa.Table:
    listed = [
        {"row_key": f"T{n}", "reporter_key": f"k{n}", "name": f"张{n}", "phone": f"1380000{n:04}"}
        for n in range(start, start + count)
    ]
    return pa.Table.from_pylist(listed, schema=SCHEMA)


@pytest.fixture
def kept(tmp_path: Path) -> Identities:
    """Return two batches of an import, kept apart."""
    identities = Identities(tmp_path / "identities", lambda: SECRET)
    with identities.incoming(ONE) as incoming:
        incoming.write(rows(100))
        incoming.write(rows(0))
        incoming.write(rows(50, start=100))
        incoming.keep()
    return identities


def test_what_was_kept_apart_comes_back_exactly(kept: Identities) -> None:
    assert kept.read(ONE).equals(pa.concat_tables([rows(100), rows(50, start=100)]))
    assert kept.find(ONE, row_key="T120", key=None) == Person("张120", "13800000120")
    assert kept.find(ONE, row_key="none", key="k3") == Person("张3", "13800000003")
    assert kept.find(ONE, row_key="none", key=None) is None


def test_the_file_says_nothing_without_the_secret(kept: Identities) -> None:
    content = kept.path(ONE).read_bytes()
    assert "张".encode() not in content
    assert b"138" not in content
    other = Identities(kept.folder, lambda: b"another")
    with pytest.raises(IdentityError, match="changed"):
        other.read(ONE)


def test_the_folder_and_the_file_are_for_their_owner_alone(kept: Identities) -> None:
    assert kept.path(ONE).stat().st_mode & 0o077 == 0


def test_one_flipped_byte_anywhere_is_found(kept: Identities) -> None:
    path = kept.path(ONE)
    content = path.read_bytes()
    for at in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[at] ^= 1
        path.write_bytes(bytes(damaged))
        with pytest.raises(IdentityError):
            kept.read(ONE)


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
def test_a_shortened_file_is_found(kept: Identities, keep: float) -> None:
    path = kept.path(ONE)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(IdentityError):
        kept.read(ONE)


def test_a_file_without_its_last_message_is_found(kept: Identities) -> None:
    path = kept.path(ONE)
    path.write_bytes(path.read_bytes()[: -(4 + 12 + 8 + 16)])
    with pytest.raises(IdentityError):
        kept.read(ONE)


def test_a_file_of_another_import_is_found(kept: Identities) -> None:
    kept.path(ONE).rename(kept.path(TWO))
    with pytest.raises(IdentityError):
        kept.read(TWO)
    with pytest.raises(IdentityError):
        kept.read(ONE)


def test_what_is_not_kept_leaves_nothing(kept: Identities) -> None:
    with kept.incoming(TWO) as incoming:
        incoming.write(rows(3))
    with kept.incoming(TWO) as incoming:
        incoming.keep()
    assert [path.name for path in kept.folder.iterdir()] == [f"{ONE}.bin"]


def test_files_of_imports_that_are_gone_are_swept(kept: Identities) -> None:
    kept.sweep([ONE])
    assert kept.imports() == [ONE]
    kept.sweep([TWO])
    assert kept.imports() == []


def test_only_who_was_named_is_kept() -> None:
    texts = [
        pa.array(values, pa.large_string())
        for values in (
            ["1", "2", "3", None],
            [None, None, None, "k"],
            ["张三", "张**", None, None],
            [None, "138****5678", None, "13800005678"],
        )
    ]
    found = identities_of(*texts).to_pylist()
    assert [(row["row_key"], row["name"], row["phone"]) for row in found] == [
        ("1", "张三", None),
        (None, None, "13800005678"),
    ]
