"""Suppliers, orders, and what should be ordered."""
