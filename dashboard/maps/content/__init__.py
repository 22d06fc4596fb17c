"""What the street map shows beside its units: names, pins, layers that lie over it."""
