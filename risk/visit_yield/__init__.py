"""The chance that one visit finds something."""
