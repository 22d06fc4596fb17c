"""Rules of taking files in: by content, in pieces that go on, each whole or not at all."""

import io
import stat
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from data.integrity.evidence_intake import originals_of, partial_files_of
from data.integrity.verify import verify_workspace
from data.workspace.content_store import ContentError, ContentStore, PartialFiles
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.records.evidence.description import clean_name
from governance.records.evidence.intake.media import media_of
from tests.governance.records.evidence.conftest import (
    CHIEF,
    MANAGER,
    OFFICER,
    photo,
    refused,
    send,
    sound,
)


def files(office: Office) -> list[str]:
    return list(originals_of(office._workspace.evidence_path).names())


def test_a_file_is_kept_under_its_sha256_as_it_came_and_read_only(desk: Office) -> None:
    content = sound(250_000)
    number = send(desk, CHIEF, content, "谈话.wav", note="走廊里")
    facts = desk.evidence.piece(CHIEF, number).facts
    path = originals_of(desk._workspace.evidence_path).path(sha256(content).hexdigest())
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0
    told = {name: facts[name] for name in ("filename", "bytes", "sha256", "kind", "taker_id")}
    assert told == {"filename": "谈话.wav", "bytes": 250_000, "kind": "录音", "taker_id": "chief",
                    "sha256": sha256(content).hexdigest()}  # fmt: skip
    assert number == "CL-2026-0001"
    assert not list(partial_files_of(desk._workspace.evidence_path).folder.iterdir())


def test_the_same_bytes_twice_are_one_file_and_two_records(desk: Office) -> None:
    first, second = send(desk, CHIEF, photo()), send(desk, MANAGER, photo(), "又一次.png")
    assert first != second
    assert len(files(desk)) == 1
    assert desk.evidence.page(MANAGER).total == 2
    assert verify_workspace(desk._workspace).problems == ()


def test_an_upload_goes_on_where_it_was_broken_off(desk: Office) -> None:
    content = sound(300_000)
    begun = desk.evidence_intake.begin(CHIEF, "a.wav", len(content), modified="1")
    part = content[:120_000]
    desk.evidence_intake.piece(CHIEF, begun.upload, part, offset=0,
                               sha256=sha256(part).hexdigest())  # fmt: skip
    with partial_files_of(desk._workspace.evidence_path).path(begun.upload).open("ab") as file:
        file.write(b"what a broken piece left")
    again = desk.evidence_intake.begin(CHIEF, "a.wav", len(content), modified="1")
    assert (again.upload, again.received) == (begun.upload, 120_000)
    rest = content[120_000:]
    desk.evidence_intake.piece(CHIEF, again.upload, rest, offset=120_000,
                               sha256=sha256(rest).hexdigest())  # fmt: skip
    number = desk.evidence_intake.finish(CHIEF, again.upload, sha256=sha256(content).hexdigest())
    assert desk.evidence.piece(CHIEF, number).facts["bytes"] == len(content)
    same = desk.evidence_intake.finish(CHIEF, again.upload, sha256=sha256(content).hexdigest())
    assert same == number


def test_pieces_that_do_not_fit_are_refused_and_change_nothing(desk: Office) -> None:
    content, intake = sound(1_000), desk.evidence_intake
    begun = intake.begin(CHIEF, "a.wav", len(content))
    own = sha256(content).hexdigest()
    with refused("piece_changed"):
        intake.piece(CHIEF, begun.upload, content, offset=0, sha256=sha256(b"x").hexdigest())
    with refused("upload_offset"):
        intake.piece(CHIEF, begun.upload, content, offset=5, sha256=own)
    with refused("upload_too_long"):
        intake.piece(CHIEF, begun.upload, content + b"x", offset=0,
                     sha256=sha256(content + b"x").hexdigest())  # fmt: skip
    with refused("upload_incomplete"):
        intake.finish(CHIEF, begun.upload, sha256=own)
    for token in (begun.upload, "../../gridwarden.toml", "0" * 32):
        with refused("upload_missing"):
            intake.piece(MANAGER, token, content, offset=0, sha256=own)
    assert intake.unfinished(CHIEF)[0].received == 0


def test_a_whole_file_of_another_hash_is_deleted(desk: Office) -> None:
    content, intake = sound(1_000), desk.evidence_intake
    begun = intake.begin(CHIEF, "a.wav", len(content))
    intake.piece(CHIEF, begun.upload, content, offset=0, sha256=sha256(content).hexdigest())
    with refused("upload_changed"):
        intake.finish(CHIEF, begun.upload, sha256=sha256(b"other").hexdigest())
    assert intake.unfinished(CHIEF) == []
    assert files(desk) == []


@pytest.mark.parametrize(
    "content",
    [b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
     b"MZ\x90\x00 a program", b"#!/bin/sh\n", b"plain text"],
)  # fmt: skip
def test_pages_scripts_and_programs_are_refused_whatever_they_are_called(
    desk: Office, content: bytes
) -> None:
    with refused("evidence_type_unknown"):
        send(desk, CHIEF, content, "照片.jpg")
    assert desk.evidence.page(CHIEF).total == 0
    assert files(desk) == []


def test_a_sound_is_no_photo(desk: Office) -> None:
    with refused("evidence_kind_differs"):
        send(desk, CHIEF, sound(500), kind="照片")


@pytest.mark.parametrize(
    ("head", "media"),
    [(b"\xff\xd8\xff\xe0", "image/jpeg"), (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
     (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"), (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
     (b"OggS", "audio/ogg"), (b"%PDF-1.7", "application/pdf"), (b"", None), (b"RIFF", None)],
)  # fmt: skip
def test_what_a_file_is_follows_from_its_first_bytes(head: bytes, media: str | None) -> None:
    assert media_of(head) == media


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\Users\\x\\照片.jpg", "照片.jpg"), ("", "file"),
     ("a\x00b\n.png", "ab.png"), ("..", "file"), ("x" * 300 + ".jpg", "x" * 146 + ".jpg"),
     ('a<b>"c".jpg', "abc.jpg")],
)  # fmt: skip
def test_a_name_keeps_no_folder_and_nothing_that_does_not_print(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_time_and_device_are_read_from_a_photo_where_nobody_says_them(desk: Office) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Maker", "Phone 9", "2026:11:20 08:30:00"
    content = io.BytesIO()
    Image.new("RGB", (40, 30)).save(content, "JPEG", exif=exif)
    facts = desk.evidence.piece(CHIEF, send(desk, CHIEF, content.getvalue())).facts
    assert (f"{facts['taken_at']:%Y-%m-%d %H:%M}", facts["device"]) == (
        "2026-11-20 08:30", "Maker Phone 9",
    )  # fmt: skip
    said = {"taken_at": "2026-11-21T09:00", "device": "相机"}
    facts = desk.evidence.piece(CHIEF, send(desk, CHIEF, content.getvalue(), **said)).facts
    assert (f"{facts['taken_at']:%Y-%m-%d %H:%M}", facts["device"]) == ("2026-11-21 09:00", "相机")


@pytest.mark.parametrize(
    ("told", "code"),
    [({"kind": "画"}, "evidence_word_unknown"), ({"origin": "路边"}, "evidence_word_unknown"),
     ({"taken_at": "昨天"}, "evidence_time_wrong"), ({"colour": "red"}, "evidence_fact_unknown"),
     ({"taken_at": "2100-01-01T00:00"}, "evidence_time_wrong"),
     ({"witness_id": "chief"}, "evidence_witness_same"),
     ({"note": "长" * 501}, "evidence_text_too_long"),
     ({"case_no": "XS-2026-9999"}, "evidence_case_unknown"),
     ({"building_id": "nowhere"}, "evidence_building_unknown")],
)  # fmt: skip
def test_what_is_said_of_a_file_is_checked_before_it_comes(
    desk: Office, told: dict[str, str], code: str
) -> None:
    with refused(code):
        desk.evidence_intake.begin(CHIEF, "a.png", 10, description=told)


def test_sizes_numbers_and_room_are_bounded(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = desk.evidence_intake
    rules = intake.rules(CHIEF)
    with refused("evidence_empty"):
        intake.begin(CHIEF, "a.png", 0)
    with refused("evidence_too_large"):
        intake.begin(CHIEF, "a.png", rules.largest_bytes + 1)
    for number in range(rules.open_uploads):
        intake.begin(CHIEF, f"{number}.png", 10)
    with refused("uploads_too_many"):
        intake.begin(CHIEF, "one-more.png", 10)
    intake.begin(MANAGER, "another-account.png", 10)
    monkeypatch.setattr(PartialFiles, "free_bytes", lambda _self: rules.reserve_bytes)
    with refused("disk_full"):
        intake.begin(OFFICER, "no-room.png", 10)


def test_what_nobody_goes_on_with_is_deleted_after_days(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake, content = desk.evidence_intake, sound(100)
    old = intake.begin(CHIEF, "old.wav", 200)
    intake.piece(CHIEF, old.upload, content, offset=0, sha256=sha256(content).hexdigest())
    monkeypatch.setattr(PartialFiles, "abandoned", lambda _self, _after: [old.upload])
    intake.begin(CHIEF, "new.wav", 200)
    assert len(intake.unfinished(CHIEF)) == 2
    later = desk._now() + timedelta(days=4)
    monkeypatch.setitem(vars(desk._resources), "now", lambda: later)
    intake.begin(CHIEF, "newer.wav", 200)
    assert [each.filename for each in intake.unfinished(CHIEF)] == ["newer.wav"]
    assert not partial_files_of(desk._workspace.evidence_path).path(old.upload).exists()


def test_who_adds_none_cannot_begin_an_upload(desk: Office) -> None:
    for role in ("warden", "building_head", "planner", "hotline_clerk", "auditor"):
        with pytest.raises(NotAllowedError):
            desk.evidence_intake.begin(Actor("x", "x", (role,), Scope.whole()), "a.png", 10)


def test_a_photo_of_another_place_cannot_be_named_as_a_file(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    for name in ("../../secret.key", "", "a" * 63, "A" * 64, "0" * 64):
        with pytest.raises(ContentError, match="Content missing"):
            store.check(name)
