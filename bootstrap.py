"""Make the virtual environment and run one task; needs Python 3.11-3.13 and nothing else.

    python bootstrap.py run       the demonstration city on http://localhost:8501
    python bootstrap.py test      the whole test suite
    python bootstrap.py check     lint, format, types, import contracts, layout
    python bootstrap.py chicago   the Chicago run from ../shared/data/chicago
    python bootstrap.py chicago-backtest   does the score beat counting there?
    python bootstrap.py lock      pin every dependency again, with hashes
    python bootstrap.py advisories   known holes in what the lock files pin; needs a network
    python bootstrap.py bundle    every wheel and what installs them without a network, in dist/
    python bootstrap.py spark     add a local Spark, 400 MB, for the tests that start one

The Makefile calls this file, so that Linux and Windows do the same.
"""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = SCRIPTS / ("python.exe" if sys.platform == "win32" else "python")
LOCKS = {kind: f"requirements/{kind}.lock" for kind in ("run", "dev", "spark")}
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
SUPPORTED = ((3, 11), (3, 13))
PACKAGES = ("gridwarden", "dashboard", "simulation", "governance", "risk", "data", "geo")
MOST_WORKERS = 8  # each needs about a gigabyte
# Several processes share the processors: threads of one would only wait for those of the others.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder in memory, on Linux
MEMORY_NEEDED = 8 * 2**30
# Where pip was told to look, and how uv is told the same; values are apart by what is named.
CARRIED_TO_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
# What changes nothing where a lock file names every file; whoever set more than this gets pip.
OF_NO_MATTER = {
    "cache-dir", "constraint", "disable-pip-version-check", "no-cache-dir", "no-color",
    "no-input", "no-warn-script-location", "prefer-binary", "progress-bar", "quiet",
    "require-virtualenv", "retries", "root-user-action", "verbose",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the named task and return its exit code."""
    known = (run, test, check, chicago, chicago_backtest, lock, advisories, bundle, spark)
    tasks = {task.__name__.replace("_", "-"): task for task in known}
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
    """Run the tests: those that are named in one process, the whole suite in several."""
    install("dev")
    if any(not each.startswith("-") for each in arguments):
        return call("-m", "pytest", *arguments)
    with scratch_settings() as env:
        settings = {**(env or os.environ), **ONE_THREAD}
        return call("-m", "pytest", *several_processes(), *arguments, env=settings)


def check(arguments: list[str]) -> int:
    """Run every check that reads the code without running it; the first failure stops."""
    install("dev")
    commands = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
        ("-m", "pytest", "-q", "tests/test_structure.py", "tests/test_no_secrets.py"),
    )
    return next((code for command in commands if (code := call(*command, *arguments))), 0)


def chicago(arguments: list[str]) -> int:
    """Import, score and count Chicago's public files."""
    install("run")
    return call("-m", "benchmarks.chicago.job", *arguments)


def chicago_backtest(arguments: list[str]) -> int:
    """Measure the score beside simple methods on Chicago's public files."""
    install("dev")
    return call("-m", "benchmarks.chicago.backtest", *arguments)


def bundle(arguments: list[str]) -> int:
    """Make the offline bundle for machines like this one."""
    install("run")
    return call("deploy/bundle.py", *arguments)


def lock(_: list[str]) -> int:
    """Resolve pyproject.toml into lock files with hashes for every supported Python."""
    install("dev")
    extras = {
        "run": ("build", "oidc", "postgresql"),
        "dev": ("build", "oidc", "postgresql", "dev"),
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
            "--fork-strategy",  # one release for every Python: what holds on one holds on all
            "fewest",
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


def advisories(arguments: list[str]) -> int:
    """Ask a public list of advisories about what the lock file of a server pins.

    Not part of the gate: pip-audit is fetched, and asks a service on the network. Without a way
    there this fails, and says nothing about the packages.
    """
    install("dev")
    print("This needs a network: it fetches pip-audit and asks its list of advisories.")
    command = ("pip-audit", "--disable-pip", "--require-hashes", "-r", LOCKS["run"])
    return call("-m", "uv", "tool", "run", *command, *arguments)


def spark(_: list[str]) -> int:
    """Add a local Spark to the environment; no other task needs one."""
    install("dev")
    install("spark")
    return 0


def several_processes() -> tuple[str, ...]:
    """Ask pytest for one process more than there are processors: browsers make it wait."""
    workers = min((os.cpu_count() or 1) + 1, MOST_WORKERS)
    return ("-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder")


@contextmanager
def scratch_settings() -> Iterator[dict[str, str] | None]:
    """Let tests write where nothing waits for a disk: what they keep, they keep safely."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="gridwarden-", dir=MEMORY) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL, which refuses root, passes through as another user
        yield {**os.environ, "TMPDIR": folder}


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
    for what in (
        ("--require-hashes", "--requirement", str(lock_file)),
        ("--no-deps", "--no-build-isolation", "--editable", str(ROOT)),
    ):
        if code := put_in(*what):
            sys.exit(code)
    stamp.write_text(wanted.hexdigest())


def put_in(*what: str) -> int:
    """Install by uv, which needs a tenth of pip's time, and by pip where uv cannot be had."""
    settings = uv_settings()
    if settings is not None and has_uv():
        uv = ("-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON))
        if call(*uv, *what, env={**settings, **os.environ}) == 0:
            return 0
        print("uv did not get through; trying pip ...", file=sys.stderr, flush=True)
    return call(*PIP, *what)


def has_uv() -> bool:
    """Say whether the very uv that the lock file pins is there, or fetch it with its hashes."""
    text = (ROOT / LOCKS["dev"]).read_text(encoding="utf-8")
    pinned = re.search(r"^uv==(\S+).*(?:\n +--hash=.*)+", text, re.MULTILINE)
    if pinned is None:
        return False
    version = ("-c", "from importlib.metadata import version; print(version('uv'))")
    if output_of(*version).strip() == pinned[1]:
        return True
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(pinned[0], encoding="utf-8")
        output_of(*PIP, "--only-binary", ":all:", "--require-hashes", "--requirement", str(wanted))
    return output_of(*version).strip() == pinned[1]


def uv_settings() -> dict[str, str] | None:
    """Return pip's settings as environment variables of uv; None if uv does not know them all."""
    pip_settings: dict[str, str] = {}
    lines = output_of("-m", "pip", "config", "list").splitlines()
    for section in ("global.", "install.", ":env:."):  # each overrules those before it
        for line in lines:
            name, _, value = line.partition("=")
            if name.startswith(section):
                pip_settings[name.removeprefix(section)] = str(ast.literal_eval(value))
    if pip_settings.keys() - CARRIED_TO_UV.keys() - OF_NO_MATTER:
        return None
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip does: any index, any order
    for name, value in pip_settings.items():
        if name in CARRIED_TO_UV:
            variable, between = CARRIED_TO_UV[name]
            settings[variable] = between.join(value.split())
    return settings


def output_of(*arguments: str) -> str:
    """Return what the environment's Python prints; nothing where it fails."""
    ran = subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False, capture_output=True)
    return "" if ran.returncode else ran.stdout.decode("utf-8", "replace")


def call(*arguments: str, env: dict[str, str] | None = None) -> int:
    """Run the environment's Python in the project's folder."""
    command = [str(PYTHON), *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, check=False, env=env).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
