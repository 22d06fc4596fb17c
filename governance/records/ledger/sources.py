"""What happened that speaks for the ledger, read from cases, visits, the lake and key lists."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Final

import pandas as pd
from ibis.expr.types import Table

from data.contracts.ledger_vocabulary import InReason, KeyList
from data.contracts.vocabulary import SOMETHING
from data.derived.answers.followed_answers import buildings_visited
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.derived.placing.building_ends import ended_by
from data.derived.visits import SOURCE as RECORDED
from data.store.repositories.visits import VisitsState
from data.store.unit_of_work import UnitOfWork
from data.workspace.cache import Cache
from data.workspace.clock import start_of
from governance.cases.links.mentions import MOST_BUILDINGS
from governance.cases.unlisted.signals import INSTITUTION
from governance.records.ledger.rules.entries import Fact
from governance.records.ledger.rules.exits import Seen
from governance.service import Component

_ENDED: Final = ("到期", "注销")
_CLOSING: Final = ("责令停止举办", "吊销许可证件", "停办")
_PERSON: Final = "个人"
_FEW: Final = 500
"""So many buildings or visits are looked at one by one; of more it is cheaper to read all."""
Places = Mapping[str, tuple[str, str, str]]
"""Building → community, grid and standard address."""
_OF_LISTS: Final = {KeyList.CONVERTED: InReason.CONVERTED, KeyList.LAID_OFF: InReason.STAFF,
                    KeyList.SERVING_TEACHER: InReason.STAFF}  # fmt: skip
_MOST_PLACES: Final = MOST_BUILDINGS["name"]
"""A name or code that more buildings share than a name may is no one person's or firm's."""


Visit = tuple[str, Seen]
"""A building, and a visit to it."""


_MOVES: Final[Cache[list[Fact]]] = Cache(4)
"""An office's secret, the names of its leases and decisions, and the day → who moved where."""


class LedgerSources(Component):
    """Reads facts and visits; asks nobody's permission."""

    def state(self, unit: UnitOfWork) -> list[object]:
        """Return what is another once any of it changed, or the day is another."""
        engine = self._engine.pinned()
        names = [engine.name_of_rows(each) for each in ("violations", "inspections", "rentals")]
        visits = unit.visits.state()
        return [*unit.ledger.state(), *unit.key_subjects.state(), *names,
                engine.name_of_register(), str(self._local_now().date()),
                visits.rows, visits.newest]  # fmt: skip

    def changed_places(
        self, unit: UnitOfWork, before: object, now: list[object]
    ) -> set[str] | None:
        """Return the buildings at which anything may follow from what came between two states.

        None where more than a few visits came. One that found nothing away from any line of the
        ledger is at none of them.

        ``before``, ``now``: as `state` gives them; the first may be anything that was kept.
        """
        if not isinstance(before, list) or before[:-2] != now[:-2]:
            return None
        (rows, newest), rows_now = before[-2:], now[-2]
        if not 0 < rows_now - rows <= _FEW:
            return None
        came = unit.visits.log(after=newest)
        speak = came["version"].ne(1) | came["result"].isin(SOMETHING)
        at_lines = came["building_id"].isin(unit.ledger.listed_buildings())
        if len(came) == rows_now - rows and not (speak | at_lines).any():
            return set()
        since = VisitsState(rows, newest)
        return buildings_visited(self._engine, self._workspace.store, since=since)

    def facts(
        self, unit: UnitOfWork, *, since: date, buildings: Collection[str] | None = None,
        suspicions: int = 1, watched: Collection[str] = (),
    ) -> list[Fact]:  # fmt: skip
        """Return everything that speaks for the ledger from a day on, at every known building.

        ``buildings``: only at these.
        ``suspicions``: those of buildings with fewer are left out, but for the ``watched``: most
        have one alone, which proposes nothing.
        """
        suspected = self._suspicions(since, buildings, least=suspicions, watched=watched)
        found = [*_of_cases(unit, buildings), *self._decisions(buildings), *suspected,
                 *_of_key_lists(unit), *self._moved()]  # fmt: skip
        return [fact for fact in found if fact.day >= since
                and (buildings is None or fact.building_id in buildings)]  # fmt: skip

    def places(self, building_ids: Collection[str]) -> Places:
        """Return building → community, grid and standard address, of those that are known."""
        table = self._engine.table("buildings")
        table = table.select("building_id", "community_code", "grid_code", "std_address")
        found = ask_about_texts(table, {"building_id": set(building_ids)}, in_lists)
        frame = found.to_pandas().fillna("")
        places = zip(frame["community_code"], frame["grid_code"], frame["std_address"], strict=True)
        return dict(zip(frame["building_id"], places, strict=True))

    def ended(self) -> Mapping[str, date]:
        """Return the first day without each building that no longer stands."""
        return ended_by(self._engine.table("buildings"), self._local_now().date())

    def visits(
        self, unit: UnitOfWork, buildings: Collection[str], *, since: date
    ) -> dict[str, list[Seen]]:
        """Return building → the visits to it from a day on: recorded here, or imported.

        Who made one that was imported is whom its row names; all that name nobody count as one's.
        """
        found: dict[str, list[Seen]] = {}
        if buildings:
            start = start_of(since)
            visits = (*_of_store(unit, buildings, start), *self._imported(buildings, start))
            for building, seen in visits:
                found.setdefault(building, []).append(seen)
        return found

    def _imported(self, buildings: Collection[str], start: datetime) -> Iterator[Visit]:
        rows = _placed(self._engine.table("inspections"), "at")
        rows = _at(rows, buildings).filter(rows["at"] >= start, rows["import_id"] != RECORDED)
        named = rows.select("row_key", "building_id", "at", "result", "people").to_pandas()
        named = named[named["building_id"].isin(set(buildings))]
        for row in named.fillna({"people": "", "result": ""}).itertuples():
            yield (
                str(row.building_id),
                Seen(
                    day=_day(row.at),
                    key=str(row.row_key),
                    result=str(row.result),
                    by=str(row.people),
                ),
            )

    def _decisions(self, buildings: Collection[str] | None) -> Iterator[Fact]:
        rows = _at(_placed(self._engine.table("violations"), "decided_on"), buildings)
        decisions = rows.select("row_key", "decision_no", "decided_on", "building_id").to_pandas()
        for row in decisions.itertuples():
            number = "" if pd.isna(row.decision_no) else str(row.decision_no)
            yield Fact(
                day=_day(row.decided_on), key=f"decision:{row.row_key}",
                reason=InReason.DECISION, building_id=str(row.building_id), text=number,
            )  # fmt: skip

    def _suspicions(
        self, since: date, buildings: Collection[str] | None, *, least: int,
        watched: Collection[str],
    ) -> Iterator[Fact]:  # fmt: skip
        rows = _at(_placed(self._engine.table("inspections"), "at"), buildings)
        saw = rows["result"].isin(SOMETHING)
        rows = rows.filter(saw & (rows["at"] >= pd.Timestamp(since).to_pydatetime()))
        suspicions = rows.select("row_key", "at", "result", "building_id").to_pandas()
        places = suspicions["building_id"]
        many = places.groupby(places).transform("size") >= least
        for row in suspicions[many | places.isin(set(watched))].itertuples():
            yield Fact(day=_day(row.at), key=f"visit:{row.row_key}", reason=InReason.SUSPICION,
                       building_id=str(row.building_id), text=str(row.result))  # fmt: skip

    def _moved(self) -> list[Fact]:
        """Return `_read_moved`, kept while leases and decisions are the same, which visits leave.

        Never to be changed in place.
        """
        engine = self._engine.pinned()
        names = [engine.name_of_rows(each) for each in ("rentals", "violations")]
        key = (self._workspace.secret, *names, self._local_now().date())
        return _MOVES.get(key, lambda: list(self._read_moved()))

    def _read_moved(self) -> Iterator[Fact]:
        """Yield leases elsewhere of who ran an institution that closed; who it is stays unsaid."""
        leases = self._leases()
        closed = self._closed(leases)
        moved = leases.merge(closed, on="party", suffixes=("", "_closed"))
        came = moved["building_id"].ne(moved["building_id_closed"]) & (
            moved["start_date"] >= moved["closed_on"]
        )
        for row in moved[came].drop_duplicates("row_key").itertuples():
            reason = InReason.STAFF if row.lessee_kind == _PERSON else InReason.CONVERTED
            yield Fact(day=_day(row.start_date), key=f"lease:{row.row_key}", reason=reason,
                       building_id=str(row.building_id))  # fmt: skip

    def _leases(self) -> pd.DataFrame:
        """Return the leases of parties that few buildings share, a row for each way to name one."""
        rows = _placed(self._engine.table("rentals"), "start_date")
        keys = ["lessee_key", "lessee_uscc"]
        leases = rows.select(
            "row_key", "building_id", "start_date", "end_date", "status", "unit_kind",
            "lessee_kind", *keys,
        ).to_pandas()  # fmt: skip
        others = [column for column in leases if column not in keys]
        melted = leases.melt(id_vars=others, value_vars=keys, value_name="party")
        long: pd.DataFrame = melted.dropna(subset="party")
        places = long.groupby("party")["building_id"].transform("nunique")
        few: pd.DataFrame = long[(places <= _MOST_PLACES) & long["party"].ne("")]
        return few

    def _closed(self, leases: pd.DataFrame) -> pd.DataFrame:
        """Return ``party, building_id, closed_on`` of institutions that closed."""
        today = pd.Timestamp(self._local_now().date())
        over = leases["status"].isin(_ENDED) | (leases["end_date"] < today)
        named = leases["unit_kind"].fillna("").str.contains(INSTITUTION)
        ended = leases[over & named].rename(columns={"end_date": "closed_on"})
        rows = _placed(self._engine.table("violations"), "decided_on")
        decided = rows.select("party_key", "building_id", "decided_on", "penalty").to_pandas()
        stopped = decided["penalty"].fillna("").str.contains("|".join(_CLOSING))
        shut = decided[stopped].rename(columns={"party_key": "party", "decided_on": "closed_on"})
        columns = ["party", "building_id", "closed_on"]
        both: pd.DataFrame = pd.concat([ended[columns], shut[columns]]).dropna()
        return both


def _of_cases(unit: UnitOfWork, buildings: Collection[str] | None) -> Iterator[Fact]:
    for case in unit.ledger.confirmed_cases(buildings):
        assert case.verified_at is not None  # noqa: S101 -- asked for
        yield Fact(
            day=case.verified_at.date(), key=f"case:{case.case_no}/{case.reopened}",
            reason=InReason.COMPLAINT, building_id=str(case.building_id), text=case.case_no,
        )  # fmt: skip


def _of_key_lists(unit: UnitOfWork) -> Iterator[Fact]:
    for each in unit.key_subjects.current(lists=list(_OF_LISTS), inside=None):
        if each.building_id:
            reason = _OF_LISTS[KeyList(each.key_list)]
            yield Fact(day=each.added_on, key=f"key:{each.id}", reason=reason,
                       building_id=each.building_id)  # fmt: skip


def _of_store(unit: UnitOfWork, buildings: Collection[str], start: datetime) -> Iterator[Visit]:
    rows, persons = unit.visits.holding(buildings=buildings, since=start), unit.accounts.persons()
    columns = ("visit_id", "building_id", "at", "result", "recorded_by", "person_id")
    for visit, building, at, result, by, person in zip(*(rows[c] for c in columns), strict=True):
        who = str(persons.get(by, by) if pd.isna(person) or not person else person)
        yield str(building), Seen(day=at.date(), key=str(visit), result=str(result), by=who)


def _at(rows: Table, buildings: Collection[str] | None) -> Table:
    """Return the rows at some buildings, all where there are many: compiling them takes longer."""
    if buildings is None or len(buildings) > _FEW:
        return rows
    return rows.filter(rows["building_id"].isin(sorted(buildings)))


def _placed(rows: Table, day: str) -> Table:
    return rows.drop_null(["building_id", day])


def _day(moment: object) -> date:
    return pd.Timestamp(moment).date()  # type: ignore[arg-type]
