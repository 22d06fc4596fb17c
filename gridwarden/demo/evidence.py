"""Lead material of the demonstration city: drawn pictures and short tones, on the way they go."""

import io
import wave
from contextlib import closing
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from data.contracts.evidence_vocabulary import Custody
from governance.access.permissions import Actor, Scope
from governance.office import Office
from gridwarden.compose import open_office
from gridwarden.demo.patrols import Clock

CHIEF: Final = Actor("demo-grid-chief", "", ("grid_chief",), Scope.whole())
OFFICER: Final = Actor("demo-enforcement-officer", "", ("enforcement_officer",), Scope.whole())
MANAGER: Final = Actor("demo-office-manager", "", ("office_manager",), Scope.whole())
PLACES: Final = ("楼道公共区域", "单元门口", "小区大门外", "楼下公示栏")
NOTES: Final = ("晚间多名学生集中出入", "门口张贴招生广告", "接送车辆停靠", "白板与课桌椅可见")
PHOTOS: Final = 16
SOUNDS: Final = 4
SIZE: Final = (640, 420)


def add_demo_evidence(folder: Path, *, today: date, seed: int) -> int:
    """Take pictures and tones in as people of the office would; return how many.

    ``folder``: the workspace of a demonstration, with its people and cases.
    ``today``: the day the city's records end.
    """
    rng, clock = np.random.default_rng([seed, 17]), Clock(datetime.combine(today, time()))
    with closing(open_office(folder, now=clock)) as office:
        cases = list(office.cases.inbox(MANAGER).rows["case_no"])
        for number in range(PHOTOS + SOUNDS):
            day = today - timedelta(days=PHOTOS + SOUNDS - number)
            clock.put(datetime.combine(day, time(20, number)))
            is_photo = number < PHOTOS
            facts = {
                "place": PLACES[number % len(PLACES)], "note": NOTES[number % len(NOTES)],
                "taken_at": f"{datetime.combine(day, time(19, number)):%Y-%m-%dT%H:%M}",
                "case_no": cases[number // 2] if number // 2 < len(cases) else "",
                "device": "示例手机", "has_minor": "yes" if number % 5 == 1 else "",
            }  # fmt: skip
            content = picture(rng) if is_photo else _tone(rng)
            name = f"现场{number + 1:02d}.png" if is_photo else f"录音{number + 1:02d}.wav"
            _next_custody_steps(office, _take_in(office, content, name, facts), number)
    return PHOTOS + SOUNDS


def _take_in(office: Office, content: bytes, name: str, facts: dict[str, str]) -> str:
    intake, digest = office.evidence_intake, sha256(content).hexdigest()
    begun = intake.begin(CHIEF, name, len(content), description=facts)
    intake.piece(CHIEF, begun.upload, content, offset=0, sha256=digest)
    return intake.finish(CHIEF, begun.upload, sha256=digest)


def _next_custody_steps(office: Office, number: str, turn: int) -> None:
    """Let some pieces be blurred, handed over, received, or be asked for."""
    if turn % 5 == 1 and turn < PHOTOS:
        office.evidence_files.blur(OFFICER, number)
    if turn % 4 == 0:
        office.evidence.act(CHIEF, number, Custody.HANDED_OVER, {"to": OFFICER.id})
    if turn % 8 == 0:
        office.evidence.act(OFFICER, number, Custody.RECEIVED)
    if turn % 6 == 2:  # noqa: PLR2004 -- some of them
        office.evidence.act(OFFICER, number, Custody.TAKE_OVER_ASKED)


def picture(rng: np.random.Generator) -> bytes:
    """Draw an invented front of a house."""
    picture = Image.new("RGB", SIZE, tuple(int(v) for v in rng.integers(150, 225, 3)))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 340, *SIZE), fill=(120, 120, 118))
    for x in range(40, SIZE[0] - 60, 100):
        for y in range(40, 300, 90):
            lit = (250, 225, 140) if rng.random() < 0.3 else (70, 84, 98)  # noqa: PLR2004 -- a share
            draw.rectangle((x, y, x + 60, y + 55), fill=lit, outline=(40, 46, 54), width=3)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _tone(rng: np.random.Generator) -> bytes:
    """Return two seconds of a tone as a sound file."""
    rate = 8_000
    wanted = np.sin(np.arange(2 * rate) * 2 * np.pi * int(rng.integers(300, 600)) / rate)
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((wanted * 8_000).astype("<i2").tobytes())
    return content.getvalue()
