"""Hardware, tested at its wire."""
