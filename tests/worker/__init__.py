"""The parts of the worker."""
