"""Batches that were read once come again as they were, and leave nothing readable."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from data.ingest.batches import SourceBatch, pack_batch, unpack_batch
from data.privacy.encrypted_batches import EncryptedBatches

Counted = tuple[SourceBatch, int]


def batch(number: int) -> SourceBatch:
    return SourceBatch(
        rows=pa.table({"诉求人": pa.array(["张三", None], pa.large_string())}),
        source_row=np.array([2 * number, 2 * number + 1]),
        sheet=f"表{number}",
        imprecise={"诉求人": np.array([True, False])},
        geometry=pa.array([b"x", None], pa.large_binary()),
        surplus=pa.array([None, "多"], pa.large_string()),
        skipped={"blank": number},
        notes=(("damaged_text", ""),),
    )


def source(count: int, read: list[int]) -> Iterator[Counted]:
    for number in range(count):
        read.append(number)
        yield batch(number), number


def keep(batches: Iterator[Counted], folder: Path) -> EncryptedBatches[Counted]:
    return EncryptedBatches(batches, folder, pack=pack_batch, unpack=unpack_batch)


def as_facts(pair: Counted) -> tuple[object, ...]:
    each, left_out = pair
    imprecise = {name: flags.tolist() for name, flags in each.imprecise.items()}
    arrays = (each.rows.to_pydict(), each.source_row.tolist(), imprecise)
    more = (each.geometry.to_pylist(), each.surplus.to_pylist(), each.unsaved, each.crs)
    return (*arrays, *more, each.sheet, each.skipped, each.notes, each.heading, left_out)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_the_source_is_read_once_and_comes_again_as_it_was(count: int, tmp_path: Path) -> None:
    read: list[int] = []
    kept = keep(source(count, read), tmp_path / "scratch")
    expected = [as_facts(pair) for pair in source(count, [])]
    for _ in range(3):
        assert [as_facts(pair) for pair in kept] == expected
    assert read == list(range(count))
    assert kept.is_one == (count < 2)


def test_one_batch_needs_no_disk_and_several_leave_no_file(tmp_path: Path) -> None:
    list(keep(source(1, []), tmp_path / "scratch"))
    assert not (tmp_path / "scratch").exists()
    kept = keep(source(3, []), tmp_path / "scratch")
    list(kept)
    del kept
    gc.collect()
    assert not list((tmp_path / "scratch").iterdir())


def test_what_lies_on_the_disk_cannot_be_read(tmp_path: Path) -> None:
    kept = keep(source(2, []), tmp_path)
    list(kept)
    file = kept._file  # it has no name
    file.seek(0)
    assert "张三".encode() not in file.read()
