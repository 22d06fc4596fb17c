"""The front door: settings, the command line and the assembly of the application."""
