"""Rules of the base error."""

import copy

from geo.errors import GridwardenError


def test_the_sentence_names_what_was_seen_what_was_expected_and_what_to_do() -> None:
    error = GridwardenError(
        "unknown_datum",
        seen="wgs85",
        expected="wgs84, gcj02 or bd09",
        what_to_do="Declare one with --datum.",
    )
    assert str(error) == (
        "Unknown datum: seen 'wgs85'; expected wgs84, gcj02 or bd09. Declare one with --datum."
    )


def test_code_and_facts_are_kept_for_the_translation_catalogue() -> None:
    error = GridwardenError("row_count_differs", seen=3, rows=[1, 2])
    assert (error.code, error.facts) == ("row_count_differs", {"seen": 3, "rows": [1, 2]})
    assert str(error) == "Row count differs: seen 3; rows 1, 2."


def test_an_error_without_facts_is_still_a_sentence() -> None:
    assert str(GridwardenError("workspace_is_empty")) == "Workspace is empty."


def test_an_error_survives_copying() -> None:
    error = copy.copy(GridwardenError("unknown_datum", seen="x"))
    assert (error.code, error.facts) == ("unknown_datum", {"seen": "x"})


def test_a_fact_that_is_unknown_is_left_out_of_the_sentence() -> None:
    assert str(GridwardenError("unknown_datum", seen=None, rows=2)) == "Unknown datum: rows 2."
