"""Rules of reports on A4."""

from dashboard.documents.reports.paper import Section, report_page
from dashboard.i18n import translator


def test_days_numbers_and_short_words_stay_on_one_line() -> None:
    cells = ("2026-12-01", "DM-2026-0008", "orange", "staff of a closed institution", "和顺社区")
    table = Section("x", heads=tuple("abcde"), rows=(cells,))
    page = report_page("x", office="x", note="x", facts={}, sections=[table], say=translator("en"))
    whole = [cell for cell in cells if f'<td class="whole">{cell}</td>' in page]
    assert whole == ["2026-12-01", "DM-2026-0008", "orange"]
