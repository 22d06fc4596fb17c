"""The whole job on Chicago's public files."""
