"""DuckDB sessions over a workspace, and the SQL that they ask."""
