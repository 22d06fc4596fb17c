"""What is known about places before a cut, as the design matrix of the find rate."""
