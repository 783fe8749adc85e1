"""The `supply` command: one file per group, each parses, calls one function and prints."""
