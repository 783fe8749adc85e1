"""The database schema, step by step (Alembic), and the triggers that keep ledger and audit chain append-only."""
