"""The demonstration's notices: one of each fate, every one let go by another than who wrote it."""

from contextlib import closing
from pathlib import Path

from notice_steps import decided_case

from data.store.repositories.records.notice_lists import NoticeQuery
from governance.access.permissions import local_owner
from gridwarden.compose import create_workspace, open_office
from gridwarden.demo.notices import REVIEWER, WRITER, add_demo_notices


def test_an_exposure_is_out_one_withdrawn_and_one_in_review_each_let_go_by_another(
    tmp_path: Path,
) -> None:
    create_workspace(tmp_path / "office")
    with closing(open_office(tmp_path / "office")) as office:
        for number in range(5):
            decided_case(office, f"T{number}")
        now = office.clock.local()
    made = add_demo_notices(tmp_path / "office", now=now)
    with closing(open_office(tmp_path / "office")) as office:
        desk, owner = office.notice_desk, local_owner()
        rows = desk.page(owner, NoticeQuery(kinds=("典型案例曝光",))).rows
        assert sorted(rows["stage"]) == ["in_review", "published", "withdrawn"]
        out = rows[rows["published_at"].notna()]
        assert set(out["approver"]) == {REVIEWER.id}
        assert set(out["drafted_by"]) == {WRITER.id}
        assert desk.page(owner).total == made
        assert desk.waiting(REVIEWER) == 1
