"""Alembic's entrance: runs the steps on the connection that `upgrade.migrate` hands over."""

from alembic import context

from supply.db import Base
from supply.migrations.tables import TABLES

assert TABLES
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
