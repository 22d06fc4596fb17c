"""The office's folder: settings, locks, atomic writes."""
