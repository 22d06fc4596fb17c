"""Rules of making derived files once."""

import os
import time
from pathlib import Path
from threading import Event, Thread

from patience import PATIENCE_S

from data.derived.cache import make_once
from data.lake.checksums import checksum_path


def test_one_file_is_made_while_another_is_being_made(tmp_path: Path) -> None:
    done = Event()

    def make_other() -> None:
        make_once(tmp_path / "visits-1", lambda new: new.touch(), instead_of="visits-*")
        done.set()

    def make_long(new: Path) -> None:
        thread = Thread(target=make_other, daemon=True)
        thread.start()
        assert done.wait(PATIENCE_S), "the other file waits for this one"
        new.touch()

    make_once(tmp_path / "complaints-1", make_long, instead_of="complaints-*")
    assert (tmp_path / "visits-1").exists()


def test_threads_that_want_the_same_file_make_it_once(tmp_path: Path) -> None:
    made: list[str] = []
    path = tmp_path / "visits-1"

    def write(new: Path) -> None:
        made.append(new.name)
        new.touch()

    threads = [
        Thread(target=make_once, args=(path, write), kwargs={"instead_of": "visits-*"})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_making_a_file_may_need_another_to_be_made(tmp_path: Path) -> None:
    def write(new: Path) -> None:
        make_once(tmp_path / "register-1", lambda p: p.touch(), instead_of="register-*")
        new.touch()

    make_once(tmp_path / "current-1", write, instead_of="current-*")
    assert (tmp_path / "register-1").exists()


def test_a_new_make_deletes_those_that_nobody_asked_for_of_late(tmp_path: Path) -> None:
    for name, unread_s in (("visits-1", 90), ("visits-2", 90), ("other-1", 90)):
        (path := tmp_path / name).touch()
        checksum_path(path).touch()
        os.utime(path, (at := time.time() - unread_s, at))
    make_once(tmp_path / "visits-2", lambda new: new.touch(), instead_of="visits-*")  # is read
    make_once(tmp_path / "visits-3", lambda new: new.touch(), instead_of="visits-*", unread_s=60)
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix == "") == [
        "other-1", "visits-2", "visits-3",
    ]  # fmt: skip
    assert not checksum_path(tmp_path / "visits-1").exists()
