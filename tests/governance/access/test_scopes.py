"""Which rows are inside a scope."""

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.access.scopes import Scope

ROWS = pd.DataFrame(
    {
        "building_id": ["B1", "B2", "B3", None],
        "grid_code": ["G1", "G1", "G2", "G2"],
        "community_code": ["C1", "C1", "C2", "C2"],
    }
)
CODES = st.frozensets(st.sampled_from(["B1", "B2", "B3", "G1", "G2", "C1", "C2"]))
SCOPES = st.builds(Scope, street=st.booleans(), communities=CODES, grids=CODES, buildings=CODES)


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (Scope.whole(), [0, 1, 2, 3]),
        (Scope.nothing(), []),
        (Scope(buildings=frozenset({"B2"})), [1]),
        (Scope(grids=frozenset({"G2"})), [2, 3]),
        (Scope(communities=frozenset({"C1"}), buildings=frozenset({"B3"})), [0, 1, 2]),
    ],
)
def test_a_row_is_inside_when_any_of_its_codes_is_named(scope: Scope, inside: list[int]) -> None:
    assert list(scope.of_frame(ROWS).index) == inside


@settings(max_examples=25)
@given(SCOPES)
def test_a_query_keeps_the_rows_that_a_frame_keeps(scope: Scope) -> None:
    asked = scope.of_rows(ibis.memtable(ROWS.assign(n=range(len(ROWS))))).to_pandas()
    assert sorted(asked["n"]) == list(scope.of_frame(ROWS).index)


@given(SCOPES, SCOPES)
def test_two_scopes_together_see_what_either_sees(one: Scope, other: Scope) -> None:
    both = set((one | other).of_frame(ROWS).index)
    assert both == set(one.of_frame(ROWS).index) | set(other.of_frame(ROWS).index)


@given(SCOPES)
def test_a_scope_survives_being_kept(scope: Scope) -> None:
    assert Scope.of_mapping(scope.to_mapping()) == scope


@given(SCOPES)
def test_one_row_is_covered_as_the_frame_says(scope: Scope) -> None:
    kept = set(scope.of_frame(ROWS).index)
    for number, row in ROWS.fillna("").iterrows():
        codes = (row["building_id"], row["grid_code"], row["community_code"])
        covered = scope.covers(building=codes[0], grid=codes[1], community=codes[2])
        assert covered == (number in kept)


def test_a_table_without_codes_has_nothing_inside_a_part_of_the_street() -> None:
    table = ibis.memtable(pd.DataFrame({"x": [1, 2]}))
    assert Scope(grids=frozenset({"G1"})).of_rows(table).count().execute() == 0
