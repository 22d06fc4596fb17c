"""Rules of the offline bundle: what was packed is installed, on the Python it was packed for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WRITE_SUMS = "import bundle, pathlib, sys; bundle.write_sums(pathlib.Path(sys.argv[1]))"
SUMS = [sys.executable, "-c", WRITE_SUMS]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return a bundle with one wheel that is none."""
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "x-1-py3-none-any.whl").write_bytes(b"not a wheel")
    (folder / "PYTHON").write_text(".".join(map(str, sys.version_info[:2])), encoding="ascii")
    shutil.copy(ROOT / "deploy" / "install.py", folder)
    subprocess.run([*SUMS, str(folder)], cwd=ROOT / "deploy", check=True)  # noqa: S603 -- our own
    return folder


def install(bundle: Path, to: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(bundle / "install.py"), str(to)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own


@pytest.mark.parametrize("name", ["wheels/x-1-py3-none-any.whl", "install.py", "PYTHON"])
def test_a_changed_file_is_named_and_nothing_is_installed(
    bundle: Path, tmp_path: Path, name: str
) -> None:
    with (bundle / name).open("ab") as file:
        file.write(b"\n")
    said = install(bundle, tmp_path / "new")
    assert (said.returncode, name in said.stderr) == (1, True)
    assert not (tmp_path / "new").exists()


def test_a_missing_file_is_named(bundle: Path, tmp_path: Path) -> None:
    (bundle / "wheels" / "x-1-py3-none-any.whl").unlink()
    assert "x-1-py3-none-any.whl" in install(bundle, tmp_path / "new").stderr


def test_another_python_is_refused(bundle: Path, tmp_path: Path) -> None:
    (bundle / "PYTHON").write_text("2.7", encoding="ascii")
    said = install(bundle, tmp_path / "new")
    assert (said.returncode, "needs Python 2.7" in said.stderr) == (1, True)
    assert not (tmp_path / "new").exists()


def test_the_image_runs_as_nobody_special_and_looks_after_itself() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    last = text[text.rindex("FROM ") :]
    assert last.index("USER gridwarden") < last.index("CMD [")
    assert "HEALTHCHECK" in last
    assert "/readyz" in last


def test_the_image_has_every_package_of_ours() -> None:
    import bootstrap

    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert [name for name in bootstrap.PACKAGES if f"COPY {name} /src/{name}\n" not in text] == []
