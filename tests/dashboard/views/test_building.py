"""The page of a building: found by name, opened by a link, explained by its rows."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from fake_evaluation import make_evaluation
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from pages import labels, opened, press, run, texts
from public_office import picture
from two_communities import COMMUNITY, ESTATES, OWN

from dashboard.charts.score import points_table
from dashboard.i18n import translator
from dashboard.i18n.evaluation.proof import six_sentences
from dashboard.views.building import detail
from dashboard.views.building.files import workbook_sheets
from data.derived.backends import written_sql
from data.derived.backends.duckdb_sessions import LocalTables, OnePerThread
from data.store.repositories.records.evidence_lists import EvidenceQuery
from data.workspace.cache import Cache
from governance.access.permissions import local_owner
from governance.office import Office
from governance.scores.evaluation import EvaluationService
from governance.scores.live import ScoreWithNews
from governance.scores.scoring import ScoringService
from governance.visits.rules.new_visit import NewVisit
from risk.explanation import place_rows

pytestmark = pytest.mark.usefixtures("_served")


@pytest.fixture
def _served(serve: Callable[..., Any], city: Office) -> None:
    serve(city, local_owner())


@pytest.fixture
def known(city: Office) -> pd.DataFrame:
    """All buildings, the highest score first."""
    snapshot = str(city.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    return city.risk_map.layer(local_owner(), layer="building", snapshot_id=snapshot)


def test_a_building_is_found_by_part_of_its_name(known: pd.DataFrame) -> None:
    app = opened("building")
    assert "名次最前的 10 栋楼" in texts(app)
    name = known["name"].iloc[150]
    app.text_input(key="building_search").input(name)
    assert run(app).header[0].value == name


def test_without_a_choice_the_ten_highest_ranked_buildings_are_listed() -> None:
    assert opened("building").dataframe[0].value["rank"].tolist() == list(range(1, 11))


def test_the_list_can_be_narrowed_to_communities(
    serve: Callable[..., Any], own_two: Office
) -> None:
    serve(own_two, local_owner())
    app = opened("building")
    app.multiselect(key="communities").select(COMMUNITY["M"])
    table = run(app).dataframe[0].value
    assert len(table) == len(OWN)
    assert table["name"].str.startswith(ESTATES["M"]).all()
    assert table["rank"].is_monotonic_increasing


def test_a_photo_of_a_visit_is_taken_up_as_material_of_the_building(
    serve: Callable[..., Any], own_two: Office
) -> None:
    owner, unit = local_owner(), OWN[0]
    serve(own_two, owner)
    seen = NewVisit(key="a1", building_id=unit, result="疑似")
    visit = own_two.visits.record(owner, seen).visit_id
    photo = own_two.photos.attach(owner, visit, picture(), no_faces=True).sha256
    assert "本楼栋还没有材料。" in texts(opened("building", unit=unit))
    app = press(opened("building", unit=unit), f"take_up_{photo}")
    assert "CL-2026-0001" in texts(app)
    piece = own_two.evidence.page(owner, EvidenceQuery(buildings=(unit,))).rows.iloc[0]
    assert (piece["evidence_no"], piece["origin"]) == ("CL-2026-0001", "公共区域拍摄")


def test_from_an_opened_building_one_comes_back_to_the_list(known: pd.DataFrame) -> None:
    app = opened("building", unit=known["unit"].iloc[3])
    assert "名次最前的 10 栋楼" in texts(press(app, "返回名单"))


def test_a_link_opens_a_building_with_the_rows_behind_it(city: Office, known: pd.DataFrame) -> None:
    unit = known["unit"].iloc[0]
    behind = city.scores.explain(local_owner(), unit).rows["complaints"]
    app = opened("building", unit=unit)
    assert app.header[0].value == known["name"].iloc[0]
    assert any(label.startswith(f"投诉：{len(behind)} 条记录") for label in labels(app, "expander"))
    keys = [set(table.value["row_key"]) for table in app.dataframe if "row_key" in table.value]
    assert {row.row_key for row in behind} in keys
    assert "缘由是：群众反映" in texts(app)


def test_a_building_without_a_name_is_called_by_its_address_which_is_said_once_in_full(
    known: pd.DataFrame,
) -> None:
    shop = known[known["std_address"] == "云岱区松溪街道" + known["name"]].iloc[0]
    app = opened("building", unit=shop["unit"])
    assert app.header[0].value == shop["name"]
    assert texts(app).count(shop["name"]) == 2
    assert texts(app).count(shop["std_address"]) == 1


def test_what_matches_no_building_is_said() -> None:
    app = opened("building")
    app.text_input(key="building_search").input("月球路1号")
    assert "没有与“月球路1号”相符的楼栋" in texts(run(app))


@pytest.mark.parametrize("came", [True, False])
def test_what_came_since_the_score_is_told_where_something_did(
    known: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, *, came: bool
) -> None:
    news = ScoreWithNews(score=12.0, was=20.0, visits=1, complaints=0) if came else None
    monkeypatch.setattr(ScoringService, "with_news", lambda *_, **__: news)
    told = texts(opened("building", unit=known["unit"].iloc[0]))
    assert ("算上此后的 1 次检查：12（原为 20）。" in told) == came


def test_the_page_says_what_was_proved_of_the_score_or_that_nothing_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EvaluationService, "version", lambda *_: 0)
    assert "本单位检验的结果：还没有，这里尚未做过评估。" in texts(opened("building"))
    evaluation = make_evaluation()
    monkeypatch.setattr(EvaluationService, "latest", lambda *_: evaluation)
    monkeypatch.setattr(EvaluationService, "version", lambda *_: 1)
    told = texts(opened("building"))
    for sentence in six_sentences("learnt", evaluation, say=translator("zh")):
        assert sentence in told


def test_from_a_building_one_goes_to_the_one_after_it_on_the_list(known: pd.DataFrame) -> None:
    app = opened("building", unit=known["unit"].iloc[0])
    assert known["std_address"].iloc[0] in texts(app)
    assert app.button(key="building_step_-1").disabled
    after = press(app, "building_step_1")
    assert after.header[0].value == known["name"].iloc[1]


def test_the_workbook_has_rounded_points_and_says_what_a_score_is_not(
    city: Office, known: pd.DataFrame
) -> None:
    explained = city.scores.explain(local_owner(), known["unit"].iloc[0])
    first, *_ = workbook_sheets(explained, title="楼", say=translator("zh"))
    points = first.table["points"].tolist()
    *parts, total = points
    assert points == [round(each, 2) for each in points]
    assert round(sum(parts), 2) == total
    exact = points_table(explained.points, say=translator("zh"))["points"].tolist()
    assert all(abs(said - meant) < 0.01 for said, meant in zip(points, exact, strict=True))
    assert "不是结论" in first.note


def test_the_building_that_stands_first_is_asked_about_ahead_so_that_others_need_no_new_sql(
    city: Office, known: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written_sql, "_written", OrderedDict())
    monkeypatch.setattr(place_rows, "_LOCAL_TABLES", OnePerThread(LocalTables))
    monkeypatch.setattr(city.scores, "_explanations", Cache(2))
    written: list[object] = []
    write = DuckDBCompiler.to_sqlglot

    def note(compiler: DuckDBCompiler, expression: object, **options: Any) -> Any:
        written.append(expression)
        return write(compiler, expression, **options)

    monkeypatch.setattr(DuckDBCompiler, "to_sqlglot", note)
    assert list(detail.make_ahead(city)) == [None, None]
    assert written
    written.clear()
    city.scores.explain(local_owner(), known["unit"].iloc[1])
    assert not written
