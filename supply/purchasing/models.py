"""Tables of suppliers, orders and reorder suggestions. Columns only."""
