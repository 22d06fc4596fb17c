"""People of the demonstration city: one account per role, signed in as by a click."""

from typing import Any

import pandas as pd

from governance.access.permissions import Action, Actor, Scope, require
from governance.access.roles import GRANTED, ROLES
from governance.security.accounts.administration import new_account
from governance.security.accounts.grants import AccountError
from governance.security.accounts.rules import check_roles
from governance.security.accounts.sessions import DEMO
from governance.service import Service

NAMES = {
    "office_manager": "示范·街道管理者",
    "planner": "示范·巡查调度员",
    "grid_chief": "示范·网格长",
    "warden": "示范·网格员",
    "building_head": "示范·楼长",
    "hotline_clerk": "示范·热线专员",
    "enforcement_officer": "示范·执法人员",
    "property_owner": "示范·产权人",
    "auditor": "示范·审计员",
    "system_administrator": "示范·系统管理员",
    "security_administrator": "示范·安全管理员",
    "audit_administrator": "示范·审计管理员",
}
LOGIN = "demo-"


class DemoAccountService(Service):
    """Services that fill the demonstration with people; refused in any other workspace."""

    def add_people(self, actor: Actor) -> int:
        """Make an account for every role that has none yet, and return how many were made.

        The warden is that of the grid with the most complaints, the chief leads its community,
        the building head and the owner have one building of it each.

        Raises `AccountError`: ``demo_elsewhere`` in any workspace that is no demonstration.
        """
        require(actor, Action.MANAGE_ACCOUNTS)
        require(actor, Action.GRANT_ROLES)
        scopes = self._demo_scopes()
        made = [
            self.add(
                actor, LOGIN + role.replace("_", "-"), name=NAMES[role], role=role,
                scope=scopes[role][0], person_id=scopes[role][1],
            )
            for role in GRANTED
        ]  # fmt: skip
        return sum(made)

    def add(
        self, actor: Actor, login: str, *, name: str, role: str, scope: Scope,
        person_id: str | None = None,
    ) -> bool:  # fmt: skip
        """Make an account that one click signs in as; False when it is there already.

        Raises `AccountError`: ``demo_elsewhere`` in any workspace that is no demonstration.
        """
        require(actor, Action.MANAGE_ACCOUNTS)
        require(actor, Action.GRANT_ROLES)
        if not self._workspace.settings.office.demo:
            raise AccountError("demo_elsewhere")
        check_roles((role,), error=AccountError)
        account = new_account(
            login,
            name,
            by=actor.id,
            at=self.clock.utc(),
            kind=DEMO,
            roles=(role,),
            scope=scope,
            person_id=person_id,
        )
        with self._workspace.store.begin() as unit:
            unit.accounts.hold_all()
            if unit.accounts.of_login(login) is not None:
                return False
            unit.accounts.add(account)
            self._commit(unit, actor, "account_added", login=login, kind=DEMO, roles=[role])
        return True

    def _demo_scopes(self) -> dict[str, tuple[Scope, str | None]]:
        whole: dict[str, tuple[Scope, str | None]] = {
            role: (Scope.nothing() if ROLES[role].exclusive else Scope.whole(), None)
            for role in GRANTED
        }
        grid = self._busiest_grid()
        if grid is None:
            return whole
        community = Scope(communities=frozenset({str(grid["community_code"])}))
        first, second = grid["buildings"][0], grid["buildings"][-1]
        return whole | {
            "grid_chief": (community, grid["chief_id"]),
            "warden": (Scope.nothing(), grid["warden_id"]),
            "building_head": (Scope(buildings=frozenset({first})), None),
            "property_owner": (Scope(buildings=frozenset({second})), None),
        }

    def _busiest_grid(self) -> dict[str, Any] | None:
        """Return the grid with the most complaints among those that have a warden.

        Its buildings come most complaints first.
        """
        register = self._engine.table("buildings")
        placed: pd.DataFrame = register.select(
            "building_id", "grid_code", "community_code"
        ).to_pandas()
        grids = self._engine.table("grids").select("grid_code", "warden_id", "chief_id").to_pandas()
        complaints = (
            self._engine.table("complaints").select("building_id").to_pandas()["building_id"]
        )
        placed = placed.assign(
            complaints=placed["building_id"].map(complaints.value_counts()).fillna(0)
        )
        joined = placed.merge(grids.dropna(subset=["warden_id"]), on="grid_code")
        if joined.empty:
            return None
        sums = joined.groupby("grid_code")["complaints"].sum()
        chosen = joined[joined["grid_code"] == min(sums[sums == sums.max()].index)]
        chosen = chosen.sort_values(["complaints", "building_id"], ascending=[False, True])
        one = chosen.iloc[0]
        return {
            "community_code": one["community_code"],
            "warden_id": one["warden_id"],
            "chief_id": one["chief_id"],
            "buildings": list(chosen["building_id"]),
        }
