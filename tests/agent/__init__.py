"""The agent on a workstation."""
