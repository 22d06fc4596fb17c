"""Photos as they may be kept: the picture alone, without place, camera, time or thumbnail.

A photo is decoded and encoded anew, so that nothing but its pixels survives; turned as the camera
meant it, at most `LONGEST_SIDE` pixels long. It is kept under its SHA-256 in the evidence folder.
"""

import hashlib
import io
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from data.workspace.atomic import write_bytes
from geo.errors import GridwardenError

LONGEST_SIDE: Final = 2048
MOST_BYTES: Final = 15_000_000
MOST_PIXELS: Final = 60_000_000
"""A file that says it is larger is not decoded: it may be small and fill the memory."""
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "WEBP")
FOLDER: Final = "photos"
PUBLIC_FOLDER: Final = "public_reports"
"""Folder within the evidence whose photos were sent with public reports."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class PhotoError(GridwardenError):
    """A photo cannot be kept, or is not there."""


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo that may be kept: JPEG without metadata."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def clean_photo(raw: bytes) -> CleanPhoto:
    """Return the picture of a photo alone.

    Raises `PhotoError`: ``photo_too_large`` (bytes or pixels) or ``photo_unreadable``.
    """
    if len(raw) > MOST_BYTES:
        raise PhotoError("photo_too_large", seen=len(raw), expected=MOST_BYTES)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as source:
            if source.width * source.height > MOST_PIXELS:
                size = f"{source.width} × {source.height}"
                raise PhotoError("photo_too_large", seen=size, expected=MOST_PIXELS)
            source.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(source).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError("photo_too_large", seen=len(raw), expected=MOST_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error) as error:
        raise PhotoError("photo_unreadable", expected=", ".join(FORMATS)) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    target = io.BytesIO()
    bare.save(target, format="JPEG", quality=QUALITY, optimize=True)
    return CleanPhoto(target.getvalue(), *bare.size)


def keep_photo(evidence: Path, photo: CleanPhoto) -> Path:
    """Write a photo under its SHA-256, whole or not at all; one that is there stays."""
    path = photo_path(evidence, photo.sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, photo.content)
    return path


def read_photo(evidence: Path, sha256: str) -> bytes:
    """Return the bytes of a kept photo.

    Raises `PhotoError`: ``photo_missing`` where none has this name, ``photo_changed`` where its
    bytes are others.
    """
    path = photo_path(evidence, sha256)
    if not path.is_file():
        raise PhotoError("photo_missing", seen=sha256[:12])
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PhotoError("photo_changed", seen=sha256[:12])
    return content


def photo_path(evidence: Path, sha256: str) -> Path:
    """Return where a photo is kept.

    Raises `PhotoError` when the name is no SHA-256.
    """
    if not _SHA256.fullmatch(sha256):
        raise PhotoError("photo_missing", seen=sha256[:12])
    return evidence / FOLDER / sha256[:2] / f"{sha256}.jpg"
