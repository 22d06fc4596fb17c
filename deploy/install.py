"""Install the bundle beside this file into a folder, without a network.

    python install.py FOLDER

Needs nothing but Python. Every file is held against its SHA-256 first.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    """Check, make the environment, install, look whether all is there."""
    if len(sys.argv) != 2:  # noqa: PLR2004 -- the program and the folder
        print(__doc__, file=sys.stderr)
        return 2
    needed = (FOLDER / "PYTHON").read_text(encoding="ascii").strip()
    seen = ".".join(map(str, sys.version_info[:2]))
    if seen != needed:
        print(f"This bundle needs Python {needed}; this is {seen}.", file=sys.stderr)
        return 1
    if wrong := changed_files():
        print("Changed or missing: " + ", ".join(wrong), file=sys.stderr)
        return 1
    folder = Path(sys.argv[1]).resolve()
    venv.create(folder, with_pip=True, clear=True)
    within = folder / ("Scripts" if sys.platform == "win32" else "bin")
    python = within / ("python.exe" if sys.platform == "win32" else "python")
    wheels = sorted(str(path) for path in (FOLDER / "wheels").glob("*.whl"))
    pip = (str(python), "-m", "pip", "--disable-pip-version-check")
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", *wheels], check=True)
    subprocess.run([*pip, "check"], check=True)
    print(f"Installed. Next: {within / 'gridwarden'} doctor")
    return 0


def changed_files() -> list[str]:
    """Return the files that are not what they were when the bundle was made."""
    wrong = []
    for line in (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = FOLDER / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(name)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
