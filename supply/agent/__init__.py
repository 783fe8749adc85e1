"""A workstation: its devices for a server elsewhere. Knows no database."""
