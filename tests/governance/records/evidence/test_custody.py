"""Rules of custody: who takes which step, two officers, what minors close, what a chain tells."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from data.contracts.evidence_vocabulary import Custody
from data.integrity.evidence_intake import copies_of, originals_of
from data.integrity.verify import verify_workspace
from data.privacy.blurred_pictures import Rectangle, blurred_copy
from data.store.repositories.records.evidence_lists import EvidenceQuery
from data.store.repositories.versioned import ChangedMeanwhileError
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from tests.governance.records.evidence.conftest import (
    CHIEF,
    MANAGER,
    OFFICER,
    SECOND,
    photo,
    refused,
    send,
    sound,
)

NOWHERE = Actor("far", "远", ("grid_chief",), Scope(communities=frozenset({"000000000000"})))


def problems(office: Office) -> set[str]:
    return {each.code for each in verify_workspace(office._workspace).problems}


def steps(office: Office, number: str) -> list[str]:
    return list(office.evidence.piece(OFFICER, number).custody["action"])


def clear_part(content: bytes, box: tuple[int, int, int, int]) -> float:
    """Return how much neighbouring pixels of a part differ: stripes much, blocks hardly."""
    import io

    grey = np.asarray(Image.open(io.BytesIO(content)).convert("L").crop(box), dtype=float)
    return float(np.abs(np.diff(grey, axis=1)).mean())


def test_lead_material_becomes_evidence_by_two_officers(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    with pytest.raises(NotAllowedError):
        desk.evidence.act(CHIEF, number, Custody.TAKE_OVER_ASKED)
    with refused("custody_not_now"):
        desk.evidence.act(OFFICER, number, Custody.TAKEN_OVER)
    desk.evidence.act(OFFICER, number, Custody.TAKE_OVER_ASKED)
    with refused("custody_same_officer"):
        desk.evidence.act(OFFICER, number, Custody.TAKEN_OVER)
    assert desk.evidence.page(SECOND, EvidenceQuery(to_confirm=True)).total == 1
    desk.evidence.act(SECOND, number, Custody.TAKEN_OVER)
    facts = desk.evidence.piece(SECOND, number).facts
    assert (facts["state"], facts["officers"], facts["holder_id"]) == (
        "evidence", ["officer", "second"], "officer",
    )  # fmt: skip
    assert steps(desk, number) == ["added", "take_over_asked", "taken_over"]
    assert problems(desk) == set()


def test_material_goes_from_hand_to_hand_and_is_returned_never_deleted(desk: Office) -> None:
    number, act = send(desk, CHIEF, photo()), desk.evidence.act
    with refused("custody_fact_missing"):
        act(CHIEF, number, Custody.HANDED_OVER)
    for person in ("nobody", "chief"):
        with refused("custody_person_unknown"):
            act(CHIEF, number, Custody.HANDED_OVER, {"to": person})
    act(CHIEF, number, Custody.HANDED_OVER, {"to": "officer"})
    with refused("custody_not_receiver"):
        act(MANAGER, number, Custody.RECEIVED)
    act(OFFICER, number, Custody.RECEIVED)
    with refused("custody_not_holder"):
        act(CHIEF, number, Custody.HANDED_OVER, {"to": "manager"})
    act(OFFICER, number, Custody.RETURNED, {"to": "提供人", "reason": "与本案无关"})
    piece = desk.evidence.piece(OFFICER, number)
    assert piece.facts["state"] == "returned"
    assert piece.custody.iloc[-1]["facts"]["returned_to"] == "提供人"
    with refused("custody_unknown"):
        act(OFFICER, number, "destroyed")


def test_a_step_is_refused_where_somebody_was_faster(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    seen = desk.evidence.piece(CHIEF, number).facts["version"]
    desk.evidence.act(OFFICER, number, Custody.TAKE_OVER_ASKED)
    with pytest.raises(ChangedMeanwhileError):
        desk.evidence.act(CHIEF, number, Custody.HANDED_OVER, {"to": "officer"}, version=seen)


def test_opening_an_original_is_a_step_and_with_minors_for_officers_alone(desk: Office) -> None:
    number = send(desk, CHIEF, photo(), has_minor="yes")
    for who in (CHIEF, MANAGER):
        assert not desk.evidence.piece(who, number).original
        with pytest.raises(NotAllowedError):
            desk.evidence_files.open_original(who, number)
    name, path = desk.evidence_files.open_original(OFFICER, number)
    assert (name, path.read_bytes()) == ("现场.png", photo())
    assert steps(desk, number) == ["added", "opened"]
    with pytest.raises(NotAllowedError):
        desk.evidence.correct(CHIEF, number, {"has_minor": "no"})
    desk.evidence.correct(OFFICER, number, {"has_minor": "no"})
    desk.evidence_files.open_original(CHIEF, number)
    assert steps(desk, number)[-1] == "opened"


def test_what_is_read_with_minors_in_it_is_blurred_whole_until_an_officer_marks_parts(
    desk: Office,
) -> None:
    number, whole = send(desk, CHIEF, photo(), has_minor="yes"), (0, 0, 240, 160)
    clear = clear_part(photo(), whole)
    assert clear_part(desk.evidence_files.picture(OFFICER, number), whole) < clear / 10
    with pytest.raises(NotAllowedError):
        desk.evidence_files.blur(CHIEF, number, [Rectangle(0, 0, 0.01, 0.01)])
    with pytest.raises(NotAllowedError):
        desk.evidence_files.clear_picture(CHIEF, number)
    assert clear_part(desk.evidence_files.clear_picture(OFFICER, number), whole) > clear / 2
    desk.evidence_files.blur(OFFICER, number, [Rectangle(0, 0, 0.5, 1)])
    read = desk.evidence_files.picture(CHIEF, number)
    assert clear_part(read, (0, 0, 118, 160)) < clear / 10
    assert clear_part(read, (124, 0, 240, 160)) > clear / 2
    assert originals_of(desk._workspace.evidence_path).check(
        desk.evidence.piece(OFFICER, number).facts["sha256"]
    ) == len(photo())
    assert steps(desk, number) == ["added", "opened", "blurred"]
    assert problems(desk) == set()


def test_a_new_blurred_copy_replaces_the_one_before(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    desk.evidence_files.blur(CHIEF, number, [Rectangle(0, 0, 0.2, 0.2)])
    desk.evidence_files.blur(CHIEF, number)
    assert len(list(copies_of(desk._workspace.evidence_path).names())) == 1
    assert problems(desk) == set()
    with refused("blur_empty"):
        desk.evidence_files.blur(CHIEF, number, [Rectangle(2, 2, 3, 3)])
    with refused("evidence_no_picture"):
        desk.evidence_files.blur(CHIEF, send(desk, CHIEF, sound(99)))


def test_a_part_that_is_blurred_holds_no_detail_of_it() -> None:
    """Two pictures that differ in detail alone have the same blurred copy there."""
    black = Image.new("RGB", (64, 64), "white")
    black.putpixel((10, 10), (0, 0, 0))
    moved = Image.new("RGB", (64, 64), "white")
    moved.putpixel((12, 9), (0, 0, 0))
    import io

    files = []
    for picture in (black, moved):
        content = io.BytesIO()
        picture.save(content, "PNG")
        files.append(blurred_copy(content.getvalue(), []))
    assert files[0] == files[1]


def test_nobody_learns_of_material_outside_of_their_scope(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    asked: list[Callable[[], object]] = [
        lambda: desk.evidence.piece(NOWHERE, number),
        lambda: desk.evidence.act(NOWHERE, number, Custody.HANDED_OVER, {"to": "chief"}),
        lambda: desk.evidence.correct(NOWHERE, number, {"note": "x"}),
        lambda: desk.evidence_files.picture(NOWHERE, number),
        lambda: desk.evidence_files.open_original(NOWHERE, number),
        lambda: desk.evidence_files.blur(NOWHERE, number),
    ]
    for ask in asked:
        with refused("evidence_missing"):
            ask()
    assert desk.evidence.page(NOWHERE).total == 0
    assert desk.evidence.page(NOWHERE, EvidenceQuery(search=number)).total == 0
    own = send(desk, NOWHERE, photo("own"))
    assert list(desk.evidence.page(NOWHERE).rows["evidence_no"]) == [own]


def test_lists_are_narrowed_searched_and_sorted(desk: Office) -> None:
    first = send(desk, CHIEF, photo(), place="示例花园3号楼")
    second = send(desk, CHIEF, sound(90_000), "谈话.wav", origin="群众提供", has_minor="yes")

    def listed(**asked: object) -> list[str]:
        return list(desk.evidence.page(MANAGER, EvidenceQuery(**asked)).rows["evidence_no"])  # type: ignore[arg-type]

    assert listed(sort="newest") == [second, first]
    assert listed(sort="largest")[0] == second
    assert listed(kinds=("照片",)) == listed(search="示例 3号楼") == [first]
    assert listed(origins=("群众提供",)) == listed(minors=True) == listed(search="谈话") == [second]
    assert listed(search="100%") == listed(holder="officer") == listed(states=("evidence",)) == []
    assert listed(holder="chief", limit=1, offset=1) == [first]
    day = datetime(2026, 11, 24).date()  # noqa: DTZ001 -- a day
    assert listed(before=day) == [] or set(listed(before=day)) <= {first, second}


def test_each_step_has_one_audit_line_with_its_seal(desk: Office) -> None:
    number = send(desk, CHIEF, photo())
    desk.evidence.act(OFFICER, number, Custody.TAKE_OVER_ASKED)
    with desk._workspace.store.begin() as unit:
        piece = unit.evidence.get(number)
        assert piece is not None
        seals = [event.seal for event in unit.evidence.custody([piece.id])[piece.id]]
        lines = [e.facts for e in unit.audit.find() if e.facts.get("material") == number]
    assert sorted(line["seal"] for line in lines) == sorted(seals)


def tamper(office: Office, statement: str) -> None:
    with office._workspace.store.engine.begin() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
        for name in found.scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE evidence SET place = 'elsewhere'", "evidence_row_differs"),
        ("UPDATE evidence SET has_minor = NOT has_minor", "evidence_row_differs"),
        ("UPDATE evidence SET version = 1", "custody_head_differs"),
        ("UPDATE custody_events SET actor = 'other' WHERE number = 1", "custody_event_changed"),
        ("UPDATE custody_events SET facts = '{}' WHERE number = 2", "custody_event_changed"),
        ("DELETE FROM custody_events WHERE number = 1", "custody_events_missing"),
        ("DELETE FROM custody_events WHERE number = 2", "custody_event_missing"),
        ("DELETE FROM evidence", "custody_without_piece"),
    ],
)
def test_verify_names_what_was_changed_in_the_database(
    desk: Office, statement: str, code: str
) -> None:
    number = send(desk, CHIEF, photo())
    desk.evidence.act(OFFICER, number, Custody.TAKE_OVER_ASKED)
    assert problems(desk) == set()
    tamper(desk, statement)
    assert code in problems(desk)


def test_verify_names_a_changed_byte_a_missing_file_and_one_that_nobody_recorded(
    desk: Office,
) -> None:
    numbers = [send(desk, CHIEF, photo()), send(desk, CHIEF, sound(500))]
    kept = originals_of(desk._workspace.evidence_path)
    paths = [kept.path(desk.evidence.piece(CHIEF, each).facts["sha256"]) for each in numbers]
    paths[0].chmod(0o600)
    content = bytearray(paths[0].read_bytes())
    content[40] ^= 1
    paths[0].write_bytes(content)
    paths[1].unlink()
    (paths[0].parent / "stranger").write_bytes(b"x")
    found = {(p.code, p.where.rsplit("/", 1)[-1])
             for p in verify_workspace(desk._workspace).problems}  # fmt: skip
    assert found == {
        ("evidence_content_changed", paths[0].name), ("evidence_content_missing", paths[1].name),
        ("evidence_file_unrecorded", "stranger"),
    }  # fmt: skip


@pytest.mark.parametrize("statement", ["DELETE FROM evidence", "DELETE FROM custody_events",
                                       "UPDATE custody_events SET actor = 'x'"])  # fmt: skip
def test_the_database_itself_refuses_to_change_custody(desk: Office, statement: str) -> None:
    send(desk, CHIEF, photo())
    with (
        pytest.raises(Exception, match="custody is only added to"),
        desk._workspace.store.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)


def test_who_can_be_named_are_those_who_add_material_or_take_it_over(desk: Office) -> None:
    assert desk.evidence.people(CHIEF) == {
        "manager": "主任", "officer": "执法甲", "second": "执法乙", "chief": "组长",
    }  # fmt: skip


def test_the_list_leaves_whole_and_masked_for_who_may_export_and_is_written_down(
    desk: Office,
) -> None:
    told = {"place": "松溪花园3幢2单元501室", "note": "x"}
    numbers = [send(desk, CHIEF, photo(str(n)), f"13800005678 {n}.png", **told) for n in range(3)]
    only = EvidenceQuery(sort="evidence_no", limit=1, offset=1)
    rows = desk.evidence.list_for_file(MANAGER, only, file="材料.xlsx")
    assert list(rows["evidence_no"]) == numbers
    assert set(rows["place"]) == {"松溪花园3幢2单元***室"}
    assert rows["filename"].str.startswith("138****5678").all()
    event = desk.audit.log(local_owner()).iloc[0]
    assert (event["person"], event["action"]) == (MANAGER.id, "export")
    assert '"rows": 3' in event["facts"]
    with pytest.raises(NotAllowedError):
        desk.evidence.list_for_file(OFFICER, file="材料.xlsx")
    assert desk.evidence.list_for_file(NOWHERE, file="材料.xlsx").empty
