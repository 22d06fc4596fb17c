"""Where tables are asked: DuckDB on this machine, or a Spark that the settings name."""
