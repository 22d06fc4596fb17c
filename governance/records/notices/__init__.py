"""Notices: from a draft over a reviewer to what is published, appealed against and withdrawn."""
