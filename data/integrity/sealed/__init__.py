"""Whether records that are sealed, or follow from events, are as they were written."""
