"""Tables of regulated medical waste. Columns only."""
