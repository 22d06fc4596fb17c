"""The parts of a plan and of the problem that is solved for it."""
