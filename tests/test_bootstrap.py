"""Installing: by uv where it can be had, told what pip was told, and by pip otherwise."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bootstrap

LOCK = ("--require-hashes", "--requirement", "run.lock")
PINNED = re.compile(r"^uv==(\S+)", re.MULTILINE)


@pytest.fixture
def pip_says(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give pip other settings than this machine's."""
    return lambda lines: monkeypatch.setattr(bootstrap, "output_of", lambda *_: lines)


@pytest.fixture
def installing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, list[str]]]:
    """Install with stand-ins that end with these codes; tell the outcome and who was asked."""

    def install(*, uv: int, pip: int, has_uv: bool = True) -> tuple[int, list[str]]:
        asked = []

        def call(_: str, installer: str, *arguments: str, env: Any = None) -> int:
            assert arguments[-len(LOCK) :] == LOCK
            assert (env is not None) == (installer == "uv")
            asked.append(installer)
            return {"uv": uv, "pip": pip}[installer]

        monkeypatch.setattr(bootstrap, "call", call)
        monkeypatch.setattr(bootstrap, "has_uv", lambda: has_uv)
        return bootstrap.put_in(*LOCK), asked

    return install


def test_uv_installs_where_it_can_be_had(
    installing: Callable[..., Any], pip_says: Callable[[str], None]
) -> None:
    pip_says("")
    assert installing(uv=0, pip=1) == (0, ["uv"])


def test_pip_installs_where_there_is_no_uv(
    installing: Callable[..., Any], pip_says: Callable[[str], None]
) -> None:
    pip_says("")
    assert installing(uv=0, pip=0, has_uv=False) == (0, ["pip"])


def test_pip_installs_where_uv_does_not_get_through(
    installing: Callable[..., Any], pip_says: Callable[[str], None]
) -> None:
    pip_says("")
    assert installing(uv=2, pip=0) == (0, ["uv", "pip"])
    assert installing(uv=2, pip=1) == (1, ["uv", "pip"])


@pytest.mark.parametrize("line", ["global.proxy='p:1'", ":env:.no-index='1'", "install.new='x'"])
def test_pip_installs_where_it_was_told_what_uv_is_not(
    line: str, installing: Callable[..., Any], pip_says: Callable[[str], None]
) -> None:
    pip_says(f"global.index-url='https://a.example/simple'\n{line}\n")
    assert bootstrap.uv_settings() is None
    assert installing(uv=0, pip=0) == (0, ["pip"])


def test_uv_looks_where_pip_was_told_to_look(pip_says: Callable[[str], None]) -> None:
    pip_says(
        ":env:.index-url='https://env.example/simple'\n"
        ":env:.disable-pip-version-check='1'\n"
        "global.extra-index-url='\\nhttps://b.example/x\\nhttps://c.example/y?k=1'\n"
        "global.find-links='wheels more'\n"
        "global.index-url='https://global.example/simple'\n"
        "global.retries='9'\n"
        "global.trusted-host='b.example'\n"
        "install.index-url='https://install.example/simple'\n"
        "list.index-url='https://list.example/simple'\n"
    )
    assert bootstrap.uv_settings() == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://env.example/simple",
        "UV_INDEX": "https://b.example/x https://c.example/y?k=1",
        "UV_FIND_LINKS": "wheels,more",
        "UV_INSECURE_HOST": "b.example",
    }


def test_uv_is_fetched_as_the_lock_file_pins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the hashes of every system, and ready-made or not at all."""
    lock = (bootstrap.ROOT / bootstrap.LOCKS["dev"]).read_text(encoding="utf-8")
    version = PINNED.findall(lock)[0]
    fetched = []

    def said(*arguments: str) -> str:
        if "pip" in arguments:
            assert {"--require-hashes", "--only-binary"} <= set(arguments)
            fetched.append(Path(arguments[-1]).read_text(encoding="utf-8"))
        return f"{version}\n" if fetched else ""

    monkeypatch.setattr(bootstrap, "output_of", said)
    assert bootstrap.has_uv()
    assert PINNED.findall(fetched[0]) == [version]
    hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", fetched[0])
    assert len(hashes) > 10
    assert fetched[0] in lock
    assert bootstrap.has_uv()
    assert len(fetched) == 1


def test_without_uv_nothing_is_said_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "output_of", lambda *_: "")
    assert not bootstrap.has_uv()


def test_tests_write_into_memory_where_there_is_enough_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "MEMORY", tmp_path)
    monkeypatch.setattr(bootstrap, "MEMORY_NEEDED", 0)
    with bootstrap.scratch_settings() as env:
        assert env is not None
        assert Path(env["TMPDIR"]).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("folder", "needed"), [("missing", 0), ("", 2**60)])
def test_tests_write_where_they_would_anyway_where_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, needed: int
) -> None:
    monkeypatch.setattr(bootstrap, "MEMORY", tmp_path / folder)
    monkeypatch.setattr(bootstrap, "MEMORY_NEEDED", needed)
    with bootstrap.scratch_settings() as env:
        assert env is None


def test_the_whole_suite_runs_in_processes_of_one_thread_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(bootstrap, "install", lambda _: None)
    monkeypatch.setattr(bootstrap, "call", lambda *_, env=None: asked.append(env) or 0)
    assert bootstrap.test(["-q"]) == 0
    assert {asked[0][name] for name in bootstrap.ONE_THREAD} == {"1"}
    assert "PATH" in asked[0]
