"""Text or picture in, meaning out. Pure: knows no database, clock, station or person."""
