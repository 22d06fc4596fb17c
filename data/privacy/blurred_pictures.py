"""Pictures of evidence to read: bare and small, with what must not be known made unreadable."""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from data.privacy.photos import FORMATS, MOST_BYTES, QUALITY, PhotoError, clean_photo

PREVIEW_SIDE: Final = 1280
_BLOCKS: Final = 12
"""So many blocks of one colour are left along the longer side of what is blurred."""
_LEAST_BLOCK_PX: Final = 16
_TAKEN: Final = (0x9003, 0x0132)
_EXIF: Final = 0x8769
_MAKER, _MODEL = 0x010F, 0x0110


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a picture, as shares of its width and height from the upper left, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int] | None:
        """Return the pixels that it touches, None where it is empty or outside."""
        box = (
            max(0, int(min(self.left, self.right) * width)),
            max(0, int(min(self.top, self.bottom) * height)),
            min(width, -int(-max(self.left, self.right) * width // 1)),
            min(height, -int(-max(self.top, self.bottom) * height // 1)),
        )
        return box if box[0] < box[2] and box[1] < box[3] else None


def blurred_copy(raw: bytes, parts: Sequence[Rectangle]) -> bytes:
    """Return a picture as a bare JPEG in which parts, or all of it, are coarse blocks.

    Averages over blocks cannot be taken back, other than a soft blur.

    ``parts``: what to make unreadable; all of it where none is named.

    Raises `PhotoError` as `clean_photo`, and ``blur_empty`` where a part lies outside of the
    picture.
    """
    picture = Image.open(io.BytesIO(clean_photo(raw).content)).convert("RGB")
    boxes = [part.pixels(*picture.size) for part in parts] or [(0, 0, *picture.size)]
    for box in boxes:
        if box is None:
            raise PhotoError("blur_empty")
        part = picture.crop(box)
        block = max(_LEAST_BLOCK_PX, max(part.size) // _BLOCKS)
        small = (max(1, part.width // block), max(1, part.height // block))
        part = part.resize(small, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
        picture.paste(part, box)
    return _as_jpeg(picture)


def preview(raw: bytes) -> bytes:
    """Return a picture small and without anything but its pixels, as JPEG.

    Raises `PhotoError` as `clean_photo`.
    """
    picture = Image.open(io.BytesIO(clean_photo(raw).content)).convert("RGB")
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return _as_jpeg(picture)


def read_picture(path: Path) -> bytes:
    """Return a picture's bytes.

    Raises `PhotoError`: ``photo_missing`` or ``photo_too_large``.
    """
    if not path.is_file():
        raise PhotoError("photo_missing", seen=path.name[:12])
    if (size := path.stat().st_size) > MOST_BYTES:
        raise PhotoError("photo_too_large", seen=size, expected=MOST_BYTES)
    return path.read_bytes()


def camera_facts(path: Path) -> tuple[datetime | None, str]:
    """Return when (local time) and with what a picture says it was taken; None, "" if not."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            exif = picture.getexif()
            device = " ".join(str(exif.get(tag, "")).strip("\0 ") for tag in (_MAKER, _MODEL))
            named = [exif.get_ifd(_EXIF).get(_TAKEN[0]), exif.get(_TAKEN[1])]
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None, ""
    taken = None
    with suppress(ValueError):
        text = next((str(each) for each in named if each), "").strip("\0 ")
        taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 -- a camera's local time
    return taken, "".join(each for each in device if each.isprintable()).strip()[:100]


def _as_jpeg(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, format="JPEG", quality=QUALITY)
    return target.getvalue()
