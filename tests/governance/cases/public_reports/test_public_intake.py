"""Reporting and asking what became of it, by people who are not known."""

import io
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from case_steps import CLERK, WHOLE_WAY
from moving_clock import MovingClock
from PIL import Image
from public_office import NAME, PHONE, TEXT, form, picture, taking_reports
from refusals import refused_as

from data.contracts.case_vocabulary import Stage
from data.privacy.photos import CleanPhoto
from data.store.tables.cases import Case
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, local_owner, may, public_reporter
from governance.cases.public_reports.outcome import PUBLIC_STAGES, PublicStage
from governance.cases.public_reports.photos import commit_with_photos
from governance.cases.public_reports.public_intake import Receipt
from governance.cases.public_reports.report_form import PublicReportError
from governance.office import Office
from gridwarden.compose import open_office

PUBLIC = public_reporter()
OWNER = local_owner()


def _send(office: Office, *photos: bytes, **changes: object) -> Receipt:
    return office.public_intake.submit(PUBLIC, form(**changes), photos, way="page")


def _ask(office: Office, receipt: str, pin: str, address: str = "1.2.3.4") -> str:
    try:
        return str(office.public_intake.outcome(PUBLIC, receipt, pin, address=address).stage)
    except PublicReportError as refused:
        return refused.code


def everything_kept(root: Path) -> str:
    """Return the statements that would write an office's store anew."""
    with closing(sqlite3.connect(root / "gridwarden.db")) as store:
        return "\n".join(store.iterdump())


def _other(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06d}"


def test_the_public_may_report_and_nothing_else() -> None:
    assert [action for action in Action if may(PUBLIC, action)] == [Action.REPORT_PUBLICLY]
    assert not PUBLIC.scope


@pytest.mark.parametrize("reward", [True, False])
@pytest.mark.parametrize("kept", [True, False])
def test_no_contact_is_asked_for_where_none_is_kept_and_no_wish_where_no_reward_is_paid(
    tmp_path: Path, filled_folder: Path, clock: MovingClock, *, reward: bool, kept: bool
) -> None:
    folder = shutil.copytree(filled_folder, tmp_path / "office")
    if not kept:
        settings = folder / "gridwarden.toml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace("keep_identities = true", "keep_identities = false"))
    with closing(taking_reports(folder, clock, reward=reward)) as office:
        unasked = office.public_intake.offer(PUBLIC).unasked
    assert ("wants_reward" in unasked) != reward
    assert ({"contact_name", "contact_phone"} & unasked == set()) == kept


def test_an_office_takes_no_reports_until_that_is_switched_on(office: Office) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: office.public_intake.offer(PUBLIC),
        lambda: office.public_intake.count_try(PUBLIC, address="1.2.3.4"),
        lambda: _send(office),
        lambda: office.public_intake.outcome(PUBLIC, "A", "1", address="1.2.3.4"),
    )
    for ask in asked:
        with pytest.raises(PublicReportError, match="off"):
            ask()


def test_a_report_becomes_a_lead_at_its_building(taking: Office) -> None:
    receipt = _send(taking)
    inbox = taking.cases.inbox(OWNER).rows
    assert inbox["building_id"].tolist() == ["B3"]
    lead = taking.cases.case(OWNER, inbox["case_no"][0]).leads.iloc[0]
    assert (lead["channel"], lead["ticket_no"]) == ("public_report", receipt.receipt)
    assert lead["nature"] == "举报"
    assert "一对一" in lead["forms"]


def test_a_point_alone_places_a_report(taking: Office) -> None:
    _send(taking, address=None, lon=117.123, lat=36.19)
    assert taking.cases.inbox(OWNER).rows["building_id"].tolist() == ["B3"]


def test_a_report_of_nowhere_is_a_lead_all_the_same(taking: Office) -> None:
    _send(taking, address="说不清的地方")
    assert taking.cases.inbox(OWNER).rows["building_id"].tolist() == [None]


def test_the_same_person_has_the_same_hash_as_in_complaints(taking: Office) -> None:
    _send(taking, contact_phone="13800000001")
    with taking._workspace.store.begin() as unit:
        ours = unit.leads.of_cases([1])[0].reporter_hash
    complaints = taking._engine.table("complaints").to_pandas()
    assert ours in set(complaints["reporter_key"])


def test_nothing_that_is_kept_in_clear_says_who_reported(taking: Office) -> None:
    hidden = (PHONE, NAME, "139 8765 4321", "139 8765", "a.b@example.com", "老王abc123")
    _send(taking, text=f"{TEXT} 我是{NAME},电话{PHONE},邮箱a.b@example.com,微信:wangabc123")
    root = taking._workspace.root
    taking.close()
    said = everything_kept(root)
    assert "三号楼晚上有人做一对一" in said
    assert not [each for each in (*hidden, "wangabc123") if each in said]


def test_by_its_receipt_and_pin_alone_a_report_is_asked_for(taking: Office) -> None:
    sent = _send(taking)
    assert _ask(taking, sent.receipt, sent.pin) == "received"
    assert _ask(taking, f" {sent.receipt.lower().replace('-', ' ')} ", sent.pin) == "received"
    assert _ask(taking, sent.receipt, _other(sent.pin)) == "receipt_or_pin_wrong"
    assert _ask(taking, "AAAA-BBBB-CCCC", sent.pin) == "receipt_or_pin_wrong"
    outcome = taking.public_intake.outcome(PUBLIC, sent.receipt, sent.pin, address="x")
    assert outcome.received_on == date(2026, 11, 24)


def test_who_reported_is_told_what_was_answered_once_it_was_and_nothing_before(
    taking: Office,
) -> None:
    sent = _send(taking)
    told = {"receipt": sent.receipt, "received_on": date(2026, 11, 24), "passed_on_to": "",
            "answered_on": None, "answer": "", "closed_on": None}  # fmt: skip
    answered = {"passed_on_to": "区教育和体育局", "answered_on": date(2026, 11, 24),
                "answer": "已依法查处"}  # fmt: skip
    steps = (*WHOLE_WAY[:6], (CLERK, "reply", {"reply_by": "电话", "reply": "已依法查处"}),
             WHOLE_WAY[7])  # fmt: skip
    words = ["looked_into"] * 6 + ["answered", "closed"]
    for (actor, action, facts), word in zip(steps, words, strict=True):
        taking.cases.act(actor, "XS-2026-0001", action, facts)
        outcome = taking.public_intake.outcome(PUBLIC, sent.receipt, sent.pin, address=word)
        expected = told if word == "looked_into" else told | answered
        expected = expected | ({"closed_on": date(2026, 11, 24)} if word == "closed" else {})
        assert asdict(outcome) == expected | {"stage": word}, action


def test_an_answer_to_nobody_is_not_told_and_one_that_is_told_names_no_number(
    taking: Office,
) -> None:
    sent = _send(taking)
    for reply_by, answer in (("无需反馈", ""), ("电话", "已电话告知****")):
        with taking._workspace.store.begin() as unit:
            case = unit.session.get_one(Case, 1)
            case.stage, case.replied_at = Stage.REPLIED, datetime(2026, 11, 24)  # noqa: DTZ001 -- local
            case.reply_by, case.reply = reply_by, f"已电话告知{PHONE}"
            unit.commit()
        told = taking.public_intake.outcome(PUBLIC, sent.receipt, sent.pin, address=reply_by)
        assert (told.answer, told.answered_on is None) == (answer, answer == "")


def test_every_stage_of_a_case_is_told_in_one_of_four_words(taking: Office) -> None:
    sent = _send(taking)
    for stage in Stage:
        with taking._workspace.store.begin() as unit:
            unit.session.get_one(Case, 1).stage = stage
            unit.commit()
        told = _ask(taking, sent.receipt, sent.pin, address=stage)
        assert told == PUBLIC_STAGES.get(stage, PublicStage.LOOKED_INTO), stage


def test_an_unknown_receipt_costs_what_a_wrong_pin_costs(taking: Office) -> None:
    sent, hashes = _send(taking), taking.public_intake.hashes
    for receipt in (sent.receipt, "AAAA-BBBB-CCCC"):
        before = hashes.verifications
        _ask(taking, receipt, _other(sent.pin))
        assert hashes.verifications - before == 1


def test_wrong_pins_block_a_receipt_and_one_that_nobody_has_alike(
    taking: Office, clock: MovingClock
) -> None:
    sent = _send(taking)
    for receipt in (sent.receipt, "AAAA-BBBB-CCCC"):
        said = [_ask(taking, receipt, _other(sent.pin)) for _ in range(7)]
        assert said == ["receipt_or_pin_wrong"] * 5 + ["receipt_blocked"] * 2
    assert _ask(taking, sent.receipt, sent.pin) == "receipt_blocked"
    clock.ahead(timedelta(minutes=31))
    assert _ask(taking, sent.receipt, sent.pin) == "received"


def test_the_right_pin_forgets_the_wrong_ones_before_it(taking: Office) -> None:
    sent = _send(taking)
    for _ in range(3):
        for _ in range(4):
            _ask(taking, sent.receipt, _other(sent.pin))
        assert _ask(taking, sent.receipt, sent.pin) == "received"


def test_limits_hold_after_a_restart_and_for_each_address_alone(
    taking: Office, clock: MovingClock
) -> None:
    root = taking._workspace.root
    taking.close()
    first = taking_reports(root, clock, tries_an_hour=2, look_ups_an_hour=2)
    for _ in range(2):
        first.public_intake.count_try(PUBLIC, address="1.2.3.4")
        _ask(first, "A", "1")
    first.close()
    again = open_office(root, now=clock)
    with refused_as("public_too_many", seconds=1801):
        again.public_intake.count_try(PUBLIC, address="1.2.3.4")
    assert _ask(again, "A", "1") == "public_too_many"
    again.public_intake.count_try(PUBLIC, address="1.2.3.5")
    assert _ask(again, "A", "1", "1.2.3.5") == "receipt_or_pin_wrong"
    clock.ahead(timedelta(seconds=1801))
    again.public_intake.count_try(PUBLIC, address="1.2.3.4")
    again.close()


def test_so_many_reports_a_day_are_taken_in_from_everywhere(
    taking: Office, clock: MovingClock
) -> None:
    root = taking._workspace.root
    taking.close()
    office = taking_reports(root, clock, reports_a_day=2)
    for _ in range(2):
        _send(office)
    with pytest.raises(PublicReportError, match="many"):
        _send(office)
    assert office.cases.inbox(OWNER).total == 2
    office.close()


def test_no_address_is_kept(taking: Office) -> None:
    taking.public_intake.count_try(PUBLIC, address="203.0.113.77")
    _ask(taking, "A", "1", "203.0.113.77")
    root = taking._workspace.root
    taking.close()
    assert "203.0.113.77" not in everything_kept(root)


def test_the_keyed_hash_of_an_address_is_gone_with_the_next_use_a_day_later(
    taking: Office, clock: MovingClock
) -> None:
    for hours in (0, 25):
        clock.ahead(timedelta(hours=hours))
        taking.public_intake.count_try(PUBLIC, address=f"192.0.2.{hours}")
        assert everything_kept(taking._workspace.root).count('INSERT INTO "public_uses"') == 1


def test_what_is_sent_again_under_its_key_is_one_report_with_one_pin(taking: Office) -> None:
    key = "k" * 22
    first, again = (_send(taking, picture(), key=key) for _ in range(2))
    assert first == again
    assert taking.cases.inbox(OWNER).total == 1
    with refused_as("report_key_used"):
        _send(taking, key=key, text="完全不同的内容")


def test_what_is_sent_twice_at_the_same_moment_is_one_report(taking: Office) -> None:
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: _send(taking, picture(), key="k" * 22), range(8)))
    assert len(set(told)) == 1
    assert taking.cases.inbox(OWNER).total == 1
    assert taking.verify(OWNER).sound


def test_without_a_key_each_report_is_its_own(taking: Office) -> None:
    assert _send(taking).receipt != _send(taking).receipt
    assert taking.cases.inbox(OWNER).total == 2


def test_photos_keep_their_picture_alone(taking: Office) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETMAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 11.0, 0.0)})
    _send(taking, picture(exif=exif, comment=b"SECRETNOTE"), picture("blue", "PNG"))
    seen = taking.public_reports.of_case(OWNER, "XS-2026-0001")[0]
    assert len(seen.photos) == 2
    for sha256 in seen.photos:
        content = taking.public_reports.photo(OWNER, sha256)
        with Image.open(io.BytesIO(content)) as kept:
            assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
        assert b"SECRET" not in content


def _too_many_pixels() -> bytes:
    content = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(content, "PNG", compress_level=1)
    return content.getvalue()


def test_files_that_are_no_photos_are_refused_and_nothing_is_kept(taking: Office) -> None:
    seven = [picture(name) for name in ("red", "blue", "green", "black", "white", "grey", "pink")]
    for photos, code in (
        (seven, "report_photos_too_many"),
        ([b"<svg xmlns='http://www.w3.org/2000/svg'/>"], "photo_unreadable"),
        ([b"GIF89a" + bytes(50)], "photo_unreadable"),
        ([picture()[:-300]], "photo_unreadable"),
        ([b""], "photo_unreadable"),
        ([bytes(8_000_001)], "photo_too_large"),
        ([_too_many_pixels()], "photo_too_large"),
    ):
        with refused_as(code):
            _send(taking, *photos)
    assert taking.cases.inbox(OWNER).total == 0
    assert not list(taking._workspace.evidence_path.rglob("*.jpg"))


def test_files_of_a_report_that_was_not_kept_are_gone(
    taking: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(UnitOfWork, "commit", fail)
    files = [CleanPhoto(picture(), 64, 48)]
    with taking._workspace.store.begin() as unit, pytest.raises(RuntimeError):
        commit_with_photos(unit, taking._workspace, files)
    assert not list(taking._workspace.evidence_path.rglob("*.jpg"))


def test_verify_knows_the_rows_and_the_photos(taking: Office) -> None:
    _send(taking, picture())
    report = taking.verify(OWNER)
    assert report.sound, [str(problem) for problem in report.problems]
    assert (report.checked["public_reports"], report.checked["public_photos"]) == (1, 1)
    photo = next(taking._workspace.evidence_path.rglob("*.jpg"))
    photo.write_bytes(b"else")
    assert {"photo_changed"} == {each.code for each in taking.verify(OWNER).problems}
    photo.unlink()
    assert {"photo_missing"} == {each.code for each in taking.verify(OWNER).problems}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE public_reports SET text = 'x'",
        "UPDATE public_reports SET reward_wanted = 0",
        "DELETE FROM public_photos",
        "DELETE FROM public_reports",
    ],
)
def test_a_report_that_was_changed_shows(taking: Office, change: str) -> None:
    _send(taking, picture())
    with taking._workspace.store.engine.begin() as connection:
        connection.exec_driver_sql(change)
    codes = {each.code for each in taking.verify(OWNER).problems}
    assert codes & {"public_report_changed", "public_report_missing"}
