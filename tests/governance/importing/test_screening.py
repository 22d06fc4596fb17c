"""Texts are screened by who may, by the product's words and the office's own; nothing is kept."""

import pytest

from data.contracts.screening.office_terms import TERM_COLUMNS, OfficeTerm
from data.contracts.screening.word_list import WordListError
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.importing import screening
from governance.office import Office

OWN = OfficeTerm("一对一", "add", "夜间带")
TEXT = "小学数学，夜间带，上门，收费"


def test_a_word_of_the_office_holds_from_the_next_text_on(office: Office, actor: Actor) -> None:
    assert office.screening.try_out(actor, TEXT).screened.forms == ()
    office.screening.save_terms(actor, [OWN])
    tried = office.screening.try_out(actor, TEXT)
    assert tried.screened.forms == ("一对一",)
    screened = office.screening.screen(actor, [TEXT, "补牙"])
    assert [each.forms for each in screened] == [("一对一",), ()]
    office.screening.save_terms(actor, [])
    assert office.screening.try_out(actor, TEXT).screened.forms == ()


def test_the_offices_words_stand_behind_the_products(office: Office, actor: Actor) -> None:
    version = office.screening.save_terms(actor, [OWN])
    terms = office.screening.terms(actor)
    assert terms.attrs["version"] == version
    assert tuple(terms.columns) == (*TERM_COLUMNS, "own")
    assert terms[terms["own"]][list(TERM_COLUMNS)].to_numpy().tolist() == [list(OWN)]


def test_a_change_is_in_the_log_with_what_came_and_went(office: Office, actor: Actor) -> None:
    office.screening.save_terms(actor, [OWN])
    office.screening.save_terms(actor, [])
    with office._workspace.store.begin() as unit:
        lines = unit.audit.find(action="screen_texts")
        changes = sorted((line.facts["added"], line.facts["removed"]) for line in lines)
    assert changes == [([], ["一对一/add/夜间带/"]), (["一对一/add/夜间带/"], [])]


def test_who_changes_words_that_another_has_just_changed_is_told(
    office: Office, actor: Actor
) -> None:
    before = office.screening.terms(actor).attrs["version"]
    office.screening.save_terms(actor, [OWN], version=before)
    with pytest.raises(WordListError) as refused:
        office.screening.save_terms(actor, [], version=before)
    assert refused.value.code == "terms_changed"
    assert office.screening.terms(actor)["own"].sum() == 1


def test_a_warden_screens_nothing_and_a_part_of_the_street_changes_no_words(
    office: Office,
) -> None:
    warden = Actor(id="w", name="w", roles=("warden",), scope=Scope.whole())
    part = Actor(id="c", name="c", roles=("planner",), scope=Scope(communities=frozenset("1")))
    with pytest.raises(NotAllowedError):
        office.screening.try_out(warden, TEXT)
    assert office.screening.try_out(part, "初二补课，收费").screened.tutoring
    with pytest.raises(NotAllowedError):
        office.screening.save_terms(part, [OWN])


def test_too_much_at_once_is_refused(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "MOST_TEXTS", 1)
    for asked, code in (
        (lambda: office.screening.screen(actor, [TEXT, TEXT]), "too_many_texts"),
        (lambda: office.screening.try_out(actor, "x" * 5_001), "text_too_long"),
    ):
        with pytest.raises(WordListError) as refused:
            asked()
        assert refused.value.code == code
