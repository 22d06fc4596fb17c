"""Tables worked out from the lake and the store; can be deleted at any time."""
