"""Regulated medical waste: streams, containers, parties, pickups and their papers; the law as data."""
