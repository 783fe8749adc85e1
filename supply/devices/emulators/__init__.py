"""Stand-ins for hardware that work at the wire: what they feed cannot tell them from the real thing."""
