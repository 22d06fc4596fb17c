"""Export of tables to files."""
