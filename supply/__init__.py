"""Supply-room system for medical offices."""
