"""PURE: how much to order, from numbers alone, with the reasons."""
