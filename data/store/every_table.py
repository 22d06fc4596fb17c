# ruff: noqa: F401 -- each module adds its tables
"""All tables of the store at once; a unit of work imports those that it is asked for."""

from data.store.tables import (
    accounts,
    base,
    cases,
    duties,
    export_requests,
    field_trials,
    lead_merges,
    patrols,
    pending_files,
    public_reports,
    visits,
)
from data.store.tables.records import evidence, ledger, notices

METADATA = base.Base.metadata
"""What a migrated database is like."""
