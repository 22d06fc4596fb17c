"""Writing the office's calendar: whole or not at all, all problems at once, nothing lost."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refusals import refused_as

from data.calendars.calendar import OFFICE_FILE, Calendar
from data.calendars.read import EXAM, HOLIDAY, SCHOOL_BREAK, TERM, CalendarError, Span, read_spans
from data.calendars.write import BEFORE, LONGEST_DAYS, NO_FILE, calendar_version, write_office_spans
from data.workspace.folder import Workspace

BREAK = Span(first=date(2027, 1, 23), last=date(2027, 2, 21), kind=SCHOOL_BREAK, name="寒假")
EXAMS = Span(first=date(2027, 6, 7), last=date(2027, 6, 9), kind=EXAM, source="教育局,通知")
words = st.text(st.characters(categories=("L", "N")) | st.sampled_from("，,\"'# ;、"), max_size=20)


def spans() -> st.SearchStrategy[list[Span]]:
    """Make breaks and exams that do not repeat: what may stand together."""
    one = st.builds(
        lambda day, length, kind, name, source: Span(
            first=day,
            last=day + timedelta(days=length),
            kind=kind,
            name=name.strip(),
            source=source.strip(),
        ),
        st.dates(date(2024, 1, 1), date(2030, 1, 1)),
        st.integers(0, 60),
        st.sampled_from([SCHOOL_BREAK, EXAM]),
        words,
        words,
    )
    return st.lists(one, max_size=6, unique_by=lambda span: (span.first, span.last, span.kind))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans())
def test_what_was_written_reads_the_same(workspace: Workspace, wanted: list[Span]) -> None:
    version = write_office_spans(workspace, wanted)
    assert read_spans(workspace.root / OFFICE_FILE) == tuple(wanted)
    assert version == calendar_version(workspace) != NO_FILE
    assert Calendar.read(workspace).spans == (*Calendar.shipped().spans, *wanted)


def test_all_problems_are_told_at_once_and_nothing_is_written(workspace: Workspace) -> None:
    write_office_spans(workspace, [BREAK])
    before = (workspace.root / OFFICE_FILE).read_bytes()
    wrong = [
        Span(first=date(2027, 3, 1), last=date(2027, 2, 1), kind=TERM),
        Span(first=date(2027, 3, 1), last=date(2029, 3, 1), kind=TERM, name="=1+1"),
        Span(first=date(1027, 3, 1), last=date(1027, 3, 1), kind="party", source="x" * 101),
        BREAK,
        BREAK,
        Span(first=date(2027, 2, 21), last=date(2027, 7, 1), kind=TERM, name="a\nb"),
        Span(first=date(2031, 1, 1), last=date(2031, 12, 31), kind="announced"),
    ]
    with pytest.raises(CalendarError) as refused:
        write_office_spans(workspace, wrong)
    told = "\n".join(refused.value.facts["problems"])
    for part in (
        "row 1: ends on 2027-02-01, before it begins on 2027-03-01",
        f"row 2: lasts 732 days; expected {LONGEST_DAYS} at most",
        "row 2: name is '=1+1'",
        "row 3: kind is 'party'",
        "row 3: 1027-03-01 is not within 2000 and 2100",
        "row 3: source has 101 characters",
        "row 5 repeats row 4",
        "rows 6 and 4: 2027-02-21 is term and school_break",
        "2031 is said to be announced, but no holiday of it is in the table",
    ):
        assert part in told
    assert refused.value.code == "calendar_spans_wrong"
    assert (workspace.root / OFFICE_FILE).read_bytes() == before


def test_a_year_is_announced_once_a_holiday_of_it_is_there(workspace: Workspace) -> None:
    day = date(2027, 1, 1)
    announced = Span(first=day, last=date(2027, 12, 31), kind="announced")
    write_office_spans(workspace, [Span(first=day, last=day, kind=HOLIDAY), announced])
    assert Calendar.read(workspace).unknown_years(2026, 2028) == [2028]


def test_remarks_stay_and_the_file_before_is_kept_beside(workspace: Workspace) -> None:
    path = workspace.root / OFFICE_FILE
    path.write_bytes('起始日期,类型\n# 教育局,"未定\n2026-07-04,暑假\n'.encode("gb18030"))
    before = path.read_bytes()
    write_office_spans(workspace, [BREAK, EXAMS])
    assert "# 教育局,”未定" in path.read_text(encoding="utf-8-sig")
    assert read_spans(path) == (BREAK, EXAMS)
    assert path.with_name(BEFORE).read_bytes() == before
    assert [each.name for each in workspace.root.glob(f".{OFFICE_FILE}*")] == []


def test_who_changed_an_older_state_is_told_so(workspace: Workspace) -> None:
    first = write_office_spans(workspace, [BREAK], version=NO_FILE)
    write_office_spans(workspace, [BREAK, EXAMS], version=first)
    with refused_as("calendar_changed"):
        write_office_spans(workspace, [EXAMS], version=first)
    assert read_spans(workspace.root / OFFICE_FILE) == (BREAK, EXAMS)


def test_a_file_that_cannot_be_read_can_be_written_anew(workspace: Workspace) -> None:
    path = workspace.root / OFFICE_FILE
    path.write_text("什么,都,不是\n", encoding="utf-8")
    write_office_spans(workspace, [])
    assert read_spans(path) == ()
    assert path.with_name(BEFORE).read_text(encoding="utf-8") == "什么,都,不是\n"
