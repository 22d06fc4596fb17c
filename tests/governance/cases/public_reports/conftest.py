"""An office that takes public reports, and what people send it."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moving_clock import MovingClock
from PIL import Image

from governance.access.passwords import HashCost
from governance.cases.public_reports.public_intake import PublicIntakeService
from governance.office import Office
from gridwarden.compose import open_office

ON = "\n[public_reports]\nenabled = true\nreward = true\n"


def picture(colour: str = "red", kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind)
    return content.getvalue()
