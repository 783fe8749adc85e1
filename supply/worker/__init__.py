"""The long-running process: what happens by itself. Serves no request."""
