"""What is known about places before a cut, as log ratios of found to expected."""
