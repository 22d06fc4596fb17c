"""Cases: leads taken in, what is done about them and by when, until they are closed."""
