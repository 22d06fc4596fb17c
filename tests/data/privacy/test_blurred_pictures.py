"""Rules of what is read from a picture beside its pixels."""

import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from data.privacy.blurred_pictures import camera_facts

MAKER, TAKEN = 0x010F, 0x0132


def picture() -> bytes:
    exif = Image.Exif()
    exif[MAKER] = "CAMERA"
    exif[TAKEN] = "2026:11:23 09:00:00"
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, format="JPEG", exif=exif.tobytes())
    return target.getvalue()


PICTURE = picture()
BEGIN = PICTURE.index(b"Exif")


def told(content: bytes) -> object:
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        Path(file.name).write_bytes(content)
        return camera_facts(Path(file.name))


def test_the_camera_and_its_time_are_read() -> None:
    taken, device = told(PICTURE)  # type: ignore[misc]
    assert (f"{taken:%Y-%m-%d}", device) == ("2026-11-23", "CAMERA")


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of damage by warning
@given(
    changed=st.lists(
        st.tuples(st.integers(BEGIN, BEGIN + 90), st.integers(0, 255)), min_size=1, max_size=12
    )
)
def test_damage_in_what_a_camera_wrote_stops_nothing(changed: list[tuple[int, int]]) -> None:
    content = bytearray(PICTURE)
    for place, value in changed:
        content[place] = value
    told(bytes(content))
