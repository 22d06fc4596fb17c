"""Check a pack of evidence 核验证据包: ``python verify.py [folder or .zip]``.

Needs nothing but Python 3.8 or newer. Names every file that was changed, is missing or was added,
and every break in the custody; says the SHA-256 of the list of hashes, to be compared with the one
that the office wrote down when it exported the pack. Ends with 0 where all is well, else with 1.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import IO, Sequence  # noqa: UP035 -- also where Python is older

LIST, CUSTODY = "hashes.sha256", "custody.json"
BROKEN = (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile)


class Folder:
    """A pack that was unpacked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the paths of all files, with slashes."""
        found = (each for each in self.path.rglob("*") if each.is_file() or each.is_symlink())
        return [each.relative_to(self.path).as_posix() for each in found]

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading bytes."""
        return self.path.joinpath(*name.split("/")).open("rb")


class Archive:
    """A pack as it came."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)

    def names(self) -> list[str]:
        """Return the paths of all files, with slashes."""
        return [each for each in self.zip.namelist() if not each.endswith("/")]

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading bytes."""
        return self.zip.open(name)


Pack = Folder  # for types: an archive is asked the same


def digest_of(pack: Pack, name: str) -> str:
    """Return a file's SHA-256, read in pieces; "" where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with pack.open(name) as file:
            for piece in iter(lambda: file.read(1048576), b""):
                digest.update(piece)
    except BROKEN:
        return ""
    return digest.hexdigest()


def read_list(pack: Pack) -> tuple[dict[str, str], str]:
    """Return path → SHA-256, and the SHA-256 of the list itself."""
    with pack.open(LIST) as file:
        content = file.read()
    pairs = [line.split("  ", 1) for line in content.decode("utf-8").splitlines() if line]
    return {path: sha256 for sha256, path in pairs}, hashlib.sha256(content).hexdigest()


def check_files(pack: Pack, hashes: dict[str, str]) -> list[str]:
    """Say what is wrong with the files."""
    names_in_pack = pack.names()
    missing = sorted(set(hashes) - set(names_in_pack))
    changed = [name for name in sorted(set(hashes) & set(names_in_pack))
               if digest_of(pack, name) != hashes[name]]  # fmt: skip
    added = sorted(set(names_in_pack) - set(hashes) - {LIST})
    twice = sorted({name for name in names_in_pack if names_in_pack.count(name) > 1})
    faults = {"missing 缺失": missing, "changed 已改动": changed, "added 多出": added,
            "twice 重复": twice}  # fmt: skip
    return [f"{what}: {name}" for what, names in faults.items() for name in names]


def check_custody(pack: Pack, hashes: dict[str, str]) -> list[str]:
    """Say what is wrong with the custody: gaps, breaks, files of other hashes."""
    found = []
    try:
        with pack.open(CUSTODY) as file:
            pieces = json.loads(file.read().decode("utf-8"))["pieces"]
        for piece in pieces:
            number, seal = 0, ""
            for step in piece["custody"]:
                if step["number"] != number + 1 or step["previous"] != seal:
                    found.append(f"broken 流转断链: {piece['evidence_no']} {step['number']}")
                number, seal = step["number"], step["seal"]
            if hashes.get(piece["path"]) != piece["sha256"]:
                found.append(f"other file 文件不符: {piece['evidence_no']}")
    except BROKEN:
        found.append(f"unreadable 无法读取: {CUSTODY}")
    return found


def main(arguments: Sequence[str]) -> int:
    """Check a pack, say what was found and return how to end."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    place = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        pack: Folder = Folder(place) if place.is_dir() else Archive(place)  # type: ignore[assignment]
        hashes, list_digest = read_list(pack)
    except BROKEN as error:
        sys.stdout.write(f"unreadable 无法读取: {place} ({type(error).__name__})\n")
        return 1
    found = check_files(pack, hashes) + check_custody(pack, hashes)
    lines = [*found, f"list 清单 SHA-256: {list_digest}", f"files 文件: {len(hashes)}",
             "NOT SOUND 未通过" if found else "SOUND 通过"]  # fmt: skip
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
