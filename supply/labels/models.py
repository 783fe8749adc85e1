"""Table of the print queue. Columns only."""
