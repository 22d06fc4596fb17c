"""Word templates of notices and bulletins: those shipped, and the office's own in their place.

A file of the office is kept under its SHA-256 in the workspace's folder ``templates`` and never
changes, so that a notice is printed later with the file that its reviewer saw.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.contracts.notice_vocabulary import NoticeKind
from data.store.unit_of_work import UnitOfWork
from data.workspace.atomic import write_bytes
from geo.errors import GridwardenError
from governance.records.bulletins import templates as bulletins
from governance.service import Component

SHIPPED: Final = Path(__file__).with_name("templates")
FOLDER: Final = "templates"
SETTING: Final = "notice_templates"
"""Name under which the store keeps which of the office's files are in use."""
TEMPLATES: Final[Mapping[str, str]] = {
    NoticeKind.EXPOSURE: "exposure", NoticeKind.BLACKLIST: "blacklist",
    NoticeKind.REMINDER: "reminder", NoticeKind.LETTER: "letter", NoticeKind.WARNING: "warning",
}  # fmt: skip
GENERAL: Final = "general"
"""Of every other kind."""
NAMES: Final = (*TEMPLATES.values(), GENERAL)
"""Templates of notices; those of bulletins are kept in the same way."""
PLACEHOLDERS: Final = ("office", "street", "number", "period", "title", "paragraphs", "addressee",
                       "day", "status", "audience", "entries", "count",
                       "replaces")  # fmt: skip
"""What a template of notices may ask for."""


class TemplateGoneError(GridwardenError):
    """The Word file that a notice was approved with is not there any more."""


@dataclass(frozen=True, slots=True)
class TemplateInUse:
    """Which file is in use under a name; ``at`` and ``by`` are "" of one that is shipped."""

    name: str
    sha256: str
    own: bool
    at: str = ""
    by: str = ""


class NoticeTemplateFiles(Component):
    """Reads and keeps templates; asks nobody's permission."""

    def in_use(self, unit: UnitOfWork, name: str) -> TemplateInUse:
        """Say which file is in use under a name."""
        office_file = unit.settings.get(SETTING, {}).get(name)
        if office_file:
            return TemplateInUse(
                name, office_file["sha256"], own=True, at=office_file["at"], by=office_file["by"]
            )
        return TemplateInUse(name, sha256_of(_shipped(name)), own=False)

    def keep(self, content: bytes) -> str:
        """Keep a file under its SHA-256, which is returned."""
        sha256 = sha256_of(content)
        path = self._path(sha256)
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            write_bytes(path, content)
        return sha256

    def keep_in_use(self, unit: UnitOfWork, kind: str) -> str:
        """Keep the file that a notice of a kind is printed with now; return its SHA-256."""
        used = self.in_use(unit, name_of(kind))
        return used.sha256 if used.own else self.keep(_shipped(used.name))

    def read(self, sha256: str) -> bytes:
        """Return the content of a file.

        Raises `TemplateGoneError` when there is none of this SHA-256, or it is not what it was.
        """
        path = self._path(sha256)
        if path.is_file() and sha256_of(content := path.read_bytes()) == sha256:
            return content
        for name in (*NAMES, *bulletins.NAMES):
            if sha256_of(shipped := _shipped(name)) == sha256:
                return shipped
        raise TemplateGoneError("template_gone", seen=sha256[:12])

    def set_own(self, unit: UnitOfWork, name: str, office_file: Mapping[str, Any] | None) -> None:
        """Put one of the office's files in use, or the shipped one again."""
        kept = {key: value for key, value in unit.settings.get(SETTING, {}).items() if key != name}
        unit.settings.put(SETTING, kept | ({name: dict(office_file)} if office_file else {}))

    def _path(self, sha256: str) -> Path:
        return self._workspace.root / FOLDER / f"{sha256}.docx"


def name_of(kind: str) -> str:
    """Return the name of the template of a kind of notice."""
    return TEMPLATES.get(kind, GENERAL)


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def placeholders_for(name: str) -> tuple[str, ...]:
    """Return what the template of a name may ask for."""
    return bulletins.PLACEHOLDERS if name in bulletins.NAMES else PLACEHOLDERS


def _shipped(name: str) -> bytes:
    folder = bulletins.FOLDER if name in bulletins.NAMES else SHIPPED
    return (folder / f"{name}.docx").read_bytes()
