"""Where a row is: building, estate, community or cell, by code, address and point."""
