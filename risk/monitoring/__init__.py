"""Whether data still arrive as they did: drift, under-reporting, repeats, times."""
