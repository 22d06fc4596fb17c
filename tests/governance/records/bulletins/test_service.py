"""Bulletins: who may have one, of what, compared with what, and that later news are told."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from case_steps import go, lead, take_in
from imported import copied_office, opened_copy
from refusals import refused_as

from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.records.bulletins.figures import ALL
from governance.records.bulletins.periods import BulletinKind
from governance.records.bulletins.service import Bulletin
from tests.governance.conftest import NOW

OWNER = local_owner()


def november(office: Office, actor: Actor = OWNER) -> Bulletin:
    return office.bulletins.bulletin(actor, BulletinKind.MONTHLY, "2026-11")


@pytest.fixture(scope="module")
def busy_folder(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office in whose month one case went its whole way and one came."""
    with copied_office(filled_folder, tmp_path_factory.mktemp("busy"), now=NOW) as office:
        take_in(office, lead(community="C1"))
        go(office, 8)
        take_in(office, lead("T2", community="C2", title="另一处", address="示例花园5号楼"))
    return office._workspace.root


@pytest.fixture(scope="module")
def busy(busy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return that office, to be read and never changed."""
    yield from opened_copy(busy_folder, tmp_path_factory.mktemp("read"), now=NOW)


@pytest.fixture(scope="module")
def month(busy: Office) -> Bulletin:
    return november(busy)


def test_figures_tell_what_was_done(month: Bulletin) -> None:
    told = {name: (month.value(name)["numerator"], month.value(name)["denominator"])
            for name in ("verified", "confirmed", "satisfied")}  # fmt: skip
    assert told == {"verified": (1, 2), "confirmed": (1, 1), "satisfied": (1, 1)}
    counts = {name: month.value(name)["value"]
              for name in ("received", "leads_handed_over", "open", "person_times")}  # fmt: skip
    assert counts == {"received": 2, "leads_handed_over": 1, "open": 1, "person_times": 0}
    assert month.value("received", "C1")["value"] == 1
    assert month.whole
    assert not month.over


def test_a_figure_or_community_that_is_not_there_is_refused(month: Bulletin) -> None:
    with pytest.raises(KeyError):
        month.value("clicks")
    with pytest.raises(KeyError):
        month.value("received", "C9")


def test_before_the_first_case_cases_are_unknown_and_visits_are_not(
    busy: Office, month: Bulletin
) -> None:
    assert month.before.key == "2026-10"
    assert month.began == {"cases": date(2026, 11, 24)}
    assert month.value("received").isna()["before"]
    assert busy.bulletins.bulletin(OWNER, BulletinKind.WEEKLY, "2026-W48").began == {
        "cases": date(2026, 11, 24)
    }
    december = busy.bulletins.bulletin(OWNER, BulletinKind.QUARTERLY, "2026-Q4")
    assert december.value("problems_found")["value"] == 1  # the visit of October


def test_who_sees_no_notices_has_no_bulletin(busy: Office) -> None:
    for name, role in ROLES.items():
        actor = Actor(id=name, name=name, roles=(name,), scope=Scope.whole())
        if Action.SEE_NOTICES in role.actions:
            assert november(busy, actor).period.key == "2026-11"
        else:
            with pytest.raises(NotAllowedError):
                november(busy, actor)
            with pytest.raises(NotAllowedError):
                busy.bulletins.periods(actor, BulletinKind.WEEKLY)


def test_wardens_have_none() -> None:
    assert not any(Action.SEE_NOTICES in ROLES[each].actions
                   for each in ("warden", "building_head", "property_owner"))  # fmt: skip


def test_a_chief_has_the_figures_of_the_own_community_alone(busy: Office, month: Bulletin) -> None:
    chief = Actor(id="c", name="c", roles=("grid_chief",),
                  scope=Scope(communities=frozenset({"C2"})))  # fmt: skip
    own = november(busy, chief)
    assert set(own.figures["community"]) == {ALL, "C2"}
    assert own.value("received")["value"] == month.value("received", "C2")["value"] == 1
    assert not own.whole
    assert set(own.waiting["community"]) <= {"C2"}


@pytest.mark.parametrize(("kind", "period"), [("monthly", "2026-12"), ("weekly", "2026-W49")])
def test_a_period_that_has_not_begun_is_refused(busy: Office, kind: str, period: str) -> None:
    with refused_as("period_not_begun"):
        busy.bulletins.bulletin(OWNER, BulletinKind(kind), period)


def test_the_last_full_period_is_over(busy: Office) -> None:
    for kind in (BulletinKind.WEEKLY, BulletinKind.MONTHLY, BulletinKind.QUARTERLY):
        last = busy.bulletins.last_full(OWNER, kind)
        assert last is not None
        assert last.last < date(2026, 11, 24)
        assert last == busy.bulletins.periods(OWNER, kind)[1]


@pytest.fixture
def own_busy(busy_folder: Path, tmp_path: Path) -> Iterator[Office]:
    yield from opened_copy(busy_folder, tmp_path, now=NOW)


def test_made_again_later_a_bulletin_is_the_same(
    own_busy: Office, month: Bulletin, moved_clock: Callable[[Office, datetime], None]
) -> None:
    october = own_busy.bulletins.bulletin(OWNER, BulletinKind.MONTHLY, "2026-10")
    moved_clock(own_busy, datetime(2026, 12, 10, 9))  # noqa: DTZ001 -- the office's local time
    take_in(own_busy, lead("T3", community="C1", address="示例花园6号楼"))
    again = own_busy.bulletins.bulletin(OWNER, BulletinKind.MONTHLY, "2026-10")
    assert again.figures.equals(october.figures)
    assert november(own_busy).value("received")["value"] == month.value("received")["value"]


def test_visits_that_came_after_the_end_count_and_are_told(
    office: Office, tmp_path: Path, moved_clock: Callable[[Office, datetime], None]
) -> None:
    def add(number: int) -> Bulletin:
        path = tmp_path / f"{number}.csv"
        row = f"L{number},2026-11-2{number} 19:00,B4,属实"
        path.write_text(f"检查编号,检查时间,楼栋编码,检查结果\n{row}\n", encoding="utf-8")
        office.imports.import_file(OWNER, "inspections", path)
        return november(office)

    in_time = add(1)
    assert (in_time.value("problems_found")["value"], in_time.known_later) == (1, 0)
    moved_clock(office, datetime(2026, 12, 10, 9))  # noqa: DTZ001 -- the office's local time
    later = add(2)
    assert (later.value("problems_found")["value"], later.known_later) == (2, 1)
    october = office.bulletins.bulletin(OWNER, BulletinKind.MONTHLY, "2026-10")
    assert october.known_later == 0  # all of it came with the first import


@pytest.fixture
def moved_clock() -> Callable[[Office, datetime], None]:
    def move(office: Office, to: datetime) -> None:
        zone = office.clock.zone
        object.__setattr__(office._resources, "now", lambda: to.replace(tzinfo=zone))

    return move
