"""Bringing business data in and out as files: one file per kind of content, one per file format."""
