"""The entry point: settings, the command line and the composition of the application."""
