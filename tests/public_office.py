"""An office that takes public reports, and what people send it."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from governance.access.passwords import HashCost
from governance.cases.public_reports.public_intake import PublicIntakeService
from governance.cases.public_reports.report_form import ReportForm, read_form
from governance.office import Office
from gridwarden.compose import open_office

PHONE, NAME = "13812345678", "赵举报"
TEXT = "三号楼晚上有人做一对一数学辅导,按小时收费,老师电话 139 8765 4321。"


def switch_on(folder: Path, **rules: Any) -> None:
    """Let the office of a folder take public reports."""
    lines = {"enabled": "true", "reward": "true", **{k: str(v).lower() for k, v in rules.items()}}
    section = "\n[public_reports]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items())
    file = folder / "gridwarden.toml"
    others = re.sub(r"\[public_reports\]\n[^\[]*", "", file.read_text("utf-8"))
    file.write_text(others + section, "utf-8")


def taking_reports(folder: Path, now: Callable[[], datetime], **rules: Any) -> Office:
    """Open the office of a folder, which takes public reports."""
    switch_on(folder, **rules)
    return open_office(folder, now=now)


def hash_pins_quickly(patch: pytest.MonkeyPatch) -> None:
    """Hash PINs at next to no cost."""
    patch.setattr(PublicIntakeService, "hash_cost", HashCost(memory_kib=8, rounds=1, lanes=1))


def form(**changes: Any) -> ReportForm:
    """Return a report of building 3 by somebody who says who they are; None leaves a field out."""
    sent = {"text": TEXT, "address": "示例花园3号楼2单元501", "contact_name": NAME,
            "contact_phone": PHONE, "wants_reward": True} | changes  # fmt: skip
    return read_form({name: value for name, value in sent.items() if value is not None})


def picture(colour: str = "red", kind: str = "JPEG", size: tuple[int, int] = (64, 48),
            **more: Any) -> bytes:  # fmt: skip
    """Return the file of a picture of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind, **more)
    return content.getvalue()
