"""Copies of the database: consistent while it runs, verified, kept, restored."""
