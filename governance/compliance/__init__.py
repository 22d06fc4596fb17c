"""The audit log, exports and complainants' identities."""
