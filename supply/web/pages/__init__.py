"""Screens: one blueprint per area."""
