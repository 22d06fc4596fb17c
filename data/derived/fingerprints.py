"""Names of derived files: a fingerprint of everything that a file was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.contracts.registry import TABLES
from data.lake.checksums import hash_options
from data.lake.manifest import Manifest
from data.lake.schema import PLACING_VERSION, REGISTER_COLUMNS
from data.workspace.settings import WorkspaceSettings

FINGERPRINT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What derived files are named after, by what they hold; ``current`` by table."""

    register: str
    placement: str
    current: Mapping[str, str]
    visits: str
    waiting: str
    screening: str


def imports_by_table(imports: Sequence[Manifest]) -> dict[str, list[Manifest]]:
    """Return table → its imports in their order, for every table of `data.contracts.registry`."""
    return {name: [each for each in imports if each.table == name] for name in TABLES}


def register_sources(
    imports: Mapping[str, Sequence[Manifest]], settings: WorkspaceSettings
) -> tuple[str, ...]:
    """Return the tables that the register of buildings is taken from now."""
    return ("buildings",) if imports["buildings"] else settings.buildings.made_from


def take_fingerprints(
    imports: Mapping[str, Sequence[Manifest]],
    settings: WorkspaceSettings,
    *,
    screening: str,
    ended: Mapping[str, date],
) -> Fingerprints:
    """Fingerprint the imports of each table, the settings and the words of screening.

    ``ended``: the buildings that no longer stand by what was said here: they stay in the register,
    and no row lies elsewhere for it.

    What was decided about addresses is added to the name of a table's file where its rows have such
    an address (`data.derived.build`).
    """
    from data.derived.join import PLACE_ORDER
    from data.derived.placing.place import is_placed
    from data.derived.visits import ROWS_VERSION
    from data.derived.visits import TABLE as VISITS
    from data.lake.validity import LEARNING_VERSION

    ids = {name: _ids(imports, name) for name in TABLES}
    placement = short_hash([_places(imports, settings), repr(settings.place)])
    current = {
        name: short_hash(
            [
                ids[name],
                placement if is_placed(contract) else PLACING_VERSION,
                current_fields(name),
                LEARNING_VERSION,
                PLACE_ORDER,
                *([screening] if contract.screened else []),
            ]
        )
        for name, contract in TABLES.items()
    }
    zone = settings.office.time_zone
    visits = short_hash([ROWS_VERSION, current_fields(VISITS), placement, zone, PLACE_ORDER])
    waiting = short_hash([placement, current])
    register = register_fingerprint(imports, settings, ended=ended)
    return Fingerprints(register, placement, current, visits, waiting, screening)


def register_fingerprint(
    imports: Mapping[str, Sequence[Manifest]],
    settings: WorkspaceSettings,
    *,
    ended: Mapping[str, date],
) -> str:
    """Fingerprint what the register of buildings is made from, as `take_fingerprints` does."""
    days = sorted((building, str(day)) for building, day in ended.items())
    return short_hash([_places(imports, settings), list(REGISTER_COLUMNS), days])


def register_file_name(fingerprint: str) -> str:
    """Return the name of the file of the register of buildings."""
    return f"register-{fingerprint}.parquet"


def current_fields(table: str) -> list[str]:
    """Return the names of a table's stored fields."""
    return [field.name for field in TABLES[table].stored]


def short_hash(facts: object) -> str:
    """Return a hash of plain facts, short enough for a file's name."""
    return hash_options({"facts": facts})[:FINGERPRINT_DIGITS]


def _places(imports: Mapping[str, Sequence[Manifest]], settings: WorkspaceSettings) -> str:
    sources = {name: _ids(imports, name) for name in register_sources(imports, settings)}
    return short_hash([PLACING_VERSION, sources, _ids(imports, "grids")])


def _ids(imports: Mapping[str, Sequence[Manifest]], table: str) -> list[str]:
    return [manifest.import_id for manifest in imports[table]]
