"""What labels say and how they look, as pictures in printer dots."""
