"""Make the virtual environment and run one task; needs Python 3.11-3.13 and nothing else.

    python bootstrap.py run       the demonstration city on http://localhost:8501
    python bootstrap.py test      the whole test suite
    python bootstrap.py check     lint, format, types, import contracts
    python bootstrap.py chicago   the Chicago run from ../shared/data/chicago
    python bootstrap.py chicago-backtest   does the score beat counting there?
    python bootstrap.py lock      pin every dependency again, with hashes

The Makefile calls this file, so that Linux and Windows do the same.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = SCRIPTS / ("python.exe" if sys.platform == "win32" else "python")
LOCKS = {"run": "requirements/run.lock", "dev": "requirements/dev.lock"}
SUPPORTED = ((3, 11), (3, 13))
ROOMS = ("gridwarden", "dashboard", "governance", "risk", "data", "geo")


def main(arguments: list[str]) -> int:
    """Run the named task and return its exit code."""
    tasks = {
        "run": run,
        "test": test,
        "check": check,
        "chicago": chicago,
        "chicago-backtest": chicago_backtest,
        "lock": lock,
    }
    if not arguments or arguments[0] not in tasks:
        print(__doc__, file=sys.stderr)
        return 2
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        seen = ".".join(map(str, sys.version_info[:3]))
        print(f"Python {seen} was found; Gridwarden needs 3.11, 3.12 or 3.13.", file=sys.stderr)
        return 1
    return tasks[arguments[0]](arguments[1:])


def run(arguments: list[str]) -> int:
    """Build the demonstration city once and open the dashboard."""
    install("run")
    return call("-m", "gridwarden", "demo", *arguments)


def test(arguments: list[str]) -> int:
    """Run the test suite with the coverage of every room."""
    install("dev")
    return call("-m", "pytest", *arguments)


def check(arguments: list[str]) -> int:
    """Run every check that reads the code without running it; the first failure stops."""
    install("dev")
    commands = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    )
    return next((code for command in commands if (code := call(*command, *arguments))), 0)


def chicago(arguments: list[str]) -> int:
    """Import, score and count Chicago's public files."""
    install("run")
    return call("benchmarks/chicago.py", *arguments)


def chicago_backtest(arguments: list[str]) -> int:
    """Measure the score beside simple methods on Chicago's public files, trees among them."""
    install("dev")
    return call("benchmarks/chicago_backtest.py", *arguments)


def lock(_: list[str]) -> int:
    """Resolve pyproject.toml into lock files with hashes for every supported Python."""
    install("dev")
    extras = {
        "run": ("build", "oidc", "postgresql"),
        "dev": ("build", "oidc", "postgresql", "trees", "dev"),
        "spark": ("spark",),
    }
    for name, chosen in extras.items():
        flags = [flag for extra in chosen for flag in ("--extra", extra)]
        constraints = ("--constraint", LOCKS["dev"]) if name == "spark" else ()
        code = call(
            "-m",
            "uv",
            "pip",
            "compile",
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-strip-extras",  # or pip takes a newer release for "coverage[toml]" and stops
            "--no-emit-index-url",
            "--no-header",
            "--quiet",
            "pyproject.toml",
            *flags,
            *constraints,
            "-o",
            f"requirements/{name}.lock",
        )
        if code:
            return code
    return 0


def install(kind: str) -> None:
    """Install what a lock file pins, unless this very lock file is installed already."""
    lock_file = ROOT / LOCKS[kind]
    wanted = hashlib.sha256(lock_file.read_bytes() + (ROOT / "pyproject.toml").read_bytes())
    stamp = ENVIRONMENT / f".installed-{kind}"
    if stamp.is_file() and stamp.read_text() == wanted.hexdigest():
        return
    if not PYTHON.exists():
        print(f"Making {ENVIRONMENT} ...", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    print(f"Installing {LOCKS[kind]} ...", flush=True)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    for step in (
        (*pip, "--require-hashes", "--requirement", str(lock_file)),
        (*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)),
    ):
        if code := call(*step):
            sys.exit(code)
    stamp.write_text(wanted.hexdigest())


def call(*arguments: str) -> int:
    """Run the environment's Python in the project's folder."""
    try:
        return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
