"""A file of text is read no farther ahead than is worked on."""

import time
from pathlib import Path

import pytest
from patience import PATIENCE_S

from data.ingest.reading.text import delimited, utf8_stream
from data.ingest.reading.text.encoding import CHUNK as BLOCK

CELL = "x" * 50_000


class Watched(utf8_stream.Pace):
    """Notes what was read, and whether it was far ahead for longer than anybody waits."""

    bytes_read = 0
    gave_up = False

    def read(self, size: int) -> None:
        Watched.bytes_read += size
        super().read(size)
        Watched.gave_up |= self._room < 0


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "Pace", Watched)
    monkeypatch.setattr(utf8_stream, "_PATIENCE_S", PATIENCE_S)  # or a busy machine is waited for
    monkeypatch.setattr(Watched, "bytes_read", 0)
    monkeypatch.setattr(Watched, "gave_up", False)


def write(path: Path, row: str) -> Path:
    path.write_text("工单编号,诉求内容\n" + row * (12 * BLOCK // len(row)), encoding="utf-8")
    return path


def test_of_a_large_file_a_few_blocks_are_read_ahead(tmp_path: Path) -> None:
    batches = delimited.read_csv_batches(write(tmp_path / "a.csv", f"1,{CELL}\n"), batch_rows=1)
    next(batches)
    time.sleep(0.3)
    assert Watched.bytes_read < 8 * BLOCK
    rows = sum(len(batch) for batch in batches)
    assert rows > 200
    assert Watched.bytes_read > 11 * BLOCK


def test_rows_with_too_many_cells_hold_nobody_up(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"1,{CELL},{CELL}\n")
    assert sum(len(batch) for batch in delimited.read_csv_batches(path, batch_rows=1)) > 100
    assert not Watched.gave_up
