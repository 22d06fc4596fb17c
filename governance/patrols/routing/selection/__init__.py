"""Choose the buildings that are worth a stop and state the problem."""
