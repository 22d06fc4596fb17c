"""Rules of packs: streamed, complete, and verified by Python alone."""

import json
import re
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from data.integrity.evidence_intake import originals_of
from data.integrity.verify import verify_workspace
from data.workspace.content_store import ContentError
from governance.access.permissions import NotAllowedError
from governance.office import Office
from governance.records.evidence.pack.record import record_pdf
from tests.governance.records.evidence.conftest import (
    CHIEF,
    MANAGER,
    OFFICER,
    photo,
    refused,
    send,
    sound,
)

PHOTO, SOUND = "files/CL-2026-0001_现场.png", "files/CL-2026-0002_谈话.wav"


@pytest.fixture
def pack(desk: Office, tmp_path: Path) -> Path:
    """Return a pack of a photo and a sound, unpacked."""
    numbers = [
        send(desk, CHIEF, photo(), note="<b>说明</b>"),
        send(desk, CHIEF, sound(300_000), "谈话.wav"),
    ]
    made = desk.evidence_packs.export(OFFICER, numbers, purpose="移送区教体局")
    path = tmp_path / made.name
    path.write_bytes(b"".join(made.content))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def verify(place: Path) -> tuple[int, list[str]]:
    """Run the pack's own verifier with nothing but Python."""
    script = place / "verify.py" if place.is_dir() else place.with_name("pack") / "verify.py"
    ran = subprocess.run(  # noqa: S603 -- Python itself
        [sys.executable, "-I", "-S", str(script), str(place)],
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert not ran.stderr
    return ran.returncode, ran.stdout.splitlines()


def test_a_pack_is_sound_as_archive_and_unpacked_and_says_the_number_of_its_list(
    desk: Office, pack: Path
) -> None:
    archive = next(pack.parent.glob("*.zip"))
    code, lines = verify(pack)
    assert (code, lines[-1]) == (0, "SOUND 通过")
    assert verify(archive) == (0, lines)
    with desk._workspace.store.begin() as unit:
        steps = [e.facts["list"] for piece in unit.evidence.custody([1, 2]).values()
                 for e in piece if e.action == "exported"]  # fmt: skip
    assert lines[0].endswith(steps[0])
    assert verify_workspace(desk._workspace).problems == ()


def test_a_pack_holds_the_files_as_they_came_and_their_custody(pack: Path) -> None:
    assert (pack / "files" / "CL-2026-0001_现场.png").read_bytes() == photo()
    told = json.loads((pack / "custody.json").read_text(encoding="utf-8"))
    assert [each["evidence_no"] for each in told["pieces"]] == ["CL-2026-0001", "CL-2026-0002"]
    assert told["pieces"][0]["custody"][0]["action"] == "added"
    listed = (pack / "hashes.sha256").read_text(encoding="utf-8").splitlines()
    assert len(listed) == 5


def test_the_record_says_in_chinese_what_is_in_the_pack(pack: Path) -> None:
    with pypdfium2.PdfDocument(pack / "record.pdf") as document:
        told = "".join(page.get_textpage().get_text_bounded() for page in document)
    for word in ("取证记录", "移送区教体局", "现场.png", "CL-2026-0002", "组长", "收存",
                 "<b>说明</b>"):  # fmt: skip
        assert word in told


def test_the_record_brings_the_font_of_every_character_with_it(pack: Path) -> None:
    content = (pack / "record.pdf").read_bytes()
    fonts = re.findall(rb"/BaseFont /(\S+)", content)
    assert fonts
    assert all(re.match(rb"[A-Z]{6}\+WenQuanYi", each) for each in fonts)
    assert content.count(b"/FontFile2") >= len(set(fonts))
    assert len(content) < 300_000


def test_the_same_record_is_written_in_the_same_bytes() -> None:
    head = {"office": "示例街道", "exported_at": "2026-11-24 12:00", "by": "甲", "purpose": "移送"}
    assert record_pdf(head, []) == record_pdf(head, [])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda p: flip(p / SOUND), f"changed 已改动: {SOUND}"),
        (lambda p: (p / PHOTO).unlink(), f"missing 缺失: {PHOTO}"),
        (lambda p: (p / "files" / "more.png").write_bytes(b"x"), "added 多出: files/more.png"),
        (lambda p: flip(p / "record.pdf"), "changed 已改动: record.pdf"),
        (lambda p: flip(p / "custody.json"), "changed 已改动: custody.json"),
    ],
)  # fmt: skip
def test_the_verifier_names_each_changed_missing_and_added_file(
    pack: Path, damage: object, said: str
) -> None:
    damage(pack)  # type: ignore[operator]
    code, lines = verify(pack)
    assert code == 1
    assert said in lines
    assert lines[-1] == "NOT SOUND 未通过"


def test_the_verifier_names_a_break_in_the_custody(pack: Path) -> None:
    path = pack / "custody.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["pieces"][0]["custody"][0]["number"] = 2
    path.write_text(json.dumps(told), encoding="utf-8")
    assert "broken 流转断链: CL-2026-0001 2" in verify(pack)[1]
    path.write_text("no json", encoding="utf-8")
    assert "unreadable 无法读取: custody.json" in verify(pack)[1]


def test_a_cut_archive_is_not_sound(pack: Path) -> None:
    archive = next(pack.parent.glob("*.zip"))
    archive.write_bytes(archive.read_bytes()[:-200])
    assert verify(archive)[0] == 1


def flip(path: Path) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_who_does_not_export_gets_no_pack_and_a_purpose_is_asked_for(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    for who in (CHIEF, MANAGER):
        with pytest.raises(NotAllowedError):
            desk.evidence_packs.export(who, [number], purpose="x")
    for asked, purpose, code in (
        ([], "x", "pack_empty"), ([number], " ", "pack_purpose_missing"),
        (["CL-2026-9999"], "x", "evidence_missing"),
        ([f"CL-{n}" for n in range(201)], "x", "pack_too_many"),
    ):  # fmt: skip
        with refused(code):
            desk.evidence_packs.export(OFFICER, asked, purpose=purpose)


def test_a_file_that_was_changed_does_not_leave(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    path = originals_of(desk._workspace.evidence_path).path(
        desk.evidence.piece(CHIEF, number).facts["sha256"]
    )
    flip(path)
    with pytest.raises(ContentError):
        desk.evidence_packs.export(OFFICER, [number], purpose="x")
    assert list(desk.evidence.piece(OFFICER, number).custody["action"]) == ["added"]


def test_a_pack_needs_no_memory_for_its_files(desk: Office) -> None:
    number = send(desk, CHIEF, sound(30_000_000), "long.wav", piece=4_000_000)
    made = desk.evidence_packs.export(OFFICER, [number], purpose="x")
    tracemalloc.start()
    size = sum(map(len, made.content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 30_000_000
    assert peak < 8_000_000
