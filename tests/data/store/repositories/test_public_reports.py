"""Rules of the repository of public reports, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- naive UTC, as the store keeps it
PHOTO = {"sha256": "a" * 64, "bytes": 3, "width": 2, "height": 1}


def _report(receipt: str, **changes: Any) -> dict[str, Any]:
    return {
        "receipt": receipt, "pin_hash": "h", "key_hash": f"key {receipt}", "content_hash": "c",
        "received_at": NOON, "way": "api", "text": "三号楼", "address": "示例", "lon": 117.1,
        "lat": None, "sealed": "s", "reward_wanted": True,
    } | changes  # fmt: skip


def _add(store: Store, receipt: str, **changes: Any) -> int | None:
    with store.begin() as unit:
        added = unit.public_reports.add(
            _report(receipt, **changes), photos=[PHOTO], contact="sealed"
        )
        unit.commit()
        return added.id if added else None


def test_a_report_is_found_by_its_receipt_its_key_and_its_photo(store: Store) -> None:
    number = _add(store, "A")
    assert number is not None
    with store.begin() as unit:
        reports = unit.public_reports
        found = reports.of_receipt("A")
        assert found is not None
        assert (found.id, found.lon, found.lat, found.text) == (number, 117.1, None, "三号楼")
        assert reports.of_key("key A") is found
        assert [each.id for each in reports.reports_of_photo("a" * 64)] == [number]
        assert (reports.contact(number), reports.with_contact([number])) == ("sealed", {number})
        assert reports.of_receipt("B") is None


def test_a_key_and_a_receipt_are_taken_once(store: Store) -> None:
    assert _add(store, "A") is not None
    assert _add(store, "A", key_hash="other") is None
    assert _add(store, "B", key_hash="key A") is None
    with store.begin() as unit:
        assert unit.public_reports.photo_hashes() == ["a" * 64]


def test_uses_at_the_same_moment_are_counted_one_after_the_other(store: Store) -> None:
    def use(_: int) -> None:
        with store.begin() as unit:
            held = unit.public_reports.hold_use("try:x", at=NOON)
            held.used += 1
            unit.commit()

    use(0)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(19)))
    with store.begin() as unit:
        assert unit.public_reports.hold_use("try:x", at=NOON).used == 20


def test_uses_of_long_ago_are_forgotten(store: Store) -> None:
    with store.begin() as unit:
        unit.public_reports.hold_use("old", at=NOON - timedelta(days=2)).used = 3
        unit.public_reports.hold_use("new", at=NOON).used = 3
        unit.session.flush()
        unit.public_reports.forget_uses_before(NOON - timedelta(days=1))
        unit.commit()
    with store.begin() as unit:
        assert unit.public_reports.hold_use("new", at=NOON).used == 3
        assert unit.public_reports.hold_use("old", at=NOON).used == 0


def test_a_reward_is_decided_until_it_is_paid_and_paid_once(store: Store) -> None:
    number = _add(store, "A")
    assert number is not None

    def decide(*, eligible: bool) -> bool:
        return unit.public_reports.decide_reward(
            number, eligible=eligible, note="", by="m", at=NOON
        )

    with store.begin() as unit:
        assert not unit.public_reports.pay_reward(number, by="m", at=NOON)
        assert decide(eligible=False)
        assert not unit.public_reports.pay_reward(number, by="m", at=NOON)
        assert decide(eligible=True)
        assert unit.public_reports.pay_reward(number, by="m", at=NOON)
        assert not unit.public_reports.pay_reward(number, by="m", at=NOON)
        assert not decide(eligible=False)
        reward = unit.public_reports.reward(number)
        assert reward is not None
        assert (reward.eligible, reward.paid_by) == (True, "m")
