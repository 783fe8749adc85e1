"""Hardware only: a scanner yields text, a camera yields pictures; nothing here knows stock."""
