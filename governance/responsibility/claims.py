"""Claims to duties: what was decided here and what imported tables say, in one shape."""

from collections.abc import Mapping

import pandas as pd

from data.contracts.vocabulary import Duty, TargetKind
from data.derived.answers.grids_in_force import read_grids_in_force
from data.derived.answers.other_codes import other_codes
from data.engine import Engine
from governance.responsibility.resolve import (
    CLAIM_COLUMNS,
    DUTIES,
    IMPORTED,
    LAYERS,
    STORE,
    TARGETS,
)

GRID_DUTIES = {"leader_id": Duty.AREA_LEADER, "chief_id": Duty.GRID_CHIEF, "warden_id": Duty.WARDEN}
ORG_DUTIES = {"owner_org": Duty.OWNER, "manager_org": Duty.MANAGER}
KINDS_OF_TARGET = {TargetKind.BUILDING: "building", TargetKind.ESTATE: "estate",
                   TargetKind.GRID: "grid", TargetKind.COMMUNITY: "community"}  # fmt: skip
"""What the table of duties calls a target → what the store calls it."""
ASSIGNMENTS = "assignments"


def targets_of(duties: pd.DataFrame) -> dict[str, set[str]]:
    """Return the targets of duties: kind → ids."""
    return {str(kind): set(ids) for kind, ids in duties.groupby("target_kind")["target_id"]}


def claims_about(claims: pd.DataFrame, buildings: pd.DataFrame) -> pd.DataFrame:
    """Return the claims whose targets some buildings are or are part of.

    ``claims``: with ``target_kind, target_id``.
    ``buildings``: with the columns that `resolve.TARGETS` names.
    """
    about = pd.Series(data=False, index=claims.index)
    for kind, column in TARGETS.items():
        ids = buildings[column].dropna().unique()
        about |= (claims["target_kind"] == kind) & claims["target_id"].isin(ids)
    return claims[about]


def decided_claims(held: pd.DataFrame) -> pd.DataFrame:
    """Return what was decided here as claims.

    ``held``: as `data.store.repositories.responsibility.duties.Duties.held` gives them.
    """
    decided = held.rename(columns={"id": "duty_id"})
    return _shaped(decided.assign(source=held["target_kind"], layer=STORE))


def together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all claims of several tables; empty ones say nothing about types."""
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True)


def buildings_as_imported(engine: Engine) -> pd.DataFrame:
    """Return ``building_id, floors, owner_org, manager_org``, one row per building."""
    table = engine.buildings_as_imported()
    frame: pd.DataFrame = table.select("building_id", "floors", *ORG_DUTIES).to_pandas()
    return frame.drop_duplicates("building_id")


def imported_claims(engine: Engine, layer: pd.DataFrame) -> list[pd.DataFrame]:
    """Return what the imported tables claim, a table of claims for each.

    ``layer``: as `buildings_as_imported` gives it.
    """
    grids = read_grids_in_force(engine, *GRID_DUTIES, "valid_from", "valid_to")
    parts = (
        _assigned(engine),
        *_from_layer(grids, "grid", GRID_DUTIES, holder="person_id"),
        *_from_layer(layer, "building", ORG_DUTIES, holder="org"),
    )
    return [_shaped(part) for part in parts]


def _from_layer(
    layer: pd.DataFrame, kind: str, duties: Mapping[str, Duty], *, holder: str
) -> list[pd.DataFrame]:
    """Return the claims of a layer of grids or buildings, whose columns name holders of duties."""
    about = layer.assign(target_kind=kind, target_id=layer[TARGETS[kind]], source=f"{kind}s")
    return [
        about.assign(layer=LAYERS, duty=duty, **{holder: layer[column]})
        for column, duty in duties.items()
    ]


def _assigned(engine: Engine) -> pd.DataFrame:
    """Return the rows of the imported table of duties."""
    columns = [name for name in CLAIM_COLUMNS if name not in {"source", "duty_id"}]
    frame: pd.DataFrame = engine.table(ASSIGNMENTS).select(*columns).to_pandas()
    held = other_codes(engine)
    return frame.assign(
        target_kind=frame["target_kind"].map(KINDS_OF_TARGET), source=ASSIGNMENTS, layer=IMPORTED,
        target_id=frame["target_id"].map(lambda code: held.get(code, code)),
    )  # fmt: skip


def _shaped(part: pd.DataFrame) -> pd.DataFrame:
    """Return claims with all columns and one type each; those of nobody are left out."""
    frame = part.reindex(columns=[*CLAIM_COLUMNS, "layer"]).reset_index(drop=True)
    texts = ("target_kind", "target_id", "duty", "person_id", "org", "source")
    frame = frame.assign(
        **{name: frame[name].astype("str").fillna("") for name in texts},
        **{
            name: pd.to_datetime(frame[name]).astype("datetime64[us]")
            for name in ("pledge_on", "valid_from", "valid_to")
        },
        duty_id=pd.to_numeric(frame["duty_id"]).astype("Int64"),
        layer=frame["layer"].fillna(LAYERS).astype("int64"),
    )
    somebody = frame["person_id"].ne("") | frame["org"].ne("") | (frame["layer"] == STORE)
    return frame[somebody & frame["target_id"].ne("") & frame["duty"].isin(DUTIES)]
