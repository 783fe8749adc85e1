"""Certificates: an own authority for an office without one, and asking a public one."""
