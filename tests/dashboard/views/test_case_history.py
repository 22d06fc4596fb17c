"""What the server notes about a step is told in words, what people wrote as they wrote it."""

import pytest

from dashboard.i18n import translator
from dashboard.views.cases.facts import note_words
from data.contracts.case_vocabulary import CaseAction
from governance.cases.intake import NEWS_FIELDS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_news_of_a_ticket_is_told_in_words(language: str) -> None:
    say = translator(language)
    words = note_words(CaseAction.UPDATE, f"2611140919: {', '.join(NEWS_FIELDS)}", say=say)
    assert words.startswith("2611140919 · ")
    assert not any("_" in each for each in words.split())
    assert all(say.name("ticket_news", code) in words for code in NEWS_FIELDS)
    assert all(say.name("ticket_news", code) != code for code in NEWS_FIELDS)


def test_what_people_wrote_stays() -> None:
    say = translator("en")
    assert note_words(CaseAction.NOTE, "see: status, again", say=say) == "see: status, again"
    assert note_words(CaseAction.UPDATE, "", say=say) == ""
    assert note_words("reopen", "revisit", say=say) == "A re-visit found it again"
