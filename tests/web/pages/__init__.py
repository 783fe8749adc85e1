"""The working pages, a file each."""
