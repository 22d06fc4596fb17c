"""Named steps from any older store to the newest."""
