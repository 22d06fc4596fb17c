"""Rolling-origin evaluation beside the plain baselines."""
