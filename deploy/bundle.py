"""Make the offline bundle: every wheel of the lock file, our own, and what installs them.

    python deploy/bundle.py [--lock requirements/run.lock] [--out dist]

A bundle is for one system, processor and version of Python: those of the machine that made it.
"""

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).resolve().parent
WHEELS, SUMS = "wheels", "SHA256SUMS"
SCRIPTS = ("install.py", "install.sh", "install.ps1", "gridwarden.service")


def main() -> int:
    """Make the bundle and print where it is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements" / "run.lock")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / bundle_name()
        collect_wheels(arguments.lock, folder / WHEELS)
        for name in SCRIPTS:
            shutil.copyfile(FOLDER / name, folder / name)
        shutil.copyfile(arguments.lock, folder / "run.lock")
        (folder / "PYTHON").write_text(".".join(map(str, sys.version_info[:2])), encoding="ascii")
        write_sums(folder)
        arguments.out.mkdir(exist_ok=True)
        made = arguments.out / f"{folder.name}.tar.gz"
        with tarfile.open(made, "w:gz", compresslevel=1) as tar:  # wheels are packed already
            tar.add(folder, folder.name)
    print(made)
    return 0


def bundle_name() -> str:
    """Return the name by version, system, processor and Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = "".join(map(str, sys.version_info[:2]))
    system = f"{platform.system()}-{platform.machine()}".lower()
    return f"gridwarden-bundle-{project['version']}-{system}-py{python}"


def collect_wheels(lock: Path, wheels: Path) -> None:
    """Fetch what the lock file pins, each held against its hash, and build our own wheel."""
    wheels.mkdir(parents=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet",
           "--wheel-dir", str(wheels))  # fmt: skip
    for what in (
        ("--require-hashes", "--no-deps", "--requirement", str(lock)),
        ("--no-deps", str(ROOT)),
    ):
        subprocess.run([*pip, *what], check=True)


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of every file, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
