"""The JSON interface: one blueprint per resource."""
