"""The append-only chain of who did what; every writer calls it."""
