"""通报: notices and reminders, exposures, what is handed over, bulletins, templates."""
