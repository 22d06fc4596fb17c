"""Rules of photos: nothing but the picture is kept."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from refusals import refused_as
from stored_visits import NOON, visit_version

from data.integrity.verify import verify_workspace
from data.privacy.photos import LONGEST_SIDE, clean_photo, keep_photo, read_photo
from data.workspace.folder import Workspace

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def picture(width: int = 60, height: int = 40, *, kind: str = "JPEG", **options: object) -> bytes:
    shades = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(shades).save(target, format=kind, **options)
    return target.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[MAKE] = "SECRETCAM"
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (36.0, 11.0, 24.0)
    return picture(exif=exif.tobytes(), comment=b"SECRETNOTE")


def test_neither_place_nor_camera_survives() -> None:
    raw = with_place()
    assert b"SECRETCAM" in raw
    content = clean_photo(raw).content
    with Image.open(io.BytesIO(content)) as kept:
        assert not kept.getexif()
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(mark in content for mark in (b"SECRET", b"Exif", b"GPS"))


def test_a_photo_stands_as_the_camera_meant_it() -> None:
    photo = clean_photo(with_place())
    assert (photo.width, photo.height) == (40, 60)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_becomes_small_enough(kind: str) -> None:
    photo = clean_photo(picture(3000, 300, kind=kind))
    assert max(photo.width, photo.height) == LONGEST_SIDE
    assert photo.content.startswith(b"\xff\xd8")


DAMAGED_EXIF = Path(__file__).with_name("damaged_exif.jpg").read_bytes()


@pytest.mark.parametrize("raw", [b"", b"not a picture", b"GIF89a", picture()[:200], DAMAGED_EXIF])
def test_what_is_no_photo_is_refused(raw: bytes) -> None:
    with refused_as("photo_unreadable"):
        clean_photo(raw)


def chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("side", [9_000, 100_000])
def test_a_small_file_that_claims_to_be_huge_is_not_decoded(side: int) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    with refused_as("photo_too_large"):
        clean_photo(bomb + chunk(b"IEND", b""))


def test_a_photo_is_found_by_its_hash_and_a_changed_one_is_not_shown(tmp_path: Path) -> None:
    photo = clean_photo(picture())
    path = keep_photo(tmp_path, photo)
    assert keep_photo(tmp_path, photo) == path
    assert read_photo(tmp_path, photo.sha256) == photo.content
    path.write_bytes(b"other")
    with refused_as("photo_changed"):
        read_photo(tmp_path, photo.sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../secret.key", "", "0" * 63 + "G"])
def test_a_name_that_is_no_photo_leads_nowhere(tmp_path: Path, name: str) -> None:
    with refused_as("photo_missing"):
        read_photo(tmp_path, name)


def test_verifying_finds_a_photo_that_was_changed_or_is_gone(workspace: Workspace) -> None:
    photos = [clean_photo(picture(width)) for width in (10, 20, 30)]
    paths = [keep_photo(workspace.evidence_path, photo) for photo in photos]
    with workspace.store.begin() as unit:
        unit.visits.add(visit_version())
        for photo in photos:
            unit.visits.add_photo(
                visit_id="V1", sha256=photo.sha256, bytes=1, width=1, height=1, added_at=NOON,
                added_by="wang",
            )  # fmt: skip
        unit.commit()
    assert verify_workspace(workspace).sound
    paths[0].write_bytes(b"other")
    paths[1].unlink()
    codes = sorted(problem.code for problem in verify_workspace(workspace).problems)
    assert codes == ["photo_changed", "photo_missing"]
    with workspace.store.begin() as unit:
        unit.visits.add(visit_version(number=2, withdrawn=True))
        unit.commit()
    assert verify_workspace(workspace).sound  # nothing shows what retention may have deleted
