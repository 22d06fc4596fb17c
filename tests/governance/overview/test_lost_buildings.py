"""Duties and visits of buildings that no list has any more."""

from collections.abc import Callable
from datetime import timedelta

from governance.access.permissions import Actor
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit


def lost(office: Office, actor: Actor) -> list[tuple[int, object]]:
    lines = office.overview.summary(actor).warnings
    return [(line.count, line.facts["example"]) for line in lines if line.kind == "lost_buildings"]


def test_duties_and_visits_that_an_import_taken_back_leaves_behind_are_told(
    staffed: Office, actor: Actor, set_warden: Callable[..., int]
) -> None:
    today = staffed._local_now().date()
    then, until = today - timedelta(days=9), today - timedelta(days=1)
    set_warden("P3")
    set_warden("P3", "B2", valid_from=then, valid_to=until, reason="moved")
    staffed.visits.record(actor, NewVisit(key="k1", building_id="B3"))
    staffed.visits.record(actor, NewVisit(key="k2", building_id="B4"))
    assert lost(staffed, actor) == []
    listed = [each for each in staffed._workspace.lake.imports() if each.table == "buildings"]
    staffed.imports.undo(actor, listed[0].import_id)
    assert lost(staffed, actor) == [(2, "B1")], "B3 is in the file of inspections"
