"""From a lead to a closed case."""
