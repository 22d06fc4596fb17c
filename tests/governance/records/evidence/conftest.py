"""An office with people who take material in and take it over, and files for them."""

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from imported import opened_copy
from PIL import Image, ImageDraw

from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from gridwarden.compose import open_office
from tests.governance.conftest import NOW

CHIEF = Actor("chief", "组长", ("grid_chief",), Scope.whole())
MANAGER = Actor("manager", "主任", ("office_manager",), Scope.whole())
OFFICER = Actor("officer", "执法甲", ("enforcement_officer",), Scope.whole())
SECOND = Actor("second", "执法乙", ("enforcement_officer",), Scope.whole())
PEOPLE = (CHIEF, MANAGER, OFFICER, SECOND)
PIECE = 100_000


def refused(code: str) -> Any:
    """Expect that something is refused by this code."""
    return pytest.raises(GridwardenError, check=lambda error: error.code == code)


@pytest.fixture(scope="session")
def desk_folder(built_once: Callable[..., Path], empty_folder: Path) -> Path:
    def build(folder: Path) -> None:
        shutil.copytree(empty_folder, folder)
        with closing(open_office(folder, now=lambda: NOW)) as office:
            for each in PEOPLE:
                office.accounts.add(local_owner(), each.id, name=each.name)
                office.grants.set_rights(local_owner(), each.id, roles=each.roles, scope=each.scope)

    return built_once("desk", build)


@pytest.fixture
def desk(desk_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Return an office in which four people have accounts."""
    yield from opened_copy(desk_folder, tmp_path, now=NOW)


def photo(text: str = "示例", size: tuple[int, int] = (240, 160)) -> bytes:
    """Return a picture with fine stripes, so that a blurred part is told from a clear one."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for x in range(0, size[0], 2):
        draw.line([(x, 0), (x, size[1])], "black")
    draw.text((5, 5), text.encode("ascii", "replace"), "red")
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def sound(size: int) -> bytes:
    """Return so many bytes that begin as a sound file does."""
    return (b"RIFF" + bytes(4) + b"WAVEfmt " + bytes(range(256)) * (size // 256 + 1))[:size]


def send(
    office: Office, who: Actor, content: bytes, name: str = "现场.png", *,
    piece: int = PIECE, on_the_way: Callable[[int], None] = lambda _: None, **told: str,
) -> str:  # fmt: skip
    """Upload a file as a browser does and return the number of its piece."""
    begun = office.evidence_intake.begin(who, name, len(content), modified="1764300000000",
                                         description=told)  # fmt: skip
    offset = begun.received
    while offset < len(content):
        part = content[offset : offset + piece]
        offset = office.evidence_intake.piece(
            who, begun.upload, part, offset=offset, sha256=sha256(part).hexdigest()
        ).received
        on_the_way(offset)
    return office.evidence_intake.finish(who, begun.upload, sha256=sha256(content).hexdigest())
