"""Where a row is: datum, address, building, cell."""
