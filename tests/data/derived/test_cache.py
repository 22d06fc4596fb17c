"""Rules of making derived files once."""

from pathlib import Path
from threading import Event, Thread

from patience import PATIENCE_S

from data.derived.cache import make_once


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
